"""What a caller may do, as the graph states it: units, teams and the privileges of roles (decision 0032)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.known import Known, Moment
from graph.models.relationships import HasRole, MemberOf
from graph.models.role import ACCOUNT_TEAM, FieldAccess, PrivilegeDepth, PrivilegeType
from graph.query.cypher import call
from graph.query.ownership import IN_UNIT
from graph.query.periods import holds
from graph.store import Reads, Statement

_TEAMS = call(
    "user",
    f"OPTIONAL MATCH (user)-[member:{MemberOf.type}]->(team:Team) WHERE {holds('member', '$now')}\n"
    "WITH DISTINCT team ORDER BY team.uid\n"
    "RETURN collect(team) AS teams",
)
_UNITS = call(
    "holder",
    f"OPTIONAL MATCH (holder)-[:{IN_UNIT}]->(unit:BusinessUnit)\n"
    "OPTIONAL MATCH (unit)(()<-[:CHILD_OF]-(:BusinessUnit)){1,}(below)\n"
    "RETURN unit.uid AS unit, collect(DISTINCT below.uid) AS below",
)
_ROLES = call(
    "holder",
    f"OPTIONAL MATCH (holder)-[held:{HasRole.type}]->(role:Role) WHERE {holds('held', '$now')}\n"
    "WITH DISTINCT role ORDER BY role.uid\n"
    "RETURN collect(role {.uid, .name, .grants, .fieldGrants, .readsDeleted}) AS roles",
)

# When a membership or a role that begins or ends later changes what the holders may do.
_CHANGES = call(
    "holder",
    f"OPTIONAL MATCH (holder)-[dated:{MemberOf.type}|{HasRole.type}]->()\n"
    "UNWIND [dated.validFrom, dated.validTo] AS at\n"
    "WITH at WHERE at > $now\n"
    "RETURN min(at) AS changes",
)

HOLDERS = Statement(
    "access.holders",
    "MATCH (user:User {uid: $user}) WHERE NOT coalesce(user.isDisabled, false)\n"
    f"{_TEAMS}\n"
    "UNWIND [user] + teams AS holder\n"
    f"{_UNITS}\n"
    f"{_ROLES}\n"
    f"{_CHANGES}\n"
    "WITH collect({uid: holder.uid, unit: unit, below: below, roles: roles}) AS holders, min(changes) AS until\n"
    f"OPTIONAL MATCH (team:Role {{uid: '{ACCOUNT_TEAM}'}})\n"
    "RETURN {holders: holders, team: team.grants, until: until} AS rights",
)


CALLERS = Statement(
    "access.callers",
    "MATCH (user:User) WHERE NOT coalesce(user.isDisabled, false)\n"
    f"  AND EXISTS {{ (user)-[:{MemberOf.type}]->{{0,1}}()-[:{HasRole.type}]->(:Role) }}\n"
    "WITH user ORDER BY user.uid LIMIT $most\nRETURN collect(user.uid) AS users",
)
"""The users who have a role, by themselves or by a team."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """A privilege of a role on the records of a label, or of every label under a super-label."""

    label: str
    type: str
    depth: str

    def __str__(self) -> str:
        return f"{self.label} {self.type} {self.depth}"

    @classmethod
    def parse(cls, text: str) -> Privilege:
        """Returns the privilege in the form in which a role stores it.

        >>> Privilege.parse("Account READ UNIT").depth
        'UNIT'
        """
        label, type_, depth = text.split(" ")
        return cls(label, PrivilegeType[type_].name, PrivilegeDepth[depth].name)


@dataclass(frozen=True, slots=True)
class FieldPermission:
    """The access of a role to a secured field of a label, or of every label under a super-label; `*` for all fields."""

    label: str
    field: str
    access: str

    @classmethod
    def parse(cls, text: str) -> FieldPermission:
        """Returns the permission in the form in which a role stores it.

        >>> FieldPermission.parse("Account.creditLimit READ").field
        'creditLimit'
        """
        coordinate, access = text.split(" ")
        label, field = coordinate.split(".")
        return cls(label, field, FieldAccess[access].name)


@dataclass(frozen=True, slots=True)
class RoleRights:
    """A role with its privileges, and its access to secured fields."""

    uid: str
    name: str
    privileges: tuple[Privilege, ...]
    reads_deleted: bool = False
    fields: tuple[FieldPermission, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """The caller, or a team of the caller: its unit, the units below it, and the roles it has."""

    uid: str
    unit: str | None
    below: tuple[str, ...]
    roles: tuple[RoleRights, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a caller may do; the first holder is the user, the others are teams. Without holders it is nothing.

    `team` are the privileges that everybody in an account's team has on the account, whatever their depth.
    """

    holders: tuple[Holder, ...] = ()
    team: tuple[Privilege, ...] = ()

    @property
    def principals(self) -> list[str]:
        """The ids of the user and the teams."""
        return [one.uid for one in self.holders]

    @property
    def roles(self) -> list[RoleRights]:
        """All roles, each once."""
        return list({role.uid: role for one in self.holders for role in one.roles}.values())


def rights_of(found: Mapping[str, Any]) -> Rights:
    """Returns the rights in the answer to `HOLDERS`."""
    holders = tuple(
        Holder(one["uid"], one["unit"], tuple(sorted(one["below"])), tuple(map(_role, one["roles"])))
        for one in found["holders"]
    )
    return Rights(holders, _privileges(found["team"]) if holders else ())


def _role(stored: Mapping[str, Any]) -> RoleRights:
    fields = tuple(map(FieldPermission.parse, stored["fieldGrants"] or ()))
    privileges = _privileges(stored["grants"])
    return RoleRights(stored["uid"], stored["name"], privileges, stored["readsDeleted"] is True, fields)


def _privileges(grants: Sequence[str] | None) -> tuple[Privilege, ...]:
    return tuple(map(Privilege.parse, grants or ()))


async def read_rights(reads: Reads, user: str, *, now: datetime | None = None) -> Rights:
    """Reads the rights of a user at a time, by default now; none if there is no such user, or if it is disabled.

    Raises Unavailable.
    """
    return (await _read(reads, user, now or datetime.now(UTC)))[0]


async def _read(reads: Reads, user: str, now: datetime) -> tuple[Rights, datetime | None]:
    """The rights of a user, and until when they stay as they are if nothing is changed; None for always."""
    found = await reads.ask(HOLDERS.bind(user=user, now=now))
    until = found["until"]
    return rights_of(found), None if until is None else until.to_native()


class KnownRights:
    """The rights of users as they are now; they are read again only after something in the graph has changed."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._known = Known[Rights]()

    async def of(self, user: str, moment: Moment, *, now: datetime | None = None) -> Rights:
        """Returns the rights of a user at a time, by default now; none if there is no such user, or if it is disabled.

        A right that was taken away before the moment of the request is not used. Raises Unavailable.
        """
        at = now or datetime.now(UTC)
        return await self._known.of(user, moment, at, lambda: _read(self._reads, user, at))
