"""The mixed test: light requests beside heavy ones and writers, first alone and then together, at one Kith server."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psutil

from api.build import Notify
from bench.load import Connection, Stream, drive, request, run_load
from bench.questions.questions import QUESTIONS
from bench.questions.run import neo4j_process, neo4j_with, wait_for_columns
from bench.questions.world import QuestionWorld
from bench.report import table
from bench.servers import RunningServer, kith, log_file
from graph.errors import TooExpensive, Unavailable
from graph.settings import Settings

SECONDS = 300.0
_LIGHT, _HEAVY, _WRITERS = 32, 8, 2
_SHARE_ALONE = 0.2
_WARMUP = 10.0
_SAMPLES = 5
_MOST_TIMES = 5.0
_PAUSE = 1.0  # before the next request of a client that was refused, as the remedy says
_STATED = (TooExpensive.code, Unavailable.code)
# Memory is flat when its last sample is at most so much above the second one, which is taken after a fifth of the time.
_FLAT_SHARE, _FLAT_BYTES = 1.1, 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: its title, its document, and the variables of its requests."""

    title: str
    document: str
    variables: Callable[[QuestionWorld], Iterator[dict[str, Any]]]

    def requests(self, world: QuestionWorld) -> list[bytes]:
        """Returns the requests."""
        bodies = ({"query": self.document, "variables": variables} for variables in self.variables(world))
        return [request(orjson.dumps(body)) for body in bodies]


def _questions(*keys: str) -> tuple[Kind, ...]:
    chosen = {question.key: question for question in QUESTIONS}
    return tuple(Kind(chosen[key].title, chosen[key].texts.kith, chosen[key].variables) for key in keys)


def _values(_: QuestionWorld) -> Iterator[dict[str, Any]]:
    for number in range(200):
        yield {"input": {"id": f"opportunity{number * 10:013d}", "estimatedValue": {"amount": 1_000 + number}}}


def _nothing(_: QuestionWorld) -> Iterator[dict[str, Any]]:
    yield {}


_LIGHT_KINDS = _questions("point", "nested", "search")
_HEAVY_KINDS = (
    *_questions("rollup", "chart", "below"),
    Kind(
        "filter without an index",
        '{ accounts(first: 50, where: {city: {contains: "1"}, opportunities: {some: {estimatedValue: {gt: 990000}}}}) '
        "{ totalCount nodes { id name } } }",
        _nothing,
    ),
)
_WRITES = (
    *_questions("log"),
    Kind(
        "update an opportunity",
        "mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { opportunity { id } } }",
        _values,
    ),
)


@dataclass(slots=True)
class Group:
    """A group of connections: what they send, the latencies by kind, and the errors by code."""

    connections: int
    requests: list[tuple[str, bytes]]
    latencies: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    unstated: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, world: QuestionWorld, kinds: Sequence[Kind], connections: int) -> Group:
        """Returns the group that sends requests of these kinds in turn."""
        lists = [(kind.title, kind.requests(world)) for kind in kinds]
        most = max(len(requests) for _, requests in lists)
        return cls(
            connections,
            [(title, requests[number % len(requests)]) for number in range(most) for title, requests in lists],
        )

    @property
    def stream(self) -> Stream:
        """The stream that fills this group."""
        return Stream([message for _, message in self.requests], self.connections, self._record)

    def _record(self, connection: Connection, latency: float) -> float:
        answer = connection.answer()
        if b'"errors":[' in answer:
            for error in orjson.loads(answer)["errors"]:
                extensions = error.get("extensions", {})
                self.errors[str(extensions.get("code"))] += 1
                if extensions.get("code") not in _STATED or not extensions.get("remedy"):
                    self.unstated.append(answer[:500])
            return _PAUSE
        self.latencies.setdefault(self.requests[connection.number][0], []).append(latency)
        return 0.0

    def quantile(self, share: float, title: str | None = None) -> float:
        """Returns a quantile of the latencies of one question, or of all, in milliseconds."""
        chosen = self.latencies.get(title, []) if title else [one for some in self.latencies.values() for one in some]
        return sorted(chosen)[int(len(chosen) * share)] * 1e3 if chosen else float("nan")


@dataclass(slots=True)
class Memory:
    """The resident memory of processes over time, in bytes."""

    processes: dict[str, psutil.Process]
    samples: dict[str, list[int]] = field(default_factory=dict)

    def take(self) -> None:
        """Takes a sample of each process."""
        for name, process in self.processes.items():
            self.samples.setdefault(name, []).append(process.memory_info().rss)

    @property
    def flat(self) -> bool:
        """Whether no process has grown after the second sample."""
        return all(one[-1] <= one[1] * _FLAT_SHARE + _FLAT_BYTES for one in self.samples.values())


