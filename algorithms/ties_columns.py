"""Computes the same ties as `ties`, from columns: millions of participations in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algorithms.interactions import ATTENDING, DEFINITION, RECEIVING, SENDING, USUAL, Kind, Weights
from algorithms.moment import DAY, Moment, seconds
from algorithms.registry import algorithm
from algorithms.strength import ANSWERED, HALF_LIFE_DAYS, ONE_WAY, ONE_WAY_CAP

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_KIND: Mapping[str, int] = {Kind.MEETING: 0, Kind.CALL: 1, Kind.EMAIL: 2}
_SENDER, _RECEIVER, _ATTENDEE = 0, 1, 2
_ROLE: Mapping[str, int] = {
    **dict.fromkeys(ATTENDING, _ATTENDEE),
    **dict.fromkeys(RECEIVING, _RECEIVER),
    **dict.fromkeys(SENDING, _SENDER),
}
_BOTH, _IN, _OUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class KnowsColumns:
    """Ties as equally long columns, ordered by (source, target); parties are positions in the given `uids`.

    `last_at` is also the moment the sums are as of. Moments are epoch seconds.
    """

    source: Ints
    target: Ints
    both: Floats
    inbound: Floats
    outbound: Floats
    meetings: Ints
    calls: Ints
    in_count: Ints
    out_count: Ints
    first_at: Floats
    last_at: Floats

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class _Steps:
    """A row for each activity and pair: the parties, the kind, the time and the value at that time."""

    source: Ints
    target: Ints
    way: Ints
    kind: Ints
    at: Floats
    value: Floats

    @staticmethod
    def joined(parts: Sequence[_Steps]) -> _Steps:
        return _Steps(
            np.concatenate([one.source for one in parts]),
            np.concatenate([one.target for one in parts]),
            np.concatenate([one.way for one in parts]),
            np.concatenate([one.kind for one in parts]),
            np.concatenate([one.at for one in parts]),
            np.concatenate([one.value for one in parts]),
        )


@dataclass(frozen=True, slots=True)
class _People:
    """The participants of each activity, each party once, and the range of rows of each activity."""

    party: Ints
    sends: NDArray[np.bool_]
    activity: Ints
    start: Ints
    size: Ints


@algorithm(
    reads=(
        "activity.kind",
        "activity.at",
        "participation.role",
        "party.uid",
        "party.is_user",
    ),
    reference=DEFINITION,
)
def knows_from_columns(
    kinds: Sequence[str],
    at: Sequence[float] | Floats,
    activity: Sequence[int] | Ints,
    party: Sequence[int] | Ints,
    role: Sequence[str],
    uids: Sequence[str],
    is_user: Sequence[bool] | NDArray[np.bool_],
    *,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Weights = USUAL,
) -> KnowsColumns:
    """Computes all ties of many activities, each as of its own last activity, like `from_activities` but faster.

    The result does not depend on the order of the rows.

    Args:
        kinds: per activity, MEETING, CALL or EMAIL; activities of other kinds are ignored.
        at: per activity, epoch seconds.
        activity: per participation, a position in `kinds`.
        party: per participation, a position in `uids`.
        role: per participation, FROM, TO, CC, BCC, REQUIRED, OPTIONAL or ORGANIZER; other roles are ignored.
        uids: per party, its uid.
        is_user: per party, whether it is a user.
        half_life_days: the days after which an activity counts half.
        weights: the weight of each kind of activity.

    Raises:
        ValueError: columns of unequal length, a moment that is not finite, or a half-life that is not positive.

    >>> ties = knows_from_columns(
    ...     ["EMAIL", "CALL"], [0.0, 90 * DAY], [0, 0, 1, 1], [0, 1, 0, 1], ["FROM", "TO", "FROM", "TO"],
    ...     ["c1", "u1"], [False, True])
    >>> ties.source.tolist(), ties.target.tolist(), ties.both.round(3).tolist(), ties.inbound.round(3).tolist()
    ([1], [0], [1.414], [0.354])
    """
    if not half_life_days > 0.0:
        raise ValueError(f"a half-life of {half_life_days} days is not positive")
    when, users = np.asarray(at, np.float64), np.asarray(is_user, np.bool_)
    doing, who = np.asarray(activity, np.int64), np.asarray(party, np.int64)
    if len(when) != len(kinds) or len(users) != len(uids) or not len(doing) == len(who) == len(role):
        raise ValueError("the columns of activities, participations or parties are not equally long")
    if not np.isfinite(when).all():
        raise ValueError("an activity has a time that is not finite")
    kind = np.fromiter((_KIND.get(one, -1) for one in kinds), np.int64, len(kinds))
    part = np.fromiter((_ROLE.get(one, -1) for one in role), np.int64, len(role))
    people = _people(kind, doing, who, part)
    weight = np.array([weights.meeting, weights.call, weights.email])
    worth = weight[kind[people.activity]] / np.sqrt(people.size)
    steps = _oriented(
        _Steps.joined([*_met(people, kind, when, worth), *_mailed(people, kind, when, worth)]),
        uids,
        users,
    )
    return _summed(steps, half_life_days)


@algorithm(reads=("knows.both", "knows.in", "knows.out", "knows.asOf"), reference=DEFINITION)
def scores_from_columns(
    both: Sequence[float] | Floats,
    inbound: Sequence[float] | Floats,
    outbound: Sequence[float] | Floats,
    as_of: Sequence[float] | Floats,
    at: Moment,
    k: float,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Floats:
    """Computes the scores of many ties at one time: `strength(…).score` for each, without the terms.

    Args:
        both, inbound, outbound: per tie, the stored sums.
        as_of: per tie, the epoch seconds its sums are as of.
        at: the point in time.
        k: see `strength`.
        half_life_days: the days after which an activity counts half.

    Raises:
        ValueError: `k` or the half-life is not positive.

    >>> scores_from_columns([3.0], [0.0], [0.0], [0.0], 0.0, 3.0 / np.log(2)).round(9).tolist()
    [50.0]
    """
    if not (k > 0.0 and half_life_days > 0.0):
        raise ValueError(f"k is {k} and the half-life {half_life_days} days; both must be positive")
    age = np.maximum(seconds(at) - np.asarray(as_of, np.float64), 0.0)
    left = np.exp2(-age / (half_life_days * DAY))
    meet, read, wrote = (np.asarray(column, np.float64) * left for column in (both, inbound, outbound))
    least = np.minimum(read, wrote)
    free = -100.0 * np.expm1(-(meet + ONE_WAY * (read + wrote) + ANSWERED * least) / k)
    return np.where((meet == 0.0) & (least == 0.0), np.minimum(free, ONE_WAY_CAP), free)


def _people(kind: Ints, activity: Ints, party: Ints, role: Ints) -> _People:
    email = kind[activity] == _KIND[Kind.EMAIL]
    counted = (kind[activity] >= 0) & (role >= 0) & ~(email & (role == _ATTENDEE))
    activity, party, role = activity[counted], party[counted], role[counted]
    parties = int(party.max(initial=0)) + 1
    order = np.argsort((activity * parties + party) * 3 + role)  # a sender sorts before the same party as receiver
    activity, party, role = activity[order], party[order], role[order]
    fresh = np.ones(len(activity), np.bool_)
    fresh[1:] = (activity[1:] != activity[:-1]) | (party[1:] != party[:-1])
    activity, party, role = activity[fresh], party[fresh], role[fresh]
    which, start, size = np.unique(activity, return_index=True, return_counts=True)
    return _People(party, role == _SENDER, which, start, size)


def _met(people: _People, kind: Ints, at: Floats, worth: Floats) -> list[_Steps]:
    """Returns all pairs of each meeting or call, computed together for activities of the same size."""
    parts = []
    meets = kind[people.activity] != _KIND[Kind.EMAIL]
    for size in np.unique(people.size[meets & (people.size > 1)]):
        chosen = np.flatnonzero(meets & (people.size == size))
        table = people.party[people.start[chosen][:, None] + np.arange(size)]
        first, second = np.triu_indices(size, 1)
        count, which = len(first), people.activity[chosen]
        parts.append(
            _Steps(
                table[:, first].ravel(),
                table[:, second].ravel(),
                np.full(len(chosen) * count, _BOTH, np.int64),
                np.repeat(kind[which], count),
                np.repeat(at[which], count),
                np.repeat(worth[chosen], count),
            )
        )
    return parts


def _mailed(people: _People, kind: Ints, at: Floats, worth: Floats) -> list[_Steps]:
    """Returns the pairs of the sender and each receiver of each email; again for each further sender."""
    mails = kind[people.activity] == _KIND[Kind.EMAIL]
    holder = np.repeat(np.arange(len(people.activity)), people.size)
    sending = np.flatnonzero(people.sends & mails[holder])
    receiving = np.flatnonzero(~people.sends & mails[holder])
    senders = np.bincount(holder[sending], minlength=len(people.activity))
    first_sender = np.concatenate(([0], np.cumsum(senders)[:-1])) if len(senders) else senders
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    parts = [_Steps(none, none, none, none, nothing, nothing)]
    for nth in range(int(senders.max(initial=0))):
        rows = receiving[senders[holder[receiving]] > nth]
        mail = holder[rows]
        which = people.activity[mail]
        sender = people.party[sending[first_sender[mail] + nth]]
        out = np.full(len(rows), _OUT, np.int64)
        parts.append(_Steps(sender, people.party[rows], out, kind[which], at[which], worth[mail]))
    return parts


def _oriented(steps: _Steps, uids: Sequence[str], users: NDArray[np.bool_]) -> _Steps:
    rank = np.empty(len(uids), np.int64)
    rank[np.array(sorted(range(len(uids)), key=uids.__getitem__), np.int64)] = np.arange(len(uids))
    ours, theirs = users[steps.source], users[steps.target]
    turn = np.where(ours != theirs, theirs, rank[steps.source] > rank[steps.target])
    way = np.where(turn & (steps.way == _OUT), _IN, steps.way)
    source = np.where(turn, steps.target, steps.source)
    return _Steps(
        source,
        np.where(turn, steps.source, steps.target),
        way,
        steps.kind,
        steps.at,
        steps.value,
    )


def _summed(steps: _Steps, half_life_days: float) -> KnowsColumns:
    parties = int(steps.target.max(initial=0)) + 1
    order = np.lexsort((steps.value, steps.at, steps.source * parties + steps.target))
    source, target, at = steps.source[order], steps.target[order], steps.at[order]
    way, kind = steps.way[order], steps.kind[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    start = np.flatnonzero(fresh)
    if not len(start):
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return KnowsColumns(
            none,
            none,
            nothing,
            nothing,
            nothing,
            none,
            none,
            none,
            none,
            nothing,
            nothing,
        )
    last = np.append(start[1:], len(order)) - 1
    size = last - start + 1
    value = steps.value[order] * np.exp2((at - np.repeat(at[last], size)) / (half_life_days * DAY))

    def total(mask: NDArray[np.bool_]) -> Floats:
        return np.add.reduceat(np.where(mask, value, 0.0), start)

    def count(mask: NDArray[np.bool_]) -> Ints:
        return np.add.reduceat(mask.astype(np.int64), start)

    return KnowsColumns(
        source=source[start],
        target=target[start],
        both=total(way == _BOTH),
        inbound=total(way == _IN),
        outbound=total(way == _OUT),
        meetings=count(kind == _KIND[Kind.MEETING]),
        calls=count(kind == _KIND[Kind.CALL]),
        in_count=count(way == _IN),
        out_count=count(way == _OUT),
        first_at=at[start],
        last_at=at[last],
    )
