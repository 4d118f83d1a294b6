"""A user: one of our own people."""

from __future__ import annotations

from graph.models.edges import ConnectedTo, Manages, MemberOf, OwnedBy, Plain, ReportsTo, TargetsLevel
from graph.models.properties import Bool, Text, by, to
from graph.models.record import Party


class User(Party):
    """One of our own people (`systemuser`)."""

    plural = "users"

    jobTitle = Text("The title.")
    department = Text("The department.")
    emailAddress1 = Text("The mail address.", index=True, search=True)
    mobilePhone = Text("The mobile number.")
    city = Text("The city.")
    country = Text("The country.")
    isDisabled = Bool("Whether the user can no longer sign in.")

    manager = to("User", "REPORTS_TO", "Whom the user reports to.", model=ReportsTo, one=True, where={"kind": "SOLID"})
    reports = by("User", "REPORTS_TO", "Who reports to the user.", model=ReportsTo, where={"kind": "SOLID"})
    accounts = to("Account", "MANAGES", "The accounts the user is responsible for.", model=Manages)
    teams = to("Team", "MEMBER_OF", "The teams the user is a member of.", model=MemberOf)
    unit = to("BusinessUnit", "IN_UNIT", "The business unit the user belongs to.", model=Plain, one=True)
    opportunities = by("Opportunity", "OWNED_BY", "The opportunities the user is responsible for.", model=OwnedBy)
    targets = to("Contact", "TARGETS_LEVEL", "The people the user wants to be closer to.", model=TargetsLevel)
    connections = to("Record", "CONNECTED_TO", "Records connected for a reason of their own.", model=ConnectedTo)
