"""A case: a customer's question, problem or request."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.properties import Bool, Choice, DateTime, Float, Int, Inverse, Text, to
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

    ticketNumber = Text("The ticket number given to the customer.", required=True, unique=True, search=True)
    title = Text("The title.", required=True, index=True, search=True)
    description = Text("The full description.")
    caseType = Choice(CaseType, "The type of case (`casetypecode`).")
    caseOrigin = Choice(CaseOrigin, "The channel through which the case arrived (`caseorigincode`).")
    priority = Choice(CasePriority, "The priority (`prioritycode`).", index=True)
    severity = Int("The severity, 1 is the highest (`severitycode`).", minimum=1)
    customerSatisfaction = Int(
        "The customer's satisfaction from 1 to 5 (`customersatisfactioncode`).", minimum=1, maximum=5
    )
    firstResponseStatus = Choice(ServiceLevel, "The status of the first-response service level.")
    resolveByStatus = Choice(ServiceLevel, "The status of the resolution service level.")
    isEscalated = Bool("True if the case was escalated.")
    sentimentValue = Float("The sentiment of the customer's words, from -1 to 1.", minimum=-1, maximum=1)
    numberOfChildIncidents = Int("The number of child cases as the source gives it.", minimum=0)
    openedAt = DateTime("When the case arrived.", index=True)
    resolvedAt = DateTime("When the case was resolved.")
    state = Choice(
        CaseState, "Active, resolved or canceled (`statecode`).", required=True, index=True, initial=CaseState.ACTIVE
    )
    status = Choice(CaseStatus, "The reason for the state (`statuscode`).")

    account = to(
        "Account",
        "FOR_CUSTOMER",
        "The customer account.",
        one=True,
        inverse=Inverse("cases", "The cases of the account."),
    )
    customer = to(
        "Contact",
        "FOR_CUSTOMER",
        "The customer contact.",
        one=True,
        inverse=Inverse("cases", "The cases of the person."),
    )
    primaryContact = to(
        "Contact",
        "PRIMARY_CONTACT",
        "The main contact person.",
        one=True,
        inverse=Inverse("primaryContactOfCases", "The cases that name the person as their main contact."),
    )
    responsibleContact = to(
        "Contact",
        "RESPONSIBLE_CONTACT",
        "The responsible person at the customer.",
        one=True,
        inverse=Inverse("responsibleForCases", "The cases that the person is responsible for."),
    )
    product = to(
        "Product",
        "ABOUT",
        "The product that the case is about.",
        one=True,
        inverse=Inverse("cases", "The cases about the product."),
    )
    parent = to("Case", "CHILD_OF", "The parent case.", one=True, inverse=Inverse("children", "The child cases."))
    master = to(
        "Case",
        "MERGED_INTO",
        "The case that it was merged into.",
        one=True,
        inverse=Inverse("merged", "The cases that were merged into it."),
    )
