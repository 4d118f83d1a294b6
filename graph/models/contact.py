"""A contact: a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from graph.models.formats import EMAIL_ADDRESS
from graph.models.links import Inverse, to
from graph.models.properties import MAX_INDEXED_LENGTH, MAX_PART, Bool, Date, Text
from graph.models.record import Party
from graph.models.relationships import ConflictsWith, Influences, PlaysRoleIn, ReportsTo, WorksAt


class Contact(Party):
    """A person who works at one or more accounts (`contact`)."""

    plural = "contacts"
    person = True

    fullName = Text(
        "The full name; always equals `name`.",
        title="Full name",
        required=True,
        longest=MAX_INDEXED_LENGTH,
        personal=True,
    )
    firstName = Text("The given name.", longest=MAX_PART, personal=True)
    lastName = Text("The family name.", index=True, longest=MAX_PART, personal=True)
    salutation = Text("The salutation.", personal=True)
    jobTitle = Text(
        "The job title on the business card; the edges of `accounts` have the title at each account.",
        title="Title",
        index=True,
        personal=True,
    )
    department = Text("The department on the business card.", personal=True)
    emailAddress1 = Text(
        "The main email address.", title="Email", search="email", index=True, format=EMAIL_ADDRESS, personal=True
    )
    emailAddress2 = Text(
        "The second email address.", title="Second email", search="secondEmail", format=EMAIL_ADDRESS, personal=True
    )
    mobilePhone = Text("The mobile phone number.", title="Mobile", search="phone", collated=False, personal=True)
    city = Text("The city.", personal=True)
    country = Text("The country.", personal=True)
    description = Text("Free-text notes.", title="Notes", personal=True)
    birthDate = Date("The date of birth.", title="Born", past=True, max_ahead=timedelta(), personal=True, secured=True)
    gdprOptOut = Bool("True if the person opted out of marketing (`gdproptout`).", title="Opted out of marketing")
    doNotEmail = Bool("True if the person must not be emailed (`donotemail`).", title="Do not email")
    doNotPhone = Bool("True if the person must not be phoned (`donotphone`).", title="Do not phone")

    accounts = to(
        "Account",
        WorksAt,
        "The accounts where the person works.",
        connection="ContactAccount",
        inverse=Inverse(
            "contacts", "The people who work at the account.", connection="AccountContact", takes_below=True
        ),
        parental=True,
    )
    manager = to(
        "Contact",
        ReportsTo,
        "The person's manager by a solid line.",
        one=True,
        where={"kind": "SOLID"},
        inverse=Inverse("reports", "The person's direct reports by solid lines."),
    )
    influences = to(
        "Contact",
        Influences,
        "The people whom the person influences.",
        title="Sways",
        connection="ContactInfluence",
        inverse=Inverse(
            "influencedBy", "The people who influence the person.", title="Swayed by", connection="ContactInfluence"
        ),
    )
    conflictsWith = to(
        "Contact",
        ConflictsWith,
        "The people whom the person opposes.",
        title="Opposes",
        connection="ContactInfluence",
        inverse=Inverse(
            "opposedBy", "The people who oppose the person.", title="Opposed by", connection="ContactInfluence"
        ),
    )
    playsRoleIn = to(
        "Record",
        PlaysRoleIn,
        "The accounts and opportunities in which the person plays a role.",
        title="Roles",
        only=("Account", "Opportunity"),
        connection="ContactRole",
        follows=WorksAt.type,
        inverse=Inverse(
            "stakeholders", "The people who play a role in it.", title="Roles in it", connection="Stakeholder"
        ),
    )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Sets `name` and `fullName` to the same value, by default the first and last name."""
        parts = [part for part in (values.get("firstName"), values.get("lastName")) if part]
        full = values.get("fullName") or values.get("name") or " ".join(parts) or None
        return values if full is None else {**values, "name": full, "fullName": full}
