"""Computes ties from activities: one activity at a time, or all at once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from algorithms.interactions import DEFINITION, KINDS, USUAL, Activity, Contribution, Kind, Way, Weights, pairs, value
from algorithms.moment import Moment, seconds
from algorithms.registry import algorithm
from algorithms.strength import HALF_LIFE_DAYS, Sums, decay, remaining_share


@algorithm(
    reads=("knows.*", "activity.kind", "activity.at", "activity.participants"),
    reference=DEFINITION,
)
def add(
    sums: Sums | None,
    contribution: Contribution,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Sums:
    """Adds an activity to a tie, in constant time.

    Args:
        sums: the current sums; None for the first activity.
        contribution: the contribution of the activity, which may be earlier or later than `sums.as_of`.
        half_life_days: the days after which an activity counts half.

    Returns:
        the sums as of the later of `sums.as_of` and the activity.

    Raises:
        ValueError: a half-life that is not positive.

    >>> first = add(None, Contribution("u", "c", Kind.CALL, Way.BOTH, 0.0, 2.0))
    >>> later = add(first, Contribution("u", "c", Kind.CALL, Way.BOTH, 90 * 86_400.0, 2.0))
    >>> later.both, later.calls, later.as_of == later.last_at
    (3.0, 2, True)
    """
    at = contribution.at
    before = sums if sums is not None else Sums(0.0, 0.0, 0.0, 0, 0, 0, 0, at, at, at)
    now = decay(before, at, half_life_days)
    worth = contribution.value * remaining_share(now.as_of - at, half_life_days)
    way, kind = contribution.way, contribution.kind
    return Sums(
        both=now.both + (worth if way is Way.BOTH else 0.0),
        inbound=now.inbound + (worth if way is Way.IN else 0.0),
        outbound=now.outbound + (worth if way is Way.OUT else 0.0),
        meetings=now.meetings + (kind is Kind.MEETING),
        calls=now.calls + (kind is Kind.CALL),
        in_count=now.in_count + (way is Way.IN),
        out_count=now.out_count + (way is Way.OUT),
        first_at=min(now.first_at, at),
        last_at=max(now.last_at, at),
        as_of=now.as_of,
    )


@algorithm(
    reads=("activity.kind", "activity.at", "activity.participants"),
    reference=DEFINITION,
)
def from_activities(
    activities: Iterable[Activity],
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Weights = USUAL,
) -> dict[tuple[str, str], Sums]:
    """Computes all ties of a set of activities, each as of its own last activity.

    The sums are exactly rounded, so the result does not depend on the order of the activities.

    Args:
        activities: each activity once; a repeated activity counts twice.
        half_life_days: the days after which an activity counts half.
        weights: the weight of each kind of activity.

    Returns:
        the sums of each tie by (first party's uid, second party's uid), ordered by them.

    Raises:
        ValueError: a half-life that is not positive, or a datetime without an offset.

    >>> from algorithms.interactions import Participant
    >>> met = Activity(Kind.MEETING, 0.0, (Participant("u1", "ORGANIZER", True), Participant("c1", "REQUIRED")))
    >>> {pair: round(sums.both, 3) for pair, sums in from_activities([met, met]).items()}
    {('u1', 'c1'): 4.243}
    """
    found: defaultdict[tuple[str, str], list[Contribution]] = defaultdict(list)
    for activity in activities:
        for one in pairs(activity, weights):
            found[one.source, one.target].append(one)
    return {pair: _summed(found[pair], half_life_days) for pair in sorted(found)}


Row = tuple[str, str, int, str, bool | None, int]
"""A contribution as it is read: the uids of the tie's parties, the time in epoch milliseconds, the label of the
activity, whether the first party sent the email (None for other activities), and the number of participants."""


@algorithm(reads=("activity.kind", "activity.at", "activity.participants"), reference=DEFINITION)
def contribution_of(row: Row, weights: Weights = USUAL) -> Contribution:
    """Returns the contribution of an activity to a tie, from the values of a read.

    >>> contribution_of(("u", "c", 1000, "Email", True, 4))
    Contribution(source='u', target='c', kind=<Kind.EMAIL: 'EMAIL'>, way=<Way.OUT: 'out'>, at=1.0, value=0.5)
    """
    source, target, at, label, wrote, participants = row
    kind = KINDS[label]
    way = Way.BOTH if wrote is None else Way.OUT if wrote else Way.IN
    return Contribution(source, target, kind, way, at / 1000, value(kind, participants, weights))


@algorithm(reads=("activity.kind", "activity.at", "activity.participants"), reference=DEFINITION)
def sums_at(
    contributions: Iterable[Contribution], moments: Sequence[Moment], half_life_days: float = HALF_LIFE_DAYS
) -> list[Sums | None]:
    """Returns the sums of one tie as they were at several times, from the activities up to each of them.

    Args:
        contributions: the contributions of one pair, in any order.
        moments: the times, in ascending order.
        half_life_days: the days after which an activity counts half.

    Returns:
        the sums for each time, as of the last activity before it; None before the first activity.

    Raises:
        ValueError: times that are not in ascending order, or a half-life that is not positive.

    >>> calls = [Contribution("u", "c", Kind.CALL, Way.BOTH, at, 2.0) for at in (10.0, 20.0)]
    >>> [sums and sums.calls for sums in sums_at(calls, [5.0, 10.0, 30.0])]
    [None, 1, 2]
    """
    times = [seconds(one) for one in moments]
    if times != sorted(times):
        raise ValueError("the times are not in ascending order")
    ahead = sorted(contributions, key=lambda one: one.at, reverse=True)
    sums: Sums | None = None
    found = []
    for time in times:
        while ahead and ahead[-1].at <= time:
            sums = add(sums, ahead.pop(), half_life_days)
        found.append(sums)
    return found


def _summed(contributions: list[Contribution], half_life_days: float) -> Sums:
    last = max(one.at for one in contributions)
    worth: dict[Way, list[float]] = {way: [] for way in Way}
    for one in contributions:
        worth[one.way].append(one.value * remaining_share(last - one.at, half_life_days))
    return Sums(
        both=math.fsum(worth[Way.BOTH]),
        inbound=math.fsum(worth[Way.IN]),
        outbound=math.fsum(worth[Way.OUT]),
        meetings=sum(one.kind is Kind.MEETING for one in contributions),
        calls=sum(one.kind is Kind.CALL for one in contributions),
        in_count=len(worth[Way.IN]),
        out_count=len(worth[Way.OUT]),
        first_at=min(one.at for one in contributions),
        last_at=last,
        as_of=last,
    )
