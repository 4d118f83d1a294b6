"""The models, read once into plain frozen data: entities, their properties and links, and relationship types."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

import graph.models  # noqa: F401  the import declares every entity
from graph.models.formats import Format
from graph.models.links import LinkDeclaration
from graph.models.properties import Acyclic, AtMostOne, Kind, ModelProperty
from graph.models.record import Activity, Model, Party, Record
from graph.money import Rates


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a node or a relationship, by the name under which it is stored.

    The attributes are those of `graph.models.properties.ModelProperty`, `Text` and `Choice`.
    """

    name: str
    kind: Kind
    description: str
    title: str | None
    required: bool
    indexed: bool
    unique: bool
    search: str | None
    writable: bool
    hidden: bool
    members: type[enum.Enum] | None
    unknown: str | None
    default: str | None
    initial: object
    minimum: float | None
    maximum: float | None
    numbered: str | None
    record: str | None
    format: Format | None
    longest: int
    max_ahead: timedelta | None
    confirmable: bool
    not_below: str | None
    identifying: bool
    secured: bool
    personal: bool
    administered: bool
    collated: bool = False

    @property
    def has_sort_key(self) -> bool:
        """Whether a sort key is stored beside it, so that an index serves lists in its order."""
        return self.collated and self.required and self.indexed


