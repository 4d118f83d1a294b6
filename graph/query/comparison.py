"""Comparisons of values with tests, as predicates."""

from __future__ import annotations

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
    Related,
    Shared,
    Test,
    Where,
)

_SYMBOL = {
    "eq": "=",
    "ne": "<>",
    "in": "IN",
    "contains": "CONTAINS",
    "startsWith": "STARTS WITH",
    "endsWith": "ENDS WITH",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
}


def comparison(test: Test | Missing, value: str) -> str:
    """Returns the predicate that a value meets a test."""
    if isinstance(test, Missing):
        return f"{value} IS {'' if test.missing else 'NOT '}NULL"
    left, right = value, f"${test.value.name}"
    if test.ignore_case:
        left = f"toLower({left})"
        right = f"[item IN {right} | toLower(item)]" if test.operator == "in" else f"toLower({right})"
    if test.operator == "ne":
        return f"coalesce({left} <> {right}, true)"
    return f"{left} {_SYMBOL[test.operator]} {right}"


def cost(condition: Where) -> int:
    """Returns 0 for conditions on own properties, 1 for those on other records; a combination costs its maximum."""
    match condition:
        case Test() | Missing() | EdgeTest() | OfKind() | Shared():
            return 0
        case Not():
            return cost(condition.of)
        case Labelled() | LabelledAny():
            return cost(condition.where)
        case AllOf() | AnyOf():
            return max((cost(part) for part in condition.of), default=0)
        case Related() | ComputedTest():
            return 1
