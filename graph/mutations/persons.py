"""`exportPerson` and `erasePerson`: what is stored about a person, and its erasure; see docs/security.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.bulk.provenance import PROPERTY
from graph.collation import sort_keys
from graph.mutations.commands import Command
from graph.mutations.declarations import DELETE, READ, WRITE, Body, Document, Input, RecordInput
from graph.mutations.frame import TOUCH, merged_words
from graph.person_export import export
from graph.query.builder import CypherBuilder
from graph.query.cypher import call
from graph.search.analysis import WORDS, search_words
from graph.sign_in_nodes import OF_USERS
from graph.vocabulary import ENTITIES, Entity, Property, entity

PERSONS = tuple(label for label, one in ENTITIES.items() if one.person)
"""The labels of the records that are about one person."""

ERASED = "Erased person"
"""The value of a required text after the erasure."""

_SIDES = ("before", "after")
# The event has no values: it names the person, whose data it does not repeat.
_NAMED = "[{record: n, field: 'personalData', before: null, after: null}]"


def _inputs() -> tuple[Input, ...]:
    return (RecordInput("id", "Party", "The person: a contact, a lead or a user.", variable="n", only=PERSONS),)


def _personal(one: Entity) -> Mapping[str, Property]:
    return {name: declared for name, declared in one.properties.items() if declared.personal}


def _erased(one: Entity) -> Mapping[str, Any]:
    """The values of an erased person and their search words; the person is unavailable, where a person can be."""
    values = {name: ERASED if declared.required else None for name, declared in _personal(one).items()}
    unavailable = {name: values[0] for name, values in one.unavailable}
    derived = sort_keys(values, one.sort_keys)
    return {
        "values": {**values, **derived, **unavailable, PROPERTY: None},
        "words": search_words(one.properties.values(), values),
    }


def _redacted(one: Entity) -> Mapping[str, Any]:
    """The properties of a change, as null, that hold personal values of an entity, or undo the change of an import."""
    values = {f"{side}.{name}": None for side in _SIDES for name in _personal(one)}
    return {**values, "undo": None}


def _of_label(parameter: str) -> str:
    """The value of a parameter, a map by label, for the label of the person."""
    return f"${parameter}[head([label IN labels(n) WHERE label IN keys(${parameter})])]"


_CHANGES = "MATCH (event:Event)-[changed:CHANGED]->(n) WHERE any(key IN keys(changed) WHERE key IN keys(redacted))"


_POSITIONS = f"COLLECT {{ {_CHANGES} RETURN DISTINCT event.position }}"


def _erase(_: CypherBuilder) -> Body:
    return Body(
        plan=(
            f"WITH *, {_of_label('erased')} AS erased, {_of_label('redacted')} AS redacted",
            f"WITH *, CASE WHEN refused IS NULL\n  THEN {_POSITIONS} ELSE [] END AS rewrites",
        ),
        changes=_NAMED,
        imports=("erased", "redacted"),
        writes=(
            f"{TOUCH} SET n += erased.values, n.{WORDS} = {merged_words('erased.words')}",
            "WITH n, redacted",
            call("n, redacted", f"{_CHANGES}\nSET changed += redacted"),
            call("n", f"MATCH (kept:{'|'.join(OF_USERS)}) WHERE kept.userId = n.uid\nDELETE kept"),
        ),
        rewrites="rewrites",
    )


Command(
    name="exportPerson",
    label="Party",
    description=(
        "Exports everything that is stored about a contact, a lead or a user as a JSON document, and records who did "
        "so. You need READ at the depth ALL on all records."
    ),
    takes=_inputs,
    does=lambda _: Body(changes=_NAMED),
    needs=READ,
    everywhere={READ: ("Record",)},
    documents=(
        Document("document", "The JSON document; null in a dry run, or if `idempotencyKey` was used before.", export),
    ),
)

Command(
    name="erasePerson",
    label="Party",
    description=(
        "Erases the personal data of a contact, a lead or a user for good: names, addresses, phone numbers, free text "
        "and sign-ins. The record stays with its relationships and figures, and earlier events lose the erased values. "
        "You need WRITE and DELETE at the depth ALL on contacts, leads and users."
    ),
    takes=_inputs,
    does=_erase,
    everywhere={WRITE: PERSONS, DELETE: PERSONS},
    parameters={
        "erased": {label: _erased(entity(label)) for label in PERSONS},
        "redacted": {label: _redacted(entity(label)) for label in PERSONS},
    },
)
