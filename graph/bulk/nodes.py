"""Merges nodes by uid in batches, counted exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cache

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import (
    Progress,
    Tally,
    Values,
    batches,
    differs,
    epoch,
    ignore_progress,
    packed,
    run,
    set_timestamps,
    timestamp,
    transact,
    value,
)
from graph.bulk.create import NODES, node_row
from graph.errors import Conflict
from graph.search.analysis import search_values
from graph.store import Statement, Writes
from graph.vocabulary import entity


@cache
def present_text(label: str) -> str:
    """Selects those of `$uids` that exist under a label."""
    return f"UNWIND $uids AS uid MATCH (n:{entity(label).label} {{uid: uid}}) RETURN collect(uid)"


DELETED = Statement(
    "bulk.deleted",
    "UNWIND $uids AS uid MATCH (n:Deleted {uid: uid}) RETURN collect([uid, toString(date(n.deletedAt))])",
)


@cache
def twins_text(label: str, name: str) -> str:
    """Selects the values among `$values` of an identifying property that exist under a label."""
    return f"UNWIND $values AS value MATCH (n:{entity(label).label} {{{name}: value}}) RETURN collect(DISTINCT value)"


@cache
def _identifying(label: str) -> tuple[str, ...]:
    return tuple(name for name, one in entity(label).properties.items() if one.identifying)


@cache
def update_text(label: str) -> str:
    """Updates the nodes of `$rows` of which a value differs, with `$now` as `modifiedAt`, and counts them."""
    return (
        f"UNWIND $rows AS row MATCH (n:{entity(label).label} {{uid: row.values.uid}})"
        f" WITH n, row WHERE {differs('n')}"
        f" SET n += row.values SET n.modifiedAt = {timestamp('$now')} {set_timestamps('n')} RETURN count(n)"
    )


async def merge_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Values],
    *,
    create: bool = True,
    now: datetime | None = None,
    progress: Progress = ignore_progress,
) -> Tally:
    """Creates or updates nodes of a concrete label by `uid`.

    A row maps stored properties to values and includes `uid`; None removes a property, and omitted properties keep
    their value. A node is updated, and its `modifiedAt` set, only if a value differs; `createdAt` is kept unless a row
    gives one. If a batch holds several rows with one uid, the last one wins. With `create=False`, rows whose node does
    not exist are reported in `missing`. A deleted record stays deleted: its rows are reported in `conflicts`. Each
    batch is one transaction: after a crash, run it again.
    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    total, offset, now = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        try:
            tally = await _merge_batch(writes, label, batch, create, now)
        except Conflict:
            # Another writer created one of the nodes meanwhile; now it exists and can be compared.
            tally = await _merge_batch(writes, label, batch, create, now)
        total.add(tally, offset)
        offset += len(batch)
        progress(len(batch))
    return total


async def _merge_batch(writes: Writes, label: str, batch: Sequence[Values], create: bool, now: datetime) -> Tally:
    distinct = {row["uid"]: row for row in batch}
    uids = sorted(distinct)
    stamps = {"createdAt": now, "modifiedAt": now}

    async def work(transaction: AsyncManagedTransaction) -> Tally:
        found = set(await value(transaction, present_text(label), uids=uids))
        tally = Tally()
        new = [uid for uid in uids if uid not in found]
        gone = dict(await value(transaction, DELETED.text, uids=new)) if new else {}
        tally.conflicts = [
            (at, f"the record was deleted on {gone[row['uid']]}") for at, row in enumerate(batch) if row["uid"] in gone
        ]
        for name in _identifying(label):
            tally.conflicts += await _recorded(transaction, label, name, batch, {*new} - gone.keys())
        gone |= {batch[at]["uid"]: "" for at, _ in tally.conflicts}
        absent = [node_row(label, {**stamps, **distinct[uid]}) for uid in new if uid not in gone]
        if not create:
            tally.missing = [
                (at, row["uid"]) for at, row in enumerate(batch) if row["uid"] not in found and row["uid"] not in gone
            ]
        elif absent:
            tally.created = await value(transaction, NODES.text, rows=absent)
        searched = [one for one in entity(label).properties.values() if one.search is not None]
        existing = [packed({**distinct[uid], **search_values(searched, distinct[uid])}) for uid in uids if uid in found]
        if existing:
            tally.changed = await value(transaction, update_text(label), rows=existing, now=epoch(now))
        tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing) - len(tally.conflicts)
        return tally

    return await transact(writes, f"bulk.nodes.{label}", work)


async def _recorded(
    transaction: AsyncManagedTransaction, label: str, name: str, batch: Sequence[Values], new: AbstractSet[str]
) -> list[tuple[int, str]]:
    """The rows of new nodes whose identifying value belongs to another node, or to an earlier row."""
    rows = [
        (at, row["uid"], row[name]) for at, row in enumerate(batch) if row["uid"] in new and row.get(name) is not None
    ]
    if not rows:
        return []
    known = set(await value(transaction, twins_text(label, name), values=sorted({text for _, _, text in rows})))
    owner: dict[str, str] = {}
    found = []
    for at, uid, text in rows:
        if text in known or owner.setdefault(text, uid) != uid:
            found.append((at, f"another {label} with this {name} is recorded already"))
    return found


async def ensure_nodes(writes: Writes, label: str, rows: Iterable[Values], *, now: datetime | None = None) -> int:
    """Creates the nodes that do not exist, leaves the others unchanged, and counts the created ones.

    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    created = 0
    for batch in batches(rows):
        found = await present(writes, label, {row["uid"] for row in batch})
        absent = [row for row in batch if row["uid"] not in found]
        created += (await merge_nodes(writes, label, absent, now=now)).created
    return created


async def present(writes: Writes, label: str, uids: Iterable[str]) -> set[str]:
    """Selects the uids that exist under a label. Raises KeyError for an unknown label, Unavailable."""
    found: set[str] = set()
    for batch in batches(uids):
        found.update(await run(writes, "bulk.present", present_text(label), uids=batch))
    return found
