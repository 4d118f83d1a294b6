"""The Cypher prompt splits statements and prints results as tables."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from graph import engine
from graph.commands import open_store
from graph.shell import shell, split
from graph.store import Store


@pytest.fixture(name="store")
async def _store(server: engine.Server) -> AsyncIterator[Store]:
    async with open_store(server) as store:
        yield store


async def run_shell(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server, typed: str
) -> tuple[int, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    output = io.StringIO()
    status = await shell(store, server.database, Console(file=output, width=200))
    return status, output.getvalue()


async def test_a_result_is_printed_as_a_table(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    status, text = await run_shell(
        monkeypatch, store, server, "UNWIND [1, 2] AS one\nRETURN one, null AS none;\nRETURN 'a;b' AS two"
    )
    assert status == 0
    assert "one" in text
    assert "2 rows" in text
    assert "a;b" in text


async def test_an_invalid_statement_is_reported_and_the_next_one_runs(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    status, text = await run_shell(monkeypatch, store, server, "RETRUN 1; RETURN 42 AS answer;")
    assert status == 1
    assert "Invalid input 'RETRUN'" in text
    assert "42" in text


async def test_changes_and_nodes_with_their_labels_are_printed(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    typed = (
        "CREATE p = (n:ShellTest {id: 7})-[r:OF]->(n) RETURN n, r, p; MATCH (n:ShellTest) DETACH DELETE n;\n:exit\nNO"
    )
    status, text = await run_shell(monkeypatch, store, server, typed)
    assert status == 0
    assert "(:ShellTest {'id': 7})" in text
    assert "[:OF {}]" in text
    assert "nodes created: 1" in text
    assert "nodes deleted: 1" in text


async def test_truncated_results_are_reported(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    _, text = await run_shell(monkeypatch, store, server, "UNWIND range(1, 501) AS n RETURN n;")
    assert "500 rows (more not shown)" in text


@given(st.lists(st.sampled_from(["RETURN 1", "'a;b'", '"\\";"', "`;`", "/* ; */", "x"]), min_size=1))
def test_statements_are_split_only_at_semicolons_outside_quotes_and_comments(statements: list[str]) -> None:
    assert split(";".join(statements) + ";") == [*statements, ""]
