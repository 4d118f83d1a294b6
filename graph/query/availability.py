"""The predicates of records that may be suggested or assigned, as the models declare them."""

from __future__ import annotations

from graph.query.cypher import literal
from graph.vocabulary import concrete, entity


def available(variable: str, label: str) -> list[str]:
    """Predicates that a record of a label may be suggested or assigned.

    >>> available("u", "User")
    ['NOT coalesce(u.isDisabled IN [true], false)']
    """
    return [f"NOT {one}" for one in _unavailable(variable, label)]


def unavailable(variable: str, label: str) -> str:
    """The predicate that a record of a label, or of one under a super-label, may not be suggested or assigned."""
    return " OR ".join(_unavailable(variable, label)) or "false"


def _unavailable(variable: str, label: str) -> list[str]:
    found = []
    for one in concrete(label):
        for name, values in entity(one).unavailable:
            within = f"coalesce({variable}.{name} IN [{', '.join(map(literal, values))}], false)"
            found.append(within if one == label else f"({variable}:{one} AND {within})")
    return found
