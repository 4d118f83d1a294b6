"""The Cypher prompt: statements apart, answers as tables."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from graph import engine
from graph.commands import opened
from graph.shell import shell, split
from graph.store import Store


@pytest.fixture(name="store")
async def _store(server: engine.Server) -> AsyncIterator[Store]:
    async with opened(server) as store:
        yield store


async def said(monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server, typed: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    heard = io.StringIO()
    status = await shell(store, server.database, Console(file=heard, width=200))
    return status, heard.getvalue()


async def test_an_answer_is_a_table(monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server) -> None:
    status, told = await said(
        monkeypatch, store, server, "UNWIND [1, 2] AS one\nRETURN one, null AS none;\nRETURN 'a;b' AS two"
    )
    assert status == 0
    assert "one" in told
    assert "2 rows" in told
    assert "a;b" in told


async def test_a_wrong_statement_is_told_and_the_next_one_still_runs(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    status, told = await said(monkeypatch, store, server, "RETRUN 1; RETURN 42 AS answer;")
    assert status == 1
    assert "Invalid input 'RETRUN'" in told
    assert "42" in told


async def test_what_a_statement_changed_is_told_and_nodes_are_shown_with_their_labels(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    typed = (
        "CREATE p = (n:ShellTest {id: 7})-[r:OF]->(n) RETURN n, r, p; MATCH (n:ShellTest) DETACH DELETE n;\n:exit\nNO"
    )
    status, told = await said(monkeypatch, store, server, typed)
    assert status == 0
    assert "(:ShellTest {'id': 7})" in told
    assert "[:OF {}]" in told
    assert "nodes created: 1" in told
    assert "nodes deleted: 1" in told


async def test_more_rows_than_are_shown_are_told(
    monkeypatch: pytest.MonkeyPatch, store: Store, server: engine.Server
) -> None:
    _, told = await said(monkeypatch, store, server, "UNWIND range(1, 501) AS n RETURN n;")
    assert "500 rows (more not shown)" in told


@given(st.lists(st.sampled_from(["RETURN 1", "'a;b'", '"\\";"', "`;`", "/* ; */", "x"]), min_size=1))
def test_statements_come_apart_only_at_semicolons_outside_of_quotes_and_comments(statements: list[str]) -> None:
    assert split(";".join(statements) + ";") == [*statements, ""]
