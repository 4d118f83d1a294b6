"""Roles: their privileges, and their access to secured fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import Invalid, KithError
from graph.models.properties import Choice, Text
from graph.models.role import FieldAccess, PrivilegeDepth, PrivilegeType
from graph.mutations.commands import Command
from graph.mutations.declarations import Body, Input, RecordInput, extra
from graph.mutations.frame import TOUCH, change
from graph.secured_fields import EVERY_FIELD, SECURED, covered, written
from graph.vocabulary import ENTITIES, READ_ONLY, SUPERS

_LABELS = sorted({*ENTITIES, *SUPERS, *READ_ONLY})
_ROLE = RecordInput("role", "Role", "The role.", variable="n")


def _granted(name: str, field: str, key: str, value: str) -> Body:
    """Replaces the text that begins with a key in a list of the role; a value NONE takes it away."""
    stored = f"coalesce(n.{name}, [])"
    others = f"[one IN {stored} WHERE NOT one STARTS WITH {key}]"
    new = f"CASE WHEN {value} = 'NONE' THEN [] ELSE [{key} + {value}] END"
    same = f"all(one IN grants WHERE one IN {stored}) AND size(grants) = size({stored})"
    return Body(
        prepare=(f"WITH *, {others} + {new} AS grants",),
        changes=f"CASE WHEN {same} THEN [] ELSE {change(field, f'n.{name}', 'grants')} END",
        imports=("grants",),
        writes=(f"{TOUCH} SET n.{name} = grants",),
    )


# ---------- privileges -----------------------------------------------------------------------------------------------


def _inputs() -> tuple[Input, ...]:
    return (
        _ROLE,
        extra("entity", Text("The name of an entity, such as `Account`, or of a group of them: `Record`, `Party` or "
                             "`Activity`."), required=True),
        extra("type", Choice(PrivilegeType, "The action that it allows."), required=True),
        extra("depth", Choice(PrivilegeDepth, "The records that it concerns; `NONE` takes it away."), required=True),
    )  # fmt: skip


def _known(values: Mapping[str, Any]) -> Iterator[KithError]:
    if values.get("entity") not in _LABELS:
        yield Invalid(
            f"`entity` must be the name of an entity; got {str(values.get('entity'))[:80]!r}.",
            remedy=f"Send one of {', '.join(_LABELS)}.", field="input.entity",
        )  # fmt: skip


Command(
    name="setPrivilege",
    label="Role",
    description="Gives a role a privilege on an entity, changes its depth, or takes it away.",
    takes=_inputs,
    does=lambda _: _granted("grants", "privileges", "$input.entity + ' ' + $input.type + ' '", "$input.depth"),
    checks=_known,
)


# ---------- secured fields -------------------------------------------------------------------------------------------


def _field_inputs() -> tuple[Input, ...]:
    return (
        _ROLE,
        extra("entity", Text("The name of an entity, such as `Account`, or `Record` for all of them."), required=True),
        extra("field", Text("The name of a secured field; `*` for every secured field."), required=True),
        extra("access", Choice(FieldAccess, "The access to it; `NONE` takes it away."), required=True),
    )


def _secured(values: Mapping[str, Any]) -> Iterator[KithError]:
    label, field = str(values.get("entity")), str(values.get("field"))
    if label not in _LABELS or not covered(label, field):
        names = ", ".join(map(written, sorted(SECURED)))
        yield Invalid(
            f"`field` must be a secured field of `entity`; got {field[:80]!r} of {label[:80]!r}.",
            remedy=f"Send one of {names}, or `{EVERY_FIELD}` with an entity of these or `Record`.", field="input.field",
        )  # fmt: skip


Command(
    name="setFieldPermission",
    label="Role",
    description="Gives a role access to a secured field, changes it, or takes it away.",
    takes=_field_inputs,
    does=lambda _: _granted(
        "fieldGrants", "fieldPermissions", "$input.entity + '.' + $input.field + ' '", "$input.access"
    ),
    checks=_secured,
)
