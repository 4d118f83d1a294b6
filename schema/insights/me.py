"""The caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from algorithms.results import Ref
from graph.models.role import FieldAccess, PrivilegeDepth, PrivilegeType
from graph.policy import field_access, greatest_depths
from schema.insights.registry import QUERY, insight
from schema.request import Request


@dataclass(frozen=True, slots=True)
class CallerPrivilege:
    """The greatest depth of a privilege that the caller has on an entity."""

    entity: Annotated[str, "The name of the entity."]
    type: Annotated[PrivilegeType, "The action that it allows."]
    depth: Annotated[PrivilegeDepth, "The records that it concerns."]


@dataclass(frozen=True, slots=True)
class CallerFieldPermission:
    """The access of the caller to a secured field."""

    entity: Annotated[str, "The name of the entity."]
    field: Annotated[str, "The name of the field."]
    access: Annotated[FieldAccess, "The access to the field."]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request."""

    user: Annotated[str | None, Ref("User"), "The user who represents the caller; null without one."]
    units: Annotated[list[str], Ref("BusinessUnit"), "The business units of the user and of the user's teams."]
    teams: Annotated[list[str], Ref("Team"), "The teams of the user."]
    roles: Annotated[list[str], Ref("Role"), "The roles of the user and of the user's teams."]
    privileges: Annotated[list[CallerPrivilege], "The privileges by entity and type, without those of depth NONE."]
    field_permissions: Annotated[list[CallerFieldPermission], "The access to every secured field."]


@insight(on=QUERY)
def me(_: Any, request: Request) -> Caller:
    """The caller of the request."""
    principal = request.principal
    holders = principal.rights.holders
    depths = greatest_depths(principal)
    return Caller(
        principal.user,
        sorted({one.unit for one in holders if one.unit is not None}),
        [one.uid for one in holders[1:]],
        [one.uid for one in principal.rights.roles],
        [CallerPrivilege(entity, PrivilegeType[type_], PrivilegeDepth[depth]) for entity, type_, depth in depths],
        [CallerFieldPermission(*field, FieldAccess[access]) for field, access in field_access(principal).items()],
    )
