"""Relationships with properties, each with the invariants that queries, mutations and imports obey."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from graph.models.choices import Confidence, DismissalReason, Hierarchy, LineKind, ParticipantRole, Seniority
from graph.models.formats import DUNS
from graph.models.properties import (
    Acyclic,
    AtMostOne,
    Bool,
    Choice,
    DateTime,
    Float,
    Int,
    Money,
    Relationship,
    Text,
    Texts,
)
from graph.money import Rates, exponent, half_even


class Dated(Relationship):
    """A relationship with a period of validity."""

    validFrom = DateTime("The start of the period of validity; null if it has no known start.")
    validTo = DateTime("The end of the period of validity (exclusive); null if it has not ended.")
    confidence = Choice(Confidence, "The certainty of the fact.")


class ChildOf(Dated):
    """An account's place in one of the hierarchies (`parentaccountid`)."""

    type = "CHILD_OF"
    noun = "parent"
    ends = ("account", "parent")
    keys = ("hierarchy",)
    mutations = ("reparentAccount",)
    acyclic = Acyclic(keys=("hierarchy",))

    hierarchy = Choice(Hierarchy, "The hierarchy.", required=True)


class Owns(Dated):
    """A share that a party holds in an account."""

    type = "OWNS"
    noun = "ownership"
    keys = ("interestType",)

    sharePct = Float("The share of the capital, as a percentage.", title="Share", minimum=0, maximum=100)
    votingPct = Float("The share of the votes, as a percentage.", title="Votes", minimum=0, maximum=100)
    minPct = Float("The lower bound of the share, as a percentage.", title="At least", minimum=0, maximum=100)
    maxPct = Float(
        "The upper bound of the share, as a percentage.", title="At most", minimum=0, maximum=100, not_below="minPct"
    )
    interestType = Text("The type of interest.", title="Kind of interest")
    isDirect = Bool("True if the share is held directly.", title="Directly")


class ConsolidatedBy(Dated):
    """Accounting consolidation as GLEIF reports it, which is not ownership."""

    type = "CONSOLIDATED_BY"
    noun = "consolidation"
    ends = ("account", "parent")
    keys = ("level",)

    level = Text("The level of the parent, direct or ultimate.")
    accountingStandard = Text("The accounting standard of the consolidated statements.", title="Accounting standard")
    reportingException = Text("The reason why no parent is reported.", title="Why none")


class BranchOf(Dated):
    """A branch and its headquarters."""

    type = "BRANCH_OF"
    noun = "branch"
    ends = ("branch", "headquarters")

    duns = Text("The D-U-N-S number of the branch.", format=DUNS)


class RelatedTo(Dated):
    """A business relation between two accounts."""

    type = "RELATED_TO"
    noun = "accountRelation"
    ends = ("account", "relatedAccount")
    keys = ("role1", "role2")

    role1 = Text("The role of the first account in relation to the second.", title="Their role")
    role2 = Text("The role of the second account in relation to the first.", title="The other's role")


class WorksAt(Dated):
    """A person's employment at an account (`parentcustomerid`)."""

    type = "WORKS_AT"
    noun = "employment"
    at_most_one = (AtMostOne("start", where=(("isPrimary", True),)),)

    isDirect = Bool("True if the account itself employs the person.", title="Directly")
    isPrimary = Bool("True for the person's main employment.", title="Main")
    jobTitle = Text("The job title at the account.", title="Title")
    department = Text("The department at the account.")
    seniority = Choice(Seniority, "The level of the position.")
    roles = Texts("The person's roles at the account, such as decision maker.")


class ReportsTo(Dated):
    """A reporting line (`parentcontactid`, `parentsystemuserid`)."""

    type = "REPORTS_TO"
    assigns = "end"
    noun = "reportingLine"
    ends = ("report", "manager")
    keys = ("kind", "scopeAccountId")
    acyclic = Acyclic(where=(("kind", "SOLID"),))

    kind = Choice(LineKind, "The kind of reporting line.", default=LineKind.SOLID)
    scopeAccountId = Text("The id of the account that the reporting line is limited to.", record="Account")


