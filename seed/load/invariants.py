"""Checks rows against the invariants of their relationship type, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from algorithms.cycles import cycle_rows
from graph.bulk.invariants import EdgeGroups, EdgePeriod, EdgeRow, Group, Invariants, StoredEdge
from graph.bulk.provenance import Provenance, merge

_NAMED = 3

Position = tuple[int, int]
"""The number of a table in the plan, and the number of a row in the table."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that an invariant may forbid."""

    at: Position
    row: EdgeRow


@dataclass(slots=True)
class Verdict:
    """The outcome of a check.

    `rejected` holds the rows that cannot be written, with the reason; `accepted` the others, with the beginning that
    the check decided for a row without one.
    """

    rejected: dict[Position, str] = field(default_factory=dict)
    accepted: dict[Position, datetime | None] = field(default_factory=dict)

    def add(self, other: Verdict) -> None:
        """Adds the outcome for other rows."""
        self.rejected.update(other.rejected)
        self.accepted.update(other.accepted)


def judge(
    candidates: Iterable[Candidate],
    stored: Iterable[StoredEdge],
    rules: Invariants,
    source: str,
    now: datetime,
    *,
    removed: Iterable[str] = (),
    overwrite: bool = False,
) -> Verdict:
    """Decides which rows of one relationship type can be written, given the stored relationships.

    Earlier rows win. A stored relationship that is still open gives way if `source` wrote it. A row without a beginning
    begins after the relationships that have ended. Rows without anything new, and those of relationships that people
    removed (`removed` is what is remembered of these), are neither accepted nor rejected: writing them changes nothing.
    """
    groups = EdgeGroups(rules, source, now, overwrite=overwrite)
    groups.add_stored(stored)
    rows = _open_rows(candidates, groups, {text.split(" ", 1)[0] for text in removed})
    accepted, rejected = groups.add_rows(rows)
    verdict = Verdict(rejected)
    if rules.acyclic is not None:
        _reject_cycles(groups, accepted, verdict)
    for at, period in accepted.items():
        verdict.accepted[at] = groups.begins(period)
    return verdict


def _open_rows(candidates: Iterable[Candidate], groups: EdgeGroups, removed: set[str]) -> dict[Position, EdgeRow]:
    """The rows that have something new, with the values that people changed; the others keep their relationship."""
    written = {}
    for period in groups:
        if period.stored is not None and period.stored.provenance:
            written[period.stored.provenance.split(" ", 1)[0]] = period
    rows = {}
    for one in candidates:
        stamp = groups.invariants.stamp(groups.source or "", one.row)
        found = written.get(stamp.identity)
        if found is None:
            if stamp.identity not in removed or groups.overwrite:
                rows[one.at] = one.row
            continue
        assert found.stored is not None
        provenance = Provenance.read(found.stored.provenance)
        if stamp.token in provenance.tokens:
            found.row = one.row
        else:
            rows[one.at] = _merged(one.row, found.stored, groups, provenance)
    return rows


def _merged(row: EdgeRow, edge: StoredEdge, groups: EdgeGroups, provenance: Provenance) -> EdgeRow:
    """The row with the stored values, where people changed them."""
    stored = {**edge.values, "validFrom": edge.begins, "validTo": edge.ends}
    sent = {name: value for name, value in row.values.items() if name in stored}
    last = provenance.last.get(groups.source or "", {})
    changes = merge(sent, stored, last, overwrite=groups.overwrite).changes
    kept = {name: stored[name] for name in sent if name not in changes}
    return replace(row, values={**row.values, **kept})


def _reject_cycles(groups: EdgeGroups, accepted: dict[Position, EdgePeriod], verdict: Verdict) -> None:
    """Rejects rows that would close a cycle and restores what they replaced, until no cycle is left."""
    while True:
        order = {id(period): (at, number) for number, (at, period) in enumerate(accepted.items())}
        by_group: defaultdict[Group, list[EdgePeriod]] = defaultdict(list)
        for period in groups:
            group = groups.invariants.cycle_group(period.values)
            if group is not None:
                by_group[group].append(period)
        closing = []
        for edges in by_group.values():
            edges.sort(key=lambda period: order[id(period)][1] if id(period) in order else -1)
            pairs = [(edge.start, edge.end) for edge in edges]
            cycles = set(cycle_rows(pairs, [(edge.begins, edge.ends) for edge in edges]))
            above = _index(edge for at, edge in enumerate(edges) if at not in cycles)
            closing += [(edges[at], above) for at in sorted(cycles) if id(edges[at]) in order]
        if not closing:
            return
        reasons = [(period, _reason(period, above)) for period, above in closing]
        for period, reason in reasons:
            at, _ = order[id(period)]
            groups.revoke(period)
            verdict.rejected[at] = reason
            del accepted[at]


def _index(edges: Iterable[EdgePeriod]) -> dict[str, list[EdgePeriod]]:
    index: dict[str, list[EdgePeriod]] = {}
    for edge in edges:
        index.setdefault(edge.start, []).append(edge)
    return index


def _reason(period: EdgePeriod, above: dict[str, list[EdgePeriod]]) -> str:
    """Names the rows and stored relationships with which a row would form a cycle."""
    came: dict[str, EdgePeriod] = {}
    waiting = [period.end]
    while waiting and period.start not in came:
        member = waiting.pop()
        for edge in above.get(member, ()):
            if edge.end not in came and edge.overlaps(period):
                came[edge.end] = edge
                waiting.append(edge.end)
    path: list[str] = []
    member = period.start
    while member in came and member != period.end:
        path.append(_name(came[member]))
        member = came[member].start
    path.reverse()
    more = f" and {len(path) - _NAMED} more" if len(path) > _NAMED else ""
    return f"it would close a cycle{' with ' if path else ''}{', '.join(path[:_NAMED])}{more}"


def _name(edge: EdgePeriod) -> str:
    if edge.row is not None:
        return edge.row.origin
    assert edge.stored is not None
    start, end = (name or uid for name, uid in zip(edge.stored.names, (edge.start, edge.end), strict=True))
    return f"the stored {start} → {end}"
