"""The caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from algorithms.results import Ref
from graph.models.role import PrivilegeDepth, PrivilegeType
from graph.policy import greatest_depths
from schema.insights.registry import QUERY, insight
from schema.request import Request


@dataclass(frozen=True, slots=True)
class CallerPrivilege:
    """The greatest depth of a privilege that the caller has on an entity."""

    entity: Annotated[str, "The name of the entity."]
    type: Annotated[PrivilegeType, "The action that it allows."]
    depth: Annotated[PrivilegeDepth, "The records that it concerns."]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request."""

    user: Annotated[str | None, Ref("User"), "The user who represents the caller; null without one."]
    units: Annotated[list[str], Ref("BusinessUnit"), "The business units of the user and of the user's teams."]
    teams: Annotated[list[str], Ref("Team"), "The teams of the user."]
    roles: Annotated[list[str], Ref("Role"), "The roles of the user and of the user's teams."]
    privileges: Annotated[list[CallerPrivilege], "The privileges by entity and type, without those of depth NONE."]


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
    )
