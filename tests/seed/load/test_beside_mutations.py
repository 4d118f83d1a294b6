"""A load beside mutations of the same records: invariants hold and ties equal the activities, whatever the order."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from graph.access import unrestricted
from graph.bulk import batch
from graph.identity import uid
from graph.store import Store
from graph.ties import refresh
from schema.execution import Executor, Options
from seed.load import execution
from tests.schema.mutations.stage import Stage
from tests.seed.conftest import Desk

TABLES = """
[[nodes]]
file = "accounts.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "id"
relationship = { value = "CUSTOMER" }
[[nodes]]
file = "users.csv"
label = "User"
key = "id"
[nodes.fields]
name = "id"
[[nodes]]
file = "contacts.csv"
label = "Contact"
key = "id"
[nodes.fields]
fullName = "id"
[[nodes]]
file = "products.csv"
label = "Product"
key = "id"
[nodes.fields]
name = "id"
state = { value = "ACTIVE" }
"""

LINKS = """
[[edges]]
file = "parents.csv"
type = "CHILD_OF"
from = { label = "Account", key = "child" }
to = { label = "Account", key = "parent" }
[edges.fields]
hierarchy = { value = "CRM" }
[[edges]]
file = "managers.csv"
type = "MANAGES"
from = { label = "User", key = "user" }
to = { label = "Account", key = "account" }
[edges.fields]
isPrimary = { value = true }
role = { value = "account manager" }
[[edges]]
file = "bosses.csv"
type = "REPORTS_TO"
from = { label = "Contact", key = "contact" }
to = { label = "Contact", key = "boss" }
[[edges]]
file = "families.csv"
type = "CHILD_OF"
from = { label = "Product", key = "child" }
to = { label = "Product", key = "parent" }
"""

COUNT = 24

WRONG = """CALL () {
  MATCH (n:Record {source: $source})
  WHERE EXISTS { (n) (()-[e:CHILD_OF|REPORTS_TO WHERE e.validTo IS NULL]->())+ (n) }
  RETURN n.uid AS wrong
  UNION ALL
  MATCH (n:Account|Product {source: $source})
  WHERE COUNT { (n)-[e:CHILD_OF WHERE e.validTo IS NULL]->() } > 1 RETURN n.uid AS wrong
  UNION ALL
  MATCH (n:Account {source: $source})
  WHERE COUNT { (n)<-[e:MANAGES WHERE e.validTo IS NULL AND e.isPrimary]-() } > 1 RETURN n.uid AS wrong
  UNION ALL
  MATCH (n:Contact {source: $source})
  WHERE COUNT { (n)-[e:REPORTS_TO WHERE e.validTo IS NULL]->() } > 1 RETURN n.uid AS wrong
}
RETURN collect(wrong)"""


@pytest.fixture
def stage(store: Store) -> Stage:
    """Mutations on the graph of the loads."""
    return Stage(Executor(store.reads, store.writes, Options(), policy=unrestricted), store)


def pairs(rng: random.Random, prefix: str, other: str, *, acyclic: bool) -> list[tuple[str, str]]:
    """One random pair for each record; without cycles, the second one comes before the first in a random order."""
    order = rng.sample(range(COUNT), COUNT)
    if not acyclic:
        return [(f"{prefix}{one}", f"{other}{rng.choice(order)}") for one in order]
    return [(f"{prefix}{order[at]}", f"{other}{order[rng.randrange(at)]}") for at in range(1, COUNT)]


def write(desk: Desk, rng: random.Random) -> None:
    """New links in every file."""
    for name, header, found in (
        ("parents", "child,parent", pairs(rng, "a", "a", acyclic=True)),
        ("managers", "account,user", pairs(rng, "a", "u", acyclic=False)),
        ("bosses", "contact,boss", pairs(rng, "c", "c", acyclic=True)),
        ("families", "child,parent", pairs(rng, "p", "p", acyclic=True)),
    ):
        rng.shuffle(found)
        desk.write(f"{name}.csv", f"{header}\n" + "".join(f"{one},{other}\n" for one, other in found))


async def test_invariants_hold_whatever_a_load_and_mutations_do_to_the_same_links(
    desk: Desk, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "batches", lambda items, size=8: batch.batches(items, min(size, 8)))
    rng = random.Random(16)
    for name, prefix in (("accounts", "a"), ("users", "u"), ("contacts", "c"), ("products", "p")):
        desk.write(f"{name}.csv", "id\n" + "".join(f"{prefix}{number}\n" for number in range(COUNT)))
    write(desk, rng)
    await desk.load(TABLES + LINKS)
    done = asyncio.Event()
    ended: list[str] = []

    def pick(label: str) -> str:
        return uid(desk.source, label, f"{label[0].lower()}{rng.randrange(COUNT)}")

    async def mutate(kind: int) -> None:
        while not done.is_set():
            given: tuple[str, dict[str, Any], str | None] = (
                ("reparentAccount", {"account": pick("Account"), "parent": pick("Account")}, None),
                ("assignManager", {"account": pick("Account"), "user": pick("User")}, None),
                ("setManager", {"contact": pick("Contact"), "manager": pick("Contact")}, None),
                ("updateProduct", {"parent": pick("Product")}, pick("Product")),
            )[kind]
            body = await stage.answer(given[0], given[1], uid=given[2])
            ended.append("OK" if "errors" not in body else body["errors"][0]["extensions"]["code"])

    async def loads() -> None:
        try:
            times = 0
            while times < 2 or ended.count("OK") <= 4:
                write(desk, rng)
                await desk.load(LINKS)
                times += 1
        finally:
            done.set()

    await asyncio.gather(loads(), *map(mutate, range(4)))
    assert await stage.see(WRONG, source=desk.source) == []
    assert set(ended) <= {"OK", "CONFLICT", "INVALID", "REFUSED"}


MAILS = """
[[nodes]]
file = "mails.csv"
label = "Email"
key = "id"
[nodes.fields]
subject = "id"
status = { value = "COMPLETED" }
startedAt = "at"
"""
PARTY = """
[[edges]]
file = "mails.csv"
type = "PARTICIPATED_IN"
from = { label = "User", key = "%s" }
to = { label = "Email", key = "id" }
key = { value = "%s" }
[edges.fields]
role = { value = "%s" }
"""


async def test_ties_equal_the_activities_when_mails_are_loaded_while_others_are_logged(
    desk: Desk, stage: Stage
) -> None:
    rng = random.Random(8)
    users = [f"u{number}" for number in range(6)]
    desk.write("accounts.csv", "id\n")
    desk.write("contacts.csv", "id\n")
    desk.write("products.csv", "id\n")
    desk.write("users.csv", "id\n" + "".join(f"{one}\n" for one in users))
    await desk.load(TABLES)
    kinds = (await stage.ask('{ __type(name: "ActivityKind") { enumValues { name } } }'))["__type"]["enumValues"]
    (email,) = (one["name"] for one in kinds if one["name"].upper() == "EMAIL")
    done = asyncio.Event()
    logged = 0

    async def log() -> None:
        nonlocal logged
        while not done.is_set():
            one, other = rng.sample(users, 2)
            people = [
                {"party": uid(desk.source, "User", key), "role": role} for key, role in ((one, "FROM"), (other, "TO"))
            ]
            day = f"2026-01-{rng.randrange(1, 28):02}T10:00:00Z"
            given = {"kind": email, "subject": "Hi", "startedAt": day, "participants": people}
            await stage.do("logActivity", given)
            logged += 1

    async def loads() -> None:
        try:
            part = 0
            while part < 2 or logged <= 2:
                rows = [(f"m{part}-{n}", f"2026-02-{n % 28 + 1:02}", *rng.sample(users, 2)) for n in range(40)]
                desk.write("mails.csv", "id,at,sender,receiver\n" + "".join(f"{','.join(row)}\n" for row in rows))
                await desk.load(MAILS + PARTY % ("sender", "FROM", "FROM") + PARTY % ("receiver", "TO", "TO"))
                part += 1
        finally:
            done.set()

    await asyncio.gather(loads(), log(), log())
    found = await refresh.refresh_parties(desk.store.writes, [uid(desk.source, "User", key) for key in users])
    assert found.ties > 10
    assert (found.created, found.changed, found.removed) == (0, 0, 0)
    emails = "MATCH (n:Email)<-[:PARTICIPATED_IN]-(:User {source: $source}) DETACH DELETE n RETURN count(*)"
    await desk.change(emails)
