"""Turns the rows of a step into items to write, or into rejected rows with their reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from graph.bulk.batch import Tally
from graph.bulk.invariants import Invariants, invariants, with_beginning
from graph.bulk.provenance import Conflict
from graph.identity import uid
from seed.load.conflicts import conflict_fault
from seed.load.contention import Contention, acyclic, elements
from seed.load.duplicates import Contradiction, EarlierRows
from seed.load.invariants import Candidate, Verdict
from seed.load.plan import Step
from seed.load.rejects import Rejects
from seed.mapping.model import Column, EdgeTable, KeyPart, NodeTable
from seed.rows.context import RejectedError
from seed.rows.row import Fault, Row
from seed.rows.tables import Item

# the number of contradicting rows that are collected before the files of the earlier rows are read again
_EXPLAINED_TOGETHER = 20_000


@dataclass(slots=True)
class TableCounts:
    """The counts of one table or of derived records, by label or relationship type.

    `conflicts` counts values that both the source and people changed. `seen` includes rows that are not selected.
    """

    type: str
    note: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    conflicts: int = 0
    seen: int = 0

    @property
    def title(self) -> str:
        """The counts' heading in a report."""
        return f"{self.type} {self.note}"

    def add(self, tally: Tally) -> None:
        """Adds the counts of a batch."""
        self.created += tally.created
        self.changed += tally.changed
        self.unchanged += tally.unchanged


@dataclass(slots=True)
class StepRun:
    """The execution of one step: yields its items and reports its rejected rows."""

    at: int
    step: Step
    source: str
    counts: TableCounts
    rejects: Rejects
    contention: Contention
    earlier: EarlierRows
    verdict: Verdict = field(default_factory=Verdict)

    def items(self) -> Iterator[Item]:
        """The items to write, in the order of the file."""
        contradictions: list[Contradiction] = []
        for position, row in enumerate(elements(self.step)):
            self.counts.seen += 1
            item = self._item(row)
            if item is None:
                continue
            earlier = self.earlier.find(self.at, item)
            if (reason := self.verdict.rejected.get((self.at, position))) is not None:
                self._place_rejected(item, reason)
            elif earlier is None:
                yield self._shaped(item, position)
            elif earlier.same:
                self.counts.unchanged += 1
            else:
                contradictions.append(Contradiction(row, item, earlier))
                if len(contradictions) >= _EXPLAINED_TOGETHER:
                    self._contradict(contradictions)
        self._contradict(contradictions)

    def candidates(self, earlier: EarlierRows) -> Iterator[Candidate]:
        """The rows that an invariant may forbid, given the other rows.

        Unreadable rows, and those that repeat or contradict an `earlier` one, are left out.
        """
        table = self.step.table
        whole = isinstance(table, EdgeTable) and acyclic(table)
        for position, row in enumerate(elements(self.step)):
            if not (whole or position in self.contention):
                continue
            try:
                item = self.step.reader.build(row) if row.fault is None and self.step.reader.selects(row) else None
            except RejectedError:
                continue
            if item is not None and earlier.find(self.at, item) is None:
                origin = f"line {row.line} of {table.file.name}"
                yield Candidate((self.at, position), replace(item.row, origin=origin))

    def absent(self, item: Item) -> None:
        """Rejects a row that adds to a node that does not exist."""
        ((label, _),) = item.keys
        self._node_rejected(item, f"no {label} with this key exists, and this table creates none")

    def deleted(self, item: Item, reason: str) -> None:
        """Rejects a row whose record was deleted."""
        self._node_rejected(item, reason)
        self.rejects.node(item.row["uid"], self.step.table.file.name, item.line)

    def _node_rejected(self, item: Item, reason: str) -> None:
        ((_, parts),) = item.keys
        self.counts.rejected += 1
        table = self.step.table
        self.rejects.add(table.file.name, item.line, Fault(_columns(table.key), "/".join(parts), reason))

    def missing(self, item: Item, absent: str) -> None:
        """Rejects a relationship without an end, silently if the same row was already rejected as that end."""
        which = 0 if item.row.start == absent else 1
        label, parts = item.keys[which]
        self.counts.rejected += 1
        cause = self.rejects.cause(absent)
        file = self.step.table.file.name
        if cause == (file, item.line):
            return
        why = f"; its row was rejected: line {cause[1]} of {cause[0]}" if cause else ""
        column = self._key_columns(which)
        fault = Fault(column, "/".join(parts), f"no {label} with this key exists{why}")
        self.rejects.add(file, item.line, fault)

    def kept(self, item: Item, conflict: Conflict) -> None:
        """Reports a value that both the source and people changed since the last load."""
        self.counts.conflicts += 1
        file, fault = self.step.table.file.name, conflict_fault(self.step.table, item, conflict)
        self.rejects.add(file, item.line, fault)

    def conflict(self, item: Item, reason: str) -> None:
        """Rejects a relationship that an invariant forbids."""
        self._place_rejected(item, reason)

    def _item(self, row: Row) -> Item | None:
        reader = self.step.reader
        if row.fault is not None:
            if not reader.belongs_elsewhere(row):
                self._reject(row, row.fault)
            return None
        try:
            return reader.build(row) if reader.selects(row) else None
        except RejectedError as error:
            self._reject(row, error.fault)
            return None

    def _reject(self, row: Row, fault: Fault, *, contradicts: bool = False) -> None:
        self.counts.rejected += 1
        self.rejects.add(self.step.table.file.name, row.line, fault)
        table = self.step.table
        if isinstance(table, NodeTable) and not contradicts:
            try:
                node = uid(self.source, table.label, *self.step.reader.key(row))
            except (RejectedError, UnicodeEncodeError):
                return  # no other row can refer to a key that cannot be read or written
            self.rejects.node(node, table.file.name, row.line)

    def _contradict(self, contradictions: list[Contradiction]) -> None:
        """Rejects the rows that contradict earlier ones."""
        for one, fault in zip(contradictions, self.earlier.faults(self.at, contradictions), strict=True):
            self._reject(one.row, fault, contradicts=True)
        contradictions.clear()

    def _place_rejected(self, item: Item, reason: str) -> None:
        self.counts.rejected += 1
        (_, child), (_, parent) = item.keys
        table = self.step.table
        assert isinstance(table, EdgeTable)
        why = f"{table.type} of {table.start.label} {'/'.join(child)}: {reason}"
        fault = Fault(self._key_columns(1), "/".join(parent), why)
        self.rejects.add(self.step.table.file.name, item.line, fault)

    def _shaped(self, item: Item, position: int) -> Item:
        """The item with its decided beginning."""
        at = (self.at, position)
        if at not in self.verdict.accepted:
            return item
        return item._replace(row=with_beginning(item.row, self._rules(), self.verdict.accepted[at]))

    def _rules(self) -> Invariants:
        table = self.step.table
        assert isinstance(table, EdgeTable)
        return invariants(table.type, table.start.label, table.end.label)

    def _key_columns(self, which: int) -> str:
        table = self.step.table
        assert isinstance(table, EdgeTable)
        return _columns((table.end if which else table.start).key)


def _columns(key: Sequence[KeyPart]) -> str:
    return " ".join(part.name for part in key if isinstance(part, Column))
