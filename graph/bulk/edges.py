"""Merges relationships in batches within their invariants, counted exactly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import (
    BATCH,
    Progress,
    Tally,
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
from graph.bulk.invariants import EdgeGroups, EdgeRow, Ending, Invariants, StoredEdge, invariants
from graph.store import Bound, Reads, Writes
from graph.vocabulary import ENDPOINTS, entity

Pattern = tuple[str, str, str]
"""The type of a relationship, and the concrete labels of its start and end."""


@cache
def lock_text(start: str, end: str) -> str:
    """Locks the nodes `$uids` in the given order; returns the uids of the starts and of the ends among them."""
    return (
        "UNWIND $uids AS uid MATCH (n:Record {uid: uid}) SET n.modifiedAt = n.modifiedAt"
        f" RETURN [collect(CASE WHEN n:{entity(start).label} THEN uid END),"
        f" collect(CASE WHEN n:{entity(end).label} THEN uid END)]"
    )


@cache
def merge_text(edge: str, start: str, end: str) -> str:
    """Creates or updates the relationships of `$rows`, whose ends exist.

    A row means the stored relationship with the same key and identity that is open, or that has the row's `validFrom`,
    or the latest if the row has none: a relationship that has ended can be added again.
    """
    rules = invariants(edge, start, end)
    identity = "".join(
        f" AND (x.{name} = row.values.{name} OR x.{name} IS NULL AND row.values.{name} IS NULL)"
        for name in rules.identity
    )
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row.start}}) MATCH (b:{end} {{uid: row.end}})"
        f" WITH row, a, b, CASE WHEN row.at.validFrom IS NOT NULL THEN {timestamp('row.at.validFrom')} END AS begins"
        f" CALL (row, begins, a, b) {{ OPTIONAL MATCH (a)-[x:{edge}]->(b)"
        " WHERE (x.sourceKey = row.key OR x.sourceKey IS NULL AND row.key IS NULL)"
        f" AND (x.validTo IS NULL OR begins IS NULL OR x.validFrom = begins){identity}"
        " RETURN x ORDER BY x.validTo IS NULL DESC, x.validFrom IS NOT NULL DESC, x.validFrom DESC LIMIT 1 }"
        f" WITH row, a, b, x, x IS NOT NULL AND {differs('x')} AS changed"
        " FOREACH (_ IN CASE WHEN x IS NULL THEN [1] ELSE [] END |"
        f" CREATE (a)-[n:{edge} {{createdAt: {timestamp('$now')}}}]->(b)"
        f" SET n += $defaults SET n += row.values SET n.sourceKey = row.key {set_timestamps('n')})"
        f" FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET x += row.values {set_timestamps('x')})"
        " RETURN {created: sum(CASE WHEN x IS NULL THEN 1 ELSE 0 END),"
        " changed: sum(CASE WHEN changed THEN 1 ELSE 0 END)}"
    )


@cache
def room_text(edge: str, start: str, end: str, per: str) -> str:
    """Selects the relationships of `$rows` (uid, other, key), whose uid is their start or their end (`per`).

    A relationship that is the only one of its record, and the one that the row updates, is left out: nothing can
    conflict with it.
    """
    rules = invariants(edge, start, end)
    among = "|".join(entity(label).label for label in rules.among)
    pattern, other = f"(a:{start} {{uid: row.uid}})-[x:{edge}]->(b:{among})", "endNode"
    if per == "end":
        pattern, other = f"(b:{end} {{uid: row.uid}})<-[x:{edge}]-(a:Record)", "startNode"
    return (
        f"UNWIND $rows AS row WITH row, COLLECT {{ MATCH {pattern} RETURN x }} AS found"
        f" WHERE size(found) > 1 OR {other}(found[0]).uid <> row.other"
        " OR coalesce(found[0].sourceKey, '') <> coalesce(row.key, '')"
        " UNWIND found AS x WITH DISTINCT x WITH startNode(x) AS a, x, endNode(x) AS b"
        f" RETURN collect({_stored(rules)})"
    )


@cache
def stored_text(edge: str, start: str, end: str) -> str:
    """Selects relationships by the uid of their start, after `$after`."""
    rules = invariants(edge, start, end)
    return (
        f"MATCH (a:{start}) WHERE a.uid > $after WITH a ORDER BY a.uid LIMIT $first"
        f" RETURN a.uid AS uid, COLLECT {{ MATCH (a)-[x:{edge}]->(b:{end}) RETURN {_stored(rules)} }} AS edges"
    )


@cache
def end_text(edge: str) -> str:
    """Ends the open relationships of `$rows` at the row's `at`, or deletes those that have none."""
    if edge not in {one.edge for one in ENDPOINTS}:
        raise KeyError(edge)
    return (
        f"UNWIND $rows AS row MATCH (a:Record {{uid: row.start}})-[x:{edge}]->(b:Record {{uid: row.end}})"
        " WHERE elementId(x) = row.id AND x.validTo IS NULL"
        f" FOREACH (at IN CASE WHEN row.at IS NULL THEN [] ELSE [row.at] END | SET x.validTo = {timestamp('at')})"
        " FOREACH (_ IN CASE WHEN row.at IS NULL THEN [1] ELSE [] END | DELETE x)"
        " RETURN count(row)"
    )


