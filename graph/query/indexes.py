"""The constraints and indexes that follow from the models, as Cypher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graph.vocabulary import ENTITIES

SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A constraint or an index the models ask for: its name, what it is on, and the text that makes it."""

    name: str
    kind: Literal["UNIQUENESS", "RANGE", "FULLTEXT"]
    labels: tuple[str, ...]
    properties: tuple[str, ...]
    create: str
    drop: str


def _unique(label: str, property_name: str) -> Wanted:
    name = f"unique_{label}_{property_name}"
    create = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{property_name} IS UNIQUE"
    return Wanted(name, "UNIQUENESS", (label,), (property_name,), create, f"DROP CONSTRAINT {name} IF EXISTS")


def _range(label: str, property_name: str) -> Wanted:
    name = f"range_{label}_{property_name}"
    create = f"CREATE RANGE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{property_name})"
    return Wanted(name, "RANGE", (label,), (property_name,), create, f"DROP INDEX {name} IF EXISTS")


def _search() -> Wanted:
    searched = {
        label: [one.name for one in entity.properties.values() if one.searched] for label, entity in ENTITIES.items()
    }
    labels = tuple(label for label, properties in searched.items() if properties)
    properties = tuple(sorted({one for each in searched.values() for one in each}))
    each = ", ".join(f"n.{one}" for one in properties)
    create = f"CREATE FULLTEXT INDEX {SEARCH} IF NOT EXISTS FOR (n:{'|'.join(labels)}) ON EACH [{each}]"
    return Wanted(SEARCH, "FULLTEXT", labels, properties, create, f"DROP INDEX {SEARCH} IF EXISTS")


def wanted() -> tuple[Wanted, ...]:
    """Every constraint and index the models ask for: ids unique, some properties ranged, searched ones full-text."""
    found = [_unique("Record", "uid"), _unique("Event", "uid"), _range("Event", "subject"), _unique("Lock", "name")]
    for label, entity in ENTITIES.items():
        found += [_unique(label, one.name) for one in entity.properties.values() if one.unique]
        found += [_range(label, one.name) for one in entity.properties.values() if one.indexed and not one.unique]
    return (*found, _search())
