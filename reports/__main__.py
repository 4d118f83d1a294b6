"""`python -m reports`: lists the reports and runs them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from graph import engine
from graph.access import Principal
from graph.errors import Invalid, KithError, NotFound, Refused
from graph.policy import by_roles
from graph.settings import Settings
from graph.store import connect
from reports.catalog import catalog, find
from reports.execution import ReportRequest, Result, moment_of, run
from reports.formats import FORMATS, PAPERS, Options
from reports.formats.json import schema_of
from schema.execution import Executor, options_of
from seed.caller import demo_caller


def parser() -> argparse.ArgumentParser:
    """The command line."""
    main = argparse.ArgumentParser(prog="python -m reports", description=__doc__, epilog="See docs/for-leads.md.")
    commands = main.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("list", help="list the reports")
    schema = commands.add_parser("schema", help="print the JSON schema of a report")
    schema.add_argument("name", metavar="NAME", help="the name of the report")
    one = commands.add_parser("run", help="run a report")
    one.add_argument("name", metavar="NAME", help="the name of the report")
    one.add_argument("--about", metavar="ID", action="append", default=[], help="the id of the subject")
    one.add_argument("--format", choices=tuple(FORMATS), default="html", help="the format (default: html)")
    one.add_argument("--as-of", metavar="TIME", help="a day, which means its end, or a time (default: now)")
    one.add_argument("--paper", choices=PAPERS, default="a4", help="the size of paper of a PDF (default: a4)")
    one.add_argument("--table", metavar="TABLE", help="the table of a CSV (default: the first one)")
    one.add_argument("--out", metavar="FILE", type=Path, help="the file to write (default: standard output)")
    return main


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command: 0 success, 1 the database or a library is unavailable, 2 a wrong argument or an unknown id."""
    parsed = parser().parse_args(arguments)
    try:
        if parsed.command == "list":
            for name, report in catalog().items():
                print(f"{name:<22}{report.description}")
        elif parsed.command == "schema":
            _write(orjson.dumps(schema_of(find(parsed.name)), option=orjson.OPT_INDENT_2) + b"\n", None)
        else:
            options = Options(parsed.paper, parsed.table)
            result = asyncio.run(_run(parsed))
            _write(FORMATS[parsed.format].write(result, options), parsed.out)
    except KithError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 2 if isinstance(error, Invalid | NotFound | Refused) else 1
    return 0


async def _run(parsed: argparse.Namespace) -> Result:
    """Runs a report on the database of the settings, as the server would."""
    settings = Settings.read()
    report, moment = find(parsed.name), moment_of(parsed.as_of)
    principal = Principal(settings.caller or demo_caller(settings), operator=True)
    async with (
        engine.server(settings) as server,
        connect(
            server.uri, server.user, server.password, database=server.database, seconds=settings.statement_seconds
        ) as store,
    ):
        executor = Executor(store.reads, store.writes, options_of(settings), policy=by_roles)
        return await run(report, executor, ReportRequest(principal, tuple(parsed.about), moment))


def _write(content: bytes, file: Path | None) -> None:
    if file is None:
        sys.stdout.buffer.write(content)
    else:
        file.write_bytes(content)


if __name__ == "__main__":
    raise SystemExit(main())
