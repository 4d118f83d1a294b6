"""A lead: somebody who may become a customer."""

from __future__ import annotations

from typing import Any

from graph.models.choices import Described, OpportunityRating
from graph.models.edges import Plain, Regarding
from graph.models.properties import Choice, Date, Money, Text, by, to
from graph.models.record import Party


class LeadSource(Described):
    """Where a lead came from (`leadsourcecode`)."""

    ADVERTISEMENT = "An advertisement (1)."
    EMPLOYEE_REFERRAL = "One of our own people (2)."
    EXTERNAL_REFERRAL = "Somebody outside (3)."
    PARTNER = "A partner (4)."
    PUBLIC_RELATIONS = "Public relations (5)."
    SEMINAR = "A seminar (6)."
    TRADE_SHOW = "A trade show (7)."
    WEB = "The web (8)."
    WORD_OF_MOUTH = "Word of mouth (9)."
    OTHER = "None of these (10)."


class LeadState(Described):
    """Where a lead stands (`statecode`)."""

    OPEN = "Still to be decided (0)."
    QUALIFIED = "Became an account, a contact or an opportunity (1)."
    DISQUALIFIED = "Will not become one (2)."


class LeadStatus(Described):
    """Why a lead is in its state (`statuscode`)."""

    NEW = "Nobody has been in touch (1)."
    CONTACTED = "Somebody has been in touch (2)."
    QUALIFIED = "Qualified (3)."
    LOST = "Bought elsewhere (4)."
    CANNOT_CONTACT = "Cannot be reached (5)."
    NO_LONGER_INTERESTED = "Has lost interest (6)."
    CANCELED = "Given up by us (7)."


class BudgetStatus(Described):
    """What is known of the budget (`budgetstatus`)."""

    NO_COMMITTED_BUDGET = "Nothing is set aside (0)."
    MAY_BUY = "Something may be set aside (1)."
    CAN_BUY = "Something is set aside (2)."
    WILL_BUY = "It is to be spent (3)."


class Lead(Party):
    """Somebody who may become a customer (`lead`)."""

    plural = "leads"

    subject = Text("What it is about.", search=True)
    companyName = Text("The company.", index=True, search=True)
    fullName = Text("The person's whole name; the same as `name` where it is given.")
    firstName = Text("The given name.")
    lastName = Text("The family name.")
    jobTitle = Text("The person's title.")
    emailAddress1 = Text("The mail address.", index=True, search=True)
    mobilePhone = Text("The mobile number.")
    city = Text("The city.")
    country = Text("The country.")
    description = Text("Anything else.")
    leadSource = Choice(LeadSource, "Where it came from.")
    leadQuality = Choice(OpportunityRating, "How warm it is (`leadqualitycode`).")
    estimatedAmount = Money("What it may bring.")
    budgetStatus = Choice(BudgetStatus, "What is known of the budget.")
    need = Text("What is needed.")
    purchaseTimeFrame = Text("When it may be bought.")
    purchaseProcess = Text("Who takes part in buying.")
    decisionMaker = Text("Who decides.")
    estimatedCloseDate = Date("When it should be decided.")
    state = Choice(LeadState, "Open, qualified or disqualified.", required=True, index=True)
    status = Choice(LeadStatus, "Why it is in that state.")

    account = to("Account", "QUALIFIED_TO", "The account it became or belongs to.", model=Plain, one=True)
    contact = to("Contact", "QUALIFIED_TO", "The person it became.", model=Plain, one=True)
    opportunity = to("Opportunity", "QUALIFIED_TO", "The opportunity it became.", model=Plain, one=True)
    master = to("Lead", "MERGED_INTO", "The lead it was merged into.", model=Plain, one=True)
    originCase = to("Case", "ORIGINATED_IN", "The case it came of.", model=Plain, one=True)
    competitors = to("Competitor", "COMPETED_BY", "Who else is after it.", model=Plain)
    products = to("Product", "INTERESTED_IN", "What it may buy.", model=Plain)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about it.", model=Regarding)

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A lead goes by the person's name, or else by the company's, or else by its subject."""
        parts = [part for part in (values.get("firstName"), values.get("lastName")) if part]
        full = values.get("fullName") or " ".join(parts) or None
        goes_by = values.get("name") or full or values.get("companyName") or values.get("subject")
        made = {"name": goes_by, "fullName": full}
        return {**values, **{key: value for key, value in made.items() if value is not None}}
