"""A product: something that is sold."""

from __future__ import annotations

from graph.models.choices import ProductState, ProductStructure
from graph.models.edges import HasLine, PartOf, Plain, RelatedProduct
from graph.models.properties import Choice, Money, Text, by, to
from graph.models.record import Record


class Product(Record):
    """Something that is sold, a family of such things, or a bundle (`product`)."""

    plural = "products"

    name = Text("The name.", required=True, index=True, search=True)
    productNumber = Text("The number in the catalogue.", index=True, search=True)
    description = Text("What it is.")
    structure = Choice(ProductStructure, "Product, family or bundle (`productstructure`).")
    state = Choice(ProductState, "Whether it can be sold.")
    price = Money("The list price of one.")
    standardCost = Money("What one costs by plan.")
    currentCost = Money("What one costs now.")

    parent = to("Product", "CHILD_OF", "The family it belongs to.", model=Plain, one=True)
    children = by("Product", "CHILD_OF", "The products of the family.", model=Plain)
    bundles = to("Product", "PART_OF", "The bundles it is part of.", model=PartOf)
    parts = by("Product", "PART_OF", "The parts of the bundle.", model=PartOf)
    related = to("Product", "RELATED_PRODUCT", "Products related by hand.", model=RelatedProduct)
    opportunities = by("Opportunity", "HAS_LINE", "The opportunities with a line of it.", model=HasLine)
    orders = by("SalesOrder", "HAS_LINE", "The orders with a line of it.", model=HasLine)
