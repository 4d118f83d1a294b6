"""The enumerations of the domain; a code is stored as its member's name."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from typing import Self


def today() -> date:
    """Returns the current date in UTC."""
    return datetime.now(UTC).date()


class Titled(str):
    """The description of a member, with the label that people read instead of its name."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, description: str, *, title: str) -> Self:
        """Creates the description."""
        made = super().__new__(cls, description)
        made.label = title
        return made


class Described(enum.Enum):
    """An enumeration whose members' values are their descriptions."""


class AccountRelationship(Described):
    """The business relationship of an account to us (`customertypecode`)."""

    COMPETITOR = "A competitor (1)."
    CONSULTANT = "A consultant to our customers (2)."
    CUSTOMER = "A customer (3)."
    INVESTOR = "An investor (4)."
    PARTNER = "A partner (5)."
    INFLUENCER = "An influencer of buyers (6)."
    PRESS = "A press company (7)."
    PROSPECT = Titled("A prospective customer (8).", title="Not yet a customer")
    RESELLER = "A reseller of our products (9)."
    SUPPLIER = "A supplier (10)."
    VENDOR = "A vendor to our customers (11)."
    OTHER = "Another relationship (12)."


class AccountCategory(Described):
    """The customer category (`accountcategorycode`)."""

    PREFERRED = "A preferred customer (1)."
    STANDARD = "A standard customer (2)."


class Hierarchy(Described):
    """The named hierarchies of accounts; each is a separate tree."""

    CRM = Titled("The grouping that salespeople work with.", title="CRM")
    LEGAL = "The legal structure."
    BILLING = "The billing structure."
    SALES = "Territories and key-account structures."


class Confidence(Described):
    """The certainty of a fact."""

    INFERRED = "Inferred from evidence."
    ASSUMED = "Assumed, not verified."
    CONFIRMED = "Confirmed."


class DismissalReason(Described):
    """The reason why an account does not buy a product from us."""

    COMPETITOR = "The account buys it from a competitor."
    OWN_SOLUTION = "The account makes it or does it itself."
    NO_NEED = "The account does not need it."


class LineKind(Described):
    """The kind of a reporting line."""

    SOLID = "The direct manager; one at a time."
    DOTTED = "A functional manager, in addition to the direct one."
    ASSISTANT = "An assistant to the manager."


class OpportunityState(Described):
    """The state of an opportunity (`statecode`)."""

    OPEN = "Open (0)."
    WON = "Won (1)."
    LOST = "Lost or canceled (2)."


class OpportunityStatus(Described):
    """The reason for the state of an opportunity (`statuscode`)."""

    IN_PROGRESS = "In progress (1)."
    ON_HOLD = "On hold (2)."
    WON = "Won (3)."
    CANCELED = Titled("Canceled by the customer or by us (4).", title="Canceled")
    OUT_SOLD = Titled("Lost to a competitor (5).", title="Lost to a competitor")


class SalesStage(Described):
    """The stage of an open opportunity (`salesstage`)."""

    QUALIFY = "Need, budget and decision makers are being established (0)."
    DEVELOP = "The solution is being developed (1)."
    PROPOSE = "The customer has a proposal (2)."
    CLOSE = "The terms are agreed (3)."


class OpportunityRating(Described):
    """The rating of an opportunity or a lead (`opportunityratingcode`, `leadqualitycode`)."""

    HOT = "Hot: likely to close soon (1)."
    WARM = "Warm: may close (2)."
    COLD = "Cold: unlikely to close soon (3)."


class OrderState(Described):
    """The state of an order (`statecode`)."""

    ACTIVE = "Active: accepted, not yet submitted (0)."
    SUBMITTED = "Submitted to fulfillment (1)."
    CANCELED = "Canceled (2)."
    FULFILLED = "Fulfilled (3)."
    INVOICED = "Invoiced (4)."


class ProductStructure(Described):
    """The structure of a product (`productstructure`)."""

    PRODUCT = "A single product (1)."
    FAMILY = "A product family (2)."
    BUNDLE = "A bundle of products (3)."


class ProductState(Described):
    """The state of a product in the catalog (`statecode`)."""

    ACTIVE = "Active: can be sold (0)."
    RETIRED = "Retired (1)."
    DRAFT = "Draft (2)."
    UNDER_REVISION = "Under revision; the current version can be sold (3)."


class ActivityStatus(Described):
    """The status of an activity (`statecode`)."""

    OPEN = "Open (0)."
    COMPLETED = "Completed (1)."
    CANCELED = "Canceled (2)."
    SCHEDULED = "Scheduled for a time in the future (3)."


class Priority(Described):
    """The priority of an activity (`prioritycode`)."""

    LOW = "Low (0)."
    NORMAL = "Normal (1)."
    HIGH = "High (2)."


class ParticipantRole(Described):
    """The role of a participant in an activity (`participationtypemask`)."""

    FROM = "The sender or caller (1)."
    TO = "A recipient (2)."
    CC = "A recipient of a copy (3)."
    BCC = "A recipient of a blind copy (4)."
    REQUIRED = "A required attendee (5)."
    OPTIONAL = "An optional attendee (6)."
    ORGANIZER = "The organizer (7)."
    REGARDING = "The party that the activity is about (8)."
    OWNER = "The owner (9)."
    RESOURCE = "A booked resource (10)."
    CUSTOMER = "The customer (11)."


class Direction(Described):
    """The direction of a message or a call (`directioncode`)."""

    INCOMING = "Incoming."
    OUTGOING = "Outgoing."


class Seniority(Described):
    """The level of a position."""

    CHIEF = "The head of the company or of a function."
    VICE_PRESIDENT = "The head of several departments."
    DIRECTOR = "The head of a department."
    MANAGER = "The head of a team."
    STAFF = "No management responsibility."
