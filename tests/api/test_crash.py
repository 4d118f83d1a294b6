"""Neo4j or Kith is killed during a hundred mutations: acknowledged ones are complete, the others left no trace."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import anyio
import pytest

from graph import engine, indexes, schema_version
from graph.access import Principal, unrestricted
from graph.engine import Folder
from graph.identity import new_uid
from graph.migrations.execution import CURRENT
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, Store, connect
from graph.ties import refresh
from schema.execution import Executor, Options
from tests.api.running import Running, serving
from tests.conftest import back

MUTATIONS = 100
CONCURRENCY = 8
ACKNOWLEDGED_BEFORE_THE_KILL = 30

# For each kind of mutation, the number of records that only a part of it could have left.
PARTIAL = {
    "contacts without their job or their event": """MATCH (n:Contact) WHERE n.description = 'verb'
        AND (COUNT { (n)-[:WORKS_AT]->() } <> 1 OR COUNT { (n)<-[:CHANGED]-(:Event {mutation: 'createContact'}) } <> 1)
        RETURN count(n)""",
    "opportunities without their account or their event": """MATCH (n:Opportunity)
        WHERE COUNT { (n)-[:FOR_ACCOUNT]->() } <> 1 OR COUNT { (n)<-[:CHANGED]-(:Event) } <> 1 RETURN count(n)""",
    "activities without their participants or their event": """MATCH (n:Activity)
        WHERE COUNT { (n)<-[:PARTICIPATED_IN]-() } <> 2 OR COUNT { (n)-[:REGARDING]->() } <> 1
          OR COUNT { (n)<-[:CHANGED]-(:Event) } <> 1 RETURN count(n)""",
    "changes without their event": """MATCH (n:Account) WHERE n.description IS NOT NULL
        AND NOT EXISTS { (n)<-[c:CHANGED]-(:Event) WHERE c.`after.description` = n.description } RETURN count(n)""",
    "events without a subject": """MATCH (e:Event) WHERE NOT EXISTS { (e)-[:CHANGED {isSubject: true}]->() }
        RETURN count(e)""",
}


async def create_cast(store: Store) -> dict[str, list[str]]:
    """Creates accounts, contacts and users without mutations; returns their ids by label."""
    cast = {"Account": 4, "Contact": 5, "User": 3}
    ids = {label: [new_uid() for _ in range(count)] for label, count in cast.items()}
    for label, uids in ids.items():
        text = "UNWIND $uids AS uid CREATE (n:$($labels) {uid: uid, name: uid}) RETURN count(n)"
        await store.writes.change(Statement("test.cast", text).bind(uids=uids, labels=[label, "Party", "Record"]))
    return ids


def random_mutation(cast: dict[str, list[str]], rng: random.Random) -> tuple[str, dict[str, Any]]:
    """Returns the name of a mutation and its input."""
    account, user, contact = (rng.choice(cast[label]) for label in ("Account", "User", "Contact"))
    people = [{"party": user, "role": "FROM"}, {"party": contact, "role": "TO"}]
    choices: list[tuple[str, dict[str, Any]]] = [
        ("createContact", {"fullName": "New", "description": "verb", "employment": {"account": account}}),
        ("createOpportunity", {"name": "Deal", "account": account}),
        ("logActivity", {"kind": "PhoneCall", "regarding": account, "participants": people}),
        ("updateAccount", {"description": new_uid()}),
    ]
    return rng.choice(choices)


Send = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any] | None]]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that only this module uses, because it is killed."""
    return tmp_path_factory.mktemp("crash") / "data"


@pytest.fixture(scope="module", name="own")
async def _own(folder: Path, anyio_backend: str) -> AsyncIterator[engine.Server]:
    async with engine.server(Settings.read(data=folder, neo4j_uri=None, memory=384 * MEBIBYTE)) as server:
        yield server


@pytest.fixture(scope="module", name="opened")
async def _opened(own: engine.Server) -> AsyncIterator[Store]:
    async with connect(own.uri, own.user, own.password, database=own.database, seconds=60) as store:
        await schema_version.write(store.writes, CURRENT)
        await indexes.install(store.writes)
        yield store


