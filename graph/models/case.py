"""A case: a customer's question, problem or request."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.edges import Plain, Regarding
from graph.models.properties import Bool, Choice, DateTime, Float, Int, Text, by, to
from graph.models.record import Record


class CaseType(Described):
    """What kind of case it is (`casetypecode`)."""

    QUESTION = "Something is not clear (1)."
    PROBLEM = "Something does not work (2)."
    REQUEST = "Something is wanted (3)."


class CaseOrigin(Described):
    """How a case came in (`caseorigincode`)."""

    PHONE = "By phone (1)."
    EMAIL = "By mail (2)."
    WEB = "By the web (3)."
    FACEBOOK = "By Facebook (2483)."
    TWITTER = "By Twitter (3986)."


class CasePriority(Described):
    """How urgent a case is (`prioritycode`)."""

    HIGH = "Before others (1)."
    NORMAL = "In its turn (2)."
    LOW = "Can wait (3)."


class CaseState(Described):
    """Where a case stands (`statecode`)."""

    ACTIVE = "Being worked on (0)."
    RESOLVED = "Solved (1)."
    CANCELED = "Given up (2)."


class CaseStatus(Described):
    """Why a case is in its state (`statuscode`)."""

    IN_PROGRESS = "Being worked on (1)."
    ON_HOLD = "Waiting (2)."
    WAITING_FOR_DETAILS = "The customer has to say more (3)."
    RESEARCHING = "Being looked into (4)."
    PROBLEM_SOLVED = "Solved (5)."
    INFORMATION_PROVIDED = "Answered (1000)."
    CANCELED = "Given up (6)."
    MERGED = "Part of another case (2000)."


class ServiceLevel(Described):
    """How a service level stands (`firstresponseslastatus`, `resolvebyslastatus`)."""

    IN_PROGRESS = "The time runs (1)."
    NEARING_NONCOMPLIANCE = "The time is nearly up (2)."
    SUCCEEDED = "It was kept (3)."
    NONCOMPLIANT = "It was missed (4)."


class Case(Record):
    """A customer's question, problem or request (`incident`)."""

    plural = "cases"

    ticketNumber = Text("The number the customer is given.", required=True, unique=True, search=True)
    title = Text("What it is about.", required=True, index=True, search=True)
    description = Text("What was said.")
    caseType = Choice(CaseType, "What kind of case it is.")
    caseOrigin = Choice(CaseOrigin, "How it came in.")
    priority = Choice(CasePriority, "How urgent it is.", index=True)
    severity = Int("How bad it is, 1 the worst (`severitycode`).")
    customerSatisfaction = Int("How satisfied the customer was, 1 to 5 (`customersatisfactioncode`).")
    firstResponseStatus = Choice(ServiceLevel, "How the time to the first answer stands.")
    resolveByStatus = Choice(ServiceLevel, "How the time to the solution stands.")
    isEscalated = Bool("Whether it was handed to somebody higher up.")
    sentimentValue = Float("How the customer's words sound, -1 to 1.")
    numberOfChildIncidents = Int("How many cases are part of it, as the source says.")
    openedAt = DateTime("When it came in.", index=True)
    resolvedAt = DateTime("When it was solved.")
    state = Choice(CaseState, "Active, resolved or canceled.", required=True, index=True)
    status = Choice(CaseStatus, "Why it is in that state.")

    account = to("Account", "FOR_CUSTOMER", "The account it is for.", model=Plain, one=True)
    customer = to("Contact", "FOR_CUSTOMER", "The person it is for.", model=Plain, one=True)
    primaryContact = to("Contact", "PRIMARY_CONTACT", "The person to turn to.", model=Plain, one=True)
    responsibleContact = to("Contact", "RESPONSIBLE_CONTACT", "The person who is responsible.", model=Plain, one=True)
    product = to("Product", "ABOUT", "What it is about.", model=Plain, one=True)
    parent = to("Case", "CHILD_OF", "The case it is part of.", model=Plain, one=True)
    children = by("Case", "CHILD_OF", "The cases that are part of it.", model=Plain)
    master = to("Case", "MERGED_INTO", "The case it was merged into.", model=Plain, one=True)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about it.", model=Regarding)
