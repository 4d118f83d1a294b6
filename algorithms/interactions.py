"""The contribution of an activity to the tie of each pair of its participants."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from algorithms.moment import Moment, seconds
from algorithms.registry import algorithm

DEFINITION = "design formulas §1, proposed formula; type weights as in Dynamics 365 relationship analytics"


class Kind(StrEnum):
    """The kinds of activity that contribute to ties."""

    MEETING = "MEETING"
    CALL = "CALL"
    EMAIL = "EMAIL"


class Way(StrEnum):
    """The sum of a tie that an activity adds to, as seen from the tie's first party."""

    BOTH = "both"
    IN = "in"
    OUT = "out"


KINDS: Mapping[str, Kind] = {
    "Appointment": Kind.MEETING,
    "PhoneCall": Kind.CALL,
    "Email": Kind.EMAIL,
}
"""The kind of each label of activity; other labels do not contribute to ties."""

SENDING = frozenset({"FROM"})
RECEIVING = frozenset({"TO", "CC", "BCC"})
ATTENDING = SENDING | RECEIVING | {"REQUIRED", "OPTIONAL", "ORGANIZER"}


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of a new activity of each kind; adjustable by up to a half in both directions."""

    meeting: float = 3.0
    call: float = 2.0
    email: float = 1.0

    def __post_init__(self) -> None:
        for name, usual in (("meeting", 3.0), ("call", 2.0), ("email", 1.0)):
            weight = getattr(self, name)
            if not 0.5 * usual <= weight <= 1.5 * usual:
                raise ValueError(f"the weight of a {name} must be from {0.5 * usual} to {1.5 * usual}; got {weight}")

    def of(self, kind: Kind) -> float:
        """Returns the weight of a kind."""
        if kind is Kind.MEETING:
            return self.meeting
        return self.call if kind is Kind.CALL else self.email


USUAL = Weights()


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant of an activity: uid, role, and whether the party is a user."""

    uid: str
    role: str
    is_user: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity: its kind, its time and its participants (a party may have several roles)."""

    kind: Kind
    at: Moment
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """The contribution of an activity to a tie: `value` as of `at` (seconds), to the sum `way`."""

    source: str
    target: str
    kind: Kind
    way: Way
    at: float
    value: float


@algorithm(reads=("activity.kind", "activity.participants"), reference=DEFINITION)
def value(kind: Kind, participants: int, weights: Weights = USUAL) -> float:
    """Returns the value of an activity for each pair at the time of the activity: weight · participants^(-1/2).

    Args:
        kind: the kind of activity.
        participants: the number of different parties, 2 or more.
        weights: the weight of each kind of activity.

    Raises:
        ValueError: fewer than two participants.

    >>> value(Kind.MEETING, 4)
    1.5
    """
    if participants < 2:
        raise ValueError(f"an activity needs at least 2 participants; got {participants}")
    return weights.of(kind) / math.sqrt(participants)


@algorithm(
    reads=("party.uid", "party.is_user"),
    reference="design domain §3, KNOWS: one edge a pair",
)
def runs_from_first(first: Participant, second: Participant) -> bool:
    """Returns True if the tie between two parties runs from the first one to the second.

    If exactly one party is a user, the tie runs from the user; otherwise from the lower uid.

    >>> runs_from_first(Participant("b", "TO", is_user=True), Participant("a", "FROM"))
    True
    """
    if first.is_user != second.is_user:
        return first.is_user
    return first.uid < second.uid


@algorithm(
    reads=("activity.kind", "activity.at", "activity.participants"),
    reference=DEFINITION,
)
def pairs(activity: Activity, weights: Weights = USUAL) -> list[Contribution]:
    """Returns the contributions of an activity, one for each pair, ordered by the uids of the ties.

    A meeting or a call counts for each pair of attendees. An email counts for its sender with each receiver (TO, CC,
    BCC), but not between receivers; a sender who is also a receiver counts as sender only. Parties with other roles
    (REGARDING, OWNER, RESOURCE, CUSTOMER) do not count as participants.

    Args:
        activity: the activity; every party counts once, whatever the number of its roles.
        weights: the weight of each kind of activity.

    Returns:
        one contribution for each pair; an empty list with fewer than two participants.

    >>> mail = Activity(Kind.EMAIL, 0.0, (Participant("c1", "FROM"), Participant("u1", "TO", is_user=True)))
    >>> [(one.source, one.target, one.way.value, round(one.value, 3)) for one in pairs(mail)]
    [('u1', 'c1', 'in', 0.707)]
    """
    at = seconds(activity.at)
    mail = activity.kind is Kind.EMAIL
    counted = SENDING | RECEIVING if mail else ATTENDING
    people = {one.uid: one for one in activity.participants if one.role in counted}
    if len(people) < 2:
        return []
    worth = value(activity.kind, len(people), weights)
    senders = {one.uid for one in activity.participants if one.role in SENDING}
    ties = _mail_ties(people, senders) if mail else _meeting_ties(people)
    found = [Contribution(source, target, activity.kind, way, at, worth) for source, target, way in ties]
    return sorted(found, key=lambda one: (one.source, one.target))


def _meeting_ties(people: dict[str, Participant]) -> Iterator[tuple[str, str, Way]]:
    attending = list(people.values())
    for position, first in enumerate(attending):
        for second in attending[position + 1 :]:
            forth = runs_from_first(first, second)
            yield ((first.uid, second.uid, Way.BOTH) if forth else (second.uid, first.uid, Way.BOTH))


def _mail_ties(people: dict[str, Participant], senders: set[str]) -> Iterator[tuple[str, str, Way]]:
    for sender in (people[uid] for uid in people if uid in senders):
        for receiver in (people[uid] for uid in people if uid not in senders):
            forth = runs_from_first(sender, receiver)
            yield ((sender.uid, receiver.uid, Way.OUT) if forth else (receiver.uid, sender.uid, Way.IN))
