"""Roles: their privileges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import Invalid, KithError
from graph.models.properties import Choice, Text
from graph.models.role import PrivilegeDepth, PrivilegeType
from graph.mutations.commands import Command
from graph.mutations.declarations import Body, Input, RecordInput, extra
from graph.mutations.frame import TOUCH, change
from graph.query.builder import CypherBuilder
from graph.vocabulary import ENTITIES, READ_ONLY, SUPERS

_LABELS = sorted({*ENTITIES, *SUPERS, *READ_ONLY})


def _inputs() -> tuple[Input, ...]:
    return (
        RecordInput("role", "Role", "The role.", variable="n"),
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


def _body(_: CypherBuilder) -> Body:
    key = "$input.entity + ' ' + $input.type + ' '"
    others = f"[one IN coalesce(n.grants, []) WHERE NOT one STARTS WITH {key}]"
    new = f"CASE WHEN $input.depth = 'NONE' THEN [] ELSE [{key} + $input.depth] END"
    return Body(
        prepare=(f"WITH *, {others} + {new} AS grants",),
        changes=f"CASE WHEN all(one IN grants WHERE one IN coalesce(n.grants, [])) AND "
        f"size(grants) = size(coalesce(n.grants, [])) THEN [] ELSE {change('privileges', 'n.grants', 'grants')} END",
        imports=("grants",),
        writes=(f"{TOUCH} SET n.grants = grants",),
    )


Command(
    name="setPrivilege",
    label="Role",
    description="Gives a role a privilege on an entity, changes its depth, or takes it away.",
    takes=_inputs,
    does=_body,
    checks=_known,
)
