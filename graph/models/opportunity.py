"""An opportunity: a sale that may come."""

from __future__ import annotations

from graph.models.choices import OpportunityRating, OpportunityState, OpportunityStatus, SalesStage
from graph.models.edges import HasLine, Plain, PlaysRoleIn, Regarding
from graph.models.properties import Choice, Date, Int, Money, Text, by, to
from graph.models.record import Record


class Opportunity(Record):
    """A sale that may come, came, or did not (`opportunity`)."""

    plural = "opportunities"

    name = Text("What it is about.", required=True, index=True, search=True)
    description = Text("Anything else.")
    state = Choice(OpportunityState, "Open, won or lost (`statecode`).", required=True, index=True)
    status = Choice(OpportunityStatus, "Why it is in that state (`statuscode`).")
    salesStage = Choice(SalesStage, "The stage while it is open (`salesstage`).", index=True)
    rating = Choice(OpportunityRating, "How warm it is (`opportunityratingcode`).")
    estimatedValue = Money("What it may bring.")
    actualValue = Money("What it brought.")
    budgetAmount = Money("What the customer has set aside.")
    totalAmount = Money("What its lines come to, as the source says.")
    closeProbability = Int("How likely it is to be won, in percent.")
    estimatedCloseDate = Date("When it should be decided.", index=True)
    actualCloseDate = Date("When it was decided.", index=True)
    openedOn = Date("When work on it began.")
    customerNeed = Text("What the customer needs.")
    currentSituation = Text("How it is done today.")
    proposedSolution = Text("What we propose.")

    account = to("Account", "FOR_ACCOUNT", "The account it is with.", model=Plain, one=True)
    contact = to("Contact", "FOR_CONTACT", "The person it is with.", model=Plain, one=True)
    lines = to("Product", "HAS_LINE", "What it would sell.", model=HasLine)
    parent = to("Opportunity", "CHILD_OF", "The opportunity it is part of.", model=Plain, one=True)
    children = by("Opportunity", "CHILD_OF", "The opportunities that are part of it.", model=Plain)
    stakeholders = by("Contact", "PLAYS_ROLE_IN", "The people with a part in it.", model=PlaysRoleIn)
    orders = by("SalesOrder", "FOR_OPPORTUNITY", "The orders that came of it.", model=Plain)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about it.", model=Regarding)
