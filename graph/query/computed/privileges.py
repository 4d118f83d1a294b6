"""The privileges of a role, and its access to secured fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from graph.models.role import FieldAccess, PrivilegeDepth, PrivilegeType, Role
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.selection import Computed


@dataclass(frozen=True, slots=True)
class RolePrivilege:
    """A privilege of a role on the records of an entity, or of every entity of an interface."""

    entity: Annotated[str, "The name of the entity, such as `Account`, or of an interface, such as `Activity`."]
    type: Annotated[PrivilegeType, "The action that it allows."]
    depth: Annotated[PrivilegeDepth, "The records that the privilege concerns."]


@dataclass(frozen=True, slots=True)
class RoleFieldPermission:
    """The access of a role to a secured field, or to several of them."""

    entity: Annotated[str, "The name of the entity, such as `Account`, or of an interface, such as `Record`."]
    field: Annotated[str, "The name of the field; `*` for every secured field of the entity."]
    access: Annotated[FieldAccess, "The access to the field."]


@computed(on=Role, returns=list[RolePrivilege])
def privileges(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """The privileges of the role, by entity and type."""
    return _split(builder, start, "grants", ("entity", "type", "depth"))


@computed(on=Role, returns=list[RoleFieldPermission])
def field_permissions(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """The access of the role to secured fields, by entity and field."""
    return _split(builder, start, "fieldGrants", ("entity", "field", "access"))


def _split(builder: CypherBuilder, role: str, stored: str, names: tuple[str, ...]) -> Figures:
    """The parts of the texts in which a role stores what it grants, by their names."""
    parts = builder.fresh("parts")
    clauses = [
        f"UNWIND coalesce({role}.{stored}, []) AS {parts}",
        f"WITH {role}, split({parts}, [' ', '.']) AS {parts} ORDER BY {parts}[0], {parts}[1]",
    ]
    return Figures(clauses, {name: f"{parts}[{at}]" for at, name in enumerate(names)})
