"""The hash chain over events on a real server: whatever is changed, removed or inserted is found."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph import engine
from graph.errors import Conflict
from graph.event_chain.reading import MOST_CHANGES
from graph.event_chain.sealing import keep_sealed, seal
from graph.event_chain.verification import verify
from graph.events import BatchCount, EventHeader, write_batch_event
from graph.store import Bound, Store
from tests.conftest import wipe
from tests.graph.event_writing import NOW, create_accounts, record

CHANGES = "[{record: n, field: 'name', before: 'old', after: $text}, {record: other, field: 'parent', after: n}]"


@pytest.fixture(name="accounts")
async def _accounts(store: Store) -> AsyncIterator[list[str]]:
    """The ids of accounts in a graph without events."""
    await wipe(store)
    yield await create_accounts(store)
    await wipe(store)


async def write(store: Store, accounts: list[str], number: int) -> list[EventHeader]:
    return [
        await record(store, accounts[at % 4], CHANGES, other=accounts[(at + 1) % 4], text=f"new {at}")
        for at in range(number)
    ]


async def run(store: Store, text: str, **parameters: Any) -> None:
    await store.writes.change(Bound("test.tamper", f"{text} RETURN count(*)", parameters))


async def problem(store: Store) -> str:
    found = (await verify(store.reads)).problem
    return "none" if found is None else f"{found.event} {found.what}"


async def test_events_of_concurrent_writers_and_sealers_are_sealed_in_order(store: Store, accounts: list[str]) -> None:
    sealers = [asyncio.create_task(keep_sealed(store.reads, store.writes, print)) for _ in range(2)]
    await asyncio.gather(*(write(store, accounts, 20) for _ in range(8)))
    more = await asyncio.gather(*(seal(store.writes) for _ in range(3)), return_exceptions=True)
    for one in sealers:
        one.cancel()
    assert not [one for one in more if isinstance(one, BaseException)]
    found = await verify(store.reads)
    assert (found.checked, found.position, found.problem) == (160, 160, None)
    assert found.started_at is not None
    # What is written later continues the same chain.
    await write(store, accounts, 1)
    await seal(store.writes)
    again = await verify(store.reads, {160: found.hash})
    assert (again.checked, again.problem, again.started_at) == (161, None, found.started_at)


async def test_an_event_with_many_changes_is_sealed(store: Store, accounts: list[str]) -> None:
    uids = [f"event-many-{at}" for at in range(MOST_CHANGES + 10)]
    await run(store, "UNWIND $uids AS uid CREATE (:Record {uid: uid})", uids=uids)
    await write(store, accounts, 3)
    await run(
        store,
        """MATCH (e:Event), (r:Record) WHERE r.uid STARTS WITH 'event-many'
        CREATE (e)-[:CHANGED {fields: ['name'], `after.name`: r.uid}]->(r)""",
    )
    assert await seal(store.writes) == 3
    assert await problem(store) == "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET e.actor = 'somebody else'", "changed"),
        ("SET e.at = e.at + duration({seconds: 1})", "changed"),
        ("SET e.note = 'new'", "changed"),
        ("WITH e MATCH (e)-[c:CHANGED]->() SET c.`after.name` = 'forged'", "changed"),
        ("WITH e MATCH (e)-[c:CHANGED]->() WHERE NOT c.isSubject DELETE c", "changed"),
        ("WITH e MATCH (r:Record {uid: 'event-account-3'}) CREATE (e)-[:CHANGED {fields: []}]->(r)", "changed"),
        ("SET e.changesDigest = 'forged'", "changed"),
        ("DETACH DELETE e", "removed"),
    ],
)
async def test_an_event_that_is_changed_or_removed_is_named(
    store: Store, accounts: list[str], text: str, expected: str
) -> None:
    headers = await write(store, accounts, 6)
    await seal(store.writes)
    await run(store, f"MATCH (e:Event {{position: 4}}) {text}")
    found = await verify(store.reads)
    assert found.problem is not None
    assert (found.checked, found.problem.what) == (3, f"was {expected}")
    named = "at position 4" if expected == "removed" else f"{headers[3].uid} at position 4 (testAccount by "
    assert found.problem.event.startswith(named)


@pytest.mark.parametrize(
    "position", ["0", "-3", "2.5", "9", "null", "'4'"], ids=["before", "negative", "between", "after", "none", "text"]
)
async def test_an_event_that_is_inserted_is_named(store: Store, accounts: list[str], position: str) -> None:
    await write(store, accounts, 5)
    await seal(store.writes)
    await run(store, f"CREATE (:Event {{uid: 'forged', position: {position}, mutation: 'm', actor: 'a', at: $now}})",
              now=NOW)  # fmt: skip
    assert (await problem(store)).startswith("forged at position")
    assert (await problem(store)).endswith("was inserted")
    # Sealing does not make it genuine.
    await seal(store.writes)
    assert (await problem(store)).startswith("forged at position")


async def test_events_cannot_be_exchanged_or_renumbered(store: Store, accounts: list[str]) -> None:
    await write(store, accounts, 5)
    await seal(store.writes)
    await run(store, "MATCH (e:Event {position: 3}) DETACH DELETE e")
    await run(store, "MATCH (e:Event) WHERE e.position > 3 WITH e ORDER BY e.position SET e.position = e.position - 1")
    assert "at position 3" in await problem(store)
    assert (await problem(store)).endswith("was changed")


async def test_a_shortened_chain_is_found(store: Store, accounts: list[str]) -> None:
    await write(store, accounts, 5)
    await seal(store.writes)
    whole = await verify(store.reads)
    await run(store, "MATCH (e:Event {position: 5}) DETACH DELETE e")
    assert await problem(store) == "at position 5 was removed"
    # Somebody who also shortens the chain is found by the hash that was noted before.
    await run(
        store,
        """MATCH (c:Sequence {name: 'event chain'}), (s:Sequence {name: 'events'}), (e:Event {position: 4})
        SET c.value = 4, s.value = 4, c.hash = e.hash""",
    )
    assert await problem(store) == "none"
    found = (await verify(store.reads, {whole.position: whole.hash})).problem
    assert found is not None
    assert (found.event, found.what) == ("at position 5", "was removed")
    await write(store, accounts, 1)
    await seal(store.writes)
    found = (await verify(store.reads, {whole.position: whole.hash})).problem
    assert found is not None
    assert "since the expected hash was noted" in found.what


async def test_an_event_that_is_removed_before_it_is_sealed_is_found(store: Store, accounts: list[str]) -> None:
    await write(store, accounts, 3)
    await seal(store.writes)
    await write(store, accounts, 2)
    await run(store, "MATCH (e:Event {position: 5}) DETACH DELETE e")
    assert await problem(store) == "at a position from 4 to 5 was removed"
    await seal(store.writes)
    assert await problem(store) == "at a position from 5 to 5 was removed"


async def test_a_chain_whose_end_is_missing_is_not_begun_again(store: Store, accounts: list[str]) -> None:
    await write(store, accounts, 3)
    await seal(store.writes)
    await run(store, "MATCH (c:Sequence {name: 'event chain'}) DELETE c")
    with pytest.raises(Conflict, match="The end of the hash chain over the events is missing"):
        await seal(store.writes)


async def test_changes_may_be_rewritten_only_by_a_recorded_event(store: Store, accounts: list[str]) -> None:
    await write(store, accounts, 4)
    await seal(store.writes)
    original = (await verify(store.reads)).hash
    redact = "MATCH (:Event {position: 2})-[c:CHANGED]->() REMOVE c.`before.name`, c.`after.name`"
    await run(store, redact)
    assert "at position 2" in await problem(store)
    await write_batch_event(store.writes, "testRewrite", {"Account": BatchCount()}, now=NOW, rewrites=[2])
    await seal(store.writes)
    assert await problem(store) == "none"
    assert (await verify(store.reads, {4: original})).problem is None
    # The earlier contents do not return, and no others come.
    await run(store, "MATCH (:Event {position: 2})-[c:CHANGED {isSubject: true}]->() SET c.`after.name` = 'new 1'")
    assert "at position 2" in await problem(store)
    await run(store, redact)
    assert await problem(store) == "none"
    await run(store, "MATCH (e:Event {position: 5}) SET e.rewriteDigests = ['forged']")
    assert (await problem(store)) != "none"


async def test_the_command_prints_what_it_checked_and_the_first_problem(
    store: Store, accounts: list[str], server: engine.Server, project: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "KITH_DATA": str(tmp_path), "NEO4J_URI": server.uri, "NEO4J_USER": server.user,
                   "NEO4J_PASSWORD": server.password}  # fmt: skip

    def verified(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "graph", "verify-events", *arguments]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    await write(store, accounts, 3)
    done = verified()
    assert (done.returncode, done.stderr) == (0, "")
    first, second, third = done.stdout.splitlines()
    assert first.startswith("Checked 3 events, which were sealed since 20")
    assert second == "No event was changed, removed or inserted."
    end = third.removeprefix("The chain ends with ")
    assert verified("--expect", end).returncode == 0
    await run(store, "MATCH (e:Event {position: 2}) SET e.mutation = 'other'")
    done = verified("--expect", end)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].endswith(" at position 2 (other by user-1) was changed.")
    assert verified("--expect", "nonsense").returncode == 2
