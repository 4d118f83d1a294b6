"""A competitor: somebody who sells against us."""

from __future__ import annotations

from graph.models.edges import Plain
from graph.models.properties import Float, Money, Text, by, to
from graph.models.record import Party


class Competitor(Party):
    """Somebody who sells against us (`competitor`)."""

    plural = "competitors"

    reportedRevenue = Money("Its revenue in a year, as reported.")
    keyProduct = Text("What it is strongest in.", search=True)
    strengths = Text("What it is good at.")
    weaknesses = Text("What it is bad at.")
    opportunities = Text("Where it can grow.")
    threats = Text("What endangers it.")
    winPercentage = Float("How often it wins, in percent.")
    tickerSymbol = Text("Its symbol on a stock exchange.", index=True)
    websiteUrl = Text("Its web site.")
    country = Text("The country of its main address.", index=True)

    products = to("Product", "SELLS", "What of our catalogue it sells too.", model=Plain)
    account = to("Account", "SAME_AS", "The account that is the same company.", model=Plain, one=True)
    leads = by("Lead", "COMPETED_BY", "The leads it is after.", model=Plain)
