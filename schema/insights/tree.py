"""Trees of accounts: the hierarchy below an account as rows in display order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np

from algorithms.results import ID, MONEY, Ref
from algorithms.tree import Tree, TreeRow, tree_page
from graph.collation import sort_key
from graph.query.computed.subtree import FIGURES, MEASURES, TREE_ARGUMENTS, subtree
from graph.query.values import Argument, value_fields
from schema.insights.registry import always, insight
from schema.request import Request

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AccountTreeOffset:
    """The parent's offset and own figures and the sums of the siblings above: the bar of `sum` begins there."""

    open_opportunities: Annotated[int, "The number of open opportunities."]
    open_pipeline: Annotated[int, MONEY, "The estimated value of the open opportunities, in the base currency."]
    weighted_pipeline: Annotated[
        int, MONEY, "The estimated value times the probability of each, rounded half even to minor units, then summed."
    ]
    won_opportunities: Annotated[int, "The number of won opportunities."]
    won: Annotated[int, MONEY, "The value of the won opportunities, in the base currency."]
    ordered: Annotated[int, MONEY, "The value of all orders that were not canceled, in the base currency."]


@dataclass(frozen=True, slots=True)
class AccountTreeFigures(AccountTreeOffset):
    """The figures of a row: of the account alone, or with all accounts below it."""

    contacts: Annotated[int, "The number of people who work there; each counts once."]


@dataclass(frozen=True, slots=True)
class AccountTreeRow:
    """An account in a tree."""

    account: Annotated[str, Ref("Account"), "The account."]
    depth: Annotated[int, "The number of levels below the account of the tree, whose own row is the first."]
    accounts: Annotated[int, "The number of accounts at and below this one."]
    child_count: Annotated[int, "The number of its children, whether or not they have rows."]
    position: Annotated[int, "The position among the children of its parent, from 1."]
    sibling_count: Annotated[int, "The number of children of its parent, with itself; 1 in the first row."]
    parent_id: Annotated[str | None, ID, "The id of the parent; null in the first row."]
    parent_since: Annotated[
        datetime | None, "The time since which it has this parent; null in the first row, and if it is not known."
    ]
    own: Annotated[AccountTreeFigures, "The figures of the account alone."]
    sum: Annotated[
        AccountTreeFigures, "The figures of the account with all accounts below it; each record counts once."
    ]
    offset: Annotated[AccountTreeOffset, "The figures that precede the row, so that bars tile the bar of the parent."]


@dataclass(frozen=True, slots=True)
class AccountTree:
    """The rows of a tree of accounts in display order: each account directly above its children."""

    total: Annotated[int, "The number of all rows."]
    rows: Annotated[list[AccountTreeRow], "The rows of the page."]
    withheld: Annotated[
        int, "The number of accounts, people, opportunities and orders that you may not read; no figure counts them."
    ] = 0


@dataclass(frozen=True, slots=True, eq=False)
class AccountRows:
    """A tree of accounts, and the id, the position and the time since when the parent is known for its members."""

    tree: Tree
    uid: Callable[[int], str]
    place: Callable[[str], int | None]
    since: Callable[[int], int | None]


def _read(found: Mapping[str, Any]) -> AccountRows:
    """The tree that the database returned."""
    rows = sorted(found["accounts"], key=lambda row: (row[0] != found["top"], sort_key(row[2] or ""), row[0]))
    at = {row[0]: number for number, row in enumerate(rows)}
    # The line of the shortest way, so that data with several parents at a time is a tree, too.
    lines = [min(row[1], key=lambda line: (line[0], line[1] or "", line[2] or 0)) for row in rows]
    order = Tree.preorder([at.get(line[1], -1) for line in lines])
    rows, lines = [rows[number] for number in order], [lines[number] for number in order]
    place = {row[0]: member for member, row in enumerate(rows)}
    parent = [-1, *(place[line[1]] for line in lines[1:])]
    people: dict[str, int] = {}
    tree = Tree(
        np.array(parent), np.array(Tree.sizes(parent)), np.array(order),
        {name: np.array([row[3][index] or 0 for row in rows], dtype=np.int64) for index, name in enumerate(FIGURES)},
        np.array([member for member, row in enumerate(rows) for _ in row[4]], dtype=np.int64),
        np.array([people.setdefault(uid, len(people)) for row in rows for uid in row[4]], dtype=np.int64),
    )  # fmt: skip
    return AccountRows(tree, lambda member: rows[member][0], place.get, lambda member: lines[member][2])


@insight(
    on="Account",
    args=(
        *TREE_ARGUMENTS,
        Argument(
            "open",
            list[Annotated[str, ID]] | None,
            "The ids of the accounts whose children have rows; the default is all of them.",
        ),
        Argument(
            "closed",
            list[Annotated[str, ID]] | None,
            "The ids of the accounts whose children have no rows, although they are in `open`.",
        ),
        Argument("first", int, "The maximum number of rows.", 100, 0, 1000, page=True),
        Argument("offset", int, "The number of rows before the page.", 0, 0),
    ),
    reads=subtree,
    threaded=always,
)
def tree(found: Mapping[str, Any], _: Request, **arguments: Any) -> AccountTree:
    """The account and the accounts below it in a hierarchy as rows in display order, with bars that tile."""
    return replace(shown(_read(found), **arguments), withheld=found.get("withheld", 0))


def shown(
    found: AccountRows,
    *,
    measure: str,
    open: list[str] | None,
    closed: list[str] | None,
    first: int,
    offset: int,
    **_: Any,
) -> AccountTree:
    """The page of a tree."""
    opened = None if open is None else _members(found, open)
    if closed:
        opened = (set(range(len(found.tree))) if opened is None else opened) - _members(found, closed)
    figure, accounts = MEASURES.get(measure), np.ones(len(found.tree), dtype=np.int64)
    values = accounts if measure == "ACCOUNTS" else None if figure is None else found.tree.figures[figure]
    page = tree_page(found.tree, opened, values, first=first, offset=offset, people=True)
    return AccountTree(page.total, [_row(found, row) for row in page.rows])


def _members(found: AccountRows, uids: list[str]) -> set[int]:
    return {member for uid in uids if (member := found.place(uid)) is not None}


def _row(found: AccountRows, row: TreeRow) -> AccountTreeRow:
    parent = int(found.tree.parent[row.member])
    since = None if row.member == 0 else found.since(row.member)
    return AccountTreeRow(
        found.uid(row.member), row.depth, row.accounts, row.children, row.position, row.siblings,
        None if parent < 0 else found.uid(parent), None if since is None else _EPOCH + timedelta(microseconds=since),
        _figures(AccountTreeFigures, row.own), _figures(AccountTreeFigures, row.sum),
        _figures(AccountTreeOffset, row.offset),
    )  # fmt: skip


def _figures(of: Any, values: Mapping[str, int]) -> Any:
    return of(*(values[name] for name in value_fields(of)))
