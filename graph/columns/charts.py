"""The data of an org chart from columns: the same as `graph.query.computed.reporting` reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.columns.snapshot import Snapshot
from graph.columns.tables import KNOWS, PERSON, REPORTS_TO, WORKS_AT, Array
from graph.models.relationships import Knows


def reporting(snapshot: Snapshot, uid: str, at: int, *, ties: bool) -> dict[str, list[Any]]:
    """`people`: [uid, name, title, department, roles, left, ties, None, here]; `lines` as in the database.

    `at` is in microseconds since 1970. Without `ties`, the list of ties is empty.
    """
    account = snapshot.account(uid)
    if account is None:
        return {"people": [], "lines": []}
    return _Chart(snapshot, account, at).data(ties=ties)


@dataclass(frozen=True, slots=True)
class _Chart:
    """The people of one account at one time; all records are positions."""

    snapshot: Snapshot
    account: int
    at: int

    def data(self, *, ties: bool) -> dict[str, list[Any]]:
        """People and lines."""
        snapshot, uids = self.snapshot, self.snapshot.ids.uids
        jobs = snapshot.tables[WORKS_AT.name]
        at_account = snapshot.rows(WORKS_AT, np.array([self.account]), end=True)
        here = np.unique(jobs.start[snapshot.valid(WORKS_AT, at_account, self.at)])
        everybody = np.unique(np.concatenate([here, self._across(here, up=True), self._across(here, up=False)]))
        known = self._ties(everybody) if ties else {}
        gone, job = self._gone(at_account), self._jobs(everybody)
        people = [
            [uids[one], *described, gone.get(one), known.get(one, []), None, inside]
            for one, described, inside in zip(
                everybody.tolist(), self._described(everybody, job), np.isin(everybody, here).tolist(), strict=True
            )
        ]
        return {"people": people, "lines": self._lines(everybody)}

    def _across(self, here: Array, *, up: bool) -> Array:
        """The people outside the account whom lines from its people reach, and whom solid lines reach from there."""
        table = self.snapshot.tables[REPORTS_TO.name]
        inside = np.zeros(self.snapshot.ids.room, dtype=bool)
        inside[here] = True
        reached = np.zeros(self.snapshot.ids.room, dtype=bool)
        first = self._reporting(here, up=up, solid=not up)
        following = np.unique((table.end if up else table.start)[first])
        following = following[~inside[following]]
        while len(following):
            reached[following] = True
            rows = self._reporting(following, up=up, solid=True)
            following = np.unique((table.end if up else table.start)[rows])
            following = following[~reached[following]]
        return np.flatnonzero(reached)

    def _reporting(self, people: Array, *, up: bool, solid: bool) -> Array:
        rows = self.snapshot.valid(REPORTS_TO, self.snapshot.rows(REPORTS_TO, people, end=not up), self.at)
        if not solid:
            return rows
        kinds = self.snapshot.tables[REPORTS_TO.name].columns["kind"]
        return np.array([row for row in rows.tolist() if kinds[row] in (None, "SOLID")], dtype=np.int64)

    def _lines(self, people: Array) -> list[Any]:
        table, uids = self.snapshot.tables[REPORTS_TO.name], self.snapshot.ids.uids
        rows = self._reporting(people, up=True, solid=False)
        kinds, confidences = table.columns["kind"][rows], table.columns["confidence"][rows]
        ends = zip(table.start[rows].tolist(), table.end[rows].tolist(), kinds, confidences, strict=True)
        return [[uids[start], uids[end], kind, confidence] for start, end, kind, confidence in ends]

    def _jobs(self, people: Array) -> dict[int, int]:
        """The row of each person's employment at the account, or else of the main one."""
        table, uids = self.snapshot.tables[WORKS_AT.name], self.snapshot.ids.uids
        rows = self.snapshot.valid(WORKS_AT, self.snapshot.rows(WORKS_AT, people), self.at)
        starts, ends, primary = table.start[rows].tolist(), table.end[rows].tolist(), table.columns["primary"]
        found: dict[int, int] = {}
        for start, end, row in zip(starts, ends, rows.tolist(), strict=True):
            other = found.get(start)
            if other is None:
                found[start] = row
                continue
            kept = int(table.end[other])
            new = (end != self.account, not primary[row], uids[end])
            if new < (kept != self.account, not primary[other], uids[kept]):
                found[start] = row
        return found

    def _gone(self, at_account: Array) -> dict[int, str]:
        """The time at which each person whose employments at the account have all ended left it."""
        table = self.snapshot.tables[WORKS_AT.name]
        ends = table.columns["valid_to"][at_account]
        order = np.lexsort((-np.arange(len(ends)), ends))
        last = dict(zip(table.start[at_account][order].tolist(), order.tolist(), strict=True))
        texts = table.columns["ended"][at_account].tolist()
        left = (ends <= self.at).tolist()
        return {start: texts[row] for start, row in last.items() if left[row]}

    def _described(self, people: Array, jobs: dict[int, int]) -> list[tuple[Any, ...]]:
        """Name, job title, department and roles of each person."""
        table = self.snapshot.tables[WORKS_AT.name]
        rows = np.fromiter((jobs.get(one, -1) for one in people.tolist()), dtype=np.int64, count=len(people))
        employed = rows >= 0
        names, *own = self._own(people)
        found = [names.tolist()]
        for column, value in zip(("job_title", "department"), own, strict=True):
            at_work = table.columns[column][rows[employed]]
            stated = at_work != None  # noqa: E711  an array of objects is compared one by one
            value[np.flatnonzero(employed)[stated]] = at_work[stated]
            found.append(value.tolist())
        roles = np.full(len(people), None, dtype=object)
        roles[employed] = table.columns["roles"][rows[employed]]
        return list(zip(*found, [one or () for one in roles.tolist()], strict=True))

    def _own(self, people: Array) -> list[Array]:
        """Name, job title and department on the record of each person, from any row that has the person."""
        found = [np.full(len(people), None, dtype=object) for _ in PERSON]
        missing = np.arange(len(people))
        for model, end in ((WORKS_AT, False), (REPORTS_TO, False), (REPORTS_TO, True)):
            rows = self.snapshot.some_row(model, people[missing], end=end)
            columns = self.snapshot.tables[model.name].columns
            for name, values in zip(PERSON, found, strict=True):
                values[missing[rows >= 0]] = columns[f"{'end' if end else 'start'}_{name}"][rows[rows >= 0]]
            missing = missing[rows < 0]
        return found

    def _ties(self, people: Array) -> dict[int, list[list[Any]]]:
        """The ties of each person to users who are available, each as [user, person, columns of the tie]."""
        table, uids = self.snapshot.tables[KNOWS.name], self.snapshot.ids.uids
        found: dict[int, list[list[Any]]] = {}
        for end in (False, True):
            rows = self.snapshot.rows(KNOWS, people, end=end)
            other = "start" if end else "end"
            fits = (table.columns[f"{other}_label"][rows] == b"User") & table.columns[f"{other}_available"][rows]
            rows = rows[fits]
            lists = (table.columns[name][rows].tolist() for name in Knows.columns)
            persons = (table.end if end else table.start)[rows].tolist()
            users = (table.start if end else table.end)[rows].tolist()
            for person, user, *values in zip(persons, users, *lists, strict=True):
                found.setdefault(person, []).append([uids[user], uids[person], *values])
        return found
