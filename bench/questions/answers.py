"""Compares the answers of different servers to one question."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")


def normalized(value: Any, *, ordered: bool = True) -> Any:
    """Returns data without what only the notation of a server adds.

    Connections become lists, amounts of money numbers, and numbers and times in texts numbers. Unless the order of
    lists matters, they are sorted.

    >>> normalized({"deals": {"nodes": [{"won": {"amount": 2.5}, "at": "1970-01-01T00:00:01Z", "number": "-2"}]}})
    {'deals': [{'won': 2.5, 'at': 1.0, 'number': -2.0}]}
    """
    match value:
        case {"nodes": list(nodes), **others} if not others:
            return normalized(nodes, ordered=ordered)
        case {"amount": amount, **others} if not others:
            return normalized(amount)
        case dict():
            return {name: normalized(one, ordered=ordered) for name, one in value.items()}
        case list():
            found = [normalized(one, ordered=ordered) for one in value]
            return found if ordered else sorted(found, key=lambda one: repr(sorted(one.items())))
        case str() if _NUMBER.fullmatch(value):
            return float(value)
        case str() if _TIME.fullmatch(value):
            return datetime.fromisoformat(value).timestamp()
        case int() if not isinstance(value, bool):
            return float(value)
    return value


def difference(one: Any, other: Any, tolerance: float = 0.0, path: str = "data") -> str | None:
    """Returns a description of the first difference of two normalized answers, or None.

    >>> difference({"a": [1.0, 2.0]}, {"a": [1.0, 3.0]}), difference([100.0], [100.1], tolerance=0.01)
    ('data.a[1]: 2.0 and 3.0', None)
    """
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{path}.{name}", one[name], other[name]) for name in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{path}[{at}]", *both) for at, both in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=tolerance):
        return None
    else:
        return None if one == other else f"{path}: {_short(one)} and {_short(other)}"
    return next(filter(None, (difference(left, right, tolerance, below) for below, left, right in pairs)), None)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
