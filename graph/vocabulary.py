"""The models read once into plain frozen data: what there is to ask for, and how it is reached."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import graph.models  # noqa: F401  every entity is declared by the import
from graph.models.derived import TRAVERSALS
from graph.models.properties import Declared, Kind
from graph.models.record import Activity, Party, Record


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or a relationship, under the name it is stored by."""

    name: str
    kind: Kind
    description: str
    required: bool
    indexed: bool
    unique: bool
    searched: bool
    writable: bool
    members: type[enum.Enum] | None
    unknown: str | None


@dataclass(frozen=True, slots=True, eq=False)
class EdgeModel:
    """What a relationship carries; `dated` ones hold from `validFrom` to `validTo`."""

    name: str
    description: str
    properties: Mapping[str, Property]

    @property
    def dated(self) -> bool:
        """Whether the relationship holds only for a time."""
        return "validFrom" in self.properties

    @property
    def hierarchical(self) -> bool:
        """Whether the relationship belongs to one of several named hierarchies."""
        return "hierarchy" in self.properties


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A named way from one record to others: one relationship, or a traversal (a named pattern)."""

    name: str
    description: str
    target: str
    one: bool
    edge: str
    outgoing: bool
    model: EdgeModel
    where: tuple[tuple[str, str], ...] = ()
    traversal: str | None = None

    @property
    def dated(self) -> bool:
        """Whether `asOf` matters to it."""
        return self.model.dated

    @property
    def hierarchical(self) -> bool:
        """Whether `hierarchy` matters to it."""
        return self.model.hierarchical


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A kind of record, or a super-label that several kinds share (`concrete` is False)."""

    label: str
    plural: str
    description: str
    concrete: bool
    labels: tuple[str, ...]
    properties: Mapping[str, Property]
    links: Mapping[str, Link]
    complete: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A relationship type between two labels (either may be a super-label)."""

    edge: str
    start: str
    end: str
    model: EdgeModel


def _properties(declared: Mapping[str, Any]) -> dict[str, Property]:
    found = {}
    for attribute, one in declared.items():
        if isinstance(one, Declared):
            name = one.db_property or attribute  # type: ignore[attr-defined]
            found[name] = Property(
                name=name,
                kind=one.kind,
                description=one.description,
                required=one.required,
                indexed=bool(one.index),  # type: ignore[attr-defined]
                unique=bool(one.unique_index),  # type: ignore[attr-defined]
                searched=one.search,
                writable=one.writable,
                members=getattr(one, "members", None),
                unknown=getattr(one, "unknown", None),
            )
    return found


_edge_models: dict[type, EdgeModel] = {}


def _edge_model(model: Any) -> EdgeModel:
    if model not in _edge_models:
        properties = _properties(model.defined_properties(aliases=False, rels=False))
        _edge_models[model] = EdgeModel(model.__name__, _sentence(model), properties)
    return _edge_models[model]


def _sentence(declared: Any) -> str:
    return (declared.__doc__ or "").strip().split("\n\n")[0]


def _links(model: Any) -> dict[str, Link]:
    found = {}
    for name, definition in model.__all_relationships__:
        target, edge, outgoing, description, edge_model, one, where = definition.declared
        found[name] = Link(
            name, description, target, one, edge, outgoing, _edge_model(edge_model), tuple(sorted(where.items()))
        )
    for traversal in TRAVERSALS:
        if traversal.label in model.inherited_labels():
            found[traversal.name] = Link(
                traversal.name,
                traversal.description,
                traversal.target,
                traversal.one,
                "",
                True,
                _edge_model(traversal.model),
                (),
                f"{traversal.label}.{traversal.name}",
            )
    return found


def _entity(model: Any, concrete: bool) -> Entity:
    return Entity(
        label=model.__label__,
        plural=model.plural if concrete else "",
        description=_sentence(model),
        concrete=concrete,
        labels=tuple(model.inherited_labels()),
        properties=_properties(dict(model.__all_properties__)),
        links=_links(model),
        complete=model.complete,
    )


def _descendants(model: Any) -> Iterator[Any]:
    for child in model.__subclasses__():
        yield child
        yield from _descendants(child)


SUPERS: Mapping[str, Entity] = {model.__label__: _entity(model, False) for model in (Record, Party, Activity)}
ENTITIES: Mapping[str, Entity] = {
    model.__label__: _entity(model, True)
    for model in sorted(_descendants(Record), key=lambda model: str(model.__label__))
    if model.__label__ not in SUPERS
}


def entity(label: str) -> Entity:
    """The entity or super-label of that name; KeyError when there is none."""
    return ENTITIES.get(label) or SUPERS[label]


def concrete(label: str) -> tuple[str, ...]:
    """The concrete labels under a label, itself when it is one, in alphabetical order."""
    if label in ENTITIES:
        return (label,)
    return tuple(sorted(one.label for one in ENTITIES.values() if label in one.labels))


def _endpoints() -> tuple[Endpoint, ...]:
    found: dict[tuple[str, str, str], Endpoint] = {}
    for one in (*ENTITIES.values(), *SUPERS.values()):
        for link in one.links.values():
            if link.traversal is None:
                start, end = (one.label, link.target) if link.outgoing else (link.target, one.label)
                found[link.edge, start, end] = Endpoint(link.edge, start, end, link.model)
    return tuple(found[key] for key in sorted(found))


ENDPOINTS: tuple[Endpoint, ...] = _endpoints()


def endpoint(edge: str, start: str, end: str) -> Endpoint | None:
    """How that relationship joins two concrete labels, the narrowest declaration first; None when it may not."""
    fits = [one for one in ENDPOINTS if one.edge == edge and start in concrete(one.start) and end in concrete(one.end)]
    return min(fits, key=lambda one: len(concrete(one.start)) * len(concrete(one.end)), default=None)
