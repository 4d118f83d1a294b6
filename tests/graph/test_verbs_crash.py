"""Neo4j killed amid a hundred verbs: what was acknowledged is there, and no half of any verb."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path
from typing import Any

from graph import engine, indexes, ties
from graph.engine import Folder
from graph.errors import Unavailable
from graph.identity import new_uid
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, Store, connect
from schema.context import Caller
from schema.door import Door

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


async def test_after_a_kill_what_was_acknowledged_is_there_and_no_half_of_any_verb(tmp_path: Path) -> None:
    settings = Settings.read(data=tmp_path / "data", neo4j_uri=None, memory=384 * MEBIBYTE)
    async with (
        engine.server(settings) as server,
        connect(server.uri, server.user, server.password, database=server.database, seconds=60) as store,
    ):
        await indexes.install(store.writes)
        cast = await people_and_places(store)
        kept = await amid(store, cast, Folder(settings.data))
        await back(store)
        seen = Statement(
            "test.events",
            """UNWIND $kept AS one
            OPTIONAL MATCH (e:Event {subject: one[1]}) WHERE e.verb = one[0] AND (one[2] IS NULL OR one[2] IN e.after)
            WITH one, count(e) AS events WHERE events <> 1 RETURN collect(one)""",
        )
        assert await store.reads.ask(seen.bind(kept=kept)) == []
        for what, text in HALVES.items():
            assert await store.reads.ask(Statement("test.half", text).bind()) == 0, what
        done = await ties.refresh_parties(store.writes, [*cast["User"], *cast["Contact"]])
        assert (done.created, done.changed, done.removed) == (0, 0, 0)


async def amid(store: Store, cast: dict[str, list[str]], folder: Folder) -> list[list[str | None]]:
    """Kills the server amid a hundred verbs; gives the acknowledged: verb, record, and what only its event says."""
    door, rng = Door(store.reads, store.writes), random.Random(3)
    todo, kept = [some(cast, rng) for _ in range(VERBS)], list[list[str | None]]()
    first = folder.state().pid

    async def work() -> None:
        while todo:
            verb, given = todo.pop()
            one, two = ("$id: ID!, ", "id: $id, ") if verb == "updateAccount" else ("", "")
            kind = f"{verb[0].upper()}{verb[1:]}Input"
            query = f"mutation ({one}$input: {kind}!) {{ {verb}({two}input: $input) {{ id }} }}"
            variables = {"input": given, "id": rng.choice(cast["Account"])}
            body = (await door.answer(query, variables, None, caller=Caller())).body
            if "errors" not in body:
                says = f"description={given['description']}" if verb == "updateAccount" else None
                kept.append([verb, body["data"][verb]["id"], says])
                if len(kept) == ACKNOWLEDGED_BEFORE_THE_KILL:
                    os.kill(first, signal.SIGKILL)
            else:
                assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
                await asyncio.sleep(0.2)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    assert len(kept) >= ACKNOWLEDGED_BEFORE_THE_KILL
    return kept


async def back(store: Store) -> None:
    """Waits until the server answers again."""
    for _ in range(600):
        try:
            await store.reads.ask(Statement("test.back", "RETURN 1").bind())
        except Unavailable:
            await asyncio.sleep(0.5)
        else:
            return
    raise AssertionError("The server did not come back.")
