"""Values derived from others, such as a full name from a first and a last name, when a record changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graph.models.properties import Relationship
from graph.money import Rates
from graph.vocabulary import EdgeModel, Entity, Property, entity

Values = Mapping[str, Any]


class Derives(Protocol):
    """Something of which values are derived from its other values: an entity or a relationship."""

    @property
    def properties(self) -> Mapping[str, Property]:
        """Its properties."""

    @property
    def complete(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Returns the values with those derived from them."""


@dataclass(frozen=True, slots=True)
class DerivedEdge:
    """A relationship of which values are derived with exchange rates."""

    model: EdgeModel
    rates: Rates

    @property
    def properties(self) -> Mapping[str, Property]:
        """Its properties."""
        return self.model.properties

    def complete(self, values: dict[str, Any]) -> dict[str, Any]:
        """Returns the values with those derived from them."""
        return self.model.complete(values, self.rates)


def follows(one: Entity) -> bool:
    """Whether values of the entity can be derived from its other values."""
    return one.complete.__func__ is not entity("Record").complete.__func__  # type: ignore[attr-defined]


def edge_follows(one: EdgeModel) -> bool:
    """Whether values of the relationship can be derived from its other values."""
    return one.complete.__func__ is not Relationship.complete.__func__  # type: ignore[attr-defined]


def completed(one: Derives, values: Values, before: Values) -> dict[str, Any]:
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
        after = {key: new.get(key, before[key] if _required(one, key) else None) for key in loose}
        if any(after[key] != before[key] for key in loose):  # all of them: an amount goes with its currency
            found = found | after | found
    whole = one.complete({key: value for key, value in {**before, **found}.items() if value is not None})
    return found | {key: value for key, value in whole.items() if key not in before and key not in found}


def _comes_to(one: Derives, stored_values: Values, without: Iterable[str], key: str) -> bool:
    left_out = set(without)
    base = {name: value for name, value in stored_values.items() if name not in left_out}
    return bool(one.complete(base).get(key) == stored_values[key])


def _required(one: Derives, key: str) -> bool:
    return key in one.properties and one.properties[key].required
