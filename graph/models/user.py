"""A user: one of our own people."""

from __future__ import annotations

from graph.models.formats import EMAIL_ADDRESS
from graph.models.links import Inverse, by, to
from graph.models.properties import Bool, DateTime, Text, Texts
from graph.models.record import Party
from graph.models.relationships import HasAccess, HasRole, InUnit, Manages, MemberOf, OwnedBy, ReportsTo, TargetsLevel


class User(Party):
    """A person of our own organization (`systemuser`)."""

    plural = "users"
    person = True
    owned = False
    unavailable = (("isDisabled", (True,)),)

    jobTitle = Text("The job title.", title="Title", personal=True)
    department = Text("The department.", personal=True)
    emailAddress1 = Text(
        "The email address.",
        title="Email",
        search="email",
        index=True,
        format=EMAIL_ADDRESS,
        personal=True,
        administered=True,
    )
    mobilePhone = Text("The mobile phone number.", title="Mobile", search="phone", collated=False, personal=True)
    city = Text("The city.", personal=True)
    country = Text("The country.", personal=True)
    isDisabled = Bool("True if the user can no longer sign in.", title="No longer works here", administered=True)

    pins = Texts("The ids of the pinned records, in order.", hidden=True, writable=False, personal=True)
    filterNames = Texts("The names of the saved filters.", hidden=True, writable=False, personal=True)
    filterAddresses = Texts("The address of each saved filter.", hidden=True, writable=False, personal=True)
    snoozedInsights = Texts(
        "The rule and the id of the record of each snoozed insight.", hidden=True, writable=False, personal=True
    )
    snoozedUntil = Texts("The date until which each insight is snoozed.", hidden=True, writable=False, personal=True)
    visitedAt = DateTime("The latest visit.", hidden=True, writable=False, personal=True)
    visitedBefore = DateTime("The end of the visit before the latest one.", hidden=True, writable=False, personal=True)

    manager = to(
        "User",
        ReportsTo,
        "The user's manager.",
        one=True,
        where={"kind": "SOLID"},
        inverse=Inverse("reports", "The user's direct reports."),
    )
    accounts = to(
        "Account",
        Manages,
        "The accounts that the user is responsible for.",
        connection="UserAccount",
        inverse=Inverse("team", "The users who are responsible for the account.", connection="AccountTeam"),
    )
    teams = to(
        "Team",
        MemberOf,
        "The teams that the user is a member of.",
        connection="UserTeam",
        inverse=Inverse("members", "The members of the team.", connection="TeamMember"),
    )
    unit = to(
        "BusinessUnit",
        InUnit,
        "The business unit of the user.",
        title="Business unit",
        one=True,
        inverse=Inverse("users", "The users in the business unit."),
    )
    targets = to(
        "Contact",
        TargetsLevel,
        "The people with whom the user wants a closer relationship.",
        connection="UserTarget",
        inverse=Inverse(
            "targetedBy",
            "The users who want a closer relationship with the person.",
            title="Pursued by",
            connection="ContactTarget",
        ),
    )
    shared = to(
        "Record",
        HasAccess,
        "The records that are shared with the user.",
        title="Shared with the user",
        connection="UserAccess",
        inverse=None,
    )
    roles = to("Role", HasRole, "The roles of the user.", connection="UserRole", inverse=None)
    opportunities = by("Opportunity", OwnedBy, "The opportunities that the user is responsible for.")
