"""The group rollup: the figures of an account with everything below it, and the rows that they add up from."""

from __future__ import annotations

from typing import Any

from reports.charts import Span
from reports.declaration import Column, Data, Report, Row, Table
from reports.shares import SHARES, won_bars


def _bar(row: Row, whole: float) -> list[Span]:
    """Returns the bar of an account within that of its parent: its own part, then what is below it."""
    start, own, total = (row[part]["won"]["amount"] / whole for part in ("offset", "own", "sum"))
    return [Span(start, own, "own"), Span(start + own, total - own, "below")]


def _prepare(data: Data) -> dict[str, Any]:
    whole = data["account"]["rollup"]["won"]["amount"] or 1
    tree = [_bar(row, whole) for row in data["hierarchy"]["tree"]["rows"]]
    return {"bars": {"won": won_bars(data)}, "tree": {"won": tree}}


REPORT = Report(
    title="Group rollup",
    description="The figures of an account and of everything below it in the hierarchy, and how they add up.",
    about="Account",
    subject="account.name",
    facts={
        "Accounts": "account.rollup.accounts",
        "Levels below": "account.rollup.depth",
        "People": "account.rollup.contacts",
        "Won": "account.rollup.won",
        "Win rate": "account.rollup.winRate",
        "Open": "account.rollup.openPipeline",
        "Weighted": "account.rollup.weightedPipeline",
        "Ordered": "account.rollup.ordered",
        "Interactions": "account.rollup.interactions",
        "Last spoke": "account.rollup.lastSpokeAt",
        "People known": "account.rollup.known",
    },
    tables=(
        SHARES,
        Table(
            "accounts",
            "Every account, with what is below it",
            "hierarchy.tree.rows",
            (
                Column("account", "Account", "account.name"),
                Column("id", "Id", "account.id", shown=False),
                Column("level", "Level", "depth", shown=False),
                Column("city", "City", "account.city", shown=False),
                Column("relationship", "Relationship", "account.relationship", shown=False),
                Column("accounts", "Accounts", shown=False),
                Column("won", "Won", "sum.won"),
                Column("ownWon", "Its own", "own.won", total="account.rollup.won"),
                Column("open", "Open", "sum.openPipeline"),
                Column(
                    "ownOpen", "Open, its own", "own.openPipeline", total="account.rollup.openPipeline", shown=False
                ),
                Column("ownOrdered", "Ordered, its own", "own.ordered", total="account.rollup.ordered", shown=False),
                Column("people", "People", "sum.contacts"),
            ),
            empty="The hierarchy has no account.",
            of="hierarchy.tree.total",
        ),
    ),
    notes=("The hierarchy is the CRM hierarchy. Amounts are in the base currency.",),
    prepare=_prepare,
)
