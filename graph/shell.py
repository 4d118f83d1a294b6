"""A small Cypher prompt: statements that end with a semicolon, answers as tables."""

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

ROWS_SHOWN = 500
LEXEME = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/|.""", re.DOTALL)
GREETING = "A statement ends with a semicolon; :exit or Ctrl-D leaves."


async def shell(store: Store, database: str, out: Console) -> int:
    """Read statements until the end of input and print what each answers; 1 when one of them failed.

    Statements are sent as they are typed: this is the operator's own door, with the rights of the server's user.
    """
    failed = False
    if sys.stdin.isatty():
        # line editing and history come with the import, where the system has them
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401
        out.print(GREETING)
    async with store.driver.session(database=database) as session:
        for text in _statements():
            try:
                await _answer(session, text, out)
            except (Neo4jError, DriverError) as error:
                failed = True
                out.print(f"{getattr(error, 'message', None) or error}", style="red", markup=False)
    return int(failed and not sys.stdin.isatty())


def _statements() -> Iterator[str]:
    """Statements from standard input, each without its semicolon."""
    held = ""
    while (line := _line("cypher> " if not held.strip() else "    ... ")) is not None:
        if not held.strip() and line.strip() in {":exit", ":quit"}:
            return
        *whole, held = split(f"{held}\n{line}")
        yield from filter(None, whole)
    if held.strip():
        yield held.strip()


def split(text: str) -> list[str]:
    """A text at the semicolons that end a statement: not those in strings, quoted names and comments.

    The last piece is what no semicolon has ended yet.

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


async def _answer(session: neo4j.AsyncSession, text: str, out: Console) -> None:
    result = await session.run(cast("LiteralString", text))
    table = Table(*result.keys(), show_lines=False)
    rows = await result.fetch(ROWS_SHOWN)
    for record in rows:
        table.add_row(*(_shown(value) for value in record.values()))
    more = await result.peek() is not None
    summary = await result.consume()
    if result.keys():
        out.print(table)
        out.print(
            f"{len(rows):,} rows{', and more that are not shown' if more else ''}, {summary.result_available_after} ms"
        )
    changed = {name: n for name, n in vars(summary.counters).items() if isinstance(n, int) and n and name[0] != "_"}
    if changed:
        out.print(", ".join(f"{name.replace('_', ' ')}: {n:,}" for name, n in islice(changed.items(), 12)))


def _shown(value: Any) -> str:
    """A value as one cell: a node as its labels and properties, anything else as itself."""
    if isinstance(value, neo4j.graph.Node):
        return f"(:{':'.join(sorted(value.labels))} {dict(value)})"
    if isinstance(value, neo4j.graph.Relationship):
        return f"[:{value.type} {dict(value)}]"
    if isinstance(value, neo4j.graph.Path):
        return " - ".join(_shown(node) for node in value.nodes)
    return "" if value is None else str(value)
