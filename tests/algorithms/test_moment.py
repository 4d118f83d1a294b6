"""Moments as seconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from algorithms.moment import seconds


def test_an_aware_datetime_is_the_same_moment_in_every_zone() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert seconds(noon) == seconds(noon.astimezone(timezone(timedelta(hours=9)))) == noon.timestamp()


def test_seconds_stay_seconds() -> None:
    assert seconds(12) == 12.0
    assert seconds(-0.5) == -0.5


@pytest.mark.parametrize("wrong", [datetime(2026, 3, 1), math.nan, math.inf])  # noqa: DTZ001 - it is the fault
def test_what_is_no_moment_is_refused(wrong: float | datetime) -> None:
    with pytest.raises(ValueError, match=r"no UTC offset|not a finite number"):
        seconds(wrong)
