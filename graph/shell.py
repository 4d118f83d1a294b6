"""A Cypher prompt: statements end with a semicolon, results are printed as tables."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, LiteralString, cast

import neo4j
from neo4j.exceptions import DriverError, Neo4jError
from rich.console import Console
from rich.table import Table

from graph.store import Store

MAX_ROWS = 500
LEXEME = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/|.""", re.DOTALL)
GREETING = "End a statement with a semicolon; :exit or Ctrl-D quits."


async def shell(store: Store, database: str, out: Console) -> int:
    """Runs statements until the end of input and prints their results; returns 1 when one failed in a script.

    Statements are sent unchanged, with the privileges of the database user.
    """
    failed = False
    if sys.stdin.isatty():
        # Importing readline enables line editing and history, where it is available.
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401
        out.print(GREETING)
    async with store.driver.session(database=database) as session:
        for text in _statements():
            try:
                await _run(session, text, out)
            except (Neo4jError, DriverError) as error:
                failed = True
                out.print(f"{getattr(error, 'message', None) or error}", style="red", markup=False)
    return int(failed and not sys.stdin.isatty())


def _statements() -> Iterator[str]:
    """Yields the statements on standard input, each without its semicolon."""
    pending = ""
    while (line := _line("cypher> " if not pending.strip() else "    ... ")) is not None:
        if not pending.strip() and line.strip() in {":exit", ":quit"}:
            return
        *complete, pending = split(f"{pending}\n{line}")
        yield from filter(None, complete)
    if pending.strip():
        yield pending.strip()


def split(text: str) -> list[str]:
    """Splits a text at semicolons, except those in strings, quoted names and comments.

    The last piece is the statement that has not ended yet.

    >>> split("RETURN ';' AS a; RETURN 1 // one; two")
    ["RETURN ';' AS a", 'RETURN 1 // one; two']
    """
    pieces = [""]
    for lexeme in LEXEME.findall(text):
        if lexeme == ";":
            pieces.append("")
        else:
            pieces[-1] += lexeme
    return [piece.strip() for piece in pieces[:-1]] + [pieces[-1].lstrip()]


def _line(prompt: str) -> str | None:
    try:
        return input(prompt if sys.stdin.isatty() else "")
    except EOFError:
        return None
    except KeyboardInterrupt:
        return ":exit"


async def _run(session: neo4j.AsyncSession, text: str, out: Console) -> None:
    result = await session.run(cast("LiteralString", text))
    table = Table(*result.keys(), show_lines=False)
    rows = await result.fetch(MAX_ROWS)
    for record in rows:
        table.add_row(*(_cell(value) for value in record.values()))
    truncated = await result.peek() is not None
    summary = await result.consume()
    if result.keys():
        out.print(table)
        out.print(f"{len(rows):,} rows{' (more not shown)' if truncated else ''}, {summary.result_available_after} ms")
    changed = {
        name: count
        for name, count in vars(summary.counters).items()
        if isinstance(count, int) and count and name[0] != "_"
    }
    if changed:
        out.print(", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in islice(changed.items(), 12)))


def _cell(value: Any) -> str:
    """Formats a value for one cell; nodes and relationships with their labels or type and their properties."""
    if isinstance(value, neo4j.graph.Node):
        return f"(:{':'.join(sorted(value.labels))} {dict(value)})"
    if isinstance(value, neo4j.graph.Relationship):
        return f"[:{value.type} {dict(value)}]"
    if isinstance(value, neo4j.graph.Path):
        return " - ".join(_cell(node) for node in value.nodes)
    return "" if value is None else str(value)
