"""The relationship risk of a portfolio: where money is open and we know too few of the people who decide."""

from __future__ import annotations

from typing import Any

from reports.charts import FAIR
from reports.declaration import Column, Data, Report, Row, Table, at

_LEAST = {"act": 0, "watch": 1, "": 2}


def _risk(row: Row) -> str:
    """Act: money is open, and the health is below 40 or not judged. Watch: the health is falling, or below 40."""
    score, open_deals = at(row, "node.health.score"), at(row, "node.rollup.openOpportunities")
    weak = score is None or score < FAIR
    if weak and open_deals:
        return "act"
    if at(row, "node.health.trend") == "FALLING" or (score is not None and weak):
        return "watch"
    return ""


def _open(row: Row) -> float:
    return float(at(row, "node.rollup.openPipeline.amount"))


def _rows(data: Data) -> list[Row]:
    """Returns the accounts, those at risk first, then by open pipeline."""
    edges = data["user"]["accounts"]["edges"]
    return sorted(edges, key=lambda one: (_LEAST[_risk(one)], -_open(one), one["node"]["name"], one["node"]["id"]))


def _history(row: Row) -> list[float]:
    """The health at the start of each of the last 26 weeks, and at the time of the report."""
    return [one["score"] for one in at(row, "node.health.history")]


def _known(row: Row) -> list[int]:
    """The number of key people with a tie of 40 or stronger, and the number of all key people."""
    people = at(row, "node.health.keyPeople")
    return [sum((one["strength"] or 0) >= FAIR for one in people), len(people)]


def _unknown(data: Data) -> list[Row]:
    """Returns the key people of the accounts at risk to whom no tie is 40 or stronger."""
    found: list[Row] = []
    seen = set()
    for row in _rows(data):
        if _risk(row) != "act":
            continue
        for one in at(row, "node.health.keyPeople"):
            if (one["strength"] or 0) < FAIR and one["contact"]["id"] not in seen:
                seen.add(one["contact"]["id"])
                found.append({**one, "account": row["node"]})
    return found


def _prepare(data: Data) -> dict[str, Any]:
    rows = _rows(data)
    return {
        "act": [row["node"] for row in rows if _risk(row) == "act"],
        "watch": sum(_risk(row) == "watch" for row in rows),
        "total": data["user"]["accounts"]["totalCount"],
        "unknown": len(_unknown(data)),
    }


_NODE = "user.accounts.edges.node"
_KEY = f"{_NODE}.health.keyPeople"

REPORT = Report(
    title="Relationship risk",
    description="The accounts of a user: where money is open and we know too few of the people who decide.",
    about="User",
    subject="user.name",
    optional=True,
    tables=(
        Table(
            "accounts",
            "Accounts",
            _rows,
            (
                Column("account", "Account", "node.name", of=f"{_NODE}.name"),
                Column("id", "Id", "node.id", of=f"{_NODE}.id", shown=False),
                Column("city", "City", "node.city", of=f"{_NODE}.city", shown=False),
                Column("role", "Role", of="user.accounts.edges.role", shown=False),
                Column("risk", "Risk", value=_risk, kind="severity"),
                Column("open", "Open", "node.rollup.openPipeline", of=f"{_NODE}.rollup.openPipeline"),
                Column("deals", "Deals", "node.rollup.openOpportunities", of=f"{_NODE}.rollup.openOpportunities"),
                Column("won", "Won", "node.rollup.won", of=f"{_NODE}.rollup.won", shown=False),
                Column("health", "Health", "node.health.score", kind="score", of=f"{_NODE}.health.score"),
                Column("weeks", "26 weeks", value=_history, kind="series"),
                Column("trend", "Trend", "node.health.trend", of=f"{_NODE}.health.trend", shown=False),
                Column("known", "Known", value=_known, kind="ratio"),
                Column("lastSpokeAt", "Last spoke", "node.rollup.lastSpokeAt", of=f"{_NODE}.rollup.lastSpokeAt"),
                Column("why", "Not judged because", "node.health.why", of=f"{_NODE}.health.why", shown=False),
            ),
            empty="No account is assigned to this person.",
            of="user.accounts.totalCount",
        ),
        Table(
            "people",
            "Key people to get to know",
            _unknown,
            (
                Column("person", "Person", "contact.name", of=f"{_KEY}.contact.name"),
                Column("id", "Id", "contact.id", of=f"{_KEY}.contact.id", shown=False),
                Column("jobTitle", "Title", "contact.jobTitle", of=f"{_KEY}.contact.jobTitle"),
                Column("account", "Account", "account.name", of=f"{_NODE}.name"),
                Column("weight", "Weight", of=f"{_KEY}.weight"),
                Column("tie", "Our best tie", "strength", kind="tie", of=f"{_KEY}.strength"),
                Column("knownBy", "of", "knownBy.name", of=f"{_KEY}.knownBy.name"),
            ),
            empty="We know every key person of the accounts at risk.",
        ),
    ),
    notes=(
        "Figures of an account include the accounts below it.",
        "The columns are not added up, because two accounts of the list may be in one group and share deals.",
    ),
    prepare=_prepare,
)  # fmt: skip
