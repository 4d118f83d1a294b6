"""Measuring in turns: everything warmed first, then short rounds, so that what else the machine does hits all alike."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.load import Sample, drive
from bench.questions import Question
from bench.servers import Say, Served

MANY, SINGLE = 8, 1


@dataclass(frozen=True, slots=True)
class Pace:
    """How long: seconds of warming for each server and question, rounds, seconds of each at 8 and at 1 connection."""

    warm: float = 8.0
    rounds: int = 7
    many: float = 3.0
    single: float = 1.5


QUICK = Pace(warm=2.0, rounds=3, many=1.0, single=0.5)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the rounds, with the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of these values; at least one."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(slots=True)
class Rounds:
    """The rounds of one server and question: samples at 8 and at 1 connection, processor seconds a request."""

    many: list[Sample] = field(default_factory=list)
    single: list[Sample] = field(default_factory=list)
    burnt: list[float] = field(default_factory=list)


Measured = Mapping[tuple[str, str], Rounds]
Asked = Mapping[tuple[str, str], list[bytes]]


def measured(servers: Sequence[Served], questions: Sequence[Question], asked: Asked, pace: Pace, say: Say) -> Measured:
    """Every server and question by (question key, server name); `asked` holds the requests by the same keys.

    Raises BrokenError or OSError when a server fails.
    """
    for question in questions:
        for served in servers:
            say(f"warming {served.name}: {question.title}")
            drive(served.port, asked[question.key, served.name], connections=MANY, seconds=pace.warm)
    found = {(question.key, served.name): Rounds() for question in questions for served in servers}
    for turn in range(pace.rounds):
        say(f"round {turn + 1} of {pace.rounds}")
        for question in questions:
            first = turn % len(servers)
            for served in (*servers[first:], *servers[:first]):
                requests, rounds = asked[question.key, served.name], found[question.key, served.name]
                before = served.burnt()
                sample = drive(served.port, requests, connections=MANY, seconds=pace.many)
                after = served.burnt()
                rounds.many.append(sample)
                if before is not None and after is not None:
                    rounds.burnt.append((after - before) / sample.requests)
                rounds.single.append(drive(served.port, requests, connections=SINGLE, seconds=pace.single))
    return found


def rates(rounds: Rounds) -> Spread:
    """Requests a second at 8 connections."""
    return Spread.of([one.rate for one in rounds.many])


def medians(rounds: Rounds, *, many: bool = False) -> Spread:
    """The median latency in milliseconds, at 1 connection or at 8."""
    return Spread.of([one.median * 1e3 for one in (rounds.many if many else rounds.single)])


def times_faster(mine: Rounds, theirs: Rounds) -> Spread:
    """How many times the requests a second of theirs, round by round, at 8 connections."""
    return Spread.of([one.rate / other.rate for one, other in zip(mine.many, theirs.many, strict=True)])
