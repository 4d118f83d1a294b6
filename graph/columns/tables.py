"""Relationships as columns in memory: what is read of each, from the whole graph or around some records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.models.relationships import Knows
from graph.query.availability import unavailable
from graph.query.tie_formula import SUMS
from graph.store import Bound
from graph.ties.statements import label_of, tie_column

Array = NDArray[Any]

ABSENT = np.iinfo(np.int64).min
"""The value of a whole number that is missing."""
EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""The bounds of a period without a known start, or without an end, in microseconds since 1970."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STARTS, _ROWS = 200, 20_000
_CODE_BYTES = 16
_SUMS = {name.strip("`") for name in SUMS}
_SPARE = 1_000
_FEW_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a Cypher expression on the relationship `e` from `a` to `b`, its type, and the value for null.

    `bytes` are short ASCII codes, such as the values of an enumeration.
    """

    name: str
    expression: str
    kind: type
    null: Any = None


@dataclass(frozen=True, slots=True)
class TableModel:
    """The relationships of a type between records of two labels, each with its columns."""

    name: str
    start: str
    edge: str
    end: str
    columns: tuple[Column, ...] = ()

    def read_all(self) -> Bound:
        """The statement that reads every relationship, in records of limited size.

        Neo4j keeps the relationships of a few records in memory at a time, however many there are.
        """
        text = (
            f"MATCH (a:{self.start})\nWITH collect(a) AS starts\n"
            f"UNWIND range(0, size(starts) - 1, {_STARTS}) AS begin\n"
            f"CALL (starts, begin) {{\n  UNWIND starts[begin..begin + {_STARTS}] AS a\n"
            f"  MATCH (a)-[e:{self.edge}]->(b:{self.end})\n  {self._rows()}\n"
            f"  UNWIND range(0, size(rows) - 1, {_ROWS}) AS place\n"
            f"  RETURN {self._lists(f'rows[place..place + {_ROWS}]')}\n}}\nRETURN columns"
        )
        return Bound(f"columns.{self.name}", text, {})

    def read_around(self, uids: Sequence[str]) -> Bound:
        """The statement that reads the relationships from or to some records."""
        text = (
            "UNWIND $uids AS uid\nMATCH (one:Record {uid: uid})\n"
            f"CALL (one) {{\n  MATCH (one)-[e:{self.edge}]-()\n  RETURN e\n}}\n"
            "WITH DISTINCT e\nWITH e, startNode(e) AS a, endNode(e) AS b\n"
            f"WHERE a:{self.start} AND b:{self.end}\n{self._rows()}\nRETURN {self._lists('rows')}"
        )
        return Bound(f"columns.{self.name}.around", text, {"uids": list(uids)})

    def _rows(self) -> str:
        values = ", ".join(["a.uid", "b.uid", *(column.expression for column in self.columns)])
        return f"WITH collect([{values}]) AS rows"

    def _lists(self, rows: str) -> str:
        """A list of one list for each column, which the driver reads much faster than one for each row."""
        lists = ", ".join(f"[row IN {rows} | row[{at}]]" for at in range(len(self.columns) + 2))
        return f"[{lists}] AS columns"


