"""An opportunity, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Opportunity",
    """name description state status salesStage rating estimatedValue actualValue budgetAmount totalAmount
    closeProbability estimatedCloseDate actualCloseDate openedOn customerNeed currentSituation proposedSolution""",
    links="account contact lines parent children stakeholders orders",
    edges={"lines": "Line", "stakeholders": "Stakeholder"},
    creates=True,
    updates=True,
)
