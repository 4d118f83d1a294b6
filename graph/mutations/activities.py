"""Mutations of activities, which also update the ties between the participants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from graph.errors import Invalid, KithError
from graph.events import property_changes
from graph.kinds import constant_name, kinds
from graph.models.properties import Choice
from graph.mutations.commands import Command
from graph.mutations.declarations import Body, Expression, Given, Group, Guard, Input, RecordInput, Value, extra
from graph.mutations.frame import SEARCHED, change, details
from graph.mutations.links import created_with, joined, link_input, settable
from graph.mutations.reasons import BELOW, FUTURE
from graph.mutations.records import RecordRules
from graph.mutations.transitions import Transition
from graph.query import ownership
from graph.query.builder import CypherBuilder
from graph.query.cypher import call
from graph.query.tie_formula import USUAL
from graph.ties import statements
from graph.vocabulary import Link, Property, concrete, endpoint, entity

KIND = kinds("Activity")

_DEFAULTS = {
    "startedAt": "The start time, actual or planned; now by default.",
    "status": "The status. By default SCHEDULED if it starts in the future, else COMPLETED (a task: OPEN).",
}


_ENDS = {
    **details(property="endedAt", low="startedAt"),
    "value": "toString($input.values.endedAt)", "least": "toString(startedAt)",
}  # fmt: skip


def links() -> dict[str, Link]:
    """The settable links that some kind of activity has, by name."""
    return {link.name: link for label in concrete("Activity") for link in settable(label) if not link.hidden}


def _facts() -> list[Value]:
    """The writable properties of all kinds; TypeError if two kinds mean different things by one name."""
    found: dict[str, Property] = {}
    for label in concrete("Activity"):
        for one in entity(label).properties.values():
            if one.writable and not one.hidden:
                other = found.setdefault(one.name, one)
                if (other.kind, other.members) != (one.kind, one.members):
                    raise TypeError(f"{label}.{one.name} has another type than in other kinds of activity.")
    return [Given(one.name, description=_description(one)).of(found) for one in found.values()]


def _description(one: Property) -> str:
    having = [label for label in concrete("Activity") if one.name in entity(label).properties]
    only = "" if len(having) == len(concrete("Activity")) else f" Only for {' and '.join(having)}."
    return _DEFAULTS.get(one.name, one.description + only)


def _inputs() -> tuple[Input, ...]:
    took = endpoint("PARTICIPATED_IN", "User", "Email")
    assert took is not None
    people = Group(
        "participants",
        "ParticipantInput",
        "The participants. Duplicates of a party in the same role are ignored.",
        (
            RecordInput("party", "Party", "The account, contact, user, team or other party."),
            Given("role", required=True).of(took.model.properties),
            Given("addressUsed").of(took.model.properties),
        ),
        many=True,
    )
    return (extra("kind", Choice(KIND, "The kind of activity."), required=True), *_facts(),
            *map(link_input, links().values()), people)  # fmt: skip


@cache
def _names() -> dict[str, frozenset[str]]:
    """The names of the properties and links of each kind of activity."""
    return {label: frozenset({*entity(label).properties, *entity(label).links}) for label in concrete("Activity")}


def _foreign(values: Mapping[str, Any]) -> Iterator[KithError]:
    """Rejects values that belong only to other kinds of activity."""
    has, kind = _names(), values["kind"]
    for name in values:
        having = [label for label in has if name in has[label]]
        if having and kind not in having:
            remedy = f"Omit it, or log an activity of the kind {' or '.join(map(constant_name, having))}."
            message = f"An activity of the kind {constant_name(kind)} has no `{name}`."
            yield Invalid(message, remedy=remedy, field=f"input.{name}")


def _log(builder: CypherBuilder) -> Body:
    del builder
    own = [(link, created_with(link)) for link in links().values()]
    rest = "[key IN $input.keys WHERE NOT key IN ['startedAt', 'status']]"
    changes = [
        change("kind", after="$input.kind"),
        change("startedAt", after="startedAt"),
        change("status", after="status"),
        property_changes(rest, "{}", "$input.values"),
        *(change(link.name, after=to) for link, to in own),
        change("participants", after="CASE WHEN size(parts) > 0 THEN [part IN parts | part.party] END"),
        change("participants.role", after="CASE WHEN size(parts) > 0 THEN [part IN parts | part.role] END"),
    ]
    parts = (
        "UNWIND participants AS part\n"
        "WITH part.party AS party, part.values.role AS role, head(collect(part.values.addressUsed)) AS addressUsed\n"
        "ORDER BY party.uid, role\n"
        "RETURN collect({party: party, role: role, addressUsed: addressUsed}) AS parts"
    )
    took = (
        "WITH * WHERE refused IS NULL\nUNWIND parts AS part\nWITH n, part, part.party AS party\n"
        "CREATE (party)-[took:PARTICIPATED_IN {role: part.role, createdAt: $now}]->(n)\n"
        "SET took.addressUsed = part.addressUsed"
    )
    return Body(
        prepare=(
            call("participants", parts),
            "WITH *, coalesce($input.values.startedAt, $now) AS startedAt",
            "WITH *, coalesce($input.values.status, CASE WHEN startedAt > $now THEN 'SCHEDULED'",
            "  WHEN $input.kind = 'Task' THEN 'OPEN' ELSE 'COMPLETED' END) AS status",
        ),
        guards=(
            Guard("status = 'COMPLETED' AND startedAt > $now", FUTURE, field="status"),
            Guard("$input.values.endedAt < startedAt", BELOW, _ENDS, field="endedAt"),
        ),
        create=(
            "CREATE (n:Activity:Record:$($input.kind))",
            "SET n = $input.values, n.uid = $input.id, n.createdAt = $now, n.modifiedAt = $now",
            SEARCHED,
            "SET n.startedAt = startedAt, n.status = status",
            *(joined(link, to) for link, to in own),
            "WITH *",
            ownership.refreshed("[n]", "n"),
            call("n, parts, refused", took),
            call("", statements.joined("$input.id")),
        ),
        changes=" + ".join(changes),
    )


# ---------- what changes of an activity ------------------------------------------------------------------------------

_FORMULA = {key: value for key, value in USUAL.parameters(None).items() if key != "now"}


def _participants(given: str, condition: str = "") -> str:
    """Locks the participants, whose ties may change."""
    return f"MATCH (:Record {{uid: $input.{given}}})<-[:PARTICIPATED_IN]-(one:Record)\n{condition}RETURN one"


def _effect(subquery: str) -> str:
    """A subquery as the last effect of a mutation."""
    return f"WITH *\n{subquery}\nFINISH"


# A planned activity did not count before, so that adding it is enough.
_ADDED = _effect(call("n", statements.joined("n.uid")))

_AGAIN = """WITH * WHERE any(change IN changes WHERE change.field IN ['status', 'startedAt'])
MATCH (n)<-[:PARTICIPATED_IN]-(party)
WITH collect(DISTINCT party) AS parties
"""
_RECOMPUTED = _effect(call("n, changes", _AGAIN + statements.recomputed("parties")))


RecordRules(
    "Activity",
    update_guards=(Guard("n.status = 'COMPLETED' AND $input.values.startedAt > $now", FUTURE, field="startedAt"),),
    update_effects=(_RECOMPUTED,),
    update_near=(_participants("id", "WHERE 'startedAt' IN $input.keys\n"),),
    parameters=_FORMULA,
)

Transition(
    name="completeActivity",
    label="Activity",
    description="Records that a planned activity took place, and updates the ties between the participants.",
    state="status",
    sources=("OPEN", "SCHEDULED"),
    target="COMPLETED",
    takes=(
        Given("startedAt", default=Expression("coalesce(n.startedAt, $now)", "the planned start, or now")),
        "endedAt",
    ),
    guards=(Guard("coalesce($input.values.startedAt, n.startedAt) > $now", FUTURE, field="startedAt"),),
    effects=(_ADDED,),
    near=(_participants("activity"),),
    parameters=_FORMULA,
)

Transition(
    name="cancelActivity",
    label="Activity",
    description="Records that an activity did not or will not take place, and updates the participants' ties.",
    state="status",
    sources=("OPEN", "SCHEDULED", "COMPLETED"),
    target="CANCELED",
    effects=(_RECOMPUTED,),
    near=(_participants("activity"),),
    parameters=_FORMULA,
)

Transition(
    name="rescheduleActivity",
    label="Activity",
    description=(
        "Moves an activity to another time and sets its status to SCHEDULED. It does not count for the ties between "
        "the participants until it is completed."
    ),
    state="status",
    target="SCHEDULED",
    takes=(
        Given("startedAt", required=True),
        Given("endedAt", default=Expression(
            "$input.values.startedAt + duration.inSeconds(n.startedAt, n.endedAt)",
            "the new start plus the previous duration",
        )),
    ),
    effects=(_RECOMPUTED,),
    near=(_participants("activity"),),
    parameters=_FORMULA,
)  # fmt: skip

Command(
    name="logActivity",
    label="Activity",
    description=(
        "Creates an activity that took place or is planned, and updates the ties between the participants in the same "
        "transaction. Inputs that do not apply to the kind of activity are rejected."
    ),
    new=("id",),
    takes=_inputs,
    does=_log,
    checks=_foreign,
    parameters=_FORMULA,
)
