"""An opportunity: a possible sale."""

from __future__ import annotations

from graph.models.choices import OpportunityRating, OpportunityState, OpportunityStatus, SalesStage, today
from graph.models.properties import FORESEEABLE, Choice, Date, Int, Inverse, Money, Text, to
from graph.models.record import Record
from graph.models.relationships import HasLine


class Opportunity(Record):
    """A sales opportunity: open, won or lost (`opportunity`)."""

    plural = "opportunities"

    name = Text("The title.", required=True, index=True, search="title")
    description = Text("Free-text notes.")
    state = Choice(
        OpportunityState,
        "Open, won or lost (`statecode`).",
        required=True,
        index=True,
        initial=OpportunityState.OPEN,
    )
    status = Choice(
        OpportunityStatus, "The reason for the state (`statuscode`).", initial=OpportunityStatus.IN_PROGRESS
    )
    salesStage = Choice(
        SalesStage, "The sales stage of an open opportunity (`salesstage`).", index=True, initial=SalesStage.QUALIFY
    )
    rating = Choice(OpportunityRating, "The rating (`opportunityratingcode`).")
    estimatedValue = Money("The estimated revenue.")
    actualValue = Money("The actual revenue.")
    budgetAmount = Money("The customer's budget.", minimum=0)
    totalAmount = Money("The total of the lines, as stated by the source system.")
    closeProbability = Int("The probability of winning, as a percentage.", minimum=0, maximum=100)
    estimatedCloseDate = Date("The expected close date.", index=True, max_ahead=FORESEEABLE)
    actualCloseDate = Date("The actual close date.", index=True, past=True)
    openedOn = Date("The date on which work began.", initial=today)
    customerNeed = Text("The customer's need.")
    currentSituation = Text("The customer's current situation.")
    proposedSolution = Text("The proposed solution.")

    account = to(
        "Account",
        "FOR_ACCOUNT",
        "The customer account.",
        one=True,
        inverse=Inverse("opportunities", "The opportunities with the account.", takes_below=True),
    )
    contact = to(
        "Contact",
        "FOR_CONTACT",
        "The customer contact.",
        one=True,
        inverse=Inverse("opportunities", "The opportunities with the person."),
    )
    lines = to(
        "Product",
        HasLine,
        "The products offered.",
        connection="Line",
        inverse=Inverse(
            "opportunities", "The opportunities with a line of the product.", connection="ProductOpportunity"
        ),
    )
    parent = to(
        "Opportunity",
        "CHILD_OF",
        "The larger opportunity that this opportunity is part of.",
        one=True,
        inverse=Inverse("children", "The opportunities that are part of this opportunity."),
    )
