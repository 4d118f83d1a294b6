"""A customer service case."""

from __future__ import annotations

from graph.models.choices import Described, Titled
from graph.models.links import Inverse, to
from graph.models.properties import Bool, Choice, DateTime, Float, Int, Text
from graph.models.record import Record


class CaseType(Described):
    """The type of a case (`casetypecode`)."""

    QUESTION = "A question (1)."
    PROBLEM = "A problem (2)."
    REQUEST = "A request (3)."


class CaseOrigin(Described):
    """The channel through which a case arrived (`caseorigincode`)."""

    PHONE = "Phone (1)."
    EMAIL = "Email (2)."
    WEB = "Website (3)."
    FACEBOOK = "Facebook (2483)."
    TWITTER = "Twitter (3986)."


class CasePriority(Described):
    """The priority of a case (`prioritycode`)."""

    HIGH = "High (1)."
    NORMAL = "Normal (2)."
    LOW = "Low (3)."


class CaseState(Described):
    """The state of a case (`statecode`)."""

    ACTIVE = "Active (0)."
    RESOLVED = "Resolved (1)."
    CANCELED = "Canceled (2)."


class CaseStatus(Described):
    """The reason for the state of a case (`statuscode`)."""

    IN_PROGRESS = "In progress (1)."
    ON_HOLD = "On hold (2)."
    WAITING_FOR_DETAILS = "Waiting for details from the customer (3)."
    RESEARCHING = "Being researched (4)."
    PROBLEM_SOLVED = "The problem was solved (5)."
    INFORMATION_PROVIDED = "The information was provided (1000)."
    CANCELED = "Canceled (6)."
    MERGED = "Merged into another case (2000)."


class ServiceLevel(Described):
    """The status of a service level (`firstresponseslastatus`, `resolvebyslastatus`)."""

    IN_PROGRESS = "In progress (1)."
    NEARING_NONCOMPLIANCE = Titled("Nearing noncompliance (2).", title="Nearly missed")
    SUCCEEDED = Titled("Met (3).", title="Met")
    NONCOMPLIANT = Titled("Missed (4).", title="Missed")


class Case(Record):
    """A customer's question, problem or request (`incident`)."""

    plural = "cases"

    ticketNumber = Text(
        "The ticket number that the customer receives, such as CAS-01041-79.",
        title="Ticket",
        required=True,
        unique=True,
        search="number",
        numbered="CAS",
    )
    title = Text("The title.", required=True, index=True, search="title")
    description = Text("The full description.")
    caseType = Choice(CaseType, "The type of case (`casetypecode`).", title="Kind")
    caseOrigin = Choice(CaseOrigin, "The channel through which the case arrived (`caseorigincode`).", title="Came by")
    priority = Choice(CasePriority, "The priority (`prioritycode`).", index=True)
    severity = Int("The severity, 1 is the highest (`severitycode`).", minimum=1)
    customerSatisfaction = Int(
        "The customer's satisfaction from 1 to 5 (`customersatisfactioncode`).",
        title="Satisfaction",
        minimum=1,
        maximum=5,
    )
    firstResponseStatus = Choice(ServiceLevel, "The status of the first-response service level.", title="First answer")
    resolveByStatus = Choice(ServiceLevel, "The status of the resolution service level.", title="Solved in time")
    isEscalated = Bool("True if the case was escalated.", title="Escalated")
    sentimentValue = Float(
        "The sentiment of the customer's messages, from -1 (negative) to 1 (positive).",
        title="Mood",
        minimum=-1,
        maximum=1,
    )
    numberOfChildIncidents = Int(
        "The number of child cases, as stated by the source system.", title="Child cases, as imported", minimum=0
    )
    openedAt = DateTime("When the case arrived.", title="Opened", index=True, past=True)
    resolvedAt = DateTime("When the case was resolved.", title="Resolved", past=True, not_below="openedAt")
    state = Choice(
        CaseState, "Active, resolved or canceled (`statecode`).", required=True, index=True, initial=CaseState.ACTIVE
    )
    status = Choice(CaseStatus, "The reason for the state (`statuscode`).")

    account = to(
        "Account",
        "FOR_CUSTOMER",
        "The customer account.",
        one=True,
        inverse=Inverse("cases", "The cases of the account.", takes_below=True),
        parental=True,
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
        title="Main contact",
        one=True,
        inverse=Inverse(
            "primaryContactOfCases",
            "The cases that name the person as their main contact.",
            title="Main contact in cases",
        ),
    )
    responsibleContact = to(
        "Contact",
        "RESPONSIBLE_CONTACT",
        "The responsible person at the customer.",
        title="Responsible at the customer",
        one=True,
        inverse=Inverse(
            "responsibleForCases", "The cases that the person is responsible for.", title="Responsible for cases"
        ),
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
        "The case that this case was merged into.",
        title="Merged into",
        one=True,
        inverse=Inverse("merged", "The cases that were merged into this case.", title="Merged into it"),
    )
