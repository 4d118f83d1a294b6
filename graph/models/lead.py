"""A lead: a potential customer."""

from __future__ import annotations

from typing import Any

from graph.models.choices import Described, OpportunityRating
from graph.models.formats import EMAIL_ADDRESS
from graph.models.links import Inverse, to
from graph.models.properties import FORESEEABLE, MAX_INDEXED_LENGTH, MAX_PART, Choice, Date, Money, Text
from graph.models.record import Party


class LeadSource(Described):
    """The source of a lead (`leadsourcecode`)."""

    ADVERTISEMENT = "An advertisement (1)."
    EMPLOYEE_REFERRAL = "A referral by an employee (2)."
    EXTERNAL_REFERRAL = "An external referral (3)."
    PARTNER = "A partner (4)."
    PUBLIC_RELATIONS = "Public relations (5)."
    SEMINAR = "A seminar (6)."
    TRADE_SHOW = "A trade show (7)."
    WEB = "The website (8)."
    WORD_OF_MOUTH = "Word of mouth (9)."
    OTHER = "Another source (10)."


class LeadState(Described):
    """The state of a lead (`statecode`)."""

    OPEN = "Open (0)."
    QUALIFIED = "Qualified (1)."
    DISQUALIFIED = "Disqualified (2)."


class LeadStatus(Described):
    """The reason for the state of a lead (`statuscode`)."""

    NEW = "New; not contacted yet (1)."
    CONTACTED = "Contacted (2)."
    QUALIFIED = "Qualified (3)."
    LOST = "Lost to a competitor (4)."
    CANNOT_CONTACT = "Cannot be contacted (5)."
    NO_LONGER_INTERESTED = "No longer interested (6)."
    CANCELED = "Canceled (7)."


class BudgetStatus(Described):
    """The status of the budget (`budgetstatus`)."""

    NO_COMMITTED_BUDGET = "No committed budget (0)."
    MAY_BUY = "May buy (1)."
    CAN_BUY = "Can buy (2)."
    WILL_BUY = "Will buy (3)."


class Lead(Party):
    """A potential customer who has not been qualified yet (`lead`)."""

    plural = "leads"
    person = True

    subject = Text("The topic.", title="Topic", search="topic", longest=MAX_INDEXED_LENGTH, personal=True)
    companyName = Text("The company's name.", title="Company", search="company", index=True)
    fullName = Text("The person's full name.", title="Full name", longest=MAX_INDEXED_LENGTH, personal=True)
    firstName = Text("The given name.", longest=MAX_PART, personal=True)
    lastName = Text("The family name.", longest=MAX_PART, personal=True)
    jobTitle = Text("The job title.", title="Title", personal=True)
    emailAddress1 = Text(
        "The email address.", title="Email", search="email", index=True, format=EMAIL_ADDRESS, personal=True
    )
    mobilePhone = Text("The mobile phone number.", title="Mobile", search="phone", collated=False, personal=True)
    city = Text("The city.", personal=True)
    country = Text("The country.", personal=True)
    description = Text("Free-text notes.", title="Notes", personal=True)
    leadSource = Choice(LeadSource, "The source of the lead (`leadsourcecode`).", title="Source")
    leadQuality = Choice(OpportunityRating, "The rating (`leadqualitycode`).", title="Rating")
    estimatedAmount = Money("The estimated revenue.", title="Estimated value", minimum=0)
    budgetStatus = Choice(BudgetStatus, "The status of the budget (`budgetstatus`).", title="Budget")
    need = Text("The need.", title="What they need", personal=True)
    purchaseTimeFrame = Text("The expected time of purchase.", title="Buys when", personal=True)
    purchaseProcess = Text("The people involved in the purchase.", title="Who takes part", personal=True)
    decisionMaker = Text("The decision maker.", title="Who decides", personal=True)
    estimatedCloseDate = Date("The expected close date.", title="Expected", max_ahead=FORESEEABLE)
    state = Choice(
        LeadState, "Open, qualified or disqualified (`statecode`).", required=True, index=True, initial=LeadState.OPEN
    )
    status = Choice(LeadStatus, "The reason for the state (`statuscode`).")

    account = to(
        "Account",
        "QUALIFIED_TO",
        "The account that the lead became or belongs to.",
        one=True,
        inverse=Inverse("leads", "The leads that became or belong to the account."),
    )
    contact = to(
        "Contact",
        "QUALIFIED_TO",
        "The contact that the lead became.",
        one=True,
        inverse=Inverse("leads", "The leads that became the contact."),
    )
    opportunity = to(
        "Opportunity",
        "QUALIFIED_TO",
        "The opportunity that the lead became.",
        one=True,
        inverse=Inverse("leads", "The leads that became the opportunity."),
    )
    master = to(
        "Lead",
        "MERGED_INTO",
        "The lead that this lead was merged into.",
        title="Merged into",
        one=True,
        inverse=Inverse("merged", "The leads that were merged into this lead.", title="Merged into it"),
    )
    originCase = to(
        "Case",
        "ORIGINATED_IN",
        "The case that the lead originated in.",
        title="Came from the case",
        one=True,
        inverse=Inverse("leads", "The leads that originated in the case."),
    )
    competitors = to(
        "Competitor",
        "COMPETED_BY",
        "The competitors for the lead.",
        inverse=Inverse("leads", "The leads that the competitor competes for."),
    )
    products = to(
        "Product",
        "INTERESTED_IN",
        "The products that the lead is interested in.",
        inverse=Inverse("leads", "The leads that are interested in the product."),
    )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Sets `name` to the person's name, or else to the company's, or else to the subject."""
        parts = [part for part in (values.get("firstName"), values.get("lastName")) if part]
        full = values.get("fullName") or " ".join(parts) or None
        display = values.get("name") or full or values.get("companyName") or values.get("subject")
        made = {"name": display, "fullName": full}
        return {**values, **{key: value for key, value in made.items() if value is not None}}
