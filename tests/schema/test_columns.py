"""Columns give the answers of the database: after every mutation, at any time, and while other programs write."""

from __future__ import annotations

import asyncio
import math
import os
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph.access import Access, Principal, unrestricted
from graph.columns import Columns
from graph.columns.tables import DEALS, KNOWS
from graph.query import selection
from graph.store import Reads, Store
from graph.unrecorded import position, unrecorded
from schema.execution import Executor, Options
from tests.conftest import wipe
from tests.schema.mutations.stage import Stage

STEPS = int(os.environ.get("KITH_COLUMN_STEPS", "10000"))
_WRITES = 0.4
_WHOLE_GRAPH = 500
"""The number of steps after which every account is compared."""
_PLENTY = 10**9
_ROLLUP = """rollup(hierarchy: $hierarchy, asOf: $at) {
  accounts depth contacts openOpportunities openPipeline { amount currency } weightedPipeline { amount }
  wonOpportunities won { amount } winRate ordered { amount }
  byChild { own accounts won { amount } openPipeline { amount } account { id name } }
}"""
_CHART = """orgChart(asOf: $at) {
  people depth roots warnings { kind contactIds message }
  seats {
    contactId managerId dottedManagerIds level span descendants jobTitle department roles strength leftOn confidence
    contact { name }
  }
}"""
_BELOW = """below: descendants(hierarchy: $hierarchy, asOf: $at, maxDepth: $levels, first: $first, after: $after) {
  totalCount __typename
  nodes { id kind: __typename }
  edges { cursor depth node { id name rollup(hierarchy: $hierarchy, asOf: $at) { accounts } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}
ids: descendants(hierarchy: $hierarchy, asOf: $at, first: $first) { nodes { id } }"""
_QUESTIONS = (_ROLLUP, _CHART, _BELOW)
_TYPES = {"id": "ID!", "hierarchy": "Hierarchy", "at": "DateTime", "levels": "Int", "first": "Int", "after": "String"}
_ROLLUPS = "{ accounts(first: 1000) { nodes { id rollup { accounts won { amount } } } } }"


@pytest.fixture
async def empty(store: Store) -> AsyncIterator[Store]:
    await wipe(store)
    yield store
    await wipe(store)


