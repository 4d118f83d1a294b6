"""A product, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Product",
    "name productNumber description structure state price standardCost currentCost",
    links="parent children bundles parts related opportunities orders",
    edges={
        "bundles": "ProductBundle",
        "parts": "ProductBundle",
        "related": "ProductRelation",
        "opportunities": "ProductOpportunity",
        "orders": "ProductOrder",
    },
)
