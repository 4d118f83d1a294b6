"""A role: what its holders may read and change."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.links import by
from graph.models.properties import Bool, Text, Texts
from graph.models.record import Record
from graph.models.relationships import HasRole


class PrivilegeType(Described):
    """The type of a privilege: the action that it allows."""

    CREATE = "To create records."
    READ = "To read records."
    WRITE = "To change records."
    DELETE = "To delete and restore records."
    ASSIGN = "To give records another owner."
    SHARE = "To share records with users and teams."
    APPEND = "To attach records to others, such as a contact to an account."


class PrivilegeDepth(Described):
    """The depth of a privilege: the records that it concerns."""

    NONE = "No records."
    OWN = "The records that the holder, or a team of the holder, owns or that are shared with them."
    UNIT = "Also those of the holder's business unit."
    UNIT_AND_BELOW = "Also those of the business units below it."
    ALL = "All records."


class FieldAccess(Described):
    """The access to a secured field."""

    NONE = "The field is null, and cannot be used in conditions, orders and figures."
    READ = "To read the field."
    WRITE = "To read and to write the field."


RIGHT_BITS = {
    PrivilegeType.READ: 1,
    PrivilegeType.WRITE: 2,
    PrivilegeType.APPEND: 4,
    PrivilegeType.CREATE: 32,
    PrivilegeType.DELETE: 65_536,
    PrivilegeType.SHARE: 262_144,
    PrivilegeType.ASSIGN: 524_288,
}
"""The bit of each right in `accessRights`, as Dataverse defines them."""


ACCOUNT_TEAM = "role-account-team"
"""The id of the role whose privileges everybody in an account's team has on the account."""


class Role(Record):
    """A role: what its holders may read and change."""

    plural = "roles"
    owned = False
    of_organization = True
    importable = False

    name = Text("The name.", required=True, index=True, search="title")
    description = Text("The purpose of the role.")
    readsDeleted = Bool("Whether its holders may read deleted records.", title="Reads deleted records")
    grants = Texts(
        "The privileges, each as an entity, a type and a depth: `Account READ UNIT`.",
        hidden=True,
        writable=False,
        collated=False,
    )

    fieldGrants = Texts(
        "The access to secured fields, each as a field and an access: `Account.creditLimit READ`.",
        hidden=True,
        writable=False,
        collated=False,
    )

    holders = by(
        "Party",
        HasRole,
        "The users and teams that have the role.",
        only=("User", "Team"),
        connection="RoleHolder",
    )
