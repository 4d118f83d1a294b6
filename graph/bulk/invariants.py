"""Finds room for relationships among those that exist, as the declared invariants of their type demand.

Relationships of which there is at most one at a time form groups: those of one start (or end) that agree in some
properties. Within a group, periods never overlap. What a source wrote before gives way to what the same source says
now; what another source or a user wrote stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from graph.bulk.provenance import Stamp, stamp
from graph.models.properties import Acyclic, AtMostOne
from graph.vocabulary import endpoint

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Group = tuple[Any, ...]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Invariants:
    """The declared invariants of a relationship type between two labels.

    `identity` names the properties that distinguish relationships between the same two records, `among` the end labels
    whose relationships count together. `lock` begins the names of the locks under which mutations keep them acyclic.
    """

    edge: str
    start: str
    end: str
    dated: bool
    acyclic: Acyclic | None
    at_most_one: tuple[AtMostOne, ...]
    among: tuple[str, ...]
    defaults: Mapping[str, Any]
    identity: tuple[str, ...]
    lock: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The properties on which the invariants depend."""
        rules: list[Acyclic | AtMostOne] = [*self.at_most_one]
        if self.acyclic is not None:
            rules.append(self.acyclic)
        names = {name for rule in rules for name in (*rule.keys, *(name for name, _ in rule.where))}
        return tuple(sorted(names | set(self.identity)))

    def groups(self, start: str, end: str, values: Mapping[str, Any]) -> dict[Group, AtMostOne]:
        """The groups of a relationship between two records."""
        return {
            (at, start if rule.per == "start" else end, *(values.get(name) for name in rule.keys)): rule
            for at, rule in enumerate(self.at_most_one)
            if all(values.get(name) == wanted for name, wanted in rule.where)
        }

    def cycle_group(self, values: Mapping[str, Any]) -> Group | None:
        """The relationships with which this one must not form a cycle; None if it may."""
        rule = self.acyclic
        if rule is None or any(values.get(name) != wanted for name, wanted in rule.where):
            return None
        return tuple(values.get(name) for name in rule.keys)

    def lock_of(self, values: Mapping[str, Any]) -> str | None:
        """The name of the lock under which a relationship with these values is written; None if it needs none."""
        group = self.cycle_group(values)
        return None if group is None else " ".join([self.lock, *map(str, group)])

    def stamp(self, source: str, row: EdgeRow) -> Stamp:
        """The stamp of a row: its values, and what tells its relationship apart."""
        return self.stamp_of(source, row.start, row.end, row.values, row.key)

    def stamp_of(self, source: str, start: str, end: str, values: Mapping[str, Any], key: str | None) -> Stamp:
        """The stamp of the row with these attributes."""
        names = (*self.identity, "validFrom") if self.dated else self.identity
        return stamp(source, values, (self.edge, start, end, key, *[values.get(name) for name in names]))


@cache
def invariants(edge: str, start: str, end: str) -> Invariants:
    """The invariants of a relationship type between two concrete labels; KeyError if it does not join them."""
    found = endpoint(edge, start, end)
    if found is None:
        raise KeyError(edge)
    keyed = {name for rule in found.at_most_one for name in rule.keys}
    keyed |= set(found.acyclic.keys) if found.acyclic is not None else set()
    return Invariants(
        edge,
        start,
        end,
        found.model.dated,
        found.acyclic if start == end else None,
        found.at_most_one,
        found.among,
        {name: one.default for name, one in found.model.properties.items() if one.default is not None},
        tuple(sorted(keyed)),
        edge if found.model.acyclic is not None else f"{found.start} {edge}",
    )


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A relationship to write: the uids of its ends, its properties, and the key that distinguishes it from others.

    `origin` names the row in messages. `stamp` is that of the row as the source sends it, if `values` differ from it.
    """

    start: str
    end: str
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    origin: str = "an earlier row"
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class StoredEdge:
    """A relationship of the graph; `names` are those of its ends, `values` the properties that invariants read.

    `provenance` is what is remembered of the load that wrote it.
    """

    id: str
    start: str
    end: str
    key: str | None = None
    source: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, str] = ("", "")
    provenance: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """A stored relationship that ends at a time; without one it is deleted."""

    edge: StoredEdge
    at: datetime | None


@dataclass(slots=True, eq=False)
class EdgePeriod:
    """A relationship in its groups for a period: a stored one, one from a row, or a stored one that a row updates."""

    start: str
    end: str
    begins: datetime | None
    ends: datetime | None
    values: Mapping[str, Any]
    groups: dict[Group, AtMostOne]
    stored: StoredEdge | None = None
    row: EdgeRow | None = None
    replaced: list[Replacement] = field(default_factory=list)

    def overlaps(self, other: EdgePeriod) -> bool:
        """True if both periods share a moment; an empty period shares none."""
        begins = max(self.begins or _FIRST, other.begins or _FIRST)
        return begins < min(self.ends or _LAST, other.ends or _LAST)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A stored relationship that gives way, and what remains of it; None if it never held."""

    whole: EdgePeriod
    rest: EdgePeriod | None


