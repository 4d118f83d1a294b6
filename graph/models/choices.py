"""The enumerations of the domain; a code is stored as its member's name."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime


def today() -> date:
    """Returns the current date in UTC."""
    return datetime.now(UTC).date()


class Described(enum.Enum):
    """An enumeration whose members' values are their descriptions."""


class AccountRelationship(Described):
    """What an account is to us (`customertypecode`)."""

    COMPETITOR = "Sells against us (1)."
    CONSULTANT = "Advises our customers (2)."
    CUSTOMER = "Buys from us (3)."
    INVESTOR = "Holds shares in us (4)."
    PARTNER = "Works with us (5)."
    INFLUENCER = "Sways others who buy (6)."
    PRESS = "Writes about us (7)."
    PROSPECT = "May become a customer (8)."
    RESELLER = "Sells what we make (9)."
    SUPPLIER = "Sells to us (10)."
    VENDOR = "Sells to our customers (11)."
    OTHER = "None of these (12)."


class AccountCategory(Described):
    """How an account is treated (`accountcategorycode`)."""

    PREFERRED = "A preferred customer (1)."
    STANDARD = "A standard customer (2)."


class Hierarchy(Described):
    """The named hierarchies an account can stand in; each is a tree of its own."""

    CRM = "The grouping salespeople work with."
    LEGAL = "The legal parents."
    BILLING = "Who pays for whom."
    SALES = "Territories and key-account structures."


class Confidence(Described):
    """How sure a fact of the world is."""

    INFERRED = "Concluded from evidence."
    ASSUMED = "Believed by somebody, not verified."
    CONFIRMED = "Verified."


class LineKind(Described):
    """The kind of a reporting line."""

    SOLID = "Disciplinary: one at a time."
    DOTTED = "Functional, beside the solid one."
    ASSISTANT = "Assists the manager."


class OpportunityState(Described):
    """Where an opportunity stands (`statecode`)."""

    OPEN = "Still to be decided (0)."
    WON = "Decided for us (1)."
    LOST = "Decided against us or given up (2)."


class OpportunityStatus(Described):
    """Why an opportunity is in its state (`statuscode`)."""

    IN_PROGRESS = "Being worked on (1)."
    ON_HOLD = "Waiting (2)."
    WON = "Won (3)."
    CANCELED = "Given up by the customer or by us (4)."
    OUT_SOLD = "A competitor won it (5)."


class SalesStage(Described):
    """The stage of an open opportunity (`salesstage`)."""

    QUALIFY = "Is there a need, a budget, somebody who decides (0)."
    DEVELOP = "The solution takes shape (1)."
    PROPOSE = "A proposal is with the customer (2)."
    CLOSE = "Terms are agreed on (3)."


class OpportunityRating(Described):
    """How warm an opportunity or a lead is (`opportunityratingcode`, `leadqualitycode`)."""

    HOT = "Likely soon (1)."
    WARM = "Possible (2)."
    COLD = "Unlikely now (3)."


class OrderState(Described):
    """Where an order stands (`statecode`)."""

    ACTIVE = "Accepted, not yet handed over (0)."
    SUBMITTED = "Handed over to fulfilment (1)."
    CANCELED = "Called off (2)."
    FULFILLED = "Delivered (3)."
    INVOICED = "Billed (4)."


class ProductStructure(Described):
    """What a product node stands for (`productstructure`)."""

    PRODUCT = "One thing that is sold (1)."
    FAMILY = "A group of products (2)."
    BUNDLE = "Several products sold as one (3)."


class ProductState(Described):
    """Whether a product can be sold (`statecode`)."""

    ACTIVE = "Can be sold (0)."
    RETIRED = "No longer sold (1)."
    DRAFT = "Not yet sold (2)."
    UNDER_REVISION = "Sold while being changed (3)."


class ActivityStatus(Described):
    """Where an activity stands (`statecode`)."""

    OPEN = "To be done (0)."
    COMPLETED = "Done (1)."
    CANCELED = "Will not be done (2)."
    SCHEDULED = "Has a time in the future (3)."


class Priority(Described):
    """How urgent a record is (`prioritycode`)."""

    LOW = "Can wait (0)."
    NORMAL = "In its turn (1)."
    HIGH = "Before others (2)."


class ParticipantRole(Described):
    """What somebody was in an activity (`participationtypemask`)."""

    FROM = "Wrote or called (1)."
    TO = "Was written to or called (2)."
    CC = "Received a copy (3)."
    BCC = "Received a hidden copy (4)."
    REQUIRED = "Had to attend (5)."
    OPTIONAL = "Could attend (6)."
    ORGANIZER = "Called the meeting (7)."
    REGARDING = "Was what it was about (8)."
    OWNER = "Was responsible (9)."
    RESOURCE = "Was booked for it (10)."
    CUSTOMER = "Was served (11)."


class Direction(Described):
    """Which way a message or a call went (`directioncode`)."""

    INCOMING = "From outside to us."
    OUTGOING = "From us to outside."


class Seniority(Described):
    """The level of a position."""

    CHIEF = "Runs the company or a function of it."
    VICE_PRESIDENT = "Runs several departments."
    DIRECTOR = "Runs a department."
    MANAGER = "Runs a team."
    STAFF = "Runs nothing but own work."
