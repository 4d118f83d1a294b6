"""A sales order: what an account ordered."""

from __future__ import annotations

from graph.models.choices import OrderState
from graph.models.edges import HasLine, Plain, Regarding
from graph.models.properties import Choice, DateTime, Money, Text, by, to
from graph.models.record import Record


class SalesOrder(Record):
    """What an account ordered (`salesorder`)."""

    plural = "salesOrders"

    name = Text("What it is about.", search=True)
    orderNumber = Text("The number of the order.", index=True, search=True)
    state = Choice(OrderState, "Where it stands (`statecode`).", required=True, index=True)
    submitDate = DateTime("When it was ordered.", index=True)
    dateFulfilled = DateTime("When it was delivered.")
    totalAmount = Money("What it comes to, as the source says; without it the lines count.")
    freight = Money("What the delivery costs.")
    shipToCity = Text("The city it goes to.")
    shipToCountry = Text("The country it goes to.")

    account = to("Account", "FOR_ACCOUNT", "The account that ordered.", model=Plain, one=True)
    opportunity = to("Opportunity", "FOR_OPPORTUNITY", "The opportunity it came of.", model=Plain, one=True)
    lines = to("Product", "HAS_LINE", "What was ordered.", model=HasLine)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about it.", model=Regarding)