class Influences(Dated):
    """One person's influence on another."""

    type = "INFLUENCES"
    noun = "influence"
    ends = ("contact", "influenced")
    keys = ("scopeId",)

    weight = Float("The strength of the influence, from 0 to 1.", title="How much", minimum=0, maximum=1)
    scopeId = Text("The id of the record that the influence is limited to.", title="Only within", record="Record")
    evidence = Texts("The ids of the records that are evidence of the influence.")


class ConflictsWith(Influences):
    """One person's opposition to another."""

    type = "CONFLICTS_WITH"
    noun = "conflict"
    ends = ("contact", "opponent")


class PlaysRoleIn(Dated):
    """A person's role in an account or an opportunity."""

    type = "PLAYS_ROLE_IN"
    noun = "stakeholder"
    ends = ("contact", "record")
    keys = ("role",)

    role = Text("The role.")
    politicalStatus = Text("The person's standing in the organization.", title="Standing")
    support = Text("The person's attitude towards us.", title="Stance")
    coverage = Text("The coverage: the extent of our contact with the person.")
    decisionOrientation = Text("The criteria by which the person decides.", title="Decides by")
    isPrimary = Bool("True for the person's main role.", title="Main")
    note = Text("Free-text notes, such as the evidence for the attitude.")


class HasNoUseFor(Dated):
    """A product, or a product family, that is not proposed to an account."""

    type = "HAS_NO_USE_FOR"
    noun = "dismissal"
    ends = ("account", "product")

    reason = Choice(DismissalReason, "The reason why the account does not buy it from us.", required=True)
    note = Text("Free-text notes, such as the name of the competitor.")


class Knows(Relationship):
    """A tie derived from activities: decayed sums as of a timestamp, and counts."""

    type = "KNOWS"
    derived = True
    columns = ("both", "in", "out", "meetings", "calls", "inCount", "outCount", "firstAt", "lastAt", "asOf")

    both = Float("The decayed sum of meetings and calls.")
    inbound = Float("The decayed sum of emails that the start received.", db_property="in")
    outbound = Float("The decayed sum of emails that the start sent.", db_property="out")
    meetings = Int("The number of meetings that both attended.")
    calls = Int("The number of calls between them.")
    inCount = Int("The number of emails that the start received.")
    outCount = Int("The number of emails that the start sent.")
    firstAt = DateTime("The start of the first activity.")
    lastAt = DateTime("The start of the latest activity.")
    asOf = DateTime("The timestamp that the sums refer to.")
    modelVersion = Int("The version of the formula.")


class TargetsLevel(Dated):
    """A user's current and intended relationship with a person."""

    type = "TARGETS_LEVEL"
    assigns = "start"
    noun = "relationshipTarget"

    currentLevel = Text("The current level, from vendor to trusted advisor.", title="Now")
    targetLevel = Text("The intended level, from vendor to trusted advisor.", title="Aim")


class Manages(Dated):
    """A user's responsibility for an account."""

    type = "MANAGES"
    noun = "responsibility"
    keys = ("role",)
    assigns = "start"
    mutations = ("assignManager", "addTeamMember", "removeTeamMember")
    at_most_one = (AtMostOne("end", where=(("isPrimary", True),)),)
    shares = True

    role = Text("The role, such as account manager or executive sponsor.")
    isPrimary = Bool("True for the account's primary manager.", title="Main")


class MemberOf(Dated):
    """A user's membership of a team."""

    type = "MEMBER_OF"
    noun = "membership"
    keys = ("role",)
    assigns = "start"
    mutations = ("addTeamMember", "removeTeamMember")
    privileges = ("READ", "ASSIGN")

    role = Text("The role in the team.")


class HasAccess(Dated):
    """A record shared with a user or a team."""

    type = "HAS_ACCESS"
    noun = "access"
    ends = ("principal", "record")
    mutations = ("share", "revokeShare", "addToAccessTeam", "removeFromAccessTeam")
    privileges = ("READ", "SHARE")
    shares = True

    accessRights = Int("The access rights, as a bit mask.", title="Rights", minimum=0)
    viaTemplate = Text(
        "The id of the role whose privileges a member of the record's access team has.",
        title="Through the role",
    )


