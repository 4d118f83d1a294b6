"""The side from which a filter is evaluated: all records, or those that a rarer condition leads to."""

from __future__ import annotations

from typing import NamedTuple

from graph.models.properties import Kind
from graph.query.figures import Aggregate, Groups
from graph.query.selection import AllOf, AnyOf, Page, Related, Test, Total, Where
from graph.vocabulary import Entity, entity


class Driving(NamedTuple):
    """A condition on linked records from which the others are found, and the rest of the conditions."""

    related: Related
    rest: Where | None


def driving(asked: Page) -> Driving | None:
    """Returns the condition from which to start, if all records that meet the filter are needed anyway.

    A page without totals is read in order and ends early, so it starts from all records.
    """
    if not any(isinstance(one, Total | Aggregate | Groups) for one in asked.shows):
        return None
    parts = asked.where.of if isinstance(asked.where, AllOf) else (asked.where,)
    for part in parts:
        if isinstance(part, Related) and part.quantifier == "some":
            link = entity(asked.label).links[part.link]
            target = entity(link.target)
            if link.traversal is None and target.concrete and is_selective(part.where, target):
                rest = tuple(one for one in parts if one is not part and one is not None)
                return Driving(part, AllOf(rest) if rest else None)
    return None


def is_selective(condition: Where | None, target: Entity) -> bool:
    """Whether an index finds the records that meet a condition."""
    match condition:
        case AllOf():
            return any(is_selective(part, target) for part in condition.of)
        case AnyOf():
            return bool(condition.of) and all(is_selective(part, target) for part in condition.of)
        case Test(operator="eq" | "in", ignore_case=False):
            stored = target.properties.get(condition.property)
            return stored is not None and (stored.indexed or stored.unique) and stored.kind is not Kind.CHOICE
    return False
