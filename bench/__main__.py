"""`python -m bench`: measure Kith beside the peer and the bare driver."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench import report
from bench.load import answer
from bench.measure import QUICK, Asked, Measured, Pace, measured
from bench.questions import QUESTIONS, DifferentError
from bench.servers import PROBE, Served, bare, kith, peer
from bench.statements import Compiled
from bench.world import World
from graph import engine, store
from graph.errors import KithError, Unavailable
from graph.settings import Settings
from graph.store import Bound

MEMORY = "1536m"
WRITING_SECONDS = 120.0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when it has measured, 1 when it could not."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds: a look, not a measurement")
    parser.add_argument("--rounds", type=int, help="how many rounds (default: 7)")
    parser.add_argument("--data", type=Path, default=Path(".kith-bench"), help="the folder of the Neo4j measured on")
    chosen = parser.parse_args(arguments)
    pace = QUICK if chosen.quick else Pace()
    if chosen.rounds:
        pace = Pace(pace.warm, chosen.rounds, pace.many, pace.single)
    try:
        asyncio.run(_run(chosen.data, pace))
    except KithError as error:
        _say(f"{error.message}\n{error.remedy}")
        return 1
    except DifferentError as error:
        _say(f"The servers do not answer the same: {error}")
        return 1
    return 0


async def _run(data: Path, pace: Pace) -> None:
    settings = Settings.read(data=data, memory=MEMORY, world="none")
    async with engine.server(settings) as server:
        world = World()
        async with store.connect(
            server.uri, server.user, server.password, database=server.database, seconds=WRITING_SECONDS
        ) as opened:
            if await world.written(opened):
                _say("The world to measure on is written.")
        await _compared(server, data, world, pace)


async def _compared(server: engine.Server, data: Path, world: World, pace: Pace) -> None:
    compiled = await _compiled()
    with contextlib.ExitStack() as stack:
        probe = orjson.dumps({"query": "{ __typename }"})
        servers = [await asyncio.to_thread(stack.enter_context, kith(server, data, probe))]
        try:
            servers.append(await asyncio.to_thread(stack.enter_context, peer(server, data, _say)))
        except Unavailable as error:
            _say(f"{error.message} {error.remedy}")
        servers.append(await asyncio.to_thread(stack.enter_context, bare(server, data, compiled)))
        found = await asyncio.to_thread(_measured, servers, world, pace)
    print(f"Neo4j {server.version}; {world.accounts:,} accounts, {world.contacts:,} contacts, {world.calls:,} calls\n")
    print(report.comparison(QUESTIONS, [one.name for one in servers], found), end="\n\n")
    print(*report.verdict(QUESTIONS, found), sep="\n")


async def _compiled() -> dict[str, tuple[str, Bound]]:
    """What Kith sends for each question, with the key its answer stands under."""
    compiled, found = Compiled(), {}
    for question in QUESTIONS:
        (bound,) = await compiled.statements(question.kith, {"id": PROBE} if "$id" in question.kith else {})
        found[question.key] = (question.kith.split("{", 1)[1].split("(", 1)[0].strip(), bound)
    return found


def _measured(servers: Sequence[Served], world: World, pace: Pace) -> Measured:
    asked: dict[tuple[str, str], list[bytes]] = {}
    for question in QUESTIONS:
        for served in servers:
            document = question.peer if served.peer else question.kith
            asked[question.key, served.name] = served.requests(question, question.bodies(world, document))
    _alike(servers, world, asked)
    return measured(servers, QUESTIONS, asked, pace, _say)


def _alike(servers: Sequence[Served], world: World, asked: Asked) -> None:
    """Raises DifferentError unless every server answers what the data holds, and the bare driver the same as Kith."""
    for question in QUESTIONS:
        for variables, *several in zip(
            question.variables(world), *(asked[question.key, served.name] for served in servers), strict=False
        ):
            bodies = {served.name: answer(served.port, one) for served, one in zip(servers, several, strict=True)}
            for name, body in bodies.items():
                data = orjson.loads(body)
                if data.get("errors"):
                    raise DifferentError(f"{name} on {question.title}: {data['errors']}")
                try:
                    question.checked(world, variables, data["data"])
                except DifferentError as error:
                    raise DifferentError(f"{name} on {question.title}: {error}") from error
            if orjson.loads(bodies["kith"]) != orjson.loads(bodies["bare"]):
                raise DifferentError(f"kith and bare on {question.title}")
    _say("All servers answer what the data holds.")


if __name__ == "__main__":
    sys.exit(main())