async def test_acknowledged_mutations_are_complete_after_a_kill_of_neo4j(opened: Store, folder: Path) -> None:
    cast, executor = (
        await create_cast(opened),
        Executor(opened.reads, opened.writes, Options(), policy=unrestricted),
    )
    first = Folder(folder).state().pid

    async def send(query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        body: dict[str, Any] = (await executor.execute(query, variables, None, principal=Principal())).body
        if "errors" not in body:
            return body
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
        return None

    acknowledged = await kill_during(random_mutations(cast), send, lambda: os.kill(first, signal.SIGKILL))
    await back(opened)
    await check_complete(opened, acknowledged, cast)


async def test_acknowledged_mutations_are_complete_after_a_kill_of_kith(
    opened: Store, own: engine.Server, tmp_path: Path
) -> None:
    cast = await create_cast(opened)
    todo = random_mutations(cast)

    def to(running: Running) -> Send:
        async def send(query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
            try:
                body: dict[str, Any] = await anyio.to_thread.run_sync(running.ask, query, variables)
            except (OSError, HTTPException):
                assert running.process.wait(5) == -signal.SIGKILL
                return None
            assert "errors" not in body
            return body

        return send

    with serving(own, tmp_path) as first:
        acknowledged = await kill_during(
            todo, to(first), first.process.kill, until=lambda: first.process.poll() is not None
        )
    assert ACKNOWLEDGED_BEFORE_THE_KILL <= len(acknowledged) < MUTATIONS
    await check_complete(opened, acknowledged, cast)
    left = len(todo)
    with serving(own, tmp_path) as second:
        more = await kill_during(todo, to(second), lambda: None)
    assert len(more) == left > 0
    await check_complete(opened, acknowledged + more, cast)


def random_mutations(cast: dict[str, list[str]]) -> list[tuple[str, dict[str, Any], str]]:
    """Returns a hundred mutations: name, variables and the change that only its event contains."""
    rng = random.Random(3)
    mutations = []
    for _ in range(MUTATIONS):
        name, given = random_mutation(cast, rng)
        if name == "updateAccount":
            given["id"] = rng.choice(cast["Account"])
        mutations.append((name, {"input": given}, given["description"] if name == "updateAccount" else ""))
    return mutations


async def kill_during(
    todo: list[tuple[str, dict[str, Any], str]],
    send: Send,
    kill: Callable[[], None],
    until: Callable[[], bool] = lambda: False,
) -> list[list[str]]:
    """Runs `kill` during the mutations; returns the acknowledged ones: name, record and the change of its event."""
    acknowledged: list[list[str]] = []

    async def work() -> None:
        while todo and not until():
            name, variables, change = todo.pop()
            kind = f"{name[0].upper()}{name[1:]}Input"
            query = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ event {{ subject {{ id }} }} }} }}"
            body = await send(query, variables)
            if body is None:
                await asyncio.sleep(0.2)
                continue
            acknowledged.append([name, body["data"][name]["event"]["subject"]["id"], change])
            if len(acknowledged) == ACKNOWLEDGED_BEFORE_THE_KILL:
                kill()

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL or not todo
    return acknowledged


async def check_complete(store: Store, acknowledged: list[list[str]], cast: dict[str, list[str]]) -> None:
    """Checks that each acknowledged mutation has one event, that none is partial, and that the ties are current."""
    seen = Statement(
        "test.events",
        """UNWIND $kept AS one
        OPTIONAL MATCH (e:Event {mutation: one[0]})-[c:CHANGED {isSubject: true}]->(:Record {uid: one[1]})
        WHERE one[2] = '' OR c.`after.description` = one[2]
        WITH one, count(e) AS events WHERE events <> 1 RETURN collect(one)""",
    )
    assert await store.reads.ask(seen.bind(kept=acknowledged)) == []
    for what, text in PARTIAL.items():
        assert await store.reads.ask(Statement("test.half", text).bind()) == 0, what
    done = await refresh.refresh_parties(store.writes, [*cast["User"], *cast["Contact"]])
    assert (done.created, done.changed, done.removed) == (0, 0, 0)
