"""An opportunity: a possible sale."""

from __future__ import annotations

from graph.models.choices import OpportunityRating, OpportunityState, OpportunityStatus, SalesStage, today
from graph.models.links import Inverse, to
from graph.models.properties import FORESEEABLE, Choice, Date, Int, Money, Text
from graph.models.record import Record
from graph.models.relationships import HasLine


class Opportunity(Record):
    """A sales opportunity: open, won or lost (`opportunity`)."""

    plural = "opportunities"

    name = Text("The title.", required=True, index=True, search="title")
    description = Text("Free-text notes.", title="Notes")
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
        SalesStage,
        "The sales stage of an open opportunity (`salesstage`).",
        title="Stage",
        index=True,
        initial=SalesStage.QUALIFY,
    )
    rating = Choice(OpportunityRating, "The rating (`opportunityratingcode`).")
    estimatedValue = Money("The estimated revenue.", title="Estimated value")
    actualValue = Money("The actual revenue.", title="Won value")
    budgetAmount = Money("The customer's budget.", title="Budget", minimum=0)
    totalAmount = Money("The total of the lines, as stated by the source system.", title="Sum of the lines")
    closeProbability = Int("The probability of winning, as a percentage.", title="Chance", minimum=0, maximum=100)
    estimatedCloseDate = Date("The expected close date.", title="Expected", index=True, max_ahead=FORESEEABLE)
    actualCloseDate = Date("The actual close date.", title="Closed on", index=True, past=True)
    openedOn = Date("The date on which work began.", title="Opened", initial=today)
    customerNeed = Text("The customer's need.", title="What they need")
    currentSituation = Text("The customer's current situation.", title="What they have")
    proposedSolution = Text("The proposed solution.", title="What we propose")

    account = to(
        "Account",
        "FOR_ACCOUNT",
        "The customer account.",
        one=True,
        inverse=Inverse("opportunities", "The opportunities with the account.", title="Deals", takes_below=True),
        parental=True,
    )
    contact = to(
        "Contact",
        "FOR_CONTACT",
        "The customer contact.",
        one=True,
        inverse=Inverse("opportunities", "The opportunities with the person.", title="Main contact in deals"),
    )
    lines = to(
        "Product",
        HasLine,
        "The products offered.",
        connection="Line",
        inverse=Inverse(
            "opportunities",
            "The opportunities with a line of the product.",
            title="Deals",
            connection="ProductOpportunity",
        ),
    )
    parent = to(
        "Opportunity",
        "CHILD_OF",
        "The larger opportunity that this opportunity is part of.",
        title="Part of",
        one=True,
        inverse=Inverse("children", "The opportunities that are part of this opportunity."),
    )
