"""Sharing: a record with a user or a team by rights, and with the members of its access team by a role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import Invalid, KithError
from graph.models.properties import Choices, DateTime
from graph.models.relationships import HasAccess
from graph.models.role import RIGHT_BITS, PrivilegeType
from graph.mutations.commands import Command
from graph.mutations.declarations import CREATE, READ, SHARE, Body, Guard, Input, RecordInput, Returned, extra
from graph.mutations.frame import TOUCH, change, details, each, shares
from graph.mutations.periods import PRESENT
from graph.mutations.reasons import ABSENT, PERIOD, POWERLESS, UNHELD
from graph.query.builder import CypherBuilder
from graph.query.cypher import quoted
from graph.query.periods import holds

_BITS = {one.name: bit for one, bit in RIGHT_BITS.items() if one.name != CREATE}
_EDGE = HasAccess.type
_RECORD = RecordInput("record", "Record", "The record.", variable="n")
_PRINCIPAL = RecordInput("principal", "Party", "The user or team.", only=("User", "Team"), privilege=READ)
_USER = RecordInput("user", "User", "The user.", privilege=READ)
_TEMPLATE = RecordInput(
    "template", "Role", "The role whose privileges on the entity of the record are shared, whatever their depth.",
    privilege=READ,
)  # fmt: skip


# ---------- pieces ---------------------------------------------------------------------------------------------------


def _current(far: str, template: str) -> tuple[str, ...]:
    """Binds `moment`, and `edges`, the present shares with a user or team under a condition on their template."""
    rules = f"far = {far} AND {template} AND {holds('edge')}"
    found = f"COLLECT {{ MATCH (n)<-[edge:{_EDGE}]-(far) WHERE {rules} RETURN edge }}"
    return f"WITH *, {PRESENT} AS moment", f"WITH *, {found} AS edges"


def _mask(given: str) -> str:
    """The bit mask of the rights whose names are in a list."""
    return " + ".join(f"CASE WHEN {quoted(name)} IN {given} THEN {bit} ELSE 0 END" for name, bit in _BITS.items())


def _set(far: str, prepare: tuple[str, ...], guards: tuple[Guard, ...]) -> Body:
    """Shares the record with the rights in `rights` until `until` by the role `via`, all of which `prepare` binds."""
    differs = "coalesce(edge.accessRights <> rights, true)"
    before, after = (f"CASE WHEN {differs} THEN {one} END" for one in ("edge.accessRights", "rights"))
    ends = "coalesce(edge.validTo <> until, (edge.validTo IS NULL) <> (until IS NULL))"
    last, new = (f"CASE WHEN {ends} THEN {one} END" for one in ("edge.validTo", "until"))
    facts = "validFrom: moment, createdAt: $now"
    return Body(
        prepare=(*prepare, "WITH *, edges[0] AS edge"),
        guards=guards,
        plan=(f"WITH *, CASE WHEN edge IS NULL THEN {far} END AS target",),
        changes="\n  + ".join(
            [
                change(far, after="target"),
                change(f"{far}.accessRights", before, after),
                change(f"{far}.validTo", last, new),
            ]
        ),
        imports=("edge", "target", "rights", "until", "via", "moment"),
        writes=(
            TOUCH,
            each(
                "target",
                f"CREATE (n)<-[made:{_EDGE} {{{facts}}}]-(one)\n"
                f"  SET made.accessRights = rights, made.validTo = until, made.viaTemplate = via",
            ),
            each("edge", "SET one.accessRights = rights, one.validTo = until"),
            *shares(_EDGE, "n"),
        ),
    )


def _ended(far: str, prepare: tuple[str, ...]) -> Body:
    return Body(
        prepare=prepare,
        guards=(Guard("size(edges) = 0", ABSENT, details(what="share"), far),),
        changes=f"{change(far, far)} + {change(f'{far}.validTo', after='moment')}",
        imports=("edges", "moment"),
        writes=(TOUCH, "FOREACH (edge IN edges | SET edge.validTo = moment)", *shares(_EDGE, "n")),
    )


def _held(builder: CypherBuilder, field: str) -> Iterator[Guard]:
    """Refuses to share rights that the caller does not have."""
    for privilege, bit in _BITS.items():
        rules = builder.privilege_predicates("n", "Record", privilege)
        if rules:
            lacking = f"rights / {bit} % 2 = 1 AND NOT coalesce({' AND '.join(rules)}, false)"
            yield Guard(lacking, UNHELD, {**details(what="record", privilege=privilege), "id": "n.uid"}, field)


# ---------- with a user or a team ------------------------------------------------------------------------------------


def _shared(builder: CypherBuilder) -> Body:
    prepare = (
        *_current("principal", "edge.viaTemplate IS NULL"),
        f"WITH *, {_mask('$input.rights')} AS rights, $input.validTo AS until, null AS via",
    )
    ends = Guard("until <= moment", PERIOD, details(what="share"), "validTo")
    return _set("principal", prepare, (*_held(builder, "rights"), ends))


def _sent(values: Mapping[str, Any]) -> Iterator[KithError]:
    sent = values.get("rights") or ()
    if not sent or not set(sent) <= set(_BITS):
        wrong = f"{CREATE} concerns no record" if sent else "none was sent"
        yield Invalid(
            f"`rights` must be rights on a record; {wrong}.", remedy=f"Send some of {', '.join(_BITS)}.",
            field="input.rights",
        )  # fmt: skip


def _share_inputs() -> tuple[Input, ...]:
    until = DateTime("The end of the share (exclusive); it stays until it is revoked if it is omitted.")
    return (
        _RECORD, _PRINCIPAL,
        extra("rights", Choices(PrivilegeType, "The rights; they replace those of an earlier share."), required=True),
        extra("validTo", until),
    )  # fmt: skip


_WITH = (Returned("principal", "principal", "Party", "The user or team."),)
_MEMBER = (Returned("user", "user", "User", "The user."),)

Command(
    name="share",
    label="Record",
    description="Shares a record with a user or a team, from now on. Callers share only rights that they have.",
    takes=_share_inputs,
    does=_shared,
    needs=SHARE,
    returns=_WITH,
    checks=_sent,
)
Command(
    name="revokeShare",
    label="Record",
    description="Ends a share of a record with a user or a team, and keeps it as history.",
    takes=lambda: (_RECORD, _PRINCIPAL),
    does=lambda _: _ended("principal", _current("principal", "edge.viaTemplate IS NULL")),
    needs=SHARE,
    returns=_WITH,
)

# ---------- access teams ---------------------------------------------------------------------------------------------


def _joined(builder: CypherBuilder) -> Body:
    parts = "[text IN coalesce(template.grants, []) | split(text, ' ')]"
    given = f"[part IN {parts} WHERE part[0] IN labels(n) AND part[2] <> 'NONE' | part[1]]"
    prepare = (
        *_current("user", "edge.viaTemplate = template.uid"),
        f"WITH *, {given} AS given",
        f"WITH *, {_mask('given')} AS rights, null AS until, template.uid AS via",
    )
    powerless = Guard("rights = 0", POWERLESS, {**details(what="record"), "name": "template.name"}, "template")
    return _set("user", prepare, (powerless, *_held(builder, "template")))


Command(
    name="addToAccessTeam",
    label="Record",
    description=(
        "Adds a user to the access team of a record: shares the record with the rights that a role has on its entity. "
        "Later changes of the role do not change the share; adding the user again does."
    ),
    takes=lambda: (_RECORD, _USER, _TEMPLATE),
    does=_joined,
    needs=SHARE,
    returns=_MEMBER,
)
Command(
    name="removeFromAccessTeam",
    label="Record",
    description="Removes a user from the access team of a record, and keeps the ended share as history.",
    takes=lambda: (_RECORD, _USER, _TEMPLATE),
    does=lambda _: _ended("user", _current("user", "edge.viaTemplate = template.uid")),
    needs=SHARE,
    returns=_MEMBER,
)
