"""Values derived from others, such as a full name from a first and a last name, when a record changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.vocabulary import Entity, entity

Values = Mapping[str, Any]


def follows(one: Entity) -> bool:
    """Whether values of the entity can be derived from its other values."""
    return one.complete.__func__ is not entity("Record").complete.__func__  # type: ignore[attr-defined]


def completed(one: Entity, values: Values, before: Values) -> dict[str, Any]:
    """The values to change and the values derived from them, based on the stored values.

    A stored value is derived if it equals the value computed from the others; any other stored value is kept.

    >>> contact, jane = entity("Contact"), {"firstName": "Jane", "lastName": "Roe", "name": "Jane Roe"}
    >>> completed(contact, {"lastName": "Poe"}, {**jane, "fullName": "Jane Roe"})
    {'lastName': 'Poe', 'name': 'Jane Poe', 'fullName': 'Jane Poe'}
    >>> completed(contact, {"lastName": "Poe"}, {**jane, "name": "Dr. Roe", "fullName": "Dr. Roe"})
    {'lastName': 'Poe'}
    >>> completed(contact, {"fullName": "Dr. Roe"}, {**jane, "fullName": "Jane Roe"})
    {'fullName': 'Dr. Roe', 'name': 'Dr. Roe'}
    >>> completed(contact, {"lastName": None}, {**jane, "fullName": "Jane Roe"})
    {'lastName': None, 'name': 'Jane', 'fullName': 'Jane'}
    """
    rest = [key for key in before if key not in values]
    each = [key for key in rest if _comes_to(one, before, (key,), key)]
    every = [key for key in each if _comes_to(one, before, each, key)]
    found = dict(values)
    for loose in (every, *([key] for key in each if key not in every)):
        base = {key: value for key, value in {**before, **values}.items() if key not in loose and value is not None}
        new = one.complete(base)
        for key in loose:
            if new.get(key, before[key] if _required(one, key) else None) != before[key]:
                found.setdefault(key, new.get(key))
    whole = one.complete({key: value for key, value in {**before, **found}.items() if value is not None})
    return found | {key: value for key, value in whole.items() if key not in before and key not in found}


def _comes_to(one: Entity, stored_values: Values, without: Iterable[str], key: str) -> bool:
    left_out = set(without)
    base = {name: value for name, value in stored_values.items() if name not in left_out}
    return bool(one.complete(base).get(key) == stored_values[key])


def _required(one: Entity, key: str) -> bool:
    return key in one.properties and one.properties[key].required
