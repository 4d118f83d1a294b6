"""A sales order."""

from __future__ import annotations

from graph.models.choices import OrderState
from graph.models.links import Inverse, to
from graph.models.properties import Choice, DateTime, Money, Text
from graph.models.record import Record
from graph.models.relationships import HasLine


class SalesOrder(Record):
    """An order placed by an account (`salesorder`)."""

    plural = "salesOrders"

    name = Text("The title.", search="title")
    orderNumber = Text("The order number.", title="Number", index=True, search="number")
    state = Choice(OrderState, "The state (`statecode`).", required=True, index=True, initial=OrderState.ACTIVE)
    submitDate = DateTime("When the order was placed.", title="Ordered", index=True, past=True)
    dateFulfilled = DateTime("When the order was fulfilled.", title="Fulfilled", past=True, not_below="submitDate")
    totalAmount = Money("The total, as stated by the source system; if null, the total of the lines is used.")
    freight = Money("The freight amount.", minimum=0)
    shipToCity = Text("The city of the shipping address.")
    shipToCountry = Text("The country of the shipping address.")

    account = to(
        "Account",
        "FOR_ACCOUNT",
        "The account that placed the order.",
        one=True,
        inverse=Inverse("orders", "The orders of the account.", takes_below=True),
        parental=True,
    )
    opportunity = to(
        "Opportunity",
        "FOR_OPPORTUNITY",
        "The opportunity that led to the order.",
        one=True,
        inverse=Inverse("orders", "The orders that the opportunity led to."),
    )
    lines = to(
        "Product",
        HasLine,
        "The products ordered.",
        connection="Line",
        inverse=Inverse("orders", "The orders with a line of the product.", connection="ProductOrder"),
    )
