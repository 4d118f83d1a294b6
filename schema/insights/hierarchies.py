"""Hierarchies over time and beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np

from algorithms.hierarchies import (
    EARLIEST,
    LATEST,
    HierarchyDifferenceReason,
    Periods,
    hierarchy_differences,
    thinned,
)
from algorithms.hierarchies import size_history as history_of
from algorithms.results import Ref
from graph.collation import sort_key
from graph.query.computed.hierarchies import COMPARISON_ARGUMENTS, HISTORY_ARGUMENTS, lineage, parents
from graph.query.values import Argument
from schema.insights.registry import always, insight
from schema.request import Request

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GroupSize:
    """The size of a group from a time on."""

    at: Annotated[datetime | None, "The time of the change; null in the first step if there is no start."]
    accounts: Annotated[int, "The number of accounts from then on, including the account itself."]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a hierarchy, and the account at the top."""

    periods: Periods
    top: int


def _lines(found: Mapping[str, Any]) -> Lines:
    """The lines that the database returned, without the time in which a child has another parent already."""
    numbers: dict[str, int] = {found["top"]: 0}
    rows, until = [], dict[str, int]()
    lines = (
        (child, EARLIEST if begin is None else begin, parent, LATEST if end is None else end)
        for child, parent, begin, end in found["lines"]
    )
    for child, begin, parent, end in sorted(lines):
        start = max(begin, until.get(child, EARLIEST))
        until[child] = max(end, start)
        if start < end:
            rows.append([*(numbers.setdefault(uid, len(numbers)) for uid in (child, parent)), start, end])
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Lines(Periods(*columns), 0)


@insight(
    on="Account",
    args=(
        *HISTORY_ARGUMENTS,
        Argument("since", datetime | None, "The start of the history; the default is the first record."),
        Argument("first", int, "The maximum number of steps.", 1000, 0, 1000, page=True),
    ),
    reads=lineage,
    threaded=always,
)
def size_history(found: Mapping[str, Any], _: Request, **arguments: Any) -> list[GroupSize]:
    """The number of accounts at and below the account over time: one step for each change, also for planned ones.

    If there are more changes, each step is the last one in one of several equal periods.
    """
    return sizes(_lines(found), **arguments)


def sizes(found: Lines, *, since: datetime | None, first: int, **_: Any) -> list[GroupSize]:
    """The steps of the history of a group."""
    begin = EARLIEST if since is None else (since - _EPOCH) // timedelta(microseconds=1)
    steps = thinned(history_of(found.periods, found.top, begin), first)
    return [
        GroupSize(None if time == EARLIEST else _EPOCH + timedelta(microseconds=time), size) for time, size in steps
    ]


@dataclass(frozen=True, slots=True)
class HierarchyDifference:
    """An account that has other parents in one hierarchy than in another."""

    account: Annotated[str, Ref("Account"), "The account."]
    parent_a: Annotated[str | None, Ref("Account"), "The parent in the first hierarchy; null without one."]
    parent_b: Annotated[str | None, Ref("Account"), "The parent in the second hierarchy; null without one."]
    reason: Annotated[HierarchyDifferenceReason, "The reason."]


@dataclass(frozen=True, slots=True)
class HierarchyComparison:
    """The accounts below an account, in either of two hierarchies, whose parents differ."""

    differing: Annotated[int, "The number of accounts whose parents differ."]
    rows: Annotated[list[HierarchyDifference], "The accounts of the page, in the order of their names."]


@dataclass(frozen=True, slots=True, eq=False)
class BothParents:
    """The parents of accounts in two hierarchies, -1 without one, the order of the accounts, and ids by position."""

    parents_a: Any
    parents_b: Any
    rank: Any
    uid: Callable[[int], str]
    parent_uid: Callable[[int], str]


def _both(found: Mapping[str, Any]) -> BothParents:
    """The parents that the database returned."""
    rows = sorted(found["parents"], key=lambda row: (sort_key(row[1] or ""), row[0]))
    uids = list(dict.fromkeys(uid for row in rows for uid in row[2:] if uid is not None))
    at = {None: -1, **{uid: number for number, uid in enumerate(uids)}}
    a, b = (np.array([at[row[place]] for row in rows], dtype=np.int64) for place in (2, 3))
    return BothParents(a, b, np.arange(len(rows)), lambda member: rows[member][0], uids.__getitem__)


@insight(
    on="Account",
    args=(
        *COMPARISON_ARGUMENTS,
        Argument("first", int, "The maximum number of accounts.", 50, 0, 1000, page=True),
        Argument("offset", int, "The number of accounts before the page.", 0, 0),
    ),
    reads=parents,
    threaded=always,
)
def compare_hierarchies(found: Mapping[str, Any], _: Request, **arguments: Any) -> HierarchyComparison:
    """The accounts below this one, in either of two hierarchies, whose parents differ, with both parents."""
    return compared(_both(found), **arguments)


def compared(found: BothParents, *, first: int, offset: int, **_: Any) -> HierarchyComparison:
    """The page of a comparison."""
    page = hierarchy_differences(found.parents_a, found.parents_b, found.rank, first=first, offset=offset)

    def parent(of: Any, member: int) -> str | None:
        number = int(of[member])
        return None if number < 0 else found.parent_uid(number)

    return HierarchyComparison(
        page.differing,
        [
            HierarchyDifference(
                found.uid(member), parent(found.parents_a, member), parent(found.parents_b, member), reason
            )
            for member, reason in page.rows
        ],
    )
