"""Stored ties, as the columns a read brings them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from algorithms.strength import Sums

COLUMNS = ("both", "in", "out", "meetings", "calls", "inCount", "outCount", "firstAt", "lastAt", "asOf")


def sums_of(tie: Sequence[Any]) -> Sums:
    """A tie's sums from the values of its columns; moments come as epoch milliseconds."""
    *plain, first, last, as_of = tie
    both, inbound, outbound, meetings, calls, in_count, out_count = plain
    return Sums(both, inbound, outbound, meetings, calls, in_count, out_count, first / 1000, last / 1000, as_of / 1000)