class InUnit(Relationship):
    """The business unit of a user or a team."""

    type = "IN_UNIT"
    privileges = ("ASSIGN", "ASSIGN")


class BelowUnit(Relationship):
    """The place of a business unit in the tree of units."""

    type = "CHILD_OF"
    privileges = ("ASSIGN", "ASSIGN")


class HasRole(Dated):
    """A role that a user or a team has."""

    type = "HAS_ROLE"
    noun = "roleAssignment"
    ends = ("holder", "role")
    privileges = ("READ", "ASSIGN")


class OwnedBy(Relationship):
    """The user or team that is responsible for a record."""

    type = "OWNED_BY"
    assigns = "end"
    privileges = ("ASSIGN", "READ")


class ParticipatedIn(Relationship):
    """A party's part in an activity."""

    type = "PARTICIPATED_IN"
    mutations = ("logActivity",)

    role = Choice(ParticipantRole, "The role in the activity.", required=True)
    addressUsed = Text("The email address or phone number that was used.", title="Address")
    effort = Float("The share of the party's time, from 0 to 1.", minimum=0, maximum=1)


class Regarding(Relationship):
    """The record that an activity is about."""

    type = "REGARDING"


class ConnectedTo(Dated):
    """A connection between two records (`connection`)."""

    type = "CONNECTED_TO"
    noun = "connection"
    ends = ("record", "connectedRecord")
    keys = ("record1role", "record2role")

    record1role = Text("The role of the first record in relation to the second.")
    record2role = Text("The role of the second record in relation to the first.")
    category = Text("The category of the connection.")
    description = Text("Free-text notes.")


class HasLine(Relationship):
    """A line of an opportunity or an order."""

    type = "HAS_LINE"
    noun = "line"
    ends = ("record", "product")
    additive = True

    quantity = Float("The quantity.")
    pricePerUnit = Money("The price per unit.", title="Price")
    discount = Float("The discount as a fraction, from 0 to 1.", minimum=0, maximum=1)
    manualDiscountAmount = Money("A manual discount amount.", title="Discount amount", minimum=0)
    tax = Money("The tax amount.")
    extendedAmount = Money(
        "The amount of the line; by default the price per unit times the quantity less `discount`, rounded half even "
        "to minor units.",
        title="Amount",
    )

    @classmethod
    def complete(cls, values: dict[str, Any], rates: Rates) -> dict[str, Any]:
        """Sets the amount from the price, the quantity and the discount. Raises Invalid if it is too large."""
        units, quantity = values.get("pricePerUnit"), values.get("quantity")
        currency = values.get("pricePerUnitCurrency")
        if units is None or currency is None or quantity is None:
            return values
        price = Decimal(units).scaleb(-exponent(currency))
        share = 1 - Decimal(repr(values.get("discount") or 0.0))
        amount = half_even(price * Decimal(repr(quantity)) * share, currency)
        derived = {"extendedAmount": amount, "extendedAmountCurrency": currency}
        if any(values.get(key, value) != value for key, value in derived.items()):
            return values
        return {"extendedAmountBase": rates.in_base(amount, currency)} | derived | values


class PartOf(Relationship):
    """A product's place in a bundle."""

    type = "PART_OF"
    noun = "bundlePart"
    ends = ("product", "bundle")

    quantity = Float("The quantity of the part in the bundle.", minimum=0)
    isRequired = Bool("True if the bundle must contain the part.", title="Required")


class RelatedProduct(Relationship):
    """A relation between two products that a user or an import recorded."""

    type = "RELATED_PRODUCT"
    noun = "productRelation"
    ends = ("product", "relatedProduct")
    keys = ("salesRelationshipType",)

    salesRelationshipType = Text("Up-sell, cross-sell, accessory or substitute.", title="Kind")
    direction = Text("One way or both ways.")
