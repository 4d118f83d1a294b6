"""Lookups that are joined: each caller has its own answer, its own error and its own life."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from graph.access import Principal, unrestricted
from graph.errors import Unavailable
from graph.joining import Join, Joining
from graph.store import Bound, Store
from schema.execution import Executor, Options
from tests.conftest import fill

pytestmark = pytest.mark.anyio

_RECORD = "query ($id: ID!) { account(id: $id) { name contacts(first: 2) { nodes { name } totalCount } } }"


@pytest.fixture
async def staffed(store: Store) -> Executor:
    """An executor on a graph of 40 accounts with as many people as their number's last digit."""

    async def load() -> None:
        text = """UNWIND range(0, 39) AS i CREATE (a:Account:Party:Record {uid: 'a' + i, name: 'Account ' + i})
            WITH a, i UNWIND CASE i % 10 WHEN 0 THEN [null] ELSE range(1, i % 10) END AS j
            FOREACH (_ IN CASE WHEN j IS NULL THEN [] ELSE [1] END |
              CREATE (:Contact:Party:Record {uid: 'c' + i + '-' + j, name: 'Person ' + j})-[:WORKS_AT]->(a))
            RETURN count(*)"""
        await store.writes.change(Bound("staff", text, {}))

    await fill(store, "joining", load)
    return Executor(store.reads, store.writes, Options(), policy=unrestricted)


async def test_each_caller_has_the_answer_to_its_own_question(
    staffed: Executor, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.joining.CHEAP_SECONDS", 60)

    async def ask(number: int) -> Any:
        answer = await staffed.execute(_RECORD, {"id": f"a{number}"}, None, principal=Principal(None))
        return answer.body["data"]["account"]

    alone = [await ask(number) for number in range(45)]
    assert [one and one["contacts"]["totalCount"] for one in alone[:12]] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert alone[40:] == [None] * 5
    for _ in range(3):
        sent.clear()
        together = await asyncio.gather(*(ask(number % 45) for number in range(200)))
        assert together == [alone[number % 45] for number in range(200)]
        assert len(sent) < 60, "The lookups were not joined."


class Sender:
    """Answers lookups of numbers: one as soon as it is released, and several only if `joins` allows it."""

    def __init__(self, *, joins: bool = True) -> None:
        self.joins, self.ended = joins, 0
        self.asked: list[dict[str, Any]] = []
        self.turns = asyncio.Semaphore(0)
        self.arrivals: asyncio.Queue[None] = asyncio.Queue()

    def release(self, statements: int = 100) -> None:
        """Lets the next statements be answered."""
        for _ in range(statements):
            self.turns.release()

    async def send(self, bound: Bound) -> Any:
        self.asked.append(dict(bound.parameters))
        self.arrivals.put_nowait(None)
        try:
            await self.turns.acquire()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        if "items" not in bound.parameters:
            if bound.parameters["id"] == "bad":
                raise Unavailable("bad", remedy="none")
            return bound.parameters["id"]
        if not self.joins:
            raise Unavailable("together", remedy="none")
        return [[item["at"], item["id"]] for item in bound.parameters["items"] if item["id"] != "missing"]


def lookup(uid: str, size: int = 1) -> Bound:
    join = Join("together", frozenset({"id"}))
    return Bound("lookup", "alone", {"id": uid, "size": size}, join)


async def begun(sender: Sender) -> Callable[..., list[asyncio.Task[Any]]]:
    """Begins lookups in a joining that knows them to be cheap; they wait for their release."""
    joining = Joining()
    sender.release(1)
    await joining.ask(lookup("first"), sender.send)
    await sender.arrivals.get()
    sender.asked.clear()

    def ask(*bounds: Bound) -> list[asyncio.Task[Any]]:
        return [asyncio.ensure_future(joining.ask(one, sender.send)) for one in bounds]

    return ask


async def test_an_error_reaches_only_the_caller_that_causes_it() -> None:
    sender = Sender(joins=False)
    ask = await begun(sender)
    tasks = ask(lookup("a"), lookup("b"), lookup("bad"), lookup("c"))
    await asyncio.sleep(0)
    sender.release()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [found[0], found[1], found[3]] == ["a", "b", "c"]
    assert isinstance(found[2], Unavailable)
    assert found[2].message == "bad"


async def test_only_lookups_with_equal_parameters_are_joined() -> None:
    sender = Sender()
    ask = await begun(sender)
    tasks = ask(lookup("a"), lookup("b"), lookup("c", 2), lookup("missing"), lookup("d", 2))
    await asyncio.sleep(0)
    sender.release()
    assert await asyncio.gather(*tasks) == ["a", "b", "c", None, "d"]
    assert [[item["id"] for item in one.get("items", [])] for one in sender.asked] == [[], ["b", "missing"], ["c", "d"]]


async def test_a_caller_that_leaves_does_not_take_the_others_along() -> None:
    sender = Sender()
    ask = await begun(sender)
    first, *others = ask(lookup("a"), lookup("b"), lookup("c"), lookup("d"))
    await asyncio.sleep(0)
    others[0].cancel()
    sender.release()
    assert await asyncio.gather(first, *others[1:]) == ["a", "c", "d"]
    assert [item["id"] for item in sender.asked[1]["items"]] == ["c", "d"]


async def test_a_statement_that_no_caller_waits_for_is_ended() -> None:
    sender = Sender()
    ask = await begun(sender)
    first, *others = ask(lookup("a"), lookup("b"), lookup("c"))
    await asyncio.sleep(0)
    sender.release(1)
    assert await first == "a"
    for _ in range(2):
        await sender.arrivals.get()
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(5):
        await asyncio.sleep(0)
    assert sender.ended == 1
    sender.release()
    assert await asyncio.gather(*ask(lookup("e"), lookup("f"))) == ["e", "f"]
