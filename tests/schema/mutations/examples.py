"""An input that succeeds for any declared mutation, generated from the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.access import Principal
from graph.identity import new_uid
from graph.models.properties import Kind
from graph.mutations.commands import Command
from graph.mutations.declarations import Group, Mutation, RecordInput, Value
from graph.mutations.edges import EdgeMutation
from graph.mutations.records import Create, Update
from graph.mutations.relationships import RelationshipMutation
from graph.mutations.transitions import Step, Transition
from graph.vocabulary import Property, concrete, deleted_label, entity
from tests.schema.mutations.stage import JAN, Stage

# Optional inputs without which a command has nothing to do.
NEEDED = {"moveContact": ("account",), "logActivity": ("subject",)}
# Values that a sample would not choose, so that every other input applies.
CHOSEN: Mapping[str, Mapping[str, Any]] = {
    "logActivity": {"kind": "Email"},
    "setPrivilege": {"entity": "Account", "depth": "UNIT"},
    "setFieldPermission": {"entity": "Account", "field": "creditLimit", "access": "READ"},
    "share": {"rights": ["READ"]},
}
# The share that a command ends, as the input at its start and the one that is its template.
SHARED: Mapping[str, tuple[str, str | None]] = {
    "revokeShare": ("principal", None),
    "removeFromAccessTeam": ("user", "template"),
}

_SAMPLES: Mapping[Kind, Any] = {
    Kind.TEXTS: ["text"],
    Kind.INT: 1,
    Kind.FLOAT: 1.0,
    Kind.BOOL: True,
    Kind.DATE: "2026-05-04",
    Kind.DATETIME: JAN,
    Kind.MONEY: {"amount": 12.5},
}


def sample(one: Value) -> Any:
    """A value that an input accepts."""
    if one.among:
        return one.among[0]
    if one.declared.kind is Kind.TEXT:
        return new_uid() if one.declared.format is None else one.declared.format.example
    return first_member(one.declared) if one.declared.members is not None else _SAMPLES[one.declared.kind]


def first_member(one: Property) -> str:
    """The first member of an enumeration."""
    assert one.members is not None
    return next(iter(one.members)).name


async def record(stage: Stage, label: str, **values: Any) -> str:
    """The id of a new record with the required properties of its label and some values, written without a mutation."""
    one = entity(concrete(label)[0])
    needed = {
        name: first_member(declared) if declared.members is not None else f"{name} {new_uid()}"
        for name, declared in one.properties.items()
        if declared.required and declared.kind in (Kind.TEXT, Kind.CHOICE)
    }
    found: str = await stage.write(
        "CREATE (n:$($labels)) SET n = $values, n.createdAt = datetime(), n.modifiedAt = datetime() RETURN n.uid",
        labels=list(one.labels),
        values={**needed, **values, "uid": new_uid()},
    )
    return found


async def example(stage: Stage, mutation: Mutation) -> dict[str, Any]:
    """An input that succeeds and changes something."""
    if isinstance(mutation, Transition):
        return await _transition(stage, mutation)
    given: dict[str, Any] = {}
    needed = NEEDED.get(mutation.name, ())
    for one in mutation.inputs():
        if isinstance(one, RecordInput):
            if one.required or one.name in needed or one.explicit:
                given[one.name] = await record(stage, (one.only or (one.label,))[0])
                if one.deleted:
                    await stage.write(
                        """MATCH (n:Record {uid: $uid}) REMOVE n:$(labels(n))
                        SET n:Deleted:$($label), n.deletedAt = datetime() RETURN n.uid""",
                        uid=given[one.name], label=deleted_label(one.label),
                    )  # fmt: skip
        elif isinstance(one, Value) and (one.required or one.name in needed):
            given[one.name] = sample(one)
        elif isinstance(one, Group) and one.name in needed:
            raise AssertionError(f"{mutation.name} needs an example of its own.")
    given.update(CHOSEN.get(mutation.name, {}))
    if isinstance(mutation, Create | Update):
        given[_text(mutation)] = new_uid()
    if isinstance(mutation, EdgeMutation):
        await _edge(stage, mutation, given)
    await _shared(stage, mutation, given)
    if isinstance(mutation, Command) and mutation.own:
        _by_its_subject(stage, mutation, given)
    if isinstance(mutation, RelationshipMutation) and mutation.mode != "add":
        await _existing(stage, mutation, given)
    return given


async def _shared(stage: Stage, mutation: Mutation, given: dict[str, Any]) -> None:
    """A role with privileges as the template of a share, and the share that a command ends."""
    if "template" in given:
        text = "MATCH (n:Role {uid: $uid}) SET n.grants = ['Record READ OWN'] RETURN n.uid"
        await stage.write(text, uid=given["template"])
    if mutation.name in SHARED:
        principal, template = SHARED[mutation.name]
        await stage.write(
            """MATCH (a:Record {uid: $start}), (b:Record {uid: $end})
            CREATE (a)-[e:HAS_ACCESS {validFrom: datetime($since), createdAt: datetime(), accessRights: 1}]->(b)
            SET e.viaTemplate = $template RETURN type(e)""",
            start=given[principal], end=given["record"], since=JAN, template=given.get(template or ""),
        )  # fmt: skip


def _by_its_subject(stage: Stage, mutation: Command, given: dict[str, Any]) -> None:
    """The caller of the stage as the subject, and a value that no other example has."""
    (subject,) = mutation.subjects
    stage.caller = stage.caller if stage.caller.user else Principal(given[subject])
    given[subject] = stage.caller.user
    texts = next(one for one in mutation.inputs() if isinstance(one, Value) and one.declared.kind is Kind.TEXTS)
    given[texts.name] = [new_uid()]


def _text(mutation: Create | Update) -> str:
    texts = [one for one in mutation.inputs() if isinstance(one, Value) and one.declared.kind is Kind.TEXT]
    named = [one.name for one in texts if one.name == "name"]
    return (named or [one.name for one in texts])[0]


async def _transition(stage: Stage, mutation: Transition) -> dict[str, Any]:
    backwards = isinstance(mutation.target, Step) and mutation.target.by < 0
    states = {mutation.state: (mutation.sources or mutation.members)[-1 if backwards else 0]}
    uid = await record(stage, mutation.label, **states, **{key: one[0] for key, one in mutation.when.items()})
    return {mutation.subject: uid, **await required(stage, mutation)}


async def required(stage: Stage, mutation: Transition) -> dict[str, Any]:
    """What a transition requires beside its subject."""
    given: dict[str, Any] = {}
    for one in mutation.inputs():
        if isinstance(one, Value) and one.required:
            given[one.name] = sample(one)
        elif isinstance(one, RecordInput) and one.required and one.name != mutation.subject:
            given[one.name] = await record(stage, one.label)
    return given


async def _edge(stage: Stage, mutation: EdgeMutation, given: dict[str, Any]) -> None:
    """The subject of an edge mutation, and the relationship that it ends."""
    subject = mutation.subjects[0]
    if subject not in given:
        label = mutation.edges[0].start if mutation.subject == "start" else mutation.edges[0].end
        given[subject] = await record(stage, label)
    if mutation.mode == "end":
        ends = [given[subject], given[mutation.other.name]]
        start, end = ends if mutation.subject == "start" else reversed(ends)
        await stage.write(
            """MATCH (a:Record {uid: $start}), (b:Record {uid: $end})
            CREATE (a)-[e:$($type) {validFrom: datetime($since), createdAt: datetime()}]->(b) SET e += $fixed
            RETURN type(e)""",
            start=start, end=end, type=mutation.edges[0].type, since=JAN, fixed=dict(mutation.edges[0].fixed),
        )  # fmt: skip


async def _existing(stage: Stage, mutation: RelationshipMutation, given: dict[str, Any]) -> None:
    """The relationship that a mutation changes, ends or removes, and a value that changes."""
    start, end = (given[one.name] for one in mutation.ends)
    await stage.write(
        """MATCH (a:Record {uid: $start}), (b:Record {uid: $end})
        CREATE (a)-[e:$($type) {createdAt: datetime()}]->(b)
        SET e.validFrom = CASE WHEN $dated THEN datetime($since) END RETURN type(e)""",
        start=start, end=end, type=mutation.type, dated=mutation.model.dated, since=JAN,
    )  # fmt: skip
    if mutation.mode == "update":
        value = next(one for one in mutation.inputs() if isinstance(one, Value) and one.stored)
        given[value.name] = sample(value)