class EdgeGroups:
    """The relationships of one type and their groups, to which rows are added one after the other."""

    def __init__(self, invariants: Invariants, source: str | None, now: datetime, *, overwrite: bool = False) -> None:
        self.invariants, self.source, self.now, self.overwrite = invariants, source, now, overwrite
        self._groups: defaultdict[Group, list[EdgePeriod]] = defaultdict(list)
        self._same: defaultdict[tuple[str, str, Group], list[EdgePeriod]] = defaultdict(list)

    def __iter__(self) -> Iterator[EdgePeriod]:
        return (period for listed in self._same.values() for period in listed)

    def add_stored(self, edges: Iterable[StoredEdge]) -> None:
        """Adds relationships of the graph; one that was added before is ignored."""
        known = {period.stored.id for period in self if period.stored is not None}
        for edge in edges:
            if edge.id not in known:
                known.add(edge.id)
                self.restore(self._stored(edge))

    def add_rows(self, rows: Mapping[K, EdgeRow]) -> tuple[dict[K, EdgePeriod], dict[K, str]]:
        """Adds the rows, and returns the reasons why an invariant forbids some.

        Rows that update stored relationships come first, because they may make room; otherwise earlier rows win.
        """
        periods: dict[K, EdgePeriod] = {}
        new = {key: row for key, row in rows.items() if self._known(row) is None}
        waiting = {key: row for key, row in rows.items() if key not in new}
        reasons: dict[K, str] = {}
        while waiting:
            refused = self._add_each(waiting, periods)
            if len(refused) == len(waiting):
                reasons.update(refused)
                break
            waiting = {key: waiting[key] for key in refused}
        reasons.update(self._add_each(new, periods))
        return periods, reasons

    def _add_each(self, rows: Mapping[K, EdgeRow], periods: dict[K, EdgePeriod]) -> dict[K, str]:
        refused = {}
        for key, row in rows.items():
            found = self._add(row, self._known(row))
            if isinstance(found, str):
                refused[key] = found
            else:
                periods[key] = found
        return refused

    def _known(self, row: EdgeRow) -> EdgePeriod | None:
        """The stored relationship that a row updates, or the one of another row with the same identity."""
        begins = row.values.get("validFrom") if self.invariants.dated else None
        same = [period for period in self._same.get(self._identity(row), ()) if _is_known(period, begins)]
        return max(same, key=lambda period: (period.ends is None, period.begins or _FIRST), default=None)

    def _add(self, row: EdgeRow, known: EdgePeriod | None) -> EdgePeriod | str:
        """Adds a row, or returns the reason why an invariant forbids it."""
        begins, ends = self._period(row.values)
        values = {**self.invariants.defaults, **(known.values if known is not None else {}), **row.values}
        if row.start == row.end and self.invariants.cycle_group(values) is not None:
            return f"a record cannot have {self.invariants.edge} to itself"
        period = EdgePeriod(row.start, row.end, begins, ends, values, self._groups_of(row, values), row=row)
        if known is not None:
            period.begins, period.ends = begins or known.begins, ends or known.ends
            period.stored = known.stored
        after: list[datetime] = []
        leaving: list[EdgePeriod] = []
        for group, rule in period.groups.items():
            inside = known is not None and group in known.groups
            for other in self._groups[group]:
                if other is known or other in leaving or not period.overlaps(other):
                    continue
                if known is not None and inside and known.overlaps(other):
                    continue  # These overlapped before, and the row does not change that.
                if not self._gives_way(other, period, shift=begins is None and not inside):
                    return self._conflict(other, rule)
                after.append(other.ends or begins or self.now)
                if other.ends is None:
                    leaving.append(other)
        if begins is None and after and self.invariants.dated:
            if known is not None and known.ends is not None:
                return self._add(row, None)  # The ended relationship keeps its period, and the row adds a new one.
            period.begins = max(after)
            if period.ends is not None and period.begins >= period.ends:
                return f"its period would begin on {period.begins:%Y-%m-%d}, after its end"
        if known is not None:
            self.remove(known)
        period.replaced = [self._cut(other, period) for other in leaving]
        self.restore(period)
        return period

    def _cut(self, other: EdgePeriod, period: EdgePeriod) -> Replacement:
        """Ends a relationship where another one begins."""
        at, rest = period.begins or self.now, None
        self.remove(other)
        if self.invariants.dated and (other.begins is None or other.begins < at):
            rest = replace(other, ends=at)
            self.restore(rest)
        return Replacement(other, rest)

    def remove(self, period: EdgePeriod) -> None:
        """Takes a relationship out of its groups."""
        self._same[self._identity(period.row or period.stored)].remove(period)
        for group in period.groups:
            self._groups[group].remove(period)

    def restore(self, period: EdgePeriod) -> None:
        """Puts a relationship into its groups."""
        self._same[self._identity(period.row or period.stored)].append(period)
        for group in period.groups:
            self._groups[group].append(period)

    def revoke(self, period: EdgePeriod) -> None:
        """Takes a row out again, and puts back what it updated or replaced."""
        self.remove(period)
        for replacement in period.replaced:
            if replacement.rest is None:
                self.restore(replacement.whole)
            elif replacement.rest in self._same[self._identity(replacement.rest.stored)]:
                self.remove(replacement.rest)
                self.restore(replacement.whole)
        if period.stored is not None:
            self.restore(self._stored(period.stored))

    def begins(self, period: EdgePeriod) -> datetime | None:
        """The beginning that a row gets because it has none of its own."""
        explicit = period.row is None or period.row.values.get("validFrom") is not None
        unchanged = period.stored is not None and period.begins == period.stored.begins
        return None if explicit or unchanged or not self.invariants.dated else period.begins

    def checked_row(self, period: EdgePeriod) -> EdgeRow:
        """The row with its beginning decided, as it is to be written."""
        assert period.row is not None
        return with_beginning(period.row, self.invariants, self.begins(period))

    def endings(self, period: EdgePeriod) -> list[Ending]:
        """The stored relationships that end because this one takes their place."""
        return [
            Ending(replacement.whole.stored, None if replacement.rest is None else replacement.rest.ends)
            for replacement in period.replaced
            if replacement.whole.stored is not None
        ]

    def _stored(self, edge: StoredEdge) -> EdgePeriod:
        values = {**self.invariants.defaults, **edge.values}
        begins = edge.begins if self.invariants.dated else None
        ended = edge.ends is not None and not self.invariants.dated
        groups = {} if ended else self.invariants.groups(edge.start, edge.end, values)
        return EdgePeriod(edge.start, edge.end, begins, edge.ends, values, groups, stored=edge)

    def _groups_of(self, row: EdgeRow, values: Mapping[str, Any]) -> dict[Group, AtMostOne]:
        """A relationship that is not dated is in no group once it has ended."""
        ended = row.values.get("validTo") is not None and not self.invariants.dated
        return {} if ended else self.invariants.groups(row.start, row.end, values)

    def _period(self, values: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
        return (values.get("validFrom") if self.invariants.dated else None), values.get("validTo")

    def _identity(self, edge: EdgeRow | StoredEdge | None) -> tuple[str, str, Group]:
        assert edge is not None
        return edge.start, edge.end, (edge.key, *(edge.values.get(name) for name in self.invariants.identity))

    def _gives_way(self, other: EdgePeriod, period: EdgePeriod, *, shift: bool) -> bool:
        """True if the other one can end where the new one begins, or the new one can begin where the other ended."""
        if other.stored is None or other.row is not None:
            return False
        if other.ends is not None:
            return shift
        replaceable = other.stored.source == self.source or (self.overwrite and other.stored.source is None)
        return replaceable and period.ends is None

    def _conflict(self, other: EdgePeriod, rule: AtMostOne) -> str:
        rules = self.invariants
        label = rules.start if rule.per == "start" else rules.end
        limit = f"at most one {rules.edge} at a time is allowed per {' and '.join((label, *rule.keys))}"
        limit += "".join(f", where {name} is {str(value).lower()}" for name, value in rule.where)
        if other.row is not None:
            return f"{other.row.origin} sets another one for the same period; {limit}"
        edge = other.stored
        assert edge is not None
        which = 1 if rule.per == "start" else 0
        uid, name = (edge.start, edge.end)[which], edge.names[which]
        words = (("from", edge.begins), ("until", edge.ends))
        period = "".join(f" {word} {value:%Y-%m-%d}" for word, value in words if value is not None)
        origin = "set by a user" if edge.source is None else f"imported from {edge.source!r}"
        return f"the graph has {name or 'a record'} ({uid}){period}, {origin}; {limit}"


def _is_known(period: EdgePeriod, begins: datetime | None) -> bool:
    """True if a row with this identity and beginning means that relationship, as `merge_edges` finds it.

    A row without a beginning does not mean a relationship that another row has just ended.
    """
    if begins is None:
        return period.row is not None or period.stored is None or period.ends == period.stored.ends
    return period.ends is None or period.begins == begins


def with_beginning(row: EdgeRow, rules: Invariants, begins: datetime | None) -> EdgeRow:
    """A row that has found room, with the decided beginning; an empty period leaves the stored period as it is."""
    if not rules.dated:
        return row
    empty = {name for name in ("validFrom", "validTo") if row.values.get(name) is None}
    values = {name: value for name, value in row.values.items() if name not in empty}
    return replace(row, values=values if begins is None else {**values, "validFrom": begins})
