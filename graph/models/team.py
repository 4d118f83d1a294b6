"""A team of users."""

from __future__ import annotations

from graph.models.links import Inverse, to
from graph.models.properties import Text
from graph.models.record import Party
from graph.models.relationships import HasAccess, HasRole, InUnit


class Team(Party):
    """Users who share work and access (`team`)."""

    plural = "teams"
    owned = False

    description = Text("The purpose of the team.")

    unit = to(
        "BusinessUnit",
        InUnit,
        "The business unit of the team.",
        title="Business unit",
        one=True,
        inverse=Inverse("teams", "The teams in the business unit."),
    )
    shared = to(
        "Record",
        HasAccess,
        "The records that are shared with the team.",
        title="Shared with the team",
        connection="TeamAccess",
        inverse=None,
    )
    roles = to(
        "Role",
        HasRole,
        "The roles that the members have through the team.",
        connection="TeamRole",
        inverse=None,
    )
