"""Constraints and indexes: derived from the models, compared with the database and installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph.collation import SUFFIX
from graph.models.properties import Kind
from graph.search.analysis import WORDS, slots
from graph.sign_in_nodes import UNIQUE
from graph.store import Bound, Reads, Statement, Writes
from graph.vocabulary import ENTITIES, READ_ONLY, SUPERS, Property

SEARCH = "search"

_CONSTRAINTS = Statement(
    "constraints",
    "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties RETURN name, type, labelsOrTypes, properties",
)
_INDEXES = Statement(
    "indexes",
    "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, state, owningConstraint WHERE type <> 'LOOKUP' "
    "RETURN name, type, labelsOrTypes, properties, state, owningConstraint",
)
_AWAIT = Statement("await indexes", "CALL db.awaitIndexes(600)")
_REPLAN = Statement("replan", "CALL db.prepareForReplanning()")

# Populating a new index on a large graph may take longer than the time limit of a request's statement.
_SECONDS = 600.0


async def replan(writes: Writes) -> None:
    """Lets the database plan statements again, with the statistics of its present data. Raises Unavailable.

    A plan that was made for an empty graph may need more memory than is allowed when the graph has been filled.
    """
    await writes.autocommit(_REPLAN.bind(), seconds=_SECONDS)


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """A constraint or an index that the models declare, with the Cypher that creates and drops it."""

    name: str
    kind: Literal["UNIQUENESS", "RANGE", "FULLTEXT"]
    labels: tuple[str, ...]
    properties: tuple[str, ...]
    create: str
    drop: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Names of constraints and indexes in which the database differs from the models.

    `undeclared` ones exist in the database only; `populating` ones are not online yet.
    """

    missing: tuple[str, ...]
    different: tuple[str, ...]
    undeclared: tuple[str, ...]
    populating: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.different or self.undeclared or self.populating)


def _unique(label: str, property_name: str) -> IndexDefinition:
    name = f"unique_{label}_{property_name}"
    create = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{property_name} IS UNIQUE"
    return IndexDefinition(name, "UNIQUENESS", (label,), (property_name,), create, f"DROP CONSTRAINT {name} IF EXISTS")


def _range(label: str, property_name: str) -> IndexDefinition:
    name = f"range_{label}_{property_name}"
    create = f"CREATE RANGE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{property_name})"
    return IndexDefinition(name, "RANGE", (label,), (property_name,), create, f"DROP INDEX {name} IF EXISTS")


def _search() -> IndexDefinition:
    found = slots()
    labels = tuple(sorted({label for properties in found.values() for some in properties.values() for label in some}))
    # The stored texts are analyzed already: words separated by spaces.
    create = (
        f"CREATE FULLTEXT INDEX {SEARCH} IF NOT EXISTS FOR (n:{'|'.join(labels)}) ON EACH [n.{WORDS}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
    )
    return IndexDefinition(SEARCH, "FULLTEXT", labels, (WORDS,), create, f"DROP INDEX {SEARCH} IF EXISTS")


def _stored(one: Property) -> tuple[str, ...]:
    """The stored properties that filters and, last, lists in the order of a property read."""
    return (one.name, f"{one.name}{SUFFIX}") if one.has_sort_key else (one.name,)


def _orders_lists(one: Property) -> bool:
    """Whether lists of several entities are worth an index of the property; an enumeration selects too many records."""
    return one.indexed and not one.unique and one.kind is not Kind.CHOICE


def _sign_in() -> Iterator[IndexDefinition]:
    """Those of the nodes in graph/sign_in."""
    yield from (_unique(label, name) for label, names in UNIQUE.items() for name in names)
    yield _range("SignInSession", "userId")
    yield from (_range(label, "expiresAt") for label in ("SignInSession", "SignInRequest"))


def definitions() -> tuple[IndexDefinition, ...]:
    """Returns every constraint and index of the models: unique ids, range indexes and the full-text search index."""
    found = [_unique("Record", "uid"), _unique("Deleted", "uid"), _unique("Lock", "name"), _unique("Sequence", "name")]
    found += [_unique("IdempotencyKey", "key"), _range("IdempotencyKey", "expiresAt"), *_sign_in()]
    for label, entity in {**ENTITIES, **READ_ONLY}.items():
        declared = entity.properties.values()
        found += [_unique(label, one.name) for one in declared if one.unique]
        found += [_range(label, name) for one in declared if one.indexed and not one.unique for name in _stored(one)]
    for label, entity in SUPERS.items():
        if entity.plural:
            ordering = [one for one in entity.properties.values() if _orders_lists(one)]
            found += [_range(label, _stored(one)[-1]) for one in ordering]
    return (*found, _search())


_Existing = tuple[str, frozenset[str], frozenset[str], str]


async def _existing(reads: Reads) -> dict[str, _Existing]:
    """Returns kind, labels, properties and state of each constraint and index of the database, by name."""
    found: dict[str, _Existing] = {}
    for row in await reads.records(_CONSTRAINTS.bind()):
        kind = "UNIQUENESS" if "UNIQUENESS" in row["type"] else row["type"]
        found[row["name"]] = (kind, frozenset(row["labelsOrTypes"]), frozenset(row["properties"]), "ONLINE")
    for row in await reads.records(_INDEXES.bind()):
        if row["owningConstraint"] is None:
            labels, properties = frozenset(row["labelsOrTypes"]), frozenset(row["properties"])
            found[row["name"]] = (row["type"], labels, properties, row["state"])
    return found


def _matches(definition: IndexDefinition, existing: _Existing) -> bool:
    return (definition.kind, frozenset(definition.labels), frozenset(definition.properties)) == existing[:3]


async def drift(reads: Reads) -> Drift:
    """Compares the constraints and indexes of the database with those of the models."""
    existing, declared = await _existing(reads), {one.name: one for one in definitions()}
    both = sorted(declared.keys() & existing.keys())
    return Drift(
        missing=tuple(sorted(declared.keys() - existing.keys())),
        different=tuple(name for name in both if not _matches(declared[name], existing[name])),
        undeclared=tuple(sorted(existing.keys() - declared.keys())),
        populating=tuple(name for name in both if existing[name][3] != "ONLINE"),
    )


async def install(writes: Writes) -> Drift:
    """Creates missing and recreates different constraints and indexes; returns the drift found before.

    Undeclared ones are kept, because an operator may have created them.
    """
    writes = writes.limited(max(writes.seconds, _SECONDS))
    before = await drift(writes)
    outdated = [one for one in definitions() if one.name in before.different]
    new = [one for one in definitions() if one.name in before.different or one.name in before.missing]
    if outdated:
        await writes.change(*(Bound(f"drop {one.name}", one.drop, {}) for one in outdated))
    if new:
        await writes.change(*(Bound(one.name, one.create, {}) for one in new))
    if before:
        await writes.autocommit(_AWAIT.bind())
    return before