def _stored(rules: Invariants) -> str:
    """Cypher for the attributes of a `StoredEdge`, without its values' names."""
    values = ", ".join(f"x.{name}" for name in rules.reads)
    return (
        "[elementId(x), a.uid, b.uid, x.sourceKey, x.source, x.validFrom, x.validTo,"
        f" [{values}], [coalesce(a.name, ''), coalesce(b.name, '')]]"
    )


def _edges(rules: Invariants, rows: Iterable[Sequence[Any]]) -> list[StoredEdge]:
    return [
        StoredEdge(
            id_, start, end, key, source,
            begins and begins.to_native(), ends and ends.to_native(),
            dict(zip(rules.reads, values, strict=True)), (names[0], names[1]),
        )
        for id_, start, end, key, source, begins, ends, values, names in rows
    ]  # fmt: skip


async def merge_edges(
    writes: Writes,
    edge: str,
    start: str,
    end: str,
    rows: Iterable[EdgeRow],
    *,
    source: str | None = None,
    now: datetime | None = None,
    progress: Progress = ignore_progress,
) -> Tally:
    """Creates or updates relationships of a type between two labels, by (start, end, key, identity).

    Values as in `merge_nodes`. Rows whose start or end does not exist are reported in `missing`, rows that an invariant
    forbids in `conflicts`; relationships that `source` wrote before give way to the rows. If a batch holds several rows
    with one identity, the last one wins. The ends of a batch are locked in the order of their uids before anything is
    read, so that batches never deadlock and parallel ones never create a relationship twice.
    Raises KeyError for an unknown label or type, Conflict, Unavailable.
    """
    total, offset, now = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        total.add(await _merge_batch(writes, (edge, start, end), batch, source, now), offset)
        offset += len(batch)
        progress(len(batch))
    return total


async def _merge_batch(
    writes: Writes, pattern: Pattern, batch: Sequence[EdgeRow], source: str | None, now: datetime
) -> Tally:
    rules = invariants(*pattern)
    identities = [(row.start, row.end, row.key, *(row.values.get(name) for name in rules.identity)) for row in batch]
    distinct = dict(zip(identities, batch, strict=True))
    uids = sorted({row.start for row in batch} | {row.end for row in batch})

    async def work(transaction: AsyncManagedTransaction) -> Tally:
        starts, ends = map(set, await value(transaction, lock_text(*pattern[1:]), uids=uids))
        tally = Tally()
        tally.missing = [
            (at, row.end if row.start in starts else row.start)
            for at, row in enumerate(batch)
            if row.start not in starts or row.end not in ends
        ]
        written = {key: row for key, row in distinct.items() if row.start in starts and row.end in ends}
        if rules.at_most_one and not all(row.is_checked for row in written.values()):
            reasons = await _make_room(transaction, pattern, written, EdgeGroups(rules, source, now), tally)
            tally.conflicts = [(at, reasons[key]) for at, key in enumerate(identities) if key in reasons]
        sent = [_packed(row) for row in sorted(written.values(), key=lambda row: (row.start, row.end))]
        if sent:
            defaults = dict(rules.defaults)
            counts = await value(transaction, merge_text(*pattern), rows=sent, now=epoch(now), defaults=defaults)
            tally.created, tally.changed = counts["created"], counts["changed"]
        tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing) - len(tally.conflicts)
        return tally

    return await transact(writes, f"bulk.edges.{pattern[0]}", work)


