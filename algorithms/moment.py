"""Timestamps as numbers: seconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TypeAlias

from algorithms.registry import algorithm

Moment: TypeAlias = float | datetime

DAY = 86_400.0


@algorithm(reads=(), reference="POSIX.1-2017, 4.16 Seconds Since the Epoch")
def seconds(moment: Moment) -> float:
    """Returns a timestamp as seconds since the epoch.

    Args:
        moment: seconds since the epoch, or a datetime with an offset.

    Raises:
        ValueError: a datetime without offset, or a number that is not finite.

    >>> from datetime import UTC, datetime
    >>> seconds(datetime(1970, 1, 2, tzinfo=UTC)) / DAY
    1.0
    """
    if isinstance(moment, datetime):
        if moment.utcoffset() is None:
            raise ValueError(f"{moment.isoformat()} has no UTC offset")
        return moment.timestamp()
    if not math.isfinite(moment):
        raise ValueError(f"{moment} is not a finite number")
    return float(moment)
