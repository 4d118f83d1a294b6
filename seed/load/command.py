"""`python -m seed list`, `check` and `load`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from graph import engine, indexes
from graph.migrations.execution import migrate
from graph.money import Rates
from graph.settings import Settings
from graph.store import connect
from graph.valuation import stored as valuation
from seed.load.contention import elements
from seed.load.duplicates import Contradiction, EarlierRows
from seed.load.execution import ProgressListener, load
from seed.load.plan import Plan, build_plan, mapping_text, read_mapping, shipped
from seed.load.rejects import Rejects
from seed.load.steps import TableCounts
from seed.mapping.model import Complaint
from seed.rows.context import RejectedError

REJECTED, WRONG = 1, 2
_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class _Command:
    """A subcommand of `python -m seed`."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False)


def _rates(settings: Settings) -> Rates:
    return Rates(settings.currency, settings.rates)


def _mapping_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "mapping", metavar="MAPPING", help="the path of a mapping file, or the name of a mapping that comes with Kith"
    )


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` has no arguments."""


async def _list(_: argparse.Namespace) -> int:
    table = Table("Mapping", "Source", box=None)
    for name in shipped():
        text = mapping_text(name)[1]
        message = next((line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")), "")
        table.add_row(name, message)
    _console().print(table)
    return 0


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    _mapping_argument(parser)
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, help="the folder that contains the files of the source"
    )


async def _check(args: argparse.Namespace) -> int:
    """Checks a mapping and, with a folder, all rows as far as possible without the graph."""
    rates = _rates(Settings.read())
    if args.folder is None:
        mapping, complaints = read_mapping(args.mapping, rates)
        if mapping is None or complaints:
            return _complain(complaints)
        _console().print(
            f"{mapping.name}: {len(mapping.nodes)} node and {len(mapping.edges)} edge tables; the mapping is valid."
        )
        return 0
    planned, complaints = build_plan(args.mapping, args.folder, rates)
    if planned is None:
        return _complain(complaints)
    return _report_check(planned)


def _report_check(planned: Plan) -> int:
    table = Table("Table", "Rows accepted", "Rejected", "First reason", box=None)
    total, earlier = 0, EarlierRows(planned)
    for at, step in enumerate(planned.steps):
        accepted, rejected, first = 0, 0, ""
        for row in elements(step):
            fault, contradiction = row.fault, None
            if fault is not None and step.reader.belongs_elsewhere(row):
                continue
            try:
                if fault is None and step.reader.selects(row):
                    item = step.reader.build(row)
                    known = earlier.find(at, item)
                    contradiction = None if known is None or known.same else Contradiction(row, item, known)
                    accepted += contradiction is None
            except RejectedError as error:
                fault = error.fault
            rejected += fault is not None or contradiction is not None
            if rejected and not first:
                fault = fault or next(earlier.faults(at, [contradiction] if contradiction else []))
                first = f"line {row.line}: {fault.column} {fault.reason}"
        total += rejected
        table.add_row(_title(step.table), f"{accepted:,}", f"{rejected:,}", first)
    _console().print(table)
    return REJECTED if total else 0


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    _mapping_argument(parser)
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="the folder that contains the files of the source; never written to"
    )
    parser.add_argument(
        "--rejects",
        metavar="PATH",
        type=Path,
        help="the file that lists rejected rows and conflicts (default: rejects/MAPPING.csv in KITH_DATA)",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="take the value of the source where both the source and people changed it since the last load",
    )


async def _load(args: argparse.Namespace) -> int:
    """Loads a folder and returns 0; 1 if rows were rejected; 2 if the mapping is invalid."""
    settings = Settings.read()
    planned, complaints = build_plan(args.mapping, args.folder, _rates(settings))
    path = args.rejects
    if path is not None and path.resolve().is_relative_to(args.folder.resolve()):
        complaints.append(
            Complaint("--rejects", f"{path} is inside DIR.", "Choose a path outside of DIR, which is never written to.")
        )
    if planned is None or complaints:
        return _complain(complaints)
    path = path or settings.data / "rejects" / f"{planned.mapping.name}.csv"
    started = time.perf_counter()
    async with engine.server(settings) as server:
        address = (server.uri, server.user, server.password)
        async with connect(*address, database=server.database, seconds=_SECONDS) as store:
            await migrate(store, settings, server, _console(stderr=True).print)
            await valuation.require(store, _rates(settings))
            await indexes.install(store.writes)
            with Rejects(path) as rejects, _progress() as listener:
                lines = await load(store, planned, rejects, overwrite=args.overwrite, listener=listener)
    _report(lines, time.perf_counter() - started)
    if conflicts := sum(line.conflicts for line in lines):
        _console().print(
            f"{conflicts:,} values were changed both by the source and in Kith since the last load; they stay as they"
            f" are in Kith. They are listed in {path}. To take over the values of the source, load with --overwrite."
        )
    if any(line.rejected for line in lines):
        _console().print(f"Rejected rows are listed in {path}.")
    if conflicts or any(line.rejected for line in lines):
        return REJECTED
    return 0


def _report(lines: Sequence[TableCounts], seconds: float) -> None:
    table = Table("Table", box=None)
    for name in ("Created", "Changed", "Unchanged", "Rejected"):
        table.add_column(name, justify="right")
    counts = [(line.created, line.changed, line.unchanged, line.rejected) for line in lines]
    for line, row in zip(lines, counts, strict=True):
        table.add_row(line.title, *(f"{one:,}" for one in row))
    totals = [sum(column) for column in zip(*counts, strict=True)] or [0] * 4
    table.add_section()
    table.add_row("All", *(f"{one:,}" for one in totals))
    _console().print(table)
    _console().print(f"{sum(totals):,} rows in {seconds:.1f} s.")


def _title(table: Any) -> str:
    return f"{getattr(table, 'label', None) or table.type} ({table.file.name})"


def _complain(complaints: Sequence[Complaint]) -> int:
    console = _console(stderr=True)
    for one in complaints:
        console.print(str(one))
    console.print(f"{len(complaints)} problem{'' if len(complaints) == 1 else 's'} found; nothing was written.")
    return WRONG


@contextmanager
def _progress() -> Iterator[ProgressListener]:
    """Shows a progress bar for the current table on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task: TaskID | None = None

        def begin(title: str, rows: int | None) -> None:
            nonlocal task
            if task is not None:
                bar.remove_task(task)
            task = bar.add_task(title, total=rows)

        def done(rows: int) -> None:
            if task is not None:
                bar.advance(task, rows)

        yield ProgressListener(begin, done)


LIST = _Command(_list_arguments, _list)
CHECK = _Command(_check_arguments, _check)
LOAD = _Command(_load_arguments, _load)
