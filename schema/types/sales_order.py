"""A sales order, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "SalesOrder",
    "name orderNumber state submitDate dateFulfilled totalAmount freight shipToCity shipToCountry",
    links="account opportunity lines",
    edges={"lines": "Line"},
)
