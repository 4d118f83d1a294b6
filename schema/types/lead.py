"""A lead, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Lead",
    """name subject companyName fullName firstName lastName jobTitle emailAddress1 mobilePhone city country description
    leadSource leadQuality estimatedAmount budgetStatus need purchaseTimeFrame purchaseProcess decisionMaker
    estimatedCloseDate state status""",
    links="account contact opportunity master originCase competitors products",
    creates=True,
    updates=True,
)
