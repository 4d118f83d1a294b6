"""A product."""

from __future__ import annotations

from graph.models.choices import ProductState, ProductStructure
from graph.models.links import Inverse, to
from graph.models.properties import Choice, Money, Text
from graph.models.record import Record
from graph.models.relationships import PartOf, RelatedProduct


class Product(Record):
    """A product, a product family or a bundle (`product`)."""

    plural = "products"
    owned = False
    of_organization = True
    unavailable = (("state", (ProductState.DRAFT.name, ProductState.RETIRED.name)),)

    name = Text("The name.", required=True, index=True, search="title")
    productNumber = Text("The catalog number.", title="Number", index=True, search="number")
    description = Text("Free-text notes.", title="Notes")
    structure = Choice(ProductStructure, "Product, family or bundle (`productstructure`).", title="Kind")
    state = Choice(ProductState, "The state in the catalog (`statecode`).")
    price = Money("The list price per unit.", title="List price", minimum=0)
    standardCost = Money("The standard cost per unit.", minimum=0)
    currentCost = Money("The current cost per unit.", minimum=0)

    parent = to(
        "Product",
        "CHILD_OF",
        "The product family.",
        title="Family",
        one=True,
        inverse=Inverse("children", "The products of the family."),
    )
    bundles = to(
        "Product",
        PartOf,
        "The bundles that contain the product.",
        connection="ProductBundle",
        inverse=Inverse("parts", "The parts of the bundle.", connection="ProductBundle"),
    )
    related = to(
        "Product",
        RelatedProduct,
        "The products that this one is related to.",
        title="Related products",
        connection="ProductRelation",
        inverse=Inverse(
            "relatedFrom",
            "The products that are related to this one.",
            title="Related to by",
            connection="ProductRelation",
        ),
    )
