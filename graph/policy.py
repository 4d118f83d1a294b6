"""The policy of roles: turns the rights of a caller into conditions on stored properties (decision 0032).

Callers whose roles have the same privileges get the same shape, and share statements and plans; their units and
principals are values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from graph.access import UNRESTRICTED, Access, Principal
from graph.models.account import Account
from graph.models.relationships import ParticipatedIn, Regarding
from graph.models.role import RIGHT_BITS, FieldAccess, PrivilegeDepth, PrivilegeType
from graph.models.user import User
from graph.query.access_shape import AccessShape, Rules
from graph.query.ownership import TEAM
from graph.query.selection import AccessValue, AllOf, AnyOf, LabelledAny, Related, Shared, Where
from graph.query.selection import Test as Compare
from graph.rights import Rights
from graph.secured_fields import SECURED, Coordinate, covered
from graph.vocabulary import ENTITIES, READ_ONLY, concrete, entity

NOTHING, EVERYTHING = AnyOf(()), AllOf(())
_PRINCIPALS = "principals"
_DEPTHS = [one.name for one in PrivilegeDepth]
_ACCESS = [one.name for one in FieldAccess]


@dataclass(slots=True)
class _Scope:
    """The depths of one privilege on one label: for each holder that has one, by position, the greatest depth."""

    depths: dict[int, str] = field(default_factory=dict)

    def add(self, position: int, depth: str) -> None:
        known = self.depths.get(position, "NONE")
        self.depths[position] = max(known, depth, key=_DEPTHS.index)

    @property
    def greatest(self) -> str:
        return max(self.depths.values(), key=_DEPTHS.index, default="NONE")

    @property
    def units(self) -> frozenset[tuple[int, str]]:
        """The holders through which units count, with the depth."""
        return frozenset((at, depth) for at, depth in self.depths.items() if depth in ("UNIT", "UNIT_AND_BELOW"))


class _Policy:
    """Builds the shape and the values of one caller."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self._keys: dict[frozenset[tuple[int, str]], str] = {}
        self.values: dict[str, Any] = {_PRINCIPALS: rights.principals, TEAM: _team(rights)}

    def scopes(self, privilege: PrivilegeType) -> dict[str, _Scope]:
        """The depths of a privilege on each concrete label."""
        found = {label: _Scope() for label in (*ENTITIES, *READ_ONLY)}
        for position, holder in enumerate(self._rights.holders):
            for one in (each for role in holder.roles for each in role.privileges):
                for label in concrete(one.label) if one.type == privilege.name else ():
                    found[label].add(position, one.depth)
        return found

    def rules(self, privilege: PrivilegeType) -> Rules:
        """The rules of a privilege."""
        scopes = self.scopes(privilege)
        if privilege is not PrivilegeType.READ:
            scopes = {label: scope for label, scope in scopes.items() if label in ENTITIES}
        if all(scope.greatest == "ALL" for scope in scopes.values()):
            return ()
        return tuple(
            (label, condition)
            for label, scope in scopes.items()
            if (condition := self._condition(label, scope, privilege, scopes)) is not None
        )

    def _condition(
        self, label: str, scope: _Scope, privilege: PrivilegeType, scopes: dict[str, _Scope]
    ) -> Where | None:
        """The condition on records of a label; None without one."""
        through = entity(label).access_through
        if through is not None:
            return EVERYTHING if scope.greatest == "ALL" else self._belonging(label, through)
        if scope.greatest == "ALL":
            return None
        if entity(label).of_organization:
            return NOTHING
        of: list[Where] = []
        if privilege is PrivilegeType.READ and label == User.__label__:
            of.append(Compare("uid", "in", AccessValue(_PRINCIPALS)))  # callers may read themselves
        if scope.greatest == "NONE":
            return AnyOf(tuple(of))
        of += self._owned(scope)
        if privilege is not PrivilegeType.CREATE:
            of.append(Shared(RIGHT_BITS[privilege]))
        if privilege is PrivilegeType.READ and "Activity" in entity(label).labels:
            of += self._took_part(scopes)
        return AnyOf(tuple(of))

    def _belonging(self, label: str, link: str) -> Where | None:
        """What belongs to a user is only for that user; None for what may be read with the record it belongs to."""
        if entity(label).links[link].target != User.__label__:
            return None
        return Related(link, "some", Compare("uid", "in", AccessValue(_PRINCIPALS)), None, None)

    def _owned(self, scope: _Scope) -> Iterator[Where]:
        """The conditions on the stored unit and owner."""
        if scope.units:
            yield Compare("unitUid", "in", AccessValue(self._units(scope.units)))
        yield Compare("ownerUid", "in", AccessValue(_PRINCIPALS))

    def _units(self, through: frozenset[tuple[int, str]]) -> str:
        """The key of the units that count through some holders."""
        if through not in self._keys:
            key = self._keys[through] = f"units{len(self._keys)}"
            units: set[str] = set()
            for at, depth in through:
                holder = self._rights.holders[at]
                units.update(holder.below if depth == "UNIT_AND_BELOW" else (), [holder.unit] if holder.unit else ())
            self.values[key] = sorted(units)
        return self._keys[through]

    def _took_part(self, scopes: dict[str, _Scope]) -> Iterator[Where]:
        """An activity may be read by those who took part, and by those who may read the record that it regards."""
        conditions: dict[Where, list[str]] = {}
        for label, scope in scopes.items():
            if "Record" in entity(label).labels and "Activity" not in entity(label).labels:
                condition = self._condition(label, scope, PrivilegeType.READ, scopes)
                conditions.setdefault(EVERYTHING if condition is None else condition, []).append(label)
        conditions.pop(NOTHING, None)
        regards = tuple(LabelledAny(tuple(labels), condition) for condition, labels in conditions.items())
        if regards:
            yield Related(_link("Activity", Regarding.type), "some", AnyOf(regards), None, None)
        mine = Compare("uid", "in", AccessValue(_PRINCIPALS))
        yield Related(_link("Activity", ParticipatedIn.type), "some", mine, None, None)