def _packed(row: EdgeRow) -> dict[str, Any]:
    return {"start": row.start, "end": row.end, "key": row.key, **packed(row.values)}


async def _make_room(
    transaction: AsyncManagedTransaction,
    pattern: Pattern,
    rows: dict[tuple[Any, ...], EdgeRow],
    groups: EdgeGroups,
    tally: Tally,
) -> dict[tuple[Any, ...], str]:
    """Ends what gives way to the rows and removes rows without room; returns the reasons of these."""
    rules = groups.invariants
    unchecked = {key: row for key, row in rows.items() if not row.is_checked}
    for per in sorted({rule.per for rule in rules.at_most_one}):
        ends = _ends(per, unchecked.values())
        groups.add_stored(_edges(rules, await value(transaction, room_text(*pattern, per), rows=ends)))
    period, reasons = groups.add_rows(unchecked)
    for key in reasons:
        del rows[key]
    rows.update({key: groups.checked_row(one) for key, one in period.items()})
    endings = [_ending(ending) for one in period.values() for ending in groups.endings(one)]
    if endings:
        tally.replaced = await value(transaction, end_text(pattern[0]), rows=endings)
    return reasons


def _ends(per: str, rows: Iterable[EdgeRow]) -> list[dict[str, Any]]:
    """The rows as `room_text` takes them."""
    if per == "start":
        return [{"uid": row.start, "other": row.end, "key": row.key} for row in rows]
    return [{"uid": row.end, "other": row.start, "key": row.key} for row in rows]


def _ending(ending: Ending) -> dict[str, Any]:
    edge = ending.edge
    return {"id": edge.id, "start": edge.start, "end": edge.end, "at": None if ending.at is None else epoch(ending.at)}


async def stored_edges(reads: Reads, edge: str, start: str, end: str) -> AsyncIterator[StoredEdge]:
    """Reads every relationship of a type between two labels, page by page. Raises KeyError, Unavailable."""
    rules, text, after = invariants(edge, start, end), stored_text(edge, start, end), ""
    while page := await reads.records(Bound("bulk.stored_edges", text, {"after": after, "first": BATCH})):
        for record in page:
            for one in _edges(rules, record["edges"]):
                yield one
        after = page[-1]["uid"]


async def edges_of(reads: Reads, pattern: Pattern, rows: Iterable[EdgeRow]) -> AsyncIterator[StoredEdge]:
    """Reads the relationships that could be in a group with the rows. Raises KeyError, Unavailable."""
    rules, listed = invariants(*pattern), list(rows)
    for per in sorted({rule.per for rule in rules.at_most_one}):
        for ends in batches(_ends(per, listed)):
            bound = Bound("bulk.edges_of", room_text(*pattern, per), {"rows": ends})
            for one in _edges(rules, await reads.ask(bound)):
                yield one


async def end_edges(writes: Writes, edge: str, endings: Sequence[Ending]) -> int:
    """Ends or deletes stored relationships that are still open, and counts them. Raises Conflict, Unavailable."""
    count = 0
    for batch in batches(endings):
        rows = [_ending(ending) for ending in batch]
        count += await run(writes, f"bulk.end_edges.{edge}", end_text(edge), rows=rows)
    return count
