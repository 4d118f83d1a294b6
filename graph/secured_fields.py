"""The secured fields: properties that only callers with a permission read and write (decision 0033)."""

from __future__ import annotations

from collections.abc import Iterable

from graph.models.properties import Kind
from graph.vocabulary import ENDPOINTS, ENTITIES, Property, concrete

Coordinate = tuple[str, str]
"""A field: the name of an entity, and that of a property."""

EVERY_FIELD = "*"


def check(one: Property, others: Iterable[Property]) -> None:
    """Raises TypeError for a secured property whose value other answers, refusals or searches would tell."""
    telling = (one.required, one.unique, one.identifying, one.search, one.not_below, one.default, one.numbered)
    compared = any(other.not_below == one.name for other in others)
    if any(telling) or one.initial is not None or compared or one.kind in (Kind.TEXTS, Kind.INTS):
        raise TypeError(f"The property {one.name} cannot be secured: other answers would reveal its value.")


def _secured() -> frozenset[Coordinate]:
    if any(one.secured for end in ENDPOINTS for one in end.model.properties.values()):
        raise TypeError("Properties of relationships cannot be secured.")
    found = set()
    for label, declared in ENTITIES.items():
        for name, one in declared.properties.items():
            if one.secured:
                check(one, declared.properties.values())
                found.add((label, name))
    return frozenset(found)


SECURED = _secured()


def covered(label: str, field: str) -> frozenset[Coordinate]:
    """The secured fields that an entity, or a group of entities, and the name of a field or `*` stand for."""
    labels = concrete(label)
    return frozenset(one for one in SECURED if one[0] in labels and field in (one[1], EVERY_FIELD))


def written(coordinate: Coordinate) -> str:
    """A field as callers read it.

    >>> written(("Account", "creditLimit"))
    'Account.creditLimit'
    """
    return ".".join(coordinate)
