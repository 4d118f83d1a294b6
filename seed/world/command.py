"""`python -m seed world`: writes a generated world."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from graph import engine, indexes
from graph.migrations.execution import migrate
from graph.settings import Settings
from graph.store import connect
from seed.world.size import SIZES
from seed.world.writing import Progress as ProgressCallback
from seed.world.writing import WriteResult, write

_SECONDS = 600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "--size",
        choices=tuple(SIZES),
        default="small",
        help="the number of nodes: about 5,000, 100,000 or 1,000,000 (default: small)",
    )
    parser.add_argument("--rng", type=int, default=1, metavar="N", help="the seed of the random numbers (default: 1)")
    parser.add_argument(
        "--until", type=_day, metavar="DATE", help="the reference day, such as 2026-01-31 (default: today)"
    )
    parser.add_argument("--replace", action="store_true", help="delete all existing data first")


async def run(args: argparse.Namespace) -> int:
    """Writes a world, prints its planted records, and returns 0. Raises Refused, Conflict, Unavailable."""
    settings = Settings.read()
    console = Console(highlight=False, soft_wrap=True)
    async with engine.server(settings) as server:
        address = (server.uri, server.user, server.password)
        async with connect(*address, database=server.database, seconds=_SECONDS) as store:
            await migrate(store, settings, server, console.print)
            await indexes.install(store.writes)
            with _progress_bar(args.size) as done:
                written = await write(
                    store, settings, args.size, args.rng, args.until, replace=args.replace, progress=done
                )
    _report(console, written, settings)
    return 0


def _report(console: Console, written: WriteResult, settings: Settings) -> None:
    total = written.nodes + written.relationships
    console.print(
        f"{written.nodes:,} nodes and {written.relationships:,} relationships in {written.seconds:.1f} s "
        f"({total / written.seconds:,.0f} a second)."
    )
    console.print(
        f"The median active tie scores 50 with KITH_TIE_K={written.k:.2f}; the current value is {settings.tie_k:g}."
    )
    console.print("Planted records (see docs/world.md):")
    for story, facts in groupby(written.facts, key=lambda fact: fact.story):
        console.print(f"  {story}")
        for fact in facts:
            console.print(f"    {fact.label} {fact.uid}  {fact.name}: {fact.part}")


@contextmanager
def _progress_bar(size: str) -> Iterator[ProgressCallback]:
    """Shows the number of written rows on a terminal."""
    columns = (TextColumn(f"Writing the {size} world"), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda rows: bar.advance(task, rows)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-01-31") from None