@dataclass(frozen=True, slots=True, eq=False)
class EdgeModel:
    """The properties and invariants of a relationship class; `dated` ones hold from `validFrom` until `validTo`.

    The attributes are those of `graph.models.properties.Relationship`.
    """

    name: str
    description: str
    properties: Mapping[str, Property]
    acyclic: Acyclic | None
    at_most_one: tuple[AtMostOne, ...]
    derived: bool
    noun: str | None
    ends: tuple[str, str] | None
    keys: tuple[str, ...]
    mutations: tuple[str, ...]
    additive: bool
    assigns: str | None
    privileges: tuple[str, str] | None
    shares: bool
    complete: Callable[[dict[str, Any], Rates], dict[str, Any]]

    @property
    def facts(self) -> tuple[Property, ...]:
        """The properties that callers write, without the period."""
        own = (one for one in self.properties.values() if one.writable and not one.hidden)
        return tuple(one for one in own if one.name not in ("validFrom", "validTo"))

    @property
    def dated(self) -> bool:
        """Whether the relationship has a period of validity."""
        return "validFrom" in self.properties

    @property
    def hierarchical(self) -> bool:
        """Whether the relationship belongs to one of several named hierarchies."""
        return "hierarchy" in self.properties


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A named way from a record to others: one relationship, or a traversal (a named pattern).

    `only` narrows the target to some labels, `connection` names the GraphQL connection whose edges show the properties
    of the relationship. A traversal may be `required` (never null), have a fixed `order`, and take `maxDepth` or
    `kinds`. A link of an account may take `below`, a hierarchy whose accounts below it count too. A link that
    `keeps_deleted` also leads to deleted records, for callers who may read them.
    """

    name: str
    description: str
    target: str
    one: bool
    edge: str
    outgoing: bool
    model: EdgeModel
    where: tuple[tuple[str, object], ...] = ()
    only: tuple[str, ...] = ()
    connection: str | None = None
    hidden: bool = False
    traversal: str | None = None
    required: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    takes_depth: bool = False
    takes_kinds: bool = False
    takes_below: bool = False
    keeps_deleted: bool = False
    follows: str | None = None
    title: str | None = None
    parental: bool = False

    @property
    def dated(self) -> bool:
        """Whether `asOf` applies to it."""
        return self.model.dated

    @property
    def hierarchical(self) -> bool:
        """Whether `hierarchy` applies to it."""
        return self.model.hierarchical

    @property
    def targets(self) -> tuple[str, ...]:
        """The concrete labels that it can lead to."""
        return self.only or concrete(self.target)


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A kind of node, or a super-label that several kinds share (`concrete` is False).

    `plural` names the list of all its records; it is empty for a super-label without one. The attributes are those of
    `graph.models.record.Model`.
    """

    label: str
    plural: str
    description: str
    concrete: bool
    labels: tuple[str, ...]
    properties: Mapping[str, Property]
    links: dict[str, Link]
    complete: Callable[[dict[str, Any]], dict[str, Any]]
    creatable: bool
    updatable: bool
    importable: bool
    owned: bool
    person: bool
    of_organization: bool
    access_through: str | None
    order: tuple[tuple[str, bool], ...]
    unavailable: tuple[tuple[str, tuple[object, ...]], ...]
    sort_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A relationship type between two labels, either of which may be a super-label, with its invariants.

    `at_most_one` counts the relationships to all labels in `among` together.
    """

    edge: str
    start: str
    end: str
    among: tuple[str, ...]
    model: EdgeModel
    acyclic: Acyclic | None
    at_most_one: tuple[AtMostOne, ...]


# The attributes that a property has under the same name in its model.
_SAME = {field.name for field in fields(Property)} & {*ModelProperty.__annotations__, "required"}


def properties(declared: Mapping[str, Any]) -> dict[str, Property]:
    """The declared properties as frozen data, by the names under which they are stored."""
    found = {}
    for attribute, one in declared.items():
        if isinstance(one, ModelProperty):
            name = one.db_property or attribute  # type: ignore[attr-defined]
            found[name] = Property(
                name=name,
                indexed=bool(one.index),  # type: ignore[attr-defined]
                unique=bool(one.unique_index),  # type: ignore[attr-defined]
                members=getattr(one, "members", None),
                unknown=getattr(one, "unknown", None),
                default=getattr(one, "default_member", None),
                **{key: getattr(one, key) for key in _SAME},
                collated=getattr(one, "collated", False),
            )
    return found


_SAME_OF_EDGES = {field.name for field in fields(EdgeModel)} - {"name", "description", "properties"}

_edge_models: dict[type, EdgeModel] = {}


def edge_model(model: Any) -> EdgeModel:
    """The properties and invariants of a relationship class."""
    if model not in _edge_models:
        _edge_models[model] = EdgeModel(
            model.__name__,
            _summary(model),
            properties(model.defined_properties(aliases=False, rels=False)),
            **{key: getattr(model, key) for key in _SAME_OF_EDGES},
        )
    return _edge_models[model]


def _summary(declared: Any) -> str:
    return (declared.__doc__ or "").strip().split("\n\n")[0]


def _declarations(model: Any) -> dict[str, LinkDeclaration]:
    return {name: definition.link for name, definition in model.__all_relationships__}


_SAME_OF_LINKS = {field.name for field in fields(LinkDeclaration)} & {field.name for field in fields(Link)} - {"where"}


def _link(name: str, declared: LinkDeclaration) -> Link:
    same = {key: getattr(declared, key) for key in _SAME_OF_LINKS}
    where = tuple(sorted(declared.where.items()))
    return Link(name, edge=declared.type, model=edge_model(declared.relationship), where=where, **same)


_SAME_OF_ENTITIES = ("complete", "owned", "person", "of_organization", "access_through", "order", "unavailable")


def _entity(model: Any, concrete: bool) -> Entity:
    own = dict(model.__all_properties__)
    shared = [name for name in own if hasattr(Record, name)] if model is not Record else []
    ordered = {**{name: one for name, one in own.items() if name not in shared}, **{name: own[name] for name in shared}}
    declared = properties(ordered)
    return Entity(
        label=model.__label__,
        plural=vars(model).get("plural", ""),
        description=_summary(model),
        concrete=concrete,
        labels=tuple(model.inherited_labels()),
        properties=declared,
        links={name: _link(name, declared) for name, declared in _declarations(model).items()},
        creatable=concrete and model.creatable,
        updatable=concrete and model.updatable,
        importable=concrete and model.importable,
        **{key: getattr(model, key) for key in _SAME_OF_ENTITIES},
        sort_keys=tuple(one.name for one in declared.values() if one.has_sort_key),
    )


def _subclasses(model: Any) -> Iterator[Any]:
    for child in model.__subclasses__():
        yield child
        yield from _subclasses(child)


_SUPER_MODELS = (Record, Party, Activity)
_MODELS = sorted(
    (model for model in _subclasses(Record) if model not in _SUPER_MODELS), key=lambda model: str(model.__label__)
)
_READ_ONLY_MODELS = [model for model in Model.__subclasses__() if model is not Record]
SUPERS: Mapping[str, Entity] = {model.__label__: _entity(model, False) for model in _SUPER_MODELS}
ENTITIES: Mapping[str, Entity] = {model.__label__: _entity(model, True) for model in _MODELS}
READ_ONLY: Mapping[str, Entity] = {model.__label__: _entity(model, True) for model in _READ_ONLY_MODELS}
IMPORTABLE = tuple(label for label, one in ENTITIES.items() if one.importable)
"""The labels of the records that rows of a source can become."""
_ALL = {**SUPERS, **ENTITIES, **READ_ONLY}


def entity(label: str) -> Entity:
    """The entity, super-label or read-only entity of that name; raises KeyError if it does not exist."""
    return _ALL[label]


def concrete(label: str) -> tuple[str, ...]:
    """The concrete labels under a label, in alphabetical order; a concrete label stands for itself."""
    below = sorted(one.label for one in ENTITIES.values() if label in one.labels)
    return (label,) if _ALL[label].concrete else tuple(below)


def deleted_label(label: str) -> str:
    """The label of deleted records of a concrete label, or of all deleted records.

    >>> deleted_label("Account"), deleted_label("Record")
    ('DeletedAccount', 'Deleted')
    """
    return "Deleted" if label == "Record" else f"Deleted{label}"


def add_link(label: str, link: Link) -> None:
    """Adds a link to an entity; raises TypeError if it has a property or a link of that name."""
    one = entity(label)
    if link.name in one.links or link.name in one.properties:
        raise TypeError(f"{label}.{link.name} is declared twice.")
    one.links[link.name] = link


def _own_declarations(model: Any) -> dict[str, LinkDeclaration]:
    """The links that the model itself declares, without inherited ones."""
    inherited = {name for base in model.__mro__[1:] for name in vars(base)}
    return {name: one for name, one in _declarations(model).items() if name not in inherited}


def _add_inverses() -> None:
    """Adds the inverse of every declared link to the records that it leads to."""
    for model in (*_SUPER_MODELS, *_MODELS, *_READ_ONLY_MODELS):
        for declared in _own_declarations(model).values():
            inverse = declared.inverse
            if inverse is None:
                continue
            link = Link(
                inverse.name,
                inverse.description,
                model.__label__,
                inverse.one,
                declared.type,
                not declared.outgoing,
                edge_model(declared.relationship),
                tuple(sorted(declared.where.items())),
                (),
                inverse.connection,
                inverse.hidden,
                order=inverse.order,
                takes_below=inverse.takes_below,
                follows=declared.follows,
                title=inverse.title,
            )
            for one in (*SUPERS.values(), *ENTITIES.values()):
                wanted = declared.only or (declared.target,)
                if one.label in wanted or (not declared.only and declared.target in one.labels):
                    add_link(one.label, link)


_add_inverses()


def _endpoints() -> tuple[Endpoint, ...]:
    found: dict[tuple[str, str, str], Endpoint] = {}
    for model in (*_SUPER_MODELS, *_MODELS, *_READ_ONLY_MODELS):
        for declared in _own_declarations(model).values():
            if not declared.outgoing:
                continue
            among = declared.only or (declared.target,)
            for end in among:
                start = model.__label__
                carried = edge_model(declared.relationship)
                key = (declared.type, start, end)
                known = found.get(key) or Endpoint(
                    declared.type, start, end, among, carried, carried.acyclic, carried.at_most_one
                )
                if declared.one:
                    keys = ("hierarchy",) if carried.hierarchical else ()
                    single = AtMostOne("start", keys, tuple(sorted(declared.where.items())))
                    cyclic = carried.acyclic is None and start == end and not carried.dated
                    known = replace(
                        known,
                        at_most_one=(*known.at_most_one, single),
                        acyclic=Acyclic() if cyclic else known.acyclic,
                    )
                found[key] = known
    return tuple(found[key] for key in sorted(found))


ENDPOINTS: tuple[Endpoint, ...] = _endpoints()


def endpoint(edge: str, start: str, end: str) -> Endpoint | None:
    """The narrowest declaration of a relationship type between two concrete labels, or None."""
    fits = [one for one in ENDPOINTS if one.edge == edge and start in concrete(one.start) and end in concrete(one.end)]
    return min(fits, key=lambda one: len(concrete(one.start)) * len(concrete(one.end)), default=None)
