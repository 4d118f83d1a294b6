"""Finds rows that repeat or contradict what an earlier row says of the same record or relationship.

The first row counts. One that says the same again changes nothing; one that says something else is rejected, with the
place of the earlier row. Per row, the hashes of its identity and of what it says are kept, about fifty bytes. Two
different identities with one hash are as likely as one in thirty million for a million rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any

from graph.bulk.invariants import EdgeRow
from graph.models.properties import Kind
from graph.vocabulary import endpoint, entity
from seed.load.contention import elements
from seed.load.plan import Plan, Step
from seed.mapping.model import AnyTable, EdgeTable, NodeTable
from seed.rows.context import RejectedError
from seed.rows.files import shown
from seed.rows.row import Fault, Row
from seed.rows.tables import Item, computes_amount, edge_properties
from seed.rows.texts import column_of

_LINE_BITS = 40
_SMALLEST = 1 << 10

Names = tuple[str, ...]
Said = AbstractMapping[str, Any]
Place = tuple[int, int, int]
"""The identity that a row means, the step, and the line."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A row that already spoke of the same record: its step and line, and whether it said the same."""

    identity: int
    step: int
    line: int
    names: Names
    same: bool

    @property
    def place(self) -> Place:
        """Where the row says what it says."""
        return self.identity, self.step, self.line


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A row that contradicts an earlier one."""

    row: Row
    item: Item
    earlier: Earlier


class EarlierRows:
    """The rows of a load so far."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._table = _HashTable()
        self._adds_up = [_adds_up(step.table) for step in plan.steps]
        outputs, groups = [_outputs(step) for step in plan.steps], [_group(step) for step in plan.steps]
        numbers: dict[tuple[Names, Names], int] = {}
        self._statements: list[tuple[tuple[int, Names], ...]] = []
        users: dict[int, int] = {}
        for own, group in zip(outputs, groups, strict=True):
            shared = [own & other for other, its in zip(outputs, groups, strict=True) if its == group]
            every = dict.fromkeys(tuple(sorted(names)) for names in (own, *filter(None, shared)))
            found = tuple((numbers.setdefault((group, names), len(numbers)), names) for names in every)
            self._statements.append(found)
            for number, _ in found:
                users[number] = users.get(number, 0) + 1
        # The stamp of a row has all its values; what several tables say is compared by the values that they share.
        self._alone = [
            found[0][0] if len(found) == 1 and users[found[0][0]] == 1 else None for found in self._statements
        ]

    def find(self, at: int, item: Item) -> Earlier | None:
        """Returns an earlier row that contains all values of this row of step `at`, or contradicts it.

        Without such a row, returns None and remembers this one.
        """
        alone = self._alone[at]
        if alone is not None:
            identity, said = _identity(alone, item), hash(item.stamp.encoded)
            known = self._table.get_or_add(identity, said, at << _LINE_BITS | item.line)
            return known and self._earlier(at, identity, said, known, self._statements[at][0][1])
        values, new, same = _values(item), [], None
        for number, names in self._statements[at]:
            identity = _identity(number, item)
            said = hash(repr([values.get(name) for name in names]))
            known = self._table.get(identity)
            if known is None:
                new.append((identity, said))
                continue
            earlier = self._earlier(at, identity, said, known, names)
            if not earlier.same:
                return earlier
            same = earlier if names == self._statements[at][0][1] else same
        for identity, said in new:
            self._table.add(identity, said, at << _LINE_BITS | item.line)
        return same

    def _earlier(self, at: int, identity: int, said: int, known: tuple[int, int], names: Names) -> Earlier:
        is_same = known[0] == said and not self._adds_up[at]
        return Earlier(identity, *divmod(known[1], 1 << _LINE_BITS), names, is_same)

    def faults(self, at: int, contradictions: Sequence[Contradiction]) -> Iterator[Fault]:
        """The faults of rows of step `at`, for which the files of the earlier rows are read again."""
        places = {one.earlier.place for one in contradictions}
        found: dict[Place, Said] = {}
        for step in sorted({step for _, step, _ in places}):
            for place, values in self._again(step, places):
                found.setdefault(place, values)
        for one in contradictions:
            yield self._fault(at, one, found.get(one.earlier.place, {}))

    def _again(self, at: int, places: Collection[Place]) -> Iterator[tuple[Place, Said]]:
        """What the rows of a step said that stand at these places."""
        step = self._plan.steps[at]
        lines = {line for _, its, line in places if its == at}
        for row in elements(step):
            if row.line not in lines or row.fault is not None:
                continue
            try:
                item = step.reader.build(row) if step.reader.selects(row) else None
            except RejectedError:
                continue
            if item is not None:
                for number, _ in self._statements[at]:
                    place = (_identity(number, item), at, row.line)
                    if place in places:
                        yield place, _values(item)

    def _fault(self, at: int, one: Contradiction, before: Said) -> Fault:
        table, earlier, values = self._plan.steps[at].table, one.earlier, _values(one.item)
        differing = [name for name in earlier.names if values.get(name) != before.get(name)]
        named = [name for name in table.fields if name in differing] or differing
        other = self._plan.steps[earlier.step].table.file.name
        place = f"line {earlier.line}" + ("" if other == table.file.name else f" of {other}")
        given = " and ".join(f"{'no' if before.get(name) is None else 'another'} {name}" for name in named)
        both = "give the table a `key` that tells them apart"
        if isinstance(table, NodeTable):
            both = "choose a `key` that tells the records apart"
        if at != earlier.step:
            both = f"set {named[0]} in one of the tables only" if named else both
        reason = f"an earlier row ({place}) gives it {given or 'the same values'}; correct one of them, or {both}"
        rule = table.fields.get(named[0]) if named else None
        column = column_of(rule) if rule is not None else ""
        columns = self._plan.steps[at].reader.columns
        return Fault(column, shown(one.row.cells[columns.index(column)] if column in columns else ""), reason)


