"""Accounts, and events about them, for the tests of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.events import EventHeader, write_event
from graph.query.cypher import call
from graph.store import Bound, Store

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)


async def create_accounts(store: Store) -> list[str]:
    """Creates four accounts without events and returns their ids."""
    uids = [f"event-account-{at}" for at in range(4)]
    text = """UNWIND $uids AS uid CREATE (n:Account:Party:Record {uid: uid, name: uid, createdAt: $now,
        modifiedAt: $now, relationship: 'OTHER', employees: 3, revenue: 100, revenueCurrency: 'EUR', revenueBase: 110})
        RETURN count(n)"""
    await store.writes.change(Bound("test.accounts", text, {"uids": uids, "now": NOW}))
    return uids


async def remove_accounts(store: Store, uids: list[str]) -> None:
    """Deletes accounts with their events."""
    gone = "MATCH (n:Record) WHERE n.uid IN $uids OPTIONAL MATCH (n)--(e:Event) DETACH DELETE n, e RETURN count(*)"
    await store.writes.change(Bound("test.gone", gone, {"uids": uids}))


async def record(store: Store, subject: str, changes: str, **parameters: Any) -> EventHeader:
    """Writes an event about an account with changes given as Cypher over `n` and `$other`."""
    header = EventHeader("user-1", "request-1")
    text = "\n".join(
        [
            "MATCH (n:Account {uid: $uid}) SET n.held = true REMOVE n.held",
            "WITH n",
            "OPTIONAL MATCH (other:Account {uid: $other})",
            call("n, other", write_event("testAccount", changes=changes)),
            "RETURN n.uid",
        ]
    )
    given = {"uid": subject, "other": None, "event": header.parameter(), "now": NOW, **parameters}
    await store.writes.change(Bound("test.event", text, given))
    return header
