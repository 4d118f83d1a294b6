"""Negates conditions so that NOT stands before single comparisons only."""

from __future__ import annotations

from dataclasses import replace

from graph.query.selection import (
    AllOf,
    AnyOf,
    ComputedTest,
    EdgeTest,
    Labelled,
    LabelledAny,
    Missing,
    Not,
    OfKind,
    Quantifier,
    Related,
    Shared,
    Test,
    Where,
)

_OPPOSITES: dict[Quantifier, Quantifier] = {"some": "none", "none": "some", "exists": "absent", "absent": "exists"}


def negated(condition: Where) -> Where:
    """Returns the negation of a condition, with `Not` around single comparisons only.

    Neo4j plans a negated subquery within a negated subquery again and again, twice as often with each level.
    """
    match condition:
        case Not():
            return negated(condition.of.of) if isinstance(condition.of, Not) else condition.of
        case AllOf():
            return AnyOf(tuple(negated(one) for one in condition.of))
        case AnyOf():
            return AllOf(tuple(negated(one) for one in condition.of))
        case Missing():
            return replace(condition, missing=not condition.missing)
        case Related(quantifier="all"):
            return replace(condition, quantifier="some", where=negated(condition.where or AllOf(())))
        case Related():
            return replace(condition, quantifier=_OPPOSITES[condition.quantifier])
        case Test() | EdgeTest() | OfKind() | Labelled() | LabelledAny() | Shared() | ComputedTest():
            return Not(condition)