class _HashTable:
    """A hash table with open addressing: from an identity to what was said, and where."""

    def __init__(self) -> None:
        self._identities, self._said, self._where = (array("q", bytes(8 * _SMALLEST)) for _ in range(3))
        self._mask, self._count = _SMALLEST - 1, 0

    def get(self, identity: int) -> tuple[int, int] | None:
        """What was said of an identity, and where; None if nothing was."""
        at = self._slot(identity)
        return (self._said[at], self._where[at]) if self._identities[at] else None

    def get_or_add(self, identity: int, said: int, where: int) -> tuple[int, int] | None:
        """What was said of an identity, and where; if nothing was, adds it and returns None."""
        at = self._slot(identity)
        if self._identities[at]:
            return self._said[at], self._where[at]
        self._put(at, identity, said, where)
        return None

    def add(self, identity: int, said: int, where: int) -> None:
        """Adds an identity that the table does not contain."""
        self._put(self._slot(identity), identity, said, where)

    def _put(self, at: int, identity: int, said: int, where: int) -> None:
        self._identities[at], self._said[at], self._where[at] = identity, said, where
        self._count += 1
        if 3 * self._count > 2 * self._mask:
            self._grow()

    def _slot(self, identity: int) -> int:
        """The slot of an identity, or the empty one where it belongs."""
        identities, mask = self._identities, self._mask
        at = identity & mask
        while identities[at] not in (0, identity):
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        old = (self._identities, self._said, self._where)
        size = 2 * (self._mask + 1)
        self._identities, self._said, self._where = (array("q", bytes(8 * size)) for _ in range(3))
        self._mask = size - 1
        for identity, said, where in zip(*old, strict=True):
            if identity:
                at = self._slot(identity)
                self._identities[at], self._said[at], self._where[at] = identity, said, where


def _values(item: Item) -> Said:
    """The stored properties that a row sets."""
    values: Said = item.row.values if isinstance(item.row, EdgeRow) else item.row
    return values


def _identity(number: int, item: Item) -> int:
    """The hash of the record or the relationship that a row means; never 0."""
    row = item.row
    if isinstance(row, EdgeRow):
        return hash((number, row.start, row.end, row.key, row.values.get("hierarchy"))) or 1
    return hash((number, row["uid"])) or 1


def _group(step: Step) -> Names:
    table = step.table
    if isinstance(table, NodeTable):
        return (table.label,)
    return (table.type, table.start.label, table.end.label)


def _outputs(step: Step) -> frozenset[str]:
    """The stored properties that a table sets."""
    table = step.table
    names = set(table.fields)
    if isinstance(table, EdgeTable):
        properties = edge_properties(table.type, table.start.label, table.end.label)
        names |= {"extendedAmount"} if computes_amount(table) else set()
    else:
        properties = entity(table.label).properties
        names = set(entity(table.label).complete(dict.fromkeys(names, "given"))) if step.creates else names
    names &= properties.keys()
    money = {name for name in names if properties[name].kind is Kind.MONEY}
    return frozenset(names | {f"{name}{part}" for name in money for part in ("Currency", "Base")})


def _adds_up(table: AnyTable) -> bool:
    """True if a relationship that a row repeats would be another one, whose amount adds to that of the first."""
    if isinstance(table, NodeTable):
        return False
    found = endpoint(table.type, table.start.label, table.end.label)
    return found is not None and found.model.additive and bool(table.fields)
