"""The verb about what happened: an activity with who took part."""

from __future__ import annotations

from typing import Any

from graph.errors import Invalid
from graph.identity import new_uid
from graph.money import Rates
from graph.mutations.activities import activity_links
from graph.ties.refresh import USUAL
from graph.vocabulary import Property, concrete, entity
from schema.exposure import EXPOSED_TYPES
from schema.mutations.records import link_input, property_input
from schema.mutations.registry import Input, Mutation, MutationCall, U, declared, takes
from schema.mutations.values import shortened, stored
from schema.planning.arguments import plain
from schema.typing import Field, input_type, optional, type_name

_SAYS = {
    "startedAt": "When it began, or is to begin; now when left out.",
    "status": "Where it stands; when left out, SCHEDULED where it begins in the future, else COMPLETED (a task: OPEN).",
}


def make_activity_verbs() -> None:
    """Makes `logActivity`, which takes whatever some kind of activity shows."""
    address = "The address or number used."
    input_type(
        "ParticipantInput",
        "Who took part in an activity, and as what.",
        [
            Field("party", "ID", "The account, contact, user, team or other party."),
            Field("role", "ParticipantRole", "What it was in it."),
            Field("addressUsed", optional("str"), address, default=U),
        ],
    )
    people = "Who took part; the same party in the same role counts once."
    fields = [
        Field("kind", "ActivityKind", "What kind of activity it is."),
        *_facts(),
        *map(link_input, (link for link in activity_links().values() if _shown(link.name))),
        Field("participants", optional("list[ParticipantInput]"), people, default=U),
    ]
    description = (
        "Writes down what happened, or is to happen, between parties. The ties between those who took part follow in "
        "the same transaction. What only some kinds of activity have is refused for the others."
    )
    arguments = takes("LogActivityInput", "What happened, when, and who took part.", fields)
    declared(Mutation("logActivity", "Activity", "Activity", description, arguments, _log))


def _shown(link: str) -> bool:
    return any(link in EXPOSED_TYPES[label].links for label in concrete("Activity"))


def _facts() -> list[Field]:
    """The writable properties of all kinds; TypeError where two kinds mean different things by one name."""
    found: dict[str, Property] = {}
    for label in concrete("Activity"):
        for name in EXPOSED_TYPES[label].properties:
            one = entity(label).properties[name]
            other = found.setdefault(name, one)
            if type_name(other) != type_name(one):
                raise TypeError(f"{label}.{name} is of another type than in other kinds of activity.")
    fields = [property_input(one) for one in found.values() if one.writable]
    return [one._replace(description=_SAYS.get(one.name, f"{one.description}{_only(one.name)}")) for one in fields]


def _only(name: str) -> str:
    having = [label for label in concrete("Activity") if name in EXPOSED_TYPES[label].properties]
    return "" if len(having) == len(concrete("Activity")) else f" Only for {' and '.join(having)}."


def _log(arguments: Input, rates: Rates) -> MutationCall:
    given: dict[str, Any] = shortened(arguments["input"])
    kind, uid = str(plain(given.pop("kind"))), new_uid()
    participants = given.pop("participants", [])
    links = {name: given.pop(name) for name in activity_links() if name in given}
    face = EXPOSED_TYPES[kind]
    foreign = [name for name in given if name not in face.properties] + [n for n in links if n not in face.links]
    if foreign:
        raise Invalid(f"An activity of kind {kind} has no {', '.join(foreign)}.", remedy="Leave it out.")
    values = shortened(stored(face.model.properties, given, rates))
    parts = {(one["party"], plain(one["role"])): one.get("addressUsed") for one in participants}
    ties = {name: value for name, value in USUAL.parameters(None).items() if name != "now"}
    return MutationCall(
        uid,
        {
            "id": uid,
            "kind": kind,
            "stored": values,
            "keys": sorted(values),
            "links": links,
            "done": "OPEN" if kind == "Task" else "COMPLETED",
            "participants": [{"party": p, "role": r, "addressUsed": a} for (p, r), a in sorted(parts.items())],
        },
        (*links.values(), *(party for party, _ in parts)),
        more={"activity": uid, **ties},
    )
