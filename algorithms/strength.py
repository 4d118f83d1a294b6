"""The strength of a tie: decayed sums of activities, and the score with its terms."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any

from algorithms.interactions import DEFINITION
from algorithms.moment import DAY, Moment, seconds
from algorithms.registry import algorithm

HALF_LIFE_DAYS = 90.0
ONE_WAY = 0.4
ANSWERED = 1.2
ONE_WAY_CAP = 40.0

WELL_KNOWN = 60.0
"""The strength from which a tie is good."""

KNOWN = 40.0
"""The strength from which a tie is fair, and a person is known."""

STRANGER = 10.0
"""The strength below which a user does not know a person at all."""


COLUMNS = ("both", "in", "out", "meetings", "calls", "inCount", "outCount", "firstAt", "lastAt", "asOf")
"""The properties of a stored tie, in the order of the fields of `Sums`."""

SCORE_COLUMNS = ("both", "in", "out", "asOf")
"""The properties of a stored tie that its score follows from."""


class Band(Enum):
    """The band of a strength."""

    GOOD = f"From {WELL_KNOWN:.0f} to 100."
    FAIR = f"From {KNOWN:.0f} to below {WELL_KNOWN:.0f}."
    POOR = f"Below {KNOWN:.0f}."


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a tie, decayed to `as_of`, and its counts; timestamps are epoch seconds.

    `both` sums meetings and calls, `inbound` the emails that the tie's first party received from the second, `outbound`
    those that it sent. On a stored tie `as_of` equals `last_at`, so that it does not change without activity.
    """

    both: float
    inbound: float
    outbound: float
    meetings: int
    calls: int
    in_count: int
    out_count: int
    first_at: float
    last_at: float
    as_of: float

    @property
    def interactions(self) -> int:
        """The number of activities of the tie: meetings, calls, and emails in both directions."""
        return self.meetings + self.calls + self.in_count + self.out_count


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a score; the parts add up to it."""

    name: Annotated[str, "The name of the part."]
    value: Annotated[float, "The number of points."]
    message: Annotated[str, "The explanation, in words."]


@dataclass(frozen=True, slots=True)
class Strength:
    """A score of 0 to 100 with its band, the raw sum behind it, the terms that add up to it, and reciprocity."""

    score: float
    band: Band
    raw: float
    terms: tuple[Term, ...]
    reciprocity: float | None


@algorithm(reads=("knows.*",), reference="design domain §3, KNOWS: the properties of the relationship")
def sums_of(row: Sequence[Any]) -> Sums:
    """Returns the sums of a stored tie from the values of COLUMNS, whose times are epoch milliseconds.

    >>> sums_of((3.0, 0.0, 0.0, 1, 0, 0, 0, 0, 1000, 1000)).as_of
    1.0
    """
    *counts, first, last, as_of = row
    both, inbound, outbound, meetings, calls, in_count, out_count = counts
    return Sums(both, inbound, outbound, meetings, calls, in_count, out_count, first / 1000, last / 1000, as_of / 1000)


@algorithm(reads=("knows.both", "knows.in", "knows.out", "knows.asOf"), reference=DEFINITION)
def decay(sums: Sums, to: Moment, half_life_days: float = HALF_LIFE_DAYS) -> Sums:
    """Returns the sums as of a later time: each halves every `half_life_days`.

    Args:
        sums: the sums as of `sums.as_of`.
        to: the requested time; a time before `as_of` leaves the sums unchanged, because they cannot be reversed.
        half_life_days: the days after which an activity counts half.

    Raises:
        ValueError: a half-life that is not positive, or a datetime without an offset.

    >>> met = Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0)
    >>> decay(met, 180 * DAY).both
    0.75
    """
    moment = seconds(to)
    if moment <= sums.as_of:
        remaining_share(0.0, half_life_days)
        return sums
    left = remaining_share(moment - sums.as_of, half_life_days)
    return replace(
        sums,
        both=sums.both * left,
        inbound=sums.inbound * left,
        outbound=sums.outbound * left,
        as_of=moment,
    )


@algorithm(reads=(), reference=DEFINITION)
def remaining_share(age: float, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """Returns the share of a value that remains after `age` seconds: 2^(-age / half-life).

    Raises:
        ValueError: a half-life that is not positive and finite.

    >>> remaining_share(90 * DAY)
    0.5
    """
    if not 0.0 < half_life_days < math.inf:
        raise ValueError(f"the half-life must be positive and finite; got {half_life_days} days")
    return math.exp2(-age / (half_life_days * DAY)) if age < 1_000 * half_life_days * DAY else 0.0


@algorithm(reads=("knows.both", "knows.in", "knows.out"), reference=DEFINITION)
def raw(sums: Sums) -> float:
    """Returns the raw sum of a tie: both + 0.4·(in + out) + 1.2·min(in, out), as of `sums.as_of`.

    Balanced email counts fully, since 0.4 + 0.4 + 1.2 = 2 for one email each way; one-way email counts 40 %.

    >>> raw(Sums(1.0, 2.0, 0.5, 1, 0, 2, 1, 0.0, 0.0, 0.0))
    2.6
    """
    return _raw(sums.both, sums.inbound, sums.outbound)


def _raw(both: float, inbound: float, outbound: float) -> float:
    return both + ONE_WAY * (inbound + outbound) + ANSWERED * min(inbound, outbound)


@algorithm(
    reads=("knows.in", "knows.out"),
    reference="design formulas §2: 2·min(in, out)/(in + out)",
)
def reciprocity(sums: Sums) -> float | None:
    """Returns the balance of the emails of a tie: 1 if both send as much, 0 if only one does, None without emails.

    >>> reciprocity(Sums(0.0, 3.0, 1.0, 0, 0, 3, 1, 0.0, 0.0, 0.0))
    0.5
    """
    mail = sums.inbound + sums.outbound
    return 2.0 * min(sums.inbound, sums.outbound) / mail if mail > 0.0 else None


@algorithm(reads=("knows.both", "knows.in", "knows.out", "knows.asOf"), reference=DEFINITION)
def strength(sums: Sums, at: Moment, k: float, half_life_days: float = HALF_LIFE_DAYS) -> Strength:
    """Returns the score of a tie at a point in time: 100·(1 - e^(-raw/k)), with the terms that add up to it.

    With only emails in one direction, the score is capped at 40. The points of the saturating curve
    are shared among the terms in proportion to what each adds to `raw`; the sum of `terms[i].value` is the score.

    Args:
        sums: the sums of the tie; the function decays them to `at`.
        at: the point in time; a time before `sums.as_of` counts as `as_of`.
        k: the raw sum at which a score reaches 63.2 points, see `half_median_k`.
        half_life_days: the days after which an activity counts half.

    Raises:
        ValueError: `k` or the half-life is not positive and finite.

    >>> met = Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0)
    >>> now = strength(met, at=90 * DAY, k=1.5 / math.log(2))
    >>> round(now.score, 9), now.band.name, now.terms[0].message
    (50.0, 'FAIR', '1 meeting, worth 1.5 now; last contact 90 days ago')
    """
    now = decay(sums, at, half_life_days)
    total = raw(now)
    free = _uncapped(total, k)
    points = _capped(free, now.both, now.inbound, now.outbound)
    terms = _terms(now, total, free)
    if points < free:
        terms += (
            Term(
                "oneWayCap",
                points - free,
                "only mail in one direction: capped at 40",
            ),
        )
    return Strength(points, band(points), total, terms, reciprocity(now))


@algorithm(reads=("knows.both", "knows.in", "knows.out", "knows.asOf"), reference=DEFINITION)
def score(sums: Sums, at: Moment, k: float, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """Returns the score that `strength` returns, without the terms.

    >>> round(score(Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0), 90 * DAY, 1.5 / math.log(2)), 9)
    50.0
    """
    return score_of(sums.both, sums.inbound, sums.outbound, seconds(at) - sums.as_of, k, half_life_days)


@algorithm(reads=("knows.both", "knows.in", "knows.out", "knows.asOf"), reference=DEFINITION)
def score_of(
    both: float, inbound: float, outbound: float, age: float, k: float, half_life_days: float = HALF_LIFE_DAYS
) -> float:
    """Returns the score of a tie whose sums are not in an object, exactly as `score` does.

    Args:
        both: the sum of meetings and calls.
        inbound: the sum of received emails.
        outbound: the sum of sent emails.
        age: the seconds since the time of the sums; a negative age counts as 0.
        k: see `strength`.
        half_life_days: see `strength`.

    Raises:
        ValueError: `k` or the half-life is not positive and finite.

    >>> round(score_of(3.0, 0.0, 0.0, 90 * DAY, 1.5 / math.log(2)), 9)
    50.0
    """
    left = remaining_share(max(age, 0.0), half_life_days)
    both, inbound, outbound = both * left, inbound * left, outbound * left
    return _capped(_uncapped(_raw(both, inbound, outbound), k), both, inbound, outbound)


def _uncapped(total: float, k: float) -> float:
    if not 0.0 < k < math.inf:
        raise ValueError(f"k must be positive and finite; got {k}")
    return -100.0 * math.expm1(-total / k)


def _capped(free: float, both: float, inbound: float, outbound: float) -> float:
    one_way = both == 0.0 and min(inbound, outbound) == 0.0
    return min(free, ONE_WAY_CAP) if one_way else free


@algorithm(reads=(), reference="Dynamics 365 relationship analytics: bands at 60 and 40")
def band(score: float) -> Band:
    """Returns the band of a score from 0 to 100.

    >>> band(60).name, band(59.9).name, band(0).name
    ('GOOD', 'FAIR', 'POOR')
    """
    if score >= WELL_KNOWN:
        return Band.GOOD
    return Band.FAIR if score >= KNOWN else Band.POOR


@algorithm(
    reads=("raw",),
    reference="design formulas §1: the population median of active ties is 50",
)
def half_median_k(raws: Iterable[float]) -> float:
    """Returns the k at which the median raw sum scores exactly 50: median / ln 2.

    Args:
        raws: the raw sums of the active ties, all as of the same time; sums of 0 are ignored.

    Raises:
        ValueError: no raw sum is positive.

    >>> round(half_median_k([1.0, 2.0, 8.0, 0.0]) * math.log(2), 12)
    2.0
    """
    active = [value for value in raws if value > 0.0]
    if not active:
        raise ValueError("the median needs at least one positive raw sum")
    return statistics.median(active) / math.log(2.0)


def _terms(now: Sums, total: float, free: float) -> tuple[Term, ...]:
    points = free / total if total > 0.0 else 0.0
    mail = ONE_WAY * (now.inbound + now.outbound)
    answered = ANSWERED * min(now.inbound, now.outbound)
    met = " and ".join(text for text in (_many(now.meetings, "meeting"), _many(now.calls, "call")) if text)
    sent = " and ".join(
        text
        for text in (
            now.out_count and f"{_many(now.out_count, 'mail')} sent",
            now.in_count and f"{_many(now.in_count, 'mail')} received",
        )
        if text
    )
    even = reciprocity(now)
    answer = "no mail" if even is None else "mail in one direction only" if answered == 0.0 else None
    last = f"last contact {_days((now.as_of - now.last_at) / DAY)} ago"
    return (
        Term(
            "meetingsAndCalls",
            now.both * points,
            f"{met}, worth {now.both:.3g} now; {last}" if met else "never met",
        ),
        Term(
            "mail",
            mail * points,
            f"{sent}, worth {mail:.3g} now; {last}" if sent else "no mail",
        ),
        Term(
            "answeredMail",
            answered * points,
            answer or f"mail in both directions (reciprocity {even:.2f}), worth {answered:.3g} more",
        ),
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""


def _days(days: float) -> str:
    return "less than a day" if days < 1.0 else _many(int(days), "day")
