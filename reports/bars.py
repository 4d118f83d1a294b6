"""Bars that tile: each begins where the one before it ends, so that the last one ends at the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from reports.charts import Span


def tiles(values: Sequence[Mapping[str, Any]], total: Mapping[str, Any], fills: Sequence[str]) -> list[list[Span]]:
    """Returns the bar of each amount as one span, in order.

    >>> amounts = [{"amount": 1.0}, {"amount": 3.0}]
    >>> [(one.start, one.length) for bar in tiles(amounts, {"amount": 4.0}, ["own", "below"]) for one in bar]
    [(0.0, 0.25), (0.25, 0.75)]
    """
    whole = max(total["amount"], sum(one["amount"] for one in values)) or 1
    ends = accumulate((one["amount"] for one in values), initial=0.0)
    spans = zip(ends, values, fills, strict=False)
    return [[Span(start / whole, one["amount"] / whole, fill)] for start, one, fill in spans]