def _team(rights: Rights) -> int:
    """The rights of everybody in an account's team, as a bit mask."""
    given = {one.type for one in rights.team if Account.__label__ in concrete(one.label) and one.depth != "NONE"}
    return sum(bit for privilege, bit in RIGHT_BITS.items() if privilege.name in given)


def _link(label: str, edge: str) -> str:
    return next(name for name, link in entity(label).links.items() if link.edge == edge)


def by_roles(principal: Principal) -> Access:
    """The policy of the product: an operator is not restricted, every other caller has the access of their roles."""
    return UNRESTRICTED if principal.operator else timed(access_of(principal.rights), datetime.now(UTC))


def timed(access: Access, now: datetime) -> Access:
    """The access at a time, in microseconds since 1970. It is the present also when a request asks for the past."""
    if access.shape.unrestricted:
        return access
    since = now - datetime(1970, 1, 1, tzinfo=UTC)
    return Access(access.shape, {**access.values, "now": since // timedelta(microseconds=1)})


def greatest_depths(principal: Principal) -> list[tuple[str, str, str]]:
    """The greatest depth of each privilege on each entity, without those of depth NONE, for the caller to see."""
    policy = _Policy(principal.rights)
    found = []
    for privilege in PrivilegeType:
        for label, scope in policy.scopes(privilege).items():
            depth = "ALL" if principal.operator else scope.greatest
            if depth != "NONE":
                found.append((label, privilege.name, depth))
    return sorted(found)


def field_access(principal: Principal) -> dict[Coordinate, str]:
    """The greatest access to each secured field that the caller has through a role."""
    found = dict.fromkeys(sorted(SECURED), "WRITE" if principal.operator else "NONE")
    for one in (each for role in principal.rights.roles for each in role.fields):
        for secured in covered(one.label, one.field):
            found[secured] = max(found[secured], one.access, key=_ACCESS.index)
    return found


@lru_cache(maxsize=1024)
def access_of(rights: Rights) -> Access:
    """The access of a caller with these rights."""
    policy = _Policy(rights)
    rules = policy.rules(PrivilegeType.READ)
    others = ((one.name, policy.rules(one)) for one in PrivilegeType if one is not PrivilegeType.READ)
    fields = field_access(Principal(rights=rights))
    shape = AccessShape(
        rules,
        any(role.reads_deleted for role in rights.roles),
        tuple(one for one in others if one[1]),
        masked=frozenset(field for field, access in fields.items() if access == "NONE"),
        unwritable=frozenset(field for field, access in fields.items() if access != "WRITE"),
    )
    return Access(shape, policy.values)
