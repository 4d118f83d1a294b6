"""The buying committee of an opportunity: its seats, how well we know them, and the roles that are missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, NamedTuple

import numpy as np

from algorithms.health import effective_threads
from algorithms.moment import Moment
from algorithms.registry import algorithm
from algorithms.results import Ref
from algorithms.roles import Say, normal, say_of
from algorithms.strength import KNOWN, Sums, score

LEAST_DEALS = 30
MOST_TIES = 10
DAMPING = 0.85
DEFINITION = "explorer design §7.6; design formulas §2 (coverage, threads)"


class Stance(Enum):
    """The attitude of a person towards us in an opportunity."""

    ENEMY = "Works against us."
    NON_SUPPORTER = "Prefers others."
    NEUTRAL = "Neither for nor against us."
    SUPPORTER = "Prefers us."
    MENTOR = "Works for us."


@dataclass(frozen=True, slots=True)
class CommitteeTie:
    """The tie of one of our users to a person in a seat."""

    user: Annotated[str, Ref("User"), "The user."]
    strength: Annotated[float, "The strength, 0 to 100."]


@dataclass(frozen=True, slots=True)
class CommitteeSeat:
    """A person with a recorded role in an opportunity."""

    contact: Annotated[str, Ref("Contact"), "The person."]
    role: Annotated[str | None, "The main role; null if only an attitude is recorded."]
    roles: Annotated[tuple[str, ...], "All roles."]
    say: Annotated[Say | None, "What the person has to say, by the weightiest of the roles; null for other roles."]
    stance: Annotated[
        Stance | None, "The attitude towards us, read from the recorded text; null without a text that names one."
    ]
    influence: Annotated[
        float,
        "The person's share of the influence on those who decide, from 0 to 1: personalized PageRank on the recorded "
        "influences. 0 if nothing is recorded that leads from the person to a decider.",
    ]
    strength: Annotated[float | None, "The strength of our strongest tie to the person, 0 to 100; null without a tie."]
    known_by: Annotated[
        tuple[CommitteeTie, ...], f"The ties of our users to the person, strongest first, up to {MOST_TIES}."
    ]
    set_by: Annotated[
        str | None, Ref("User"), "The user who last set the role and the attitude; null if no event names a user."
    ]
    set_at: Annotated[datetime | None, "When the role was last set; the start of the role if no event tells."]
    note: Annotated[str | None, "The note that was made with the role."]


@dataclass(frozen=True, slots=True)
class MissingRole:
    """A role that most won deals of this size had filled, and that no person has here."""

    role: Annotated[str, "The role."]
    say: Annotated[Say | None, "What a person with the role has to say; null for other roles."]
    reason: Annotated[str, "The evidence in words."]
    won: Annotated[int, "The number of similar won deals that had the role filled."]
    lost: Annotated[int, "The number of similar lost deals that had the role filled."]


@dataclass(frozen=True, slots=True)
class SimilarDeals:
    """The recently closed deals of about the same size that the roles are compared with."""

    won: Annotated[int, "The number of won deals with a committee on record."]
    lost: Annotated[int, "The number of lost deals with a committee on record."]
    judged: Annotated[bool, f"True with at least {LEAST_DEALS} won and {LEAST_DEALS} lost deals."]
    why: Annotated[str | None, "The reason why the roles are not compared; null if they are."]


@dataclass(frozen=True, slots=True)
class Committee:
    """The number of seats in an opportunity, and of those that we know."""

    seats: Annotated[int, "The number of people with a recorded role."]
    known: Annotated[int, f"The number of them with a tie of at least {KNOWN:.0f} to one of us."]


@dataclass(frozen=True, slots=True)
class BuyingCommittee:
    """The people who decide on an opportunity, evaluate it or use what it sells, by their recorded roles."""

    opportunity: Annotated[str, Ref("Opportunity"), "The opportunity."]
    seats: Annotated[tuple[CommitteeSeat, ...], "The seats: those who decide first, then by strength."]
    missing: Annotated[
        tuple[MissingRole, ...], "The roles that are missing, the most common one first; empty if not compared."
    ]
    coverage: Annotated[float, f"The share of the seats with a tie of at least {KNOWN:.0f}, 0 to 1."]
    threads: Annotated[
        int, f"The number of our users through whom we know a seat: its strongest tie, of at least {KNOWN:.0f}."
    ]
    effective_threads: Annotated[
        float | None,
        "The number of equally strong threads that would be as concentrated: 1 / the sum of squared shares; null "
        "without a thread.",
    ]
    similar: Annotated[SimilarDeals, "The closed deals that the roles are compared with."]
    judged: Annotated[bool, "True if a role is recorded."]
    why: Annotated[str | None, "The reason why the committee is not judged; null if it is judged."]


class Part(NamedTuple):
    """A recorded role of a person."""

    role: str | None
    support: str | None
    is_primary: bool
    since: datetime | None
    note: str | None


class SeatTie(NamedTuple):
    """A tie of a user to the person in a seat."""

    user: str
    sums: Sums


class Member(NamedTuple):
    """A person with roles in an opportunity, the ties to our users, and the last event that set a role."""

    contact: str
    parts: Sequence[Part]
    ties: Sequence[SeatTie]
    set_by: str | None = None
    set_at: datetime | None = None


class ClosedDeals(NamedTuple):
    """The closed deals of a size: the roles of each with a committee, and the numbers of all."""

    won: Sequence[Collection[str]]
    lost: Sequence[Collection[str]]
    all_won: int


@algorithm(reads=("plays_role_in.*", "knows.*", "influences.weight"), reference=DEFINITION)
def buying_committee(
    opportunity: str,
    members: Iterable[Member],
    influences: Iterable[tuple[str, str, float]],
    closed: ClosedDeals,
    at: Moment,
    k: float,
) -> BuyingCommittee:
    """Returns the committee: a seat for each person with a role.

    Args:
        opportunity: the opportunity.
        members: the people with a role, each once.
        influences: who influences whom among them, with a weight above 0.
        closed: the closed deals of about the same size.
        at: the point in time.
        k: see `algorithms.strength.strength`.

    >>> import math
    >>> met = Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0)
    >>> seat = Member("c", [Part("Decision maker", "Mentor", True, None, None)], [SeatTie("u", met)])
    >>> found = buying_committee("o", [seat], [], ClosedDeals([], [], 198), 0.0, 3.0 / math.log(2))
    >>> found.coverage, found.threads, found.seats[0].stance.name, found.similar.why.partition(";")[0]
    (1.0, 1, 'MENTOR', 'None of the 198 won deals of this size has a committee on record')
    """
    known = list(members)
    deciders = [one.contact for one in known if _say(one.parts) is Say.DECIDES]
    shares = reach(influences, deciders)
    seats = [_seat(one, shares.get(one.contact, 0.0), at, k) for one in known]
    seats.sort(key=lambda seat: (seat.contact not in deciders, -(seat.strength or 0.0), seat.contact))
    threads: defaultdict[str, float] = defaultdict(float)
    for seat in seats:
        if seat.strength is not None and seat.strength >= KNOWN:
            threads[seat.known_by[0].user] += seat.strength
    covered = committee(known, at, k).known
    similar = _similar(closed)
    return BuyingCommittee(
        opportunity=opportunity,
        seats=tuple(seats),
        missing=missing_roles({role for seat in seats for role in seat.roles}, closed) if similar.judged else (),
        coverage=covered / len(seats) if seats else 0.0,
        threads=len(threads),
        effective_threads=effective_threads(threads.values()),
        similar=similar,
        judged=bool(seats),
        why=None if seats else "No role of a person is recorded for this opportunity.",
    )


@algorithm(reads=("plays_role_in.*", "knows.*"), reference=DEFINITION)
def committee(members: Iterable[Member], at: Moment, k: float) -> Committee:
    """Returns the number of seats and of known seats.

    >>> committee([Member("c", [], [])], 0.0, 1.15)
    Committee(seats=1, known=0)
    """
    best = [max((score(tie.sums, at, k) for tie in one.ties), default=0.0) for one in members]
    return Committee(len(best), sum(one >= KNOWN for one in best))


@algorithm(
    reads=("influences.weight",),
    reference="design formulas §9: personalized PageRank on reversed influence, restart at the deciders, d = 0.85",
)
def reach(
    influences: Iterable[tuple[str, str, float]], deciders: Collection[str], damping: float = DAMPING
) -> dict[str, float]:
    """Returns each person's share of the influence on those who decide; empty without influence or deciders.

    It is the stationary distribution of a walk that follows influence backwards, in proportion to its weights, and
    starts again at a decider with probability 1 - damping, and where nothing leads further.

    Args:
        influences: who influences whom, with a weight; those with a weight of 0 are ignored.
        deciders: the people who decide.
        damping: the probability to follow an influence.

    >>> edges = [("champion", "cfo", 0.8), ("analyst", "champion", 0.9), ("it", "cfo", 0.4), ("cfo", "ceo", 0.9),
    ...          ("blocker", "ceo", 0.3), ("analyst", "it", 0.5)]
    >>> shares = reach(edges, ["ceo"])
    >>> [round(shares[one], 4) for one in ("analyst", "champion", "cfo", "blocker")]
    [0.1615, 0.1266, 0.2235, 0.0745]
    """
    weights = [one for one in influences if one[2] > 0.0]
    people = sorted({end for start, to, _ in weights for end in (start, to)} | set(deciders))
    if not weights or not deciders:
        return {}
    place = {one: at for at, one in enumerate(people)}
    restart = np.zeros(len(people))
    restart[[place[one] for one in set(deciders)]] = 1.0 / len(set(deciders))
    steps = np.zeros((len(people), len(people)))
    for start, to, weight in weights:
        steps[place[start], place[to]] += weight
    totals = steps.sum(axis=0)
    steps[:, totals == 0.0] = restart[:, None]
    steps[:, totals > 0.0] /= totals[totals > 0.0]
    shares = np.linalg.solve(np.eye(len(people)) - damping * steps, (1.0 - damping) * restart)
    return dict(zip(people, shares.tolist(), strict=True))


@algorithm(reads=("opportunity.state", "plays_role_in.role"), reference=DEFINITION)
def missing_roles(present: Collection[str], closed: ClosedDeals) -> tuple[MissingRole, ...]:
    """Returns the roles that at least half of the won deals had filled, more often than the lost ones, but not this.

    Roles are compared without case, spaces, hyphens and underscores.

    >>> closed = ClosedDeals([["Champion", "Economic buyer"]] * 3, [["Champion"]] * 3, 3)
    >>> [(one.role, one.reason) for one in missing_roles({"CHAMPION"}, closed)]
    [('Economic buyer', '3 of 3 won deals of this size had one, and 0 of 3 lost deals.')]
    """
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    filled = []
    for deals in (closed.won, closed.lost):
        counts: Counter[str] = Counter()
        for roles in deals:
            counts.update({normal(role) for role in roles})
            for role in roles:
                names[normal(role)][role] += 1
        filled.append(counts)
    won, lost = filled
    here = {normal(role) for role in present}
    found = []
    for role, times in won.items():
        often = times * 2 >= len(closed.won) and times * len(closed.lost) > lost[role] * len(closed.won)
        if role not in here and often:
            (name, _) = min(names[role].items(), key=lambda one: (-one[1], one[0]))
            reason = (
                f"{times} of {len(closed.won)} won deals of this size had one, "
                f"and {lost[role]} of {len(closed.lost)} lost deals."
            )
            found.append(MissingRole(name, say_of(name), reason, times, lost[role]))
    return tuple(sorted(found, key=lambda one: (-one.won, one.role)))


@algorithm(reads=("plays_role_in.support",), reference="explorer design §7.6")
def stance(support: str | None) -> Stance | None:
    """Returns the stance that a text names; None for another text.

    >>> stance("Non-supporter"), stance("unclear")
    (<Stance.NON_SUPPORTER: 'Prefers others.'>, None)
    """
    return None if support is None else _STANCES.get(normal(support))


_STANCES: Mapping[str, Stance] = {normal(one.name): one for one in Stance}


def _say(parts: Iterable[Part]) -> Say | None:
    found = {say_of(part.role) for part in parts}
    return next((say for say in Say if say in found), None)


def _seat(member: Member, influence: float, at: Moment, k: float) -> CommitteeSeat:
    parts = sorted(
        member.parts,
        key=lambda part: (
            not part.is_primary,
            say_of(part.role) is not Say.DECIDES,
            part.role is None,
            part.role or "",
        ),
    )
    ties = sorted((-score(tie.sums, at, k), tie.user) for tie in member.ties)
    known_by = tuple(CommitteeTie(user, 0.0 - strength) for strength, user in ties[:MOST_TIES])
    return CommitteeSeat(
        contact=member.contact,
        role=parts[0].role if parts else None,
        roles=tuple(dict.fromkeys(part.role for part in parts if part.role is not None)),
        say=_say(parts),
        stance=next((found for part in parts if (found := stance(part.support)) is not None), None),
        influence=influence,
        strength=known_by[0].strength if known_by else None,
        known_by=known_by,
        set_by=member.set_by,
        set_at=member.set_at or max((part.since for part in parts if part.since is not None), default=None),
        note=next((part.note for part in parts if part.note is not None), None),
    )


def _similar(closed: ClosedDeals) -> SimilarDeals:
    won, lost = len(closed.won), len(closed.lost)
    if min(won, lost) >= LEAST_DEALS:
        return SimilarDeals(won, lost, judged=True, why=None)
    needed = f"{LEAST_DEALS} won and {LEAST_DEALS} lost deals with one are needed."
    if not won and closed.all_won:
        found = f"None of the {closed.all_won} won deals of this size has a committee on record"
    else:
        found = f"{won} won and {lost} lost deals of this size have a committee on record"
    return SimilarDeals(won, lost, judged=False, why=f"{found}; {needed}")
