"""Measures the servers in turns of short rounds after a warmup, so that other load affects all of them alike."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from api.build import Notify
from bench.load import Sample, fetch, run_load
from bench.servers import RunningServer

MANY, SINGLE = 8, 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds of warmup per server and query, number of rounds, and seconds of a round at 8 and at 1 connection."""

    warmup: float = 8.0
    rounds: int = 7
    many: float = 3.0
    single: float = 1.5


QUICK = Schedule(warmup=2.0, rounds=3, many=1.0, single=0.5)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, minimum and maximum over the rounds."""

    median: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Returns the spread of one or more values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(slots=True)
class Rounds:
    """The rounds of one server and query: samples at 8 and at 1 connection, and CPU seconds per request."""

    many: list[Sample] = field(default_factory=list)
    single: list[Sample] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


class Named(Protocol):
    """A query with its key and its title."""

    @property
    def key(self) -> str:
        """The key of its results."""

    @property
    def title(self) -> str:
        """The title in tables."""


# By query key and server name.
Results = Mapping[tuple[str, str], Rounds]
Requests = Mapping[tuple[str, str], list[bytes]]


def measure(
    servers: Sequence[RunningServer], queries: Sequence[Named], requests: Requests, schedule: Schedule, notify: Notify
) -> Results:
    """Measures every query on every server that has requests for it.

    Raises FailedResponseError or OSError when a server fails.
    """
    asked = [(query, server) for query in queries for server in servers if (query.key, server.name) in requests]
    for query, server in asked:
        notify(f"warmup of {server.name}: {query.title}")
        run_load(server.port, requests[query.key, server.name], connections=MANY, seconds=schedule.warmup)
    found = {(query.key, server.name): Rounds() for query, server in asked}
    for turn in range(schedule.rounds):
        notify(f"round {turn + 1} of {schedule.rounds}")
        for query in queries:
            measured = [server for server in servers if (query.key, server.name) in requests]
            first = turn % len(measured)
            for server in (*measured[first:], *measured[:first]):
                messages, rounds = requests[query.key, server.name], found[query.key, server.name]
                # Not counted: after the writes of another query, a server may have to catch up.
                fetch(server.port, messages[0])
                before = server.cpu_seconds()
                sample = run_load(server.port, messages, connections=MANY, seconds=schedule.many)
                rounds.cpu.append((server.cpu_seconds() - before) / sample.requests)
                rounds.many.append(sample)
                rounds.single.append(run_load(server.port, messages, connections=SINGLE, seconds=schedule.single))
    return found


def rates(rounds: Rounds) -> Spread:
    """Returns requests per second at 8 connections."""
    return Spread.of([one.rate for one in rounds.many])


def cpu(rounds: Rounds) -> Spread:
    """Returns the CPU time of a request in milliseconds."""
    return Spread.of([one * 1e3 for one in rounds.cpu])


def medians(rounds: Rounds, *, many: bool = False) -> Spread:
    """Returns the median latency in milliseconds, at 1 connection or at 8."""
    return Spread.of([one.median * 1e3 for one in (rounds.many if many else rounds.single)])


def tails(rounds: Rounds) -> Spread:
    """Returns the latency in milliseconds that 99 % of the requests do not exceed, at 8 connections."""
    return Spread.of([one.percentile(99) * 1e3 for one in rounds.many])


def stretch(rounds: Rounds) -> Spread:
    """Returns the 99th percentile of the latency as a multiple of the median, at 8 connections."""
    return Spread.of([one.percentile(99) / one.median for one in rounds.many])


def speedup(rounds: Rounds, baseline: Rounds) -> Spread:
    """Returns the ratio of requests per second to the baseline, round by round, at 8 connections."""
    return Spread.of([one.rate / other.rate for one, other in zip(rounds.many, baseline.many, strict=True)])
