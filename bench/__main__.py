"""`python -m bench`: measure Kith beside the peer and the bare driver."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from bench import growth, hits, report
from bench.load import BrokenError, answer
from bench.measure import QUICK, Asked, Measured, Pace, measured
from bench.questions import QUESTIONS, DifferentError, Question
from bench.servers import PROBE, Served, bare, kith, peer
from bench.statements import Compiled
from bench.world import World
from graph import engine, store
from graph.errors import KithError, Refused, Unavailable
from graph.settings import Settings
from graph.store import Bound
from schema.execution import Options

MEMORY = "1536m"
WRITING_SECONDS = 120.0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds: a look, not a measurement")
    parser.add_argument("--rounds", type=int, help=f"how many rounds (default: {Pace().rounds})")
    parser.add_argument("--data", type=Path, default=Path(".kith-bench"), help="where the data folders measured on are")
    parser.add_argument(
        "--growth", type=int, choices=growth.SCALES, help="also measure at up to so many times the data"
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--hits", action="store_true", help="only count dbHits, and write bench/dbhits.json")
    only.add_argument("--check-hits", action="store_true", help="only count dbHits; fail when one has risen")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when all went well, 1 when it could not measure or dbHits rose against `--check-hits`."""
    chosen = _parser().parse_args(arguments)
    pace = QUICK if chosen.quick else Pace()
    if chosen.rounds:
        pace = replace(pace, rounds=chosen.rounds)
    try:
        return asyncio.run(_run(chosen, pace))
    except KithError as error:
        _say(f"{error.message}\n{error.remedy}")
    except DifferentError as error:
        _say(f"The servers do not answer the same: {error}")
    except BrokenError as error:
        _say(f"A server failed while it was measured: {error}")
    return 1


async def _run(chosen: argparse.Namespace, pace: Pace) -> int:
    settings = Settings.read(memory=MEMORY, world="none")
    if settings.neo4j_uri is not None:
        raise Refused(
            "NEO4J_URI is set, and what is measured on is emptied first.",
            remedy="Unset it: the benchmark starts a Neo4j of its own.",
        )
    if not (chosen.hits or chosen.check_hits):
        await _side_by_side(settings, chosen.data / "compare", pace)
    risen = await _hits(settings, chosen.data / "golden", keep=not chosen.check_hits)
    if chosen.growth:
        scales = [scale for scale in growth.SCALES if scale <= chosen.growth]
        print("\n" + await growth.grown(settings, chosen.data, scales, pace, _say))
    return 1 if risen and chosen.check_hits else 0


async def _side_by_side(settings: Settings, data: Path, pace: Pace) -> None:
    async with engine.server(settings.model_copy(update={"data": data})) as server:
        world = World()
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=WRITING_SECONDS) as opened:
            if await world.written(opened):
                _say("The world to measure on is written.")
        await _compared(server, data, world, pace)


async def _hits(settings: Settings, data: Path, *, keep: bool) -> list[str]:
    """Counts the dbHits of the golden queries and prints them; gives what has risen since the table was written."""
    async with engine.server(settings.model_copy(update={"data": data})) as server:
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=WRITING_SECONDS) as opened:
            _say("Counting the dbHits of the golden queries.")
            await hits.furnished(opened, settings)
            found = await hits.counted(opened, server.database, hits.golden())
    before = hits.recorded()
    rows = [(name, f"{count:,}", f"{before[name]:,}" if name in before else "") for name, count in found.items()]
    print("\n" + report.table(("golden query", "dbHits", "recorded"), rows))
    risen = hits.risen(found, before)
    print(*risen, sep="\n")
    if keep:
        hits.record(found)
    return risen


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
    compiled, found = Compiled(Options()), {}
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
    """Raises DifferentError unless Kith and the peer answer what the data holds, and the bare driver what Kith does."""
    for question in QUESTIONS:
        every = zip(question.variables(world), *(asked[question.key, one.name] for one in servers), strict=False)
        for variables, *several in every:
            data = {one.name: _data(question, one, sent) for one, sent in zip(servers, several, strict=True)}
            for name in data.keys() - {"bare"}:
                try:
                    question.checked(world, variables, data[name])
                except DifferentError as error:
                    raise DifferentError(f"{name} on {question.title}: {error}") from error
            # The bare driver gives what the statement does, which Kith may still put into shape.
            if sorted(_leaves(data["kith"])) != sorted(_leaves(data["bare"])):
                raise DifferentError(f"kith and the bare driver on {question.title}")
    _say("All servers answer what the data holds.")


def _data(question: Question, served: Served, sent: bytes) -> dict[str, Any]:
    body = orjson.loads(answer(served.port, sent))
    if body.get("errors"):
        raise DifferentError(f"{served.name} on {question.title}: {body['errors']}")
    return dict(body["data"])


def _leaves(value: Any) -> Iterator[str]:
    """Every value at the end of an answer, as text."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    else:
        yield repr(value)


if __name__ == "__main__":
    sys.exit(main())
