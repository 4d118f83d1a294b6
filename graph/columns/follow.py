"""Keeps a snapshot in step with the graph: it is loaded in the background, and follows the events of mutations."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from graph.columns.snapshot import Snapshot
from graph.columns.tables import KNOWS, ORDERS, TABLES, Ids, Table, TableModel, arrays
from graph.errors import KithError
from graph.store import Reads, Statement
from graph.unrecorded import position
from graph.vocabulary import ENTITIES

log = logging.getLogger("kith.columns")

Notify = Callable[[str], object]

_SECONDS_BETWEEN_LOADS = 5.0
_SECONDS_OF_A_READ = 600.0
_MOST_CHANGES = 2_000
_BYTES_PER_UID = 200  # in the map of positions, measured

# An activity changes the ties between its participants, former ones included. An event without a record is the one of
# a batch, or its record is gone.
_CHANGES = Statement(
    "columns.changes",
    """MATCH (event:Event)
WHERE $after < event.position <= $upto
OPTIONAL MATCH (event)-[changed:CHANGED]->(record)
WITH changed, record, coalesce(record:Activity, false) AS isActivity,
  [link IN changed.linkFields | coalesce(changed['before.' + link], []) + coalesce(changed['after.' + link], [])]
    AS links
WITH count(CASE WHEN changed IS NULL THEN 1 END) AS unknown,
  count(CASE WHEN 'deletedAt' IN changed.fields THEN 1 END) > 0 AS deleted,
  collect(DISTINCT CASE WHEN NOT isActivity THEN [record.uid, labels(record)] END) AS records,
  collect(CASE WHEN NOT isActivity THEN links END) AS links,
  collect(DISTINCT CASE WHEN isActivity THEN record END) AS activities,
  collect(CASE WHEN isActivity THEN links END) AS participants
