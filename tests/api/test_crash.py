"""Neo4j or Kith killed amid a hundred verbs: what was acknowledged is there, and no half of any verb."""

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

from graph import engine, indexes
from graph.access import Principal, unrestricted
from graph.engine import Folder
from graph.identity import new_uid
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, Store, connect
from graph.ties import refresh
from schema.execution import Executor, Options
from tests.api.running import Running, serving
from tests.conftest import back

VERBS = 100
AT_ONCE = 8
ACKNOWLEDGED_BEFORE_THE_KILL = 30

# For each kind of verb the records that are only half of what it writes.
HALVES = {
    "people without their job or their event": """MATCH (n:Contact) WHERE n.description = 'verb'
        AND (COUNT { (n)-[:WORKS_AT]->() } <> 1 OR COUNT { (n)<-[:SUBJECT]-(:Event {verb: 'createContact'}) } <> 1)
        RETURN count(n)""",
    "deals without their account or their event": """MATCH (n:Opportunity)
        WHERE COUNT { (n)-[:FOR_ACCOUNT]->() } <> 1 OR COUNT { (n)<-[:SUBJECT]-(:Event) } <> 1 RETURN count(n)""",
    "activities without who took part or their event": """MATCH (n:Activity)
        WHERE COUNT { (n)<-[:PARTICIPATED_IN]-() } <> 2 OR COUNT { (n)-[:REGARDING]->() } <> 1
          OR COUNT { (n)<-[:SUBJECT]-(:Event) } <> 1 RETURN count(n)""",
    "changes without their event": """MATCH (n:Account) WHERE n.description IS NOT NULL
        AND NOT EXISTS { (n)<-[:SUBJECT]-(e:Event) WHERE 'description=' + n.description IN e.after } RETURN count(n)""",
    "events of nothing": "MATCH (e:Event) WHERE NOT EXISTS { (e)-[:SUBJECT]->() } RETURN count(e)",
}


async def people_and_places(store: Store) -> dict[str, list[str]]:
    """The ids of a small cast, written without verbs."""
    cast = {"Account": 4, "Contact": 5, "User": 3}
    made = {label: [new_uid() for _ in range(count)] for label, count in cast.items()}
    for label, uids in made.items():
        text = "UNWIND $uids AS uid CREATE (n:$($labels) {uid: uid, name: uid}) RETURN count(n)"
        await store.writes.change(Statement("test.cast", text).bind(uids=uids, labels=[label, "Party", "Record"]))
    return made


def some(cast: dict[str, list[str]], rng: random.Random) -> tuple[str, dict[str, Any]]:
    """A verb and the variables of its mutation."""
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
    """The data folder of a server of this module's own, because it is killed."""
    return tmp_path_factory.mktemp("crash") / "data"


@pytest.fixture(scope="module", name="own")
async def _own(folder: Path, anyio_backend: str) -> AsyncIterator[engine.Server]:
    async with engine.server(Settings.read(data=folder, neo4j_uri=None, memory=384 * MEBIBYTE)) as server:
        yield server


@pytest.fixture(scope="module", name="opened")
async def _opened(own: engine.Server) -> AsyncIterator[Store]:
    async with connect(own.uri, own.user, own.password, database=own.database, seconds=60) as store:
        await indexes.install(store.writes)
        yield store


async def test_after_a_kill_of_neo4j_every_acknowledged_verb_is_there_in_full(opened: Store, folder: Path) -> None:
    cast, executor = (
        await people_and_places(opened),
        Executor(opened.reads, opened.writes, Options(), policy=unrestricted),
    )
    first = Folder(folder).state().pid

    async def send(query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        body: dict[str, Any] = (await executor.execute(query, variables, None, principal=Principal())).body
        if "errors" not in body:
            return body
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
        return None

    kept = await amid(verbs(cast), send, lambda: os.kill(first, signal.SIGKILL))
    await back(opened)
    await holds(opened, kept, cast)


async def test_after_a_kill_of_kith_every_acknowledged_verb_is_there_in_full(
    opened: Store, own: engine.Server, tmp_path: Path
) -> None:
    cast = await people_and_places(opened)
    todo = verbs(cast)

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
        kept = await amid(todo, to(first), first.process.kill, until=lambda: first.process.poll() is not None)
    assert ACKNOWLEDGED_BEFORE_THE_KILL <= len(kept) < VERBS
    await holds(opened, kept, cast)
    left = len(todo)
    with serving(own, tmp_path) as second:
        more = await amid(todo, to(second), lambda: None)
    assert len(more) == left > 0
    await holds(opened, kept + more, cast)


def verbs(cast: dict[str, list[str]]) -> list[tuple[str, dict[str, Any], str]]:
    """A hundred verbs, each with its mutation's variables and what only its event says."""
    rng = random.Random(3)
    all_verbs = []
    for _ in range(VERBS):
        verb, given = some(cast, rng)
        variables = {"input": given, "id": rng.choice(cast["Account"])}
        all_verbs.append((verb, variables, f"description={given['description']}" if verb == "updateAccount" else ""))
    return all_verbs


async def amid(
    todo: list[tuple[str, dict[str, Any], str]],
    send: Send,
    kill: Callable[[], None],
    until: Callable[[], bool] = lambda: False,
) -> list[list[str]]:
    """Kills amid the verbs; gives the acknowledged ones: verb, record, and what only its event says."""
    kept: list[list[str]] = []

    async def work() -> None:
        while todo and not until():
            verb, variables, says = todo.pop()
            one, two = ("$id: ID!, ", "id: $id, ") if verb == "updateAccount" else ("", "")
            kind = f"{verb[0].upper()}{verb[1:]}Input"
            query = f"mutation ({one}$input: {kind}!) {{ {verb}({two}input: $input) {{ id }} }}"
            body = await send(query, variables if one else {"input": variables["input"]})
            if body is None:
                await asyncio.sleep(0.2)
                continue
            kept.append([verb, body["data"][verb]["id"], says])
            if len(kept) == ACKNOWLEDGED_BEFORE_THE_KILL:
                kill()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    assert len(kept) >= ACKNOWLEDGED_BEFORE_THE_KILL or not todo
    return kept


async def holds(store: Store, kept: list[list[str]], cast: dict[str, list[str]]) -> None:
    """Sees that each acknowledged verb has its one event, that none is there by half, and that ties fit them."""
    seen = Statement(
        "test.events",
        """UNWIND $kept AS one
        OPTIONAL MATCH (e:Event {subject: one[1]}) WHERE e.verb = one[0] AND (one[2] = '' OR one[2] IN e.after)
        WITH one, count(e) AS events WHERE events <> 1 RETURN collect(one)""",
    )
    assert await store.reads.ask(seen.bind(kept=kept)) == []
    for what, text in HALVES.items():
        assert await store.reads.ask(Statement("test.half", text).bind()) == 0, what
    done = await refresh.refresh_parties(store.writes, [*cast["User"], *cast["Contact"]])
    assert (done.created, done.changed, done.removed) == (0, 0, 0)
