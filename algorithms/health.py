"""The health of the relationship with an account: how well its key people are known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, NamedTuple

from algorithms.interactions import Contribution
from algorithms.moment import DAY, Moment, seconds
from algorithms.registry import algorithm
from algorithms.results import Ref
from algorithms.strength import KNOWN, Band, Sums, Term, band, score
from algorithms.ties import sums_at

THREAD = 30.0
"""The strength above which a person counts as a thread."""

WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first Monday after the epoch."""

TREND_WEEKS = 13
TREND_POINTS = 5.0

DEFINITION = "design formulas §1 and §2; Altify (coverage), Breadbox (threads), Herfindahl (effective threads)"


class Trend(Enum):
    """The change of a score over the last 13 weeks. With an account whose score is falling, we are losing touch."""

    RISING = "Higher by at least 5 points."
    STEADY = "Within 5 points."
    FALLING = "Lower by at least 5 points."


class UserTie(NamedTuple):
    """A person's tie to one of our users: its sums, and the activities behind it if the past is needed."""

    user: str
    sums: Sums | None
    contributions: Sequence[Contribution] = ()


class PersonTies(NamedTuple):
    """A person with the ties to our users; the weight of a person who is not a key person is None."""

    uid: str
    name: str | None
    weight: int | None
    ties: Sequence[UserTie]


@dataclass(frozen=True, slots=True)
class KeyPerson:
    """A person who decides, champions or influences, by a recorded role."""

    contact: Annotated[str, Ref("Contact"), "The person."]
    weight: Annotated[int, "The weight: 3 for a decision maker or a champion, 2 for an influencer."]
    strength: Annotated[float | None, "The strength of our strongest tie to the person, 0 to 100; null without a tie."]
    known_by: Annotated[str | None, Ref("User"), "The user with the strongest tie; null without a tie."]


@dataclass(frozen=True, slots=True)
class HealthPoint:
    """The health at a point in time."""

    at: Annotated[datetime, "The point in time."]
    score: Annotated[float, "The score with the ties of that time, for the key people of today."]


@dataclass(frozen=True, slots=True)
class RelationshipHealth:
    """The strength of our relationships with the key people of an account or of a group."""

    score: Annotated[
        float | None,
        "The strength of our best tie to each key person, 0 to 100, as a mean weighted by role; null if not judged.",
    ]
    band: Annotated[Band | None, "The band of the score; null if not judged."]
    trend: Annotated[Trend | None, "The change of the score over the last 13 weeks; null if not judged."]
    coverage: Annotated[
        float | None,
        f"The share of the key people with a tie of at least {KNOWN:.0f}, from 0 to 1; null without a key person.",
    ]
    threads: Annotated[int, f"The number of people with a tie above {THREAD:.0f}, including people without a key role."]
    effective_threads: Annotated[
        float | None,
        "The number of equally strong ties that would be as concentrated: 1 / the sum of squared shares; null "
        "without a tie.",
    ]
    key_people: Annotated[tuple[KeyPerson, ...], "The key people, those with the strongest tie first."]
    terms: Annotated[
        tuple[Term, ...], "The points that each key person contributes; they add up to the score. Empty if not judged."
    ]
    history: Annotated[
        tuple[HealthPoint, ...],
        "The score at the start of each week (Monday, UTC) and, last, at the requested time. Empty if not judged.",
    ]
    quarter_ago: Annotated[
        HealthPoint | None, "The health 13 weeks before, with which the trend compares the score; null if not judged."
    ]
    judged: Annotated[bool, "True if there is enough evidence for a score."]
    why: Annotated[str | None, "The reason why the health is not judged; null if it is judged."]


class _Best(NamedTuple):
    """A person's strongest tie."""

    strength: float | None
    user: str | None


@algorithm(reads=("knows.*", "person.weight", "activity.at"), reference=DEFINITION)
def health(
    people: Iterable[PersonTies], at: Moment, k: float, *, weeks: int = 26, past: bool = True
) -> RelationshipHealth:
    """Returns the health: the sum of weight · best strength over the key people, divided by the sum of the weights.

    A key person without a tie counts with 0. The health is not judged if there is no key person, or if none of the
    people has a tie to a user.

    Args:
        people: the people of the account or the group, each once.
        at: the point in time.
        k: see `strength`.
        weeks: the number of points of the history.
        past: whether to compute the history and the trend, for which the ties need their contributions.

    >>> met = Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0)
    >>> people = [PersonTies("c1", "Ann", 3, [UserTie("u", met)]), PersonTies("c2", "Bo", 2, [])]
    >>> found = health(people, 0.0, 3.0 / math.log(2), past=False)
    >>> round(found.score, 9), found.coverage, [term.message for term in found.terms]
    (30.0, 0.5, ['strength 50, weight 3 of 5', 'no tie, weight 2 of 5'])
    """
    known = sorted(people, key=lambda person: person.uid)
    best = {person.uid: _best(person, at, k) for person in known}
    key = [person for person in known if person.weight]
    key.sort(key=lambda person: _order(best[person.uid], person))
    strengths = [found.strength for found in best.values() if found.strength is not None]
    why = _missing(key, strengths)
    terms = _terms(key, best) if why is None else ()
    value = None if why else min(max(math.fsum(term.value for term in terms), 0.0), 100.0)
    history, before = _past(key, seconds(at), k, weeks, value) if past and value is not None else ((), None)
    covered = sum((best[person.uid].strength or 0.0) >= KNOWN for person in key)
    return RelationshipHealth(
        score=value,
        band=None if value is None else band(value),
        trend=None if value is None or before is None else _trend(value - before.score),
        coverage=covered / len(key) if key else None,
        threads=sum(one > THREAD for one in strengths),
        effective_threads=effective_threads(strengths),
        key_people=tuple(KeyPerson(one.uid, one.weight or 0, *best[one.uid]) for one in key),
        terms=terms,
        history=history,
        quarter_ago=before,
        judged=why is None,
        why=why,
    )