CALL (activities) {
  UNWIND activities AS activity
  MATCH (activity)<-[:PARTICIPATED_IN]-(party)
  RETURN collect(DISTINCT party.uid) AS parties
}
RETURN {unknown: unknown, deleted: deleted, records: records, links: links, parties: [parties, participants]} AS changes
""",
    expected={"01N50": "a graph without activities has no such label"},
)


class TooLargeError(Exception):
    """The graph does not fit into the memory that columns may take."""


@dataclass(slots=True)
class _Pending:
    """What has to be read again of a table: the rows around some records, or all."""

    uids: set[str] = field(default_factory=set)
    whole: bool = False

    def __bool__(self) -> bool:
        return self.whole or bool(self.uids)


def _none_pending() -> dict[str, _Pending]:
    return {model.name: _Pending() for model in TABLES}


class Columns:
    """The columns of one database, in at most `most_bytes` of memory."""

    def __init__(self, reads: Reads, most_bytes: int, notify: Notify = log.info) -> None:
        self._reads = reads.limited(_SECONDS_OF_A_READ)
        self._most_bytes, self._notify = most_bytes, notify
        self._snapshot: Snapshot | None = None
        self._pending = _none_pending()
        self._epoch = ""
        self._following = asyncio.Lock()
        self._outdated, self._loaded = asyncio.Event(), asyncio.Event()
        self._outdated.set()

    @property
    def ready(self) -> bool:
        """Whether the columns are loaded, as far as is known."""
        return self._snapshot is not None

    async def loaded(self, seconds: float) -> None:
        """Waits until the columns have been loaded once, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._loaded.wait()

    async def run(self) -> None:
        """Loads the columns, and loads them again whenever they cannot follow the graph; never returns."""
        while True:
            await self._outdated.wait()
            try:
                loaded = await self.load()
            except TooLargeError as error:
                self._notify(str(error))
                return
            except KithError as error:
                self._notify(f"The columns could not be loaded: {error.message}")
                loaded = False
            if not loaded:
                await asyncio.sleep(_SECONDS_BETWEEN_LOADS)

    async def load(self) -> bool:
        """Loads the columns; returns False while writes without events go on. Raises TooLargeError, Unavailable."""
        started = time.perf_counter()
        before = await position(self._reads)
        if before.running:
            return False
        ids, tables, used = Ids(), {}, 0
        for model in TABLES:
            tables[model.name] = await self._table(model, ids)
            used = sum(one.bytes for one in tables.values()) + _BYTES_PER_UID * len(ids.uids)
            if used > self._most_bytes:
                raise TooLargeError(
                    f"The columns need more than the {self._most_bytes} bytes of KITH_COLUMNS, so the database answers "
                    "questions about the whole graph."
                )
        after = await position(self._reads)
        if after.running or after.epoch != before.epoch:
            return False
        self._snapshot, self._epoch = Snapshot(tables, ids, before.event), before.epoch
        self._pending = _none_pending()
        self._outdated.clear()
        self._loaded.set()
        self._notify(
            f"Loaded {sum(map(len, tables.values())):,} relationships as columns in "
            f"{time.perf_counter() - started:.1f} seconds ({used // 1_000_000:,} MB)."
        )
        return True

    async def current(self, tables: AbstractSet[str]) -> Snapshot | None:
        """Returns a snapshot whose tables of these names have every change that was committed before the call.

        None if no columns are loaded. Raises Unavailable and TooExpensive.
        """
        snapshot, epoch = self._snapshot, self._epoch
        if snapshot is None:
            return None
        now = await position(self._reads)
        # Another request may have followed later events meanwhile, so the position is compared with that before.
        if now.running or now.epoch != epoch or now.event < snapshot.position:
            self._discard(epoch)
            return None
        if now.event > snapshot.position or any(self._pending[name] for name in tables):
            async with self._following:
                await self._follow(now.event, tables)
        return self._snapshot

    def _discard(self, epoch: str) -> None:
        """Forgets the columns, unless they were loaded again meanwhile."""
        if self._epoch == epoch:
            self._snapshot = None
            self._outdated.set()

    async def _follow(self, upto: int, names: AbstractSet[str]) -> None:
        """Notes the events up to a position, and applies those that concern some tables."""
        snapshot, pending = self._snapshot, self._pending
        if snapshot is None:
            return
        if snapshot.position < upto:
            changes = await self._reads.ask(_CHANGES.bind(after=snapshot.position, upto=upto))
            if self._snapshot is not snapshot:
                return
            if changes["unknown"]:
                self._discard(self._epoch)
                return
            _note(changes, pending)
            snapshot = self._snapshot = snapshot.replaced(snapshot.tables, upto)
        due = [model for model in TABLES if model.name in names and pending[model.name]]
        tables = dict(snapshot.tables)
        for model in due:
            uids = sorted(pending[model.name].uids)
            if pending[model.name].whole:
                tables[model.name] = await self._table(model, snapshot.ids)
            elif len(uids) > _MOST_CHANGES:
                self._discard(self._epoch)
                return
            else:
                rows = await self._table(model, snapshot.ids, uids)
                tables[model.name] = tables[model.name].replaced(snapshot.ids.known(uids), rows)
        if due and self._snapshot is snapshot:
            self._snapshot = snapshot.replaced(tables, snapshot.position)
            for model in due:
                pending[model.name] = _Pending()

    async def _table(self, model: TableModel, ids: Ids, uids: Sequence[str] | None = None) -> Table:
        bound = model.read_all() if uids is None else model.read_around(uids)
        return Table.of(model, [arrays(model, part, ids) async for part in self._reads.stream(bound)], ids)


def _note(changes: Mapping[str, Any], pending: Mapping[str, _Pending]) -> None:
    """Notes for each table what has to be read again."""
    for model in TABLES:
        of = pending[model.name]
        ends = {model.start, model.end}
        # A deleted record has other labels than before.
        of.uids.update(
            uid
            for uid, labels in changes["records"]
            if not ends.isdisjoint(labels) or ENTITIES.keys().isdisjoint(labels)
        )
        of.uids.update(_flat(changes["links"]))
        if model is KNOWS:
            of.uids.update(_flat(changes["parties"]))
        # The deletion of a record also changes rows between others.
        of.whole = of.whole or (changes["deleted"] and model in (KNOWS, ORDERS))


def _flat(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif value is not None:
        yield value