def query(asked: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A query of some fields, with the variables that they have."""
    used = {name: value for name, value in values.items() if f"${name}" in asked}
    declared = ", ".join(f"${name}: {_TYPES[name]}" for name in used)
    return f"query ({declared}) {{ {asked} }}" if used else f"{{ {asked} }}", used


class Pair:
    """The same queries, answered from columns and by the database."""

    def __init__(self, store: Store) -> None:
        self.columns = Columns(store.reads, _PLENTY)
        options = Options(tie_k=1.15)
        self.fast = Executor(store.reads, store.writes, options, policy=unrestricted, columns=self.columns)
        self.slow = Executor(store.reads, store.writes, options, policy=unrestricted)

    async def answers(self, query: str, variables: dict[str, Any]) -> tuple[Any, Any]:
        bodies = [
            (await executor.execute(query, variables, None, principal=Principal(None))).body
            for executor in (self.fast, self.slow)
        ]
        return bodies[0], bodies[1]

    async def agree(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        fast, slow = await self.answers(query, variables or {})
        assert "errors" not in slow, slow["errors"]
        assert close(fast, slow), (query, variables, fast, slow)
        return fast["data"]


def close(one: Any, other: Any) -> bool:
    """Whether two answers are equal; strengths decay between the two requests."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(close(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5)
    return bool(one == other)


class Play:
    """Random mutations on a small graph."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.stage, self.rng = stage, rng
        self.known: dict[str, list[str]] = {label: [] for label in ("Account", "Contact", "User", "Opportunity")}
        self.known |= {label: [] for label in ("SalesOrder", "Product", "PhoneCall")}
        self.deleted: list[tuple[str, str]] = []
        self.moves: tuple[tuple[int, Callable[[], Any]], ...] = (
            (4, self.create), (6, self.reparent), (6, self.deal), (4, self.close), (3, self.move), (2, self.job),
            (8, self.log), (3, self.change_activity), (3, self.delete), (3, self.restore), (2, self.order),
            (2, self.line), (1, self.disable), (2, self.rename), (1, self.leave), (6, self.manage),
        )  # fmt: skip

    async def step(self) -> bool:
        """Sends one mutation; returns whether it was carried out."""
        (move,) = self.rng.choices([move for _, move in self.moves], [weight for weight, _ in self.moves])
        return bool(await move())

    def pick(self, label: str) -> str:
        """Any record of a label; a mutation of one that does not exist is refused."""
        return self.rng.choice(self.known[label] or ["missing"])

    def arguments(self) -> dict[str, Any]:
        """The arguments of the questions."""
        return {
            "hierarchy": self.rng.choice(("CRM", "CRM", "LEGAL")),
            "at": None if self.rng.random() < 0.6 else self.moment(),
            "levels": self.rng.choice((None, None, 0, 1, 2)),
            "first": self.rng.choice((0, 1, 2, 50)),
            "after": self.rng.choice((None, "|", "|é", f"|{self.pick('Account')}")),
        }

    def moment(self) -> str:
        days = self.rng.choice((-900, -400, -90, -10, -1, -0.001))
        return (datetime.now(UTC) + timedelta(days=days)).isoformat()

    def money(self) -> dict[str, Any]:
        return {"amount": self.rng.randrange(1, 10**7) / 100, "currency": "USD"}

    async def send(self, mutation: str, given: dict[str, Any], label: str = "") -> bool:
        body = await self.stage.answer(mutation, given, "id")
        if "errors" in body:
            assert {error["extensions"]["code"] for error in body["errors"]} <= {
                "CONFLICT", "REFUSED", "INVALID", "NOT_FOUND",
            }, body  # fmt: skip
            return False
        if label:
            (payload,) = body["data"].values()
            (record,) = payload.values()
            self.known[label].append(record["id"])
        return True

    async def create(self) -> bool:
        number = self.rng.randrange(10**6)
        label = self.rng.choices(("Account", "Contact", "User", "Product"), (5, 5, 1, 1))[0]
        given: dict[str, Any] = {"name": f"{label} {number}"}
        if label == "Contact" and self.known["Account"]:
            given = {"lastName": f"Person {number}", "employment": {"account": self.pick("Account")}}
        return await self.send(f"create{label}", given, label)

    async def reparent(self) -> bool:
        given: dict[str, Any] = {"account": self.pick("Account"), "validFrom": self.moment()}
        if self.rng.random() < 0.85:
            given["parent"] = self.pick("Account")
        if self.rng.random() < 0.2:
            given["hierarchy"] = "LEGAL"
        return await self.send("reparentAccount", given)

    async def deal(self) -> bool:
        given = {
            "name": "Deal", "account": self.pick("Account"), "estimatedValue": self.money(),
            "closeProbability": self.rng.randrange(101),
        }  # fmt: skip
        return await self.send("createOpportunity", given, "Opportunity")

    async def close(self) -> bool:
        deal = self.pick("Opportunity")
        choice = self.rng.randrange(4)
        if choice == 0:
            return await self.send("winOpportunity", {"opportunity": deal, "actualValue": self.money()})
        if choice == 1:
            return await self.send("loseOpportunity", {"opportunity": deal, "status": "CANCELED"})
        if choice == 2:
            return await self.send("reopenOpportunity", {"opportunity": deal})
        given = {"id": deal, "account": self.pick("Account"), "estimatedValue": self.money()}
        return await self.send("updateOpportunity", given)

    async def move(self) -> bool:
        return await self.send("moveContact", {"contact": self.pick("Contact"), "account": self.pick("Account")})

    async def job(self) -> bool:
        given = {"contact": self.pick("Contact"), "account": self.pick("Account")}
        return await self.send(self.rng.choice(("addEmployment", "endEmployment")), given)

    async def log(self) -> bool:
        people = [self.pick(label) for label in self.rng.choices(("Contact", "User"), k=self.rng.randrange(2, 5))]
        given = {
            "kind": "PHONE_CALL", "startedAt": self.moment(),
            "participants": [{"party": party, "role": "TO"} for party in dict.fromkeys(people)],
        }  # fmt: skip
        body = await self.stage.answer("logActivity", given, "id")
        if "errors" not in body:
            self.known["PhoneCall"].append(body["data"]["logActivity"]["activity"]["id"])
        return "errors" not in body

    async def change_activity(self) -> bool:
        activity = self.pick("PhoneCall")
        if self.rng.random() < 0.3:
            return await self.send("cancelActivity", {"activity": activity})
        return await self.send("rescheduleActivity", {"activity": activity, "startedAt": self.moment()})

    async def delete(self) -> bool:
        label = self.rng.choice(tuple(self.known))
        uid = self.pick(label)
        if uid not in self.known[label] or not await self.send(f"delete{label}", {"id": uid}):
            return False
        self.known[label].remove(uid)
        self.deleted.append((label, uid))
        return True

    async def restore(self) -> bool:
        if not self.deleted:
            return False
        label, uid = self.deleted.pop(self.rng.randrange(len(self.deleted)))
        done = await self.send(f"restore{label}", {"id": uid})
        if done:
            self.known[label].append(uid)
        return done

    async def order(self) -> bool:
        given: dict[str, Any] = {"account": self.pick("Account")}
        if self.rng.random() < 0.5:
            given["totalAmount"] = self.money()
        return await self.send("createSalesOrder", given, "SalesOrder")

    async def line(self) -> bool:
        given = {"record": self.pick("SalesOrder"), "product": self.pick("Product")}
        if self.rng.random() < 0.3:
            return await self.send("removeLine", given)
        return await self.send("addLine", {**given, "extendedAmount": self.money()})

    async def disable(self) -> bool:
        return await self.send("updateUser", {"id": self.pick("User"), "isDisabled": self.rng.random() < 0.5})

    async def rename(self) -> bool:
        return await self.send("updateAccount", {"id": self.pick("Account"), "name": f"Name {self.rng.random():.3f}"})

    async def manage(self) -> bool:
        given: dict[str, Any] = {"contact": self.pick("Contact"), "validFrom": self.moment()}
        if self.rng.random() < 0.9:
            given["manager"] = self.pick("Contact")
        if self.rng.random() < 0.2:
            given["kind"] = "DOTTED"
        return await self.send("setManager", given)

    async def leave(self) -> bool:
        return await self.send("moveContact", {"contact": self.pick("Contact")})


async def begun(pair: Pair, store: Store, seed: int) -> Play:
    """A play on a graph with some records of each kind."""
    play = Play(Stage(pair.fast, store), random.Random(seed))
    for label, count in (("Account", 8), ("User", 3), ("Contact", 8), ("Product", 2)):
        for number in range(count):
            given = {"lastName": f"P{number}"} if label == "Contact" else {"name": f"{label} {number}"}
            assert await play.send(f"create{label}", given, label)
    for move in (play.deal, play.deal, play.order, play.log):
        assert await move()
    return play


async def test_answers_agree_in_any_order_of_writes_and_reads(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, STEPS)
    assert await pair.columns.load()
    done = written = 0
    for step in range(STEPS):
        if play.rng.random() < _WRITES:
            written += 1
            done += await play.step()
            continue
        if not pair.columns.ready:
            assert await pair.columns.load()
        question = play.rng.choice(_QUESTIONS)
        whole = step % _WHOLE_GRAPH == 0
        asked = (
            f"accounts(first: 1000) {{ nodes {{ id {question} }} }}" if whole else f"account(id: $id) {{ {question} }}"
        )
        await pair.agree(*query(asked, {"id": play.pick("Account"), **play.arguments()}))
    assert done > written / 4


async def test_requests_at_once_follow_the_same_events(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 2)
    assert await pair.columns.load()

    async def write() -> None:
        for _ in range(15):
            await play.deal()

    async def read() -> None:
        for _ in range(15):
            answer = await pair.fast.execute(_ROLLUPS, {}, None, principal=Principal(None))
            assert "errors" not in answer.body
            assert pair.columns.ready

    await asyncio.gather(*(write() for _ in range(3)), *(read() for _ in range(6)))
    await pair.agree(_ROLLUPS)


async def test_a_request_that_was_overtaken_keeps_the_columns(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 5)
    assert await pair.columns.load()
    overtaken = asyncio.Event()

    async def slow(reads: Reads) -> Any:
        found = await position(reads)
        await overtaken.wait()
        return found

    monkeypatch.setattr("graph.columns.follow.position", slow)
    waiting = asyncio.ensure_future(pair.columns.current({DEALS.name}))
    await asyncio.sleep(0.2)
    monkeypatch.setattr("graph.columns.follow.position", position)
    assert await play.deal()
    assert await pair.columns.current({DEALS.name}) is not None
    overtaken.set()
    assert await waiting is not None
    assert pair.columns.ready


async def test_an_explained_answer_says_what_columns_answered_and_which_events_it_contains(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 6)
    asked = "{ accounts(first: 1) { nodes { name rollup { accounts } descendants { nodes { id } } } } }"

    async def explained(query: str) -> Any:
        answer = await pair.fast.execute(query, {}, None, principal=Principal(None), explain=True)
        return answer.body["extensions"]["explain"]

    before = await explained(asked)
    assert before == {"position": (await position(empty.reads)).event, "columns": []}
    assert await pair.columns.load()
    assert await play.deal()
    after = {"position": before["position"] + 1, "columns": ["Account.descendants", "Account.rollup"]}
    assert await explained(asked) == after
    assert await explained("{ accounts { totalCount } }") == {**after, "columns": []}
    plain = await pair.fast.execute(asked, {}, None, principal=Principal(None))
    assert "extensions" not in plain.body


async def test_a_table_is_read_again_only_for_questions_that_need_it(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 7)
    assert await pair.columns.load()
    before = await pair.columns.current({KNOWS.name, DEALS.name})
    assert before is not None
    while not await play.log():
        pass
    after = await pair.columns.current({DEALS.name})
    assert after is not None
    assert after.position > before.position
    assert after.tables is before.tables
    followed = await pair.columns.current({KNOWS.name})
    assert followed is not None
    assert followed.tables[DEALS.name] is before.tables[DEALS.name]
    assert followed.tables[KNOWS.name] is not before.tables[KNOWS.name]
    await pair.agree(_ROLLUPS)


async def test_a_change_that_columns_do_not_have_keeps_what_was_computed(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 8)
    assert await pair.columns.load()
    before = await pair.columns.current({DEALS.name})
    assert before is not None
    deal = play.pick("Opportunity")
    assert await play.send("updateOpportunity", {"id": deal, "name": "Another name"})
    after = await pair.columns.current({DEALS.name})
    assert after is not None
    assert after.tables[DEALS.name] is before.tables[DEALS.name]
    assert await play.send("updateOpportunity", {"id": deal, "estimatedValue": {"amount": 0.07, "currency": "USD"}})
    changed = await pair.columns.current({DEALS.name})
    assert changed is not None
    assert changed.tables[DEALS.name] is not before.tables[DEALS.name]


async def test_callers_with_rules_are_answered_by_the_database(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 3)
    assert await pair.columns.load()
    here = "MATCH (a:Account) SET a.city = CASE WHEN a.uid = $uid THEN 'Ely' END RETURN count(a)"
    await play.stage.write(here, uid=play.pick("Account"))
    shape = selection.AccessShape((("Account", selection.Test("city", "eq", selection.AccessValue("city"))),))
    narrow = Executor(
        empty.reads, empty.writes, Options(), policy=lambda _: Access(shape, {"city": "Ely"}), columns=pair.columns
    )
    answer = await narrow.execute(_ROLLUPS, {}, None, principal=Principal(None))
    assert [one["rollup"]["accounts"] for one in answer.body["data"]["accounts"]["nodes"]] == [1]


async def test_a_graph_that_is_too_large_is_left_to_the_database(empty: Store) -> None:
    lines: list[str] = []
    pair = Pair(empty)
    await begun(pair, empty, 4)
    columns = Columns(empty.reads, 1, lines.append)
    await asyncio.wait_for(columns.run(), 10)
    assert not columns.ready
    assert "need more than the 1 bytes of KITH_COLUMNS" in lines[0]


async def test_the_database_answers_while_writes_leave_no_events(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 1)
    assert await pair.columns.load()
    async with unrecorded(empty.writes):
        await play.stage.write("MATCH (o:Opportunity) SET o.estimatedValueBase = 77 RETURN count(o)")
        await pair.agree(_ROLLUPS)
        assert not await pair.columns.load()
    assert not pair.columns.ready
    assert await pair.columns.load()
    await pair.agree(_ROLLUPS)