@algorithm(reads=("strength",), reference="design formulas §2: 1 / HHI (Herfindahl)")
def effective_threads(strengths: Iterable[float]) -> float | None:
    """Returns the number of equally strong ties with the same concentration; None if no strength is above 0.

    >>> round(effective_threads([70, 20, 10]), 3)
    1.852
    """
    found = [one for one in strengths if one > 0.0]
    total = math.fsum(found)
    return 1.0 / math.fsum((one / total) ** 2 for one in found) if found else None


@algorithm(reads=(), reference="ISO 8601: a week starts on Monday")
def week_starts(at: Moment, weeks: int) -> list[float]:
    """Returns `weeks` times in ascending order: the starts of the weeks up to a time, and the time itself.

    >>> [datetime.fromtimestamp(one, UTC).strftime("%a %d %b") for one in week_starts(20 * DAY, 3)]
    ['Mon 12 Jan', 'Mon 19 Jan', 'Wed 21 Jan']
    """
    end = seconds(at)
    last = math.ceil((end - MONDAY) / WEEK - 1) * WEEK + MONDAY
    return [*(last - WEEK * back for back in range(weeks - 2, -1, -1)), end]


def _best(person: PersonTies, at: Moment, k: float) -> _Best:
    scored = [(-score(tie.sums, at, k), tie.user) for tie in person.ties if tie.sums is not None]
    if not scored:
        return _Best(None, None)
    strength, user = min(scored)
    return _Best(0.0 - strength, user)


def _order(found: _Best, person: PersonTies) -> tuple[bool, float, int, str]:
    return found.strength is None, -(found.strength or 0.0), -(person.weight or 0), person.uid


def _missing(key: Sequence[PersonTies], strengths: Sequence[float]) -> str | None:
    if not key:
        return "No person here is recorded as a decision maker, a champion or an influencer."
    return None if strengths else "No activity between one of us and anyone here is recorded."


def _terms(key: Sequence[PersonTies], best: Mapping[str, _Best]) -> tuple[Term, ...]:
    total = sum(person.weight or 0 for person in key)
    found = []
    for person in key:
        strength, weight = best[person.uid].strength, person.weight or 0
        tie = "no tie" if strength is None else f"strength {strength:.3g}"
        points = (strength or 0.0) * weight / total
        found.append(Term(person.name or person.uid, points, f"{tie}, weight {weight} of {total}"))
    return tuple(found)


def _past(
    key: Sequence[PersonTies], at: float, k: float, weeks: int, now: float
) -> tuple[tuple[HealthPoint, ...], HealthPoint]:
    """Returns the history, of which the last point is the current score, and the point 13 weeks before."""
    points = week_starts(at, weeks)[:-1]
    before = at - TREND_WEEKS * WEEK
    moments = sorted({*points, before})
    values = dict(zip(moments, _scores(key, moments, k), strict=True))
    history = [_point(one, values[one]) for one in points]
    return (*history, _point(at, now)), _point(before, values[before])


def _point(at: float, value: float) -> HealthPoint:
    return HealthPoint(datetime.fromtimestamp(at, UTC), value)


def _trend(change: float) -> Trend:
    return Trend.RISING if change >= TREND_POINTS else Trend.FALLING if change <= -TREND_POINTS else Trend.STEADY


def _scores(key: Sequence[PersonTies], moments: Sequence[float], k: float) -> list[float]:
    """Returns the score at each time, for the key people of today."""
    total = sum(person.weight or 0 for person in key)
    points: list[list[float]] = [[] for _ in moments]
    for person in key:
        best = [0.0] * len(moments)
        for tie in person.ties:
            for place, sums in enumerate(sums_at(tie.contributions, moments)):
                if sums is not None:
                    best[place] = max(best[place], score(sums, moments[place], k))
        for place, strength in enumerate(best):
            points[place].append(strength * (person.weight or 0) / total)
    return [math.fsum(one) for one in points]