async def measure_mixed(settings: Settings, folder: Path, scale: float, seconds: float, notify: Notify) -> str:
    """Returns the report of the mixed test; the data folder is kept for the next run.

    Raises FailedResponseError when a server closes a connection.
    """
    world = QuestionWorld(scale)
    data = folder / f"mixed-{scale:g}"
    reports = [f"{world.records:,} records, {seconds:g} seconds each"]
    async with neo4j_with(world, settings.model_copy(update={"data": data}), notify) as server:
        neo4j = psutil.Process(neo4j_process(data))
        for name, columns in (("database", {"KITH_COLUMNS": "0"}), ("columns", {})):
            with kith(server, data, name=name, settings=columns) as running:
                if not columns:
                    notify(await asyncio.to_thread(wait_for_columns, log_file(data, name)))
                memory = Memory({"Kith": psutil.Process(running.pids[0]), "Neo4j": neo4j})
                report = await asyncio.to_thread(_measure, running, world, seconds, memory, notify)
            reports.append(f"Heavy questions answered by {name}:\n\n{report}")
    return "\n\n".join(reports)


def _measure(running: RunningServer, world: QuestionWorld, seconds: float, memory: Memory, notify: Notify) -> str:
    notify(f"{running.name}: warmup")
    for kind in (*_LIGHT_KINDS, *_HEAVY_KINDS, *_WRITES):
        run_load(running.port, kind.requests(world), connections=1, seconds=_WARMUP / 10)
    alone = Group.of(world, _LIGHT_KINDS, _LIGHT)
    drive(running.port, [alone.stream], _WARMUP)
    notify(f"{running.name}: light requests alone")
    alone = Group.of(world, _LIGHT_KINDS, _LIGHT)
    drive(running.port, [alone.stream], max(_WARMUP, seconds * _SHARE_ALONE))
    notify(f"{running.name}: light and heavy requests with writers")
    light, heavy = Group.of(world, _LIGHT_KINDS, _LIGHT), Group.of(world, _HEAVY_KINDS, _HEAVY)
    writers = [Group.of(world, [kind], _WRITERS // len(_WRITES)) for kind in _WRITES]
    done = threading.Event()
    sampling = threading.Thread(target=_sample, args=(memory, seconds / _SAMPLES, done))
    sampling.start()
    try:
        drive(running.port, [one.stream for one in (light, heavy, *writers)], seconds)
    finally:
        done.set()
        sampling.join()
    return _report(alone, [light, heavy, *writers], memory, seconds)


def _sample(memory: Memory, interval: float, done: threading.Event) -> None:
    memory.take()
    while not done.wait(interval):
        memory.take()
    memory.take()


def _report(alone: Group, groups: Sequence[Group], memory: Memory, seconds: float) -> str:
    light = groups[0]
    heads = ("request", "req/s", "p50 ms", "p99 ms", "p50 ms alone", "p99 ms alone", "p99 ÷ alone")
    rows = [
        _row(title, group, alone if group is light else None, seconds, name)
        for group in groups
        for title, name in [
            *([("all light requests", None)] if group is light else []),
            *((one, one) for one in group.latencies),
        ]
    ]
    errors: Counter[str] = sum((group.errors for group in groups), Counter())
    unstated = [one for group in groups for one in group.unstated]
    times = light.quantile(0.99) / alone.quantile(0.99)
    lines = [table(heads, rows), "", f"Errors by code: {dict(errors) or 'none'}."]
    lines += [f"{name}: {', '.join(f'{one >> 20:,}' for one in taken)} MiB." for name, taken in memory.samples.items()]
    lines += [f"Not a stated refusal: {answer.decode(errors='replace')}" for answer in unstated[:3]]
    holds = {
        f"light p99 at most {_MOST_TIMES:g} times its p99 alone ({times:.1f})": times <= _MOST_TIMES,
        "no errors but stated refusals": not unstated,
        "memory flat": memory.flat,
    }
    return "\n".join([*lines, *(f"{'holds' if held else 'FAILS'}: {goal}" for goal, held in holds.items())])


def _row(title: str, group: Group, alone: Group | None, seconds: float, name: str | None) -> list[str]:
    number = len(group.latencies[name]) if name else sum(map(len, group.latencies.values()))
    own = [group.quantile(0.5, name), group.quantile(0.99, name)]
    before = [alone.quantile(0.5, name), alone.quantile(0.99, name)] if alone else []
    cells = [title, f"{number / seconds:.1f}", *(f"{one:.1f}" for one in (*own, *before))]
    return [*cells, f"{own[1] / before[1]:.1f}"] if before else [*cells, "", "", ""]
