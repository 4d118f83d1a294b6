"""The relationships that carry facts of their own."""

from __future__ import annotations

from neomodel import AsyncStructuredRel

from graph.models.choices import Confidence, Hierarchy, LineKind, ParticipantRole, Seniority
from graph.models.properties import Bool, Choice, DateTime, Float, Int, Money, Text, Texts


class Edge(AsyncStructuredRel):
    """What every relationship has."""

    createdAt = DateTime("When the relationship was made.", writable=False)
    origin = Text("The source it came from.", db_property="source", writable=False)
    sourceKey = Text("What tells it from others between the same two records in its source.", writable=False)


class Dated(Edge):
    """A fact of the world that holds from one moment to another."""

    validFrom = DateTime("From when it holds; nothing means it always did.")
    validTo = DateTime("Until when it holds (exclusive); nothing means it still does.")
    confidence = Choice(Confidence, "How sure it is.")


class ChildOf(Dated):
    """An account's place in one of the hierarchies (`parentaccountid`)."""

    hierarchy = Choice(Hierarchy, "The hierarchy it belongs to.", required=True)


class Owns(Dated):
    """A share that a party holds in an account."""

    sharePct = Float("Share of the capital, in percent.")
    votingPct = Float("Share of the votes, in percent.")
    minPct = Float("The least it can be, in percent.")
    maxPct = Float("The most it can be, in percent.")
    interestType = Text("What kind of interest it is.")
    isDirect = Bool("Whether it is held directly.")


class ConsolidatedBy(Dated):
    """Accounting consolidation, as GLEIF reports it; not ownership."""

    level = Text("direct or ultimate.")
    accountingStandard = Text("The standard of the consolidated accounts.")
    reportingException = Text("Why no parent is reported.")


class BranchOf(Dated):
    """A branch and its headquarters."""

    duns = Text("The branch's D-U-N-S number.")


class RelatedTo(Dated):
    """Two accounts that have to do with each other."""

    role1 = Text("What the first is to the second.")
    role2 = Text("What the second is to the first.")


class WorksAt(Dated):
    """A person's employment at an account (`parentcustomerid`)."""

    isDirect = Bool("Whether the account itself employs the person.")
    isPrimary = Bool("Whether it is the person's main employment.")
    jobTitle = Text("The title there.")
    department = Text("The department there.")
    seniority = Choice(Seniority, "The level of the position.")
    roles = Texts("What the person decides or does there.")


class ReportsTo(Dated):
    """A reporting line (`parentcontactid`, `parentsystemuserid`)."""

    kind = Choice(LineKind, "The kind of the line; nothing means solid.")
    scopeAccountId = Text("The account within which the line holds.")


class Influences(Dated):
    """Somebody who sways, or opposes, somebody else."""

    weight = Float("How much, 0 to 1.")
    scopeId = Text("The record within which it holds.")
    evidence = Texts("The ids of the records that show it.")


class PlaysRoleIn(Dated):
    """A person's part in an opportunity, an account or a plan."""

    role = Text("The part.")
    politicalStatus = Text("The standing in the organisation.")
    support = Text("For or against us.")
    coverage = Text("How well we know the person.")
    decisionOrientation = Text("What the person decides by.")
    isPrimary = Bool("Whether it is the main part.")


class Knows(Edge):
    """A tie drawn from activities: decayed sums as of a moment, and counts."""

    both = Float("Decayed sum of meetings and calls.")
    inbound = Float("Decayed sum of mails the first one received.", db_property="in")
    outbound = Float("Decayed sum of mails the first one wrote.", db_property="out")
    meetings = Int("Meetings both attended.")
    calls = Int("Calls between them.")
    inCount = Int("Mails the first one received.")
    outCount = Int("Mails the first one wrote.")
    firstAt = DateTime("The first activity.")
    lastAt = DateTime("The latest activity.")
    asOf = DateTime("The moment the sums are as of.")
    modelVersion = Int("The version of the formula.")


class TargetsLevel(Dated):
    """Where a user stands with a person, and wants to stand."""

    currentLevel = Text("From vendor to trusted advisor.")
    targetLevel = Text("From vendor to trusted advisor.")


class Manages(Dated):
    """A user's responsibility for an account."""

    role = Text("Account manager, executive sponsor and the like.")
    isPrimary = Bool("Whether this is the account's one primary manager.")


class MemberOf(Dated):
    """A user's membership of a team."""

    role = Text("The part in the team.")


class HasAccess(Dated):
    """A record shared with a user or a team."""

    accessRights = Int("The rights, as a mask.")
    viaTemplate = Text("The team template that gave it.")


class OwnedBy(Edge):
    """Who is responsible for a record."""


class ParticipatedIn(Edge):
    """A party's part in an activity."""

    role = Choice(ParticipantRole, "What it was in it.", required=True)
    addressUsed = Text("The address or number used.")
    effort = Float("The share of its time, 0 to 1.")


class Regarding(Edge):
    """What an activity was about."""


class ConnectedTo(Dated):
    """Two records connected for a reason of their own."""

    record1role = Text("What the first is to the second.")
    record2role = Text("What the second is to the first.")
    category = Text("The kind of connection.")
    description = Text("More about it.")


class HasLine(Edge):
    """A line of an opportunity or an order."""

    quantity = Float("How many.")
    pricePerUnit = Money("The price of one.")
    discount = Float("The discount as a fraction, 0 to 1.")
    manualDiscountAmount = Money("An amount taken off by hand.")
    tax = Money("The tax on it.")
    extendedAmount = Money("What the line comes to, rounded half even to minor units.")


class PartOf(Edge):
    """A product's place in a bundle."""

    quantity = Float("How many of it the bundle holds.")
    isRequired = Bool("Whether the bundle must hold it.")


class RelatedProduct(Edge):
    """A hand-made relation between products."""

    salesRelationshipType = Text("Up-sell, cross-sell, accessory or substitute.")
    direction = Text("One way or both ways.")


class Plain(Edge):
    """A relationship that says no more than that it is."""
