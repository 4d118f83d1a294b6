"""`python -m bench`: compare Kith with other servers on Neo4j and on PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import growth, hits, mixed, report
from bench.load import FailedResponseError
from bench.measure import QUICK, Requests, Results, Schedule, measure
from bench.queries import QUERIES, WrongResultError
from bench.questions import growth as questions_growth
from bench.questions.run import SCHEDULE, measure_questions
from bench.report import SCOPED, SCOPED_PEER
from bench.servers import PROBE, RunningServer, bare, kith, peer
from bench.statements import StatementRecorder
from bench.world import UNIT, USER, World
from graph import engine, store
from graph.errors import KithError, Refused, Unavailable
from graph.settings import Settings
from graph.sign_in.keys import create_key
from graph.store import Bound
from schema.execution import Options

MEMORY = "1536m"
WRITING_SECONDS = 120.0
USABLE_SCALE = 0.1


def _notify(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="use short rounds, for a rough look")
    parser.add_argument(
        "--rounds", type=int, help=f"number of rounds (default: {Schedule().rounds}; {SCHEDULE.rounds} of questions)"
    )
    parser.add_argument("--data", type=Path, default=Path(".kith-bench"), help="the folder of the data folders")
    parser.add_argument(
        "--growth", type=int, choices=growth.SCALES, help="also measure at up to this multiple of the data"
    )
    parser.add_argument(
        "--other",
        type=Path,
        metavar="CHECKOUT",
        help="also measure the Kith of another checkout that `make` has set up",
    )
    parser.add_argument(
        "--full", action="store_true", help="ask the questions about the whole graph of a million records"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="the size of the data of --mixed (default: 1)")
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--questions", type=float, metavar="SCALE", nargs="?", const=1.0,
        help="only ask the questions about the whole graph; 1 is a million records (default: 1)",
    )  # fmt: skip
    only.add_argument(
        "--questions-growth", type=float, choices=questions_growth.SCALES,
        help="only ask the questions about the whole graph as the data grows to this scale",
    )  # fmt: skip
    only.add_argument(
        "--mixed", type=float, metavar="SECONDS", nargs="?", const=mixed.SECONDS,
        help=f"only send light requests beside heavy ones and writers, for some seconds (default: {mixed.SECONDS:g})",
    )  # fmt: skip
    only.add_argument("--hits", action="store_true", help="only count dbHits and write bench/dbhits.json")
    only.add_argument("--check-hits", action="store_true", help="only count dbHits; fail when one has increased")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0, or 1 when it could not measure or dbHits increased under `--check-hits`."""
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options))
    except KithError as error:
        _notify(f"{error.message}\n{error.remedy}")
    except WrongResultError as error:
        _notify(f"A server returned a wrong result: {error}")
    except FailedResponseError as error:
        _notify(f"A server failed during the measurement: {error}")
    return 1


def _schedule(options: argparse.Namespace, usual: Schedule) -> Schedule:
    schedule = QUICK if options.quick else usual
    return replace(schedule, rounds=options.rounds) if options.rounds else schedule


async def _run(options: argparse.Namespace) -> int:
    schedule, for_questions = _schedule(options, Schedule()), _schedule(options, SCHEDULE)
    settings = Settings.read(memory=MEMORY, world="none")
    if settings.neo4j_uri is not None:
        raise Refused(
            "NEO4J_URI is set, but the benchmark deletes the data of its database first.",
            remedy="Unset NEO4J_URI; the benchmark starts a Neo4j of its own.",
        )
    if options.questions:
        print(await measure_questions(settings, options.data, options.questions, for_questions, _notify))
        return 0
    if options.questions_growth:
        wanted = [scale for scale in questions_growth.SCALES if scale <= options.questions_growth]
        print(await questions_growth.measure_growth(settings, options.data, wanted, for_questions, _notify))
        return 0
    if options.mixed:
        print(await mixed.measure_mixed(settings, options.data, options.scale, options.mixed, _notify))
        return 0
    only_hits = options.hits or options.check_hits
    if not only_hits:
        await _compare(settings, options.data / "compare", schedule, options.other)
    increased = await _hits(settings, options.data / "golden", keep=not options.check_hits)
    if not only_hits:
        scale = 1.0 if options.full else USABLE_SCALE
        print("\n" + await measure_questions(settings, options.data, scale, for_questions, _notify))
    if options.growth:
        scales = [scale for scale in growth.SCALES if scale <= options.growth]
        print("\n" + await growth.measure_growth(settings, options.data, scales, schedule, _notify))
    return 1 if increased and options.check_hits else 0


