"""The plain verbs: making and changing a record of every entity that says it can be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import strawberry

from graph.errors import Invalid, Refused
from graph.identity import new_uid
from graph.models.properties import Kind
from graph.money import Rates
from graph.mutations.execution import completed, follows
from graph.mutations.records import lock_of, rings, settable
from graph.vocabulary import Entity, Link, Property
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.mutations.registry import SPECIAL, Input, Mutation, MutationCall, Special, declared
from schema.mutations.values import shortened, stored
from schema.typing import Argument, Field, input_type, optional, type_name

U = strawberry.UNSET


def written_type(one: Property) -> str:
    """The input type of a property, as written in Python, without null."""
    return "MoneyInput" if one.kind is Kind.MONEY else type_name(one)


def property_input(one: Property, *, required: bool = False, default: object = None) -> Field:
    """A property as a field of an input; what a new record has otherwise (a value, or what gives it) is only told."""
    told = default.__doc__ if callable(default) else default
    description = one.description if default is None else f"{one.description} When left out: {told}."
    if required:
        return Field(one.name, written_type(one), description)
    return Field(one.name, optional(written_type(one)), description, default=U)


def link_input(link: Link) -> Field:
    """An undated link to at most one record as a field of an input: the id of the record."""
    return Field(link.name, optional("ID"), f"{link.description} Its id.", default=U)


def make_plain() -> None:
    """Makes `create…` and `update…` with their inputs, for every entity that shows them."""
    for face in EXPOSED_TYPES.values():
        if face.model.creatable:
            _make_create(face)
        if face.model.updatable:
            _make_update(face)


def _special(face: ExposedType) -> Special:
    return SPECIAL.get(face.model.label, Special())


def _writable(face: ExposedType, without: frozenset[str]) -> list[Property]:
    there = [face.model.properties[name] for name in face.properties]
    return [one for one in there if one.writable and one.name not in without]


def _links(face: ExposedType) -> list[Link]:
    return [link for link in settable(face.model.label) if link.name in face.links]


def _make_create(face: ExposedType) -> None:
    special, defaults = _special(face), _defaults(face)
    fields = [
        property_input(
            one,
            required=one.required and one.name not in defaults and not _follows(face.model, one.name),
            default=defaults.get(one.name),
        )
        for one in _writable(face, special.hidden)
    ]
    fields += [*map(link_input, _links(face)), *special.fields]
    fields.sort(key=lambda field: field.default is U)
    input_type(f"Create{face.name}Input", f"What is known of the new record. {face.model.description}", fields)
    declared(
        Mutation(
            f"create{face.name}",
            face.model.label,
            face.name,
            f"Makes a record of type {face.name}. {face.model.description}",
            (Argument("input", f"Create{face.name}Input", "What is known of it."),),
            partial(_create, face, defaults),
        )
    )


def _make_update(face: ExposedType) -> None:
    fields = [property_input(one) for one in _writable(face, _special(face).fixed)] + [*map(link_input, _links(face))]
    description = f"What changes; what is left out stays, null clears. {face.model.description}"
    input_type(f"Update{face.name}Input", description, fields)
    declared(
        Mutation(
            f"update{face.name}",
            face.model.label,
            face.name,
            f"Changes a record of type {face.name}: what is given changes, null clears, the rest stays.",
            (
                Argument("id", "ID", "The id of the record."),
                Argument("input", f"Update{face.name}Input", "What changes."),
            ),
            partial(_update, face),
        )
    )


def _defaults(face: ExposedType) -> dict[str, Any]:
    """What a new record begins with where nothing is given: the first of its states, and what is special about it."""
    found = {}
    for one in face.model.properties.values():
        if one.name == "state" and one.required and one.members is not None:
            found[one.name] = next(iter(one.members)).name
    return {**found, **_special(face).defaults}


def _follows(one: Entity, name: str) -> bool:
    """Whether a value can follow from other values: then it may be left out."""
    others = {key: "x" for key, found in one.properties.items() if found.kind is Kind.TEXT and key != name}
    return name in one.complete(others)


def _create(face: ExposedType, defaults: Mapping[str, Any], arguments: Input, rates: Rates) -> MutationCall:
    given, special, one = arguments["input"], _special(face), face.model
    values = shortened(stored(one.properties, shortened(given), rates))
    for key, value in defaults.items():
        values.setdefault(key, value() if callable(value) else value)
    values = _whole(one, values)
    if special.judge is not None:
        special.judge(values)
    links = {link.name: given.get(link.name) for link in _links(face)}
    more, touched = special.add(given, rates) if special.add is not None else ({}, ())
    uid = new_uid()
    return MutationCall(
        uid,
        {"id": uid, "stored": values, "keys": sorted(values), "links": links, **more},
        (*links.values(), *touched),
    )


def _whole(one: Entity, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new record with all that follows from them; Refused when a required one lacks."""
    found = _agreeing(one, values)
    lacking = [p.name for p in one.properties.values() if p.required and p.writable and p.name not in found]
    if lacking:
        raise Refused(
            f"A new {one.label} needs {' and '.join(lacking)}.",
            remedy="Give it, or what it follows from.",
        )
    return found


def _agreeing(one: Entity, values: dict[str, Any]) -> dict[str, Any]:
    """The values with all that follows from them; Invalid when one that was given is not what the others come to."""
    found = one.complete(values)
    for key, value in values.items():
        if found[key] != value:
            raise Invalid(
                f"`{key}` is {value!r}, but the other values make it {found[key]!r}.", remedy=f"Leave `{key}` out."
            )
    return found


def _update(face: ExposedType, arguments: Input, rates: Rates) -> MutationCall:
    uid, given, special, one = str(arguments["id"]), arguments["input"], _special(face), face.model
    values = stored(one.properties, given, rates)
    if special.judge is not None:
        special.judge(values)
    links = {link.name: given[link.name] for link in _links(face) if link.name in given}
    parameters = {"id": uid, "links": links, "given": sorted(links)}
    circling = [link for link in rings(one.label) if links.get(link.name) is not None]
    locks = tuple(lock_of(one.label, link) for link in circling)
    if not follows(one):
        return MutationCall(uid, {**parameters, **_keyed(values)}, tuple(links.values()), locks)

    def following(before: Mapping[str, Any]) -> dict[str, Any]:
        return _keyed(completed(one, values, before))

    _agreeing(one, shortened(values))
    return MutationCall(uid, parameters, tuple(links.values()), locks, one.label, following)


def _keyed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"stored": dict(values), "keys": sorted(values)}
