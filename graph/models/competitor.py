"""A competitor."""

from __future__ import annotations

from graph.models.formats import URL
from graph.models.links import Inverse, to
from graph.models.properties import Float, Money, Text
from graph.models.record import Party


class Competitor(Party):
    """A company that competes with us (`competitor`)."""

    plural = "competitors"
    owned = False
    of_organization = True

    reportedRevenue = Money("The reported annual revenue.", title="Revenue a year", minimum=0)
    keyProduct = Text("The competitor's strongest product.", title="Strongest product", search="topic")
    strengths = Text("Notes on the competitor's strengths.")
    weaknesses = Text("Notes on the competitor's weaknesses.")
    opportunities = Text("Notes on the competitor's opportunities.")
    threats = Text("Notes on the competitor's threats.")
    winPercentage = Float(
        "The share of deals that the competitor wins, as a percentage.", title="Wins", minimum=0, maximum=100
    )
    tickerSymbol = Text("The stock exchange symbol.", title="Stock symbol", index=True)
    websiteUrl = Text("The address of the website.", title="Website", search="website", format=URL)
    country = Text("The country of the main address.", index=True)

    products = to(
        "Product",
        "SELLS",
        "The products of our catalog that the competitor also sells.",
        title="Sells too",
        inverse=Inverse("competitors", "The competitors that also sell the product."),
    )
    account = to(
        "Account",
        "SAME_AS",
        "The account that is the same company.",
        title="Same company as",
        one=True,
        inverse=Inverse("competitor", "The competitor that is the same company.", one=True),
    )
