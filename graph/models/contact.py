"""A contact: a person."""

from __future__ import annotations

from typing import Any

from graph.models.edges import ConnectedTo, Influences, PlaysRoleIn, Regarding, ReportsTo, WorksAt
from graph.models.properties import Bool, Date, Text, by, to
from graph.models.record import Party


class Contact(Party):
    """A person at one account or several (`contact`)."""

    plural = "contacts"

    fullName = Text("The person's whole name; the same as `name`.", required=True)
    firstName = Text("The given name.")
    lastName = Text("The family name.", index=True)
    salutation = Text("How to address the person.")
    jobTitle = Text("The title on the person's card; the title at each account is on the employment.")
    department = Text("The department on the person's card.")
    emailAddress1 = Text("The first mail address.", index=True, search=True)
    emailAddress2 = Text("The second mail address.")
    mobilePhone = Text("The mobile number.")
    city = Text("The city.")
    country = Text("The country.")
    description = Text("Anything else.")
    birthDate = Date("The birthday.")
    gdprOptOut = Bool("Whether the person asked not to be stored for marketing (`gdproptout`).")
    doNotEmail = Bool("Whether the person must not be mailed (`donotemail`).")
    doNotPhone = Bool("Whether the person must not be called (`donotphone`).")

    accounts = to("Account", "WORKS_AT", "Where the person works.", model=WorksAt)
    manager = to(
        "Contact", "REPORTS_TO", "Whom the person reports to.", model=ReportsTo, one=True, where={"kind": "SOLID"}
    )
    reports = by("Contact", "REPORTS_TO", "Who reports to the person.", model=ReportsTo, where={"kind": "SOLID"})
    influences = to("Contact", "INFLUENCES", "Whom the person sways.", model=Influences)
    conflictsWith = to("Contact", "CONFLICTS_WITH", "Whom the person opposes.", model=Influences)
    playsRoleIn = to("Record", "PLAYS_ROLE_IN", "What the person has a part in.", model=PlaysRoleIn)
    connections = to("Record", "CONNECTED_TO", "Records connected for a reason of their own.", model=ConnectedTo)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about the person.", model=Regarding)

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`name` and `fullName` are one; where neither is given they are made of first and last name."""
        parts = [part for part in (values.get("firstName"), values.get("lastName")) if part]
        full = values.get("fullName") or values.get("name") or " ".join(parts) or None
        return values if full is None else {**values, "name": full, "fullName": full}