async def _compare(settings: Settings, data: Path, schedule: Schedule, other: Path | None) -> None:
    async with engine.server(settings.model_copy(update={"data": data})) as server:
        world = World()
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=WRITING_SECONDS) as opened_store:
            if await world.write(opened_store):
                _notify("The data set was written.")
            key = await create_key(opened_store.writes, USER, "bench", "read", None)
        await _measure_all(server, data, world, schedule, other, key)


async def _hits(settings: Settings, data: Path, *, keep: bool) -> list[str]:
    """Counts and prints the dbHits of the golden queries; returns a message for each one that has increased."""
    async with engine.server(settings.model_copy(update={"data": data})) as server:
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=WRITING_SECONDS) as opened_store:
            _notify("Counting the dbHits of the golden queries.")
            await hits.write_world(opened_store, settings)
            found = await hits.count(opened_store, server.database, hits.golden())
    before = hits.read_table()
    rows = [(name, f"{count:,}", f"{before[name]:,}" if name in before else "") for name, count in found.items()]
    print("\n" + report.table(("golden query", "dbHits", "recorded"), rows))
    increased = hits.regressions(found, before)
    print(*increased, sep="\n")
    if keep:
        hits.write_table(found)
    return increased


async def _measure_all(
    server: engine.Server, data: Path, world: World, schedule: Schedule, other: Path | None, key: str
) -> None:
    """Measures all servers, and Kith and the peer also for a caller who reads the records of one unit."""
    statements = await _statements()
    with contextlib.ExitStack() as stack:
        servers = [await asyncio.to_thread(stack.enter_context, kith(server, data))]
        if other:
            servers.append(await asyncio.to_thread(stack.enter_context, kith(server, data, other, name="other")))
        servers.append(replace(servers[0], name=SCOPED, headers=(f"authorization: Bearer {key}",)))
        try:
            for name, unit in (("peer", ""), (SCOPED_PEER, UNIT)):
                running = peer(server, data, _notify, unit=unit, name=name)
                servers.append(await asyncio.to_thread(stack.enter_context, running))
        except Unavailable as error:
            _notify(f"{error.message} {error.remedy}")
        servers.append(await asyncio.to_thread(stack.enter_context, bare(server, data, statements)))
        results = await asyncio.to_thread(_measure, servers, world, schedule)
    print(f"Neo4j {server.version}; {world.accounts:,} accounts, {world.contacts:,} contacts, {world.calls:,} calls\n")
    print(report.comparison(QUERIES, [one.name for one in servers], results), end="\n\n")
    print(*report.verdict(QUERIES, results), sep="\n")
    print(*report.scoped(QUERIES, results), sep="\n")


async def _statements() -> dict[str, tuple[str, Bound]]:
    """Returns the statement that Kith sends for each query, with the key of its result in `data`."""
    recorder, found = StatementRecorder(Options()), {}
    for query in QUERIES:
        (bound,) = await recorder.statements(query.kith, {"id": PROBE} if "$id" in query.kith else {})
        found[query.key] = (query.kith.split("{", 1)[1].split("(", 1)[0].strip(), bound)
    return found


def _measure(servers: Sequence[RunningServer], world: World, schedule: Schedule) -> Results:
    requests: dict[tuple[str, str], list[bytes]] = {}
    for query in QUERIES:
        for server in servers:
            document = query.peer if server.peer else query.kith
            requests[query.key, server.name] = server.requests(query.key, query.bodies(world, document))
    _verify(servers, world, requests)
    return measure(servers, QUERIES, requests, schedule, _notify)


def _verify(servers: Sequence[RunningServer], world: World, requests: Requests) -> None:
    """Raises WrongResultError unless Kith and the peer return the data set, and the bare driver the same as Kith."""
    for query in QUERIES:
        every = zip(query.variables(world), *(requests[query.key, one.name] for one in servers), strict=False)
        for variables, *messages in every:
            data = {one.name: one.data(query.title, message) for one, message in zip(servers, messages, strict=True)}
            for name in data.keys() - {"bare"}:
                try:
                    query.verify(world, variables, data[name])
                except WrongResultError as error:
                    raise WrongResultError(f"{name} on {query.title}: {error}") from error
            # The bare driver returns the row as is, which Kith may still reshape.
            if sorted(_leaves(data["kith"])) != sorted(_leaves(data["bare"])):
                raise WrongResultError(f"Kith and the bare driver differ on {query.title}")
    _notify("All servers return the data set.")


def _leaves(value: Any) -> Iterator[str]:
    """Yields the leaf values of a result as text."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _leaves(child)
    else:
        yield repr(value)


if __name__ == "__main__":
    sys.exit(main())