def microseconds(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def gathered(rows: Array, bounds: Array, records: Array) -> Array:
    """The rows of some records; those of each begin at its place in `bounds` and end at the next."""
    numbers = bounds[records + 1] - bounds[records]
    within = np.arange(numbers.sum()) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    found: Array = rows[np.repeat(bounds[records], numbers) + within]
    return found


def _moment(expression: str) -> str:
    """A date-time in microseconds, rounded up: so that comparisons with a time in microseconds stay exact."""
    return f"{expression}.epochSeconds * 1000000 + ({expression}.nanosecond + 999) / 1000"


_PERIOD = (
    Column("valid_from", _moment("e.validFrom"), int, EARLIEST),
    Column("valid_to", _moment("e.validTo"), int, LATEST),
)

CHILD_OF = TableModel(
    "child_of", "Account", "CHILD_OF", "Account",
    (Column("hierarchy", "e.hierarchy", bytes), *_PERIOD, Column("name", "a.name", str)),
)  # fmt: skip
DEALS = TableModel(
    "deals", "Opportunity", "FOR_ACCOUNT", "Account",
    (
        Column("state", "a.state", bytes),
        Column("estimated", "a.estimatedValueBase", int, ABSENT),
        Column("actual", "a.actualValueBase", int, ABSENT),
        Column("probability", "a.closeProbability", int, ABSENT),
    ),
)  # fmt: skip
ORDERS = TableModel(
    "orders", "SalesOrder", "FOR_ACCOUNT", "Account",
    (
        Column("state", "a.state", bytes),
        Column(
            "value",
            "coalesce(a.totalAmountBase, reduce(sum = 0, amount IN [(a)-[l:HAS_LINE]->(:Product) | "
            "l.extendedAmountBase] | sum + coalesce(amount, 0)))",
            int, 0,
        ),
    ),
)  # fmt: skip
LINES = TableModel(
    "lines", "SalesOrder", "HAS_LINE", "Product",
    (Column("state", "a.state", bytes), Column("amount", "e.extendedAmountBase", int, ABSENT)),
)  # fmt: skip
PERSON = ("name", "jobTitle", "department")
"""The properties of a person that tables of people have, for each end that is a person."""
WORKS_AT = TableModel(
    "works_at", "Contact", "WORKS_AT", "Account",
    (
        *_PERIOD,
        Column("ended", "toString(e.validTo)", str),
        Column("primary", "coalesce(e.isPrimary, false)", bool),
        Column("job_title", "e.jobTitle", str),
        Column("department", "e.department", str),
        Column("roles", "e.roles", list),
        *(Column(f"start_{name}", f"a.{name}", str) for name in PERSON),
    ),
)  # fmt: skip
REPORTS_TO = TableModel(
    "reports_to", "Contact", "REPORTS_TO", "Contact",
    (
        *_PERIOD,
        Column("kind", "e.kind", str),
        Column("confidence", "e.confidence", str),
        *(Column(f"start_{name}", f"a.{name}", str) for name in PERSON),
        *(Column(f"end_{name}", f"b.{name}", str) for name in PERSON),
    ),
)  # fmt: skip
KNOWS = TableModel(
    "knows", "Party", "KNOWS", "Party",
    (
        *(
            Column(name, tie_column("e", name), float if name in _SUMS else int)
            for name in Knows.columns
        ),
        Column("start_label", label_of("a"), bytes),
        Column("end_label", label_of("b"), bytes),
        Column("start_available", f"NOT ({unavailable('a', 'Party')})", bool),
        Column("end_available", f"NOT ({unavailable('b', 'Party')})", bool),
    ),
)  # fmt: skip

TABLES = (CHILD_OF, DEALS, ORDERS, LINES, WORKS_AT, REPORTS_TO, KNOWS)


class Ids:
    """Positions of uids, which stay the same for the life of the process and are shared by all tables."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}
        self.uids: list[str] = []
        self._room = 0

    @property
    def room(self) -> int:
        """A length of arrays by record with room for new ones, so that arrays stay valid while records are added."""
        if len(self.uids) > self._room:
            self._room = len(self.uids) * 5 // 4 + _SPARE
        return self._room

    def add(self, uids: Iterable[str]) -> Array:
        """The positions of uids; new ones get the next position."""
        of, known, found = self.of, self.uids, []
        for uid in uids:
            at = of.get(uid)
            if at is None:
                at = of[uid] = len(known)
                known.append(uid)
            found.append(at)
        return np.array(found, dtype=np.int32)

    def known(self, uids: Iterable[str]) -> Array:
        """The positions of those uids that have one."""
        return np.array([self.of[uid] for uid in uids if uid in self.of], dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table model: the positions of both ends, and one array for each column."""

    model: TableModel
    start: Array
    end: Array
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def bytes(self) -> int:
        """The memory of the arrays."""
        return sum(one.nbytes for one in (self.start, self.end, *self.columns.values()))

    def counted(self, rows: Array) -> Counter[tuple[Any, ...]]:
        """How often each row occurs among some rows."""
        columns = (one[rows].tolist() for one in (self.start, self.end, *self.columns.values()))
        return Counter(zip(*columns, strict=True))

    @staticmethod
    def of(model: TableModel, parts: Sequence[Sequence[Array]], ids: Ids) -> Table:
        """The table of the arrays of several parts."""
        pieces = parts or [arrays(model, [[]] * (len(model.columns) + 2), ids)]
        start, end, *columns = (np.concatenate(several) for several in zip(*pieces, strict=True))
        return Table(model, start, end, dict(zip((one.name for one in model.columns), columns, strict=True)))

    def replaced(self, around: Array, rows: Table) -> Table:
        """The table with the rows from and to some records replaced."""
        if not len(self) and not len(rows):
            return self
        flags = np.zeros(max(int(one.max(initial=-1)) for one in (self.start, self.end, around)) + 1, dtype=bool)
        flags[around] = True
        stays = ~(flags[self.start] | flags[self.end])
        before = np.flatnonzero(~stays)
        if len(before) == len(rows) <= _FEW_ROWS and self.counted(before) == rows.counted(np.arange(len(rows))):
            return self
        return Table(
            self.model,
            np.concatenate([self.start[stays], rows.start]),
            np.concatenate([self.end[stays], rows.end]),
            {name: np.concatenate([one[stays], rows.columns[name]]) for name, one in self.columns.items()},
        )


def arrays(model: TableModel, lists: Sequence[Sequence[Any]], ids: Ids) -> list[Array]:
    """The arrays of the lists that a statement of a model returns."""
    start, end, *values = lists
    found = [ids.add(start), ids.add(end)]
    texts: dict[str | None, str | None] = {}
    for column, of in zip(model.columns, values, strict=True):
        if column.kind is str:
            # Equal texts, such as job titles, are kept once.
            found.append(_objects([texts.setdefault(one, one) for one in of]))
        elif column.kind is list:
            found.append(_objects([tuple(one) if one else () for one in of]))
        elif column.kind is bytes:
            found.append(np.array([one or "" for one in of], dtype=f"S{_CODE_BYTES}"))
        elif column.null is not None:
            found.append(np.array([column.null if one is None else one for one in of], dtype=np.int64))
        else:
            found.append(np.array(of, dtype={int: np.int64, float: np.float64, bool: np.bool_}[column.kind]))
    return found


def _objects(values: Sequence[Any]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
