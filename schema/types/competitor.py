"""A competitor, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Competitor",
    """name reportedRevenue keyProduct strengths weaknesses opportunities threats winPercentage tickerSymbol websiteUrl
    country""",
    links="products account leads",
    creates=True,
    updates=True,
)
