"""The account brief: an account on two pages, for the meeting with it."""

from __future__ import annotations

import re
from typing import Any

from reports.declaration import Column, Data, Report, Row, Table, at
from reports.shares import SHARES, won_bars


def _people(data: Data) -> list[Row]:
    """Returns the people with our strongest tie to each, the strongest first."""
    rows = [{**one, "tie": next(iter(one["ties"]), None)} for one in data["people"]["contacts"]["nodes"]]
    return sorted(rows, key=lambda row: (-(at(row, "tie.strength") or 0), row["name"], row["id"]))


def _severity(row: Row) -> str:
    return str(row["severity"]).lower()


def _because(row: Row) -> str:
    """The evidence of the insight."""
    return " · ".join(one["text"] for one in row["because"])


def _money(row: Row) -> dict[str, Any] | None:
    money = row["money"]
    return {"amount": money["value"], "currency": money["currency"]} if money and money["currency"] else None


def _kind(row: Row) -> str:
    """The kind of the activity."""
    return re.sub(r"(?<!^)([A-Z])", r" \1", row["__typename"]).lower()


def _participants(row: Row) -> str:
    """The participants of the activity, at most six."""
    return ", ".join(one["name"] for one in row["participants"]["nodes"])


def _prepare(data: Data) -> dict[str, Any]:
    key = data["relations"]["health"]["keyPeople"]
    return {
        "health": data["relations"]["health"],
        "weighted": sum((one["strength"] or 0) * one["weight"] for one in key),
        "weight": sum(one["weight"] for one in key),
        "bars": {"won": won_bars(data)},
    }


_CONTACT = "people.contacts.nodes"
_KEY = "relations.health.keyPeople"

REPORT = Report(
    title="Account brief",
    description="An account before a meeting: its figures, the people we know, open deals and the last activities.",
    about="Account",
    subject="account.name",
    facts={
        "Ordered": "account.rollup.ordered",
        "Won": "account.rollup.won",
        "Win rate": "account.rollup.winRate",
        "Open": "account.rollup.openPipeline",
        "Accounts": "account.rollup.accounts",
        "People": "account.rollup.contacts",
        "Interactions": "account.rollup.interactions",
        "Last spoke": "account.rollup.lastSpokeAt",
        "People known": "account.rollup.known",
        "Health": "relations.health.score",
    },
    tables=(
        Table(
            "insights",
            "What to do",
            "findings",
            (
                Column("severity", "Severity", value=_severity, kind="severity", of="findings.severity"),
                Column("says", "Insight"),
                Column("because", "Because", value=_because, kind="text"),
                Column("money", "Money", value=_money, kind="money", of="findings.money"),
                Column("date", "Date", shown=False),
                Column("action", "Action", "action.label"),
                Column("rule", "Rule", shown=False),
                Column("version", "Version", shown=False),
            ),
            empty="No rule finds something to do.",
        ),
        Table(
            "keyPeople",
            "Health of the group",
            _KEY,
            (
                Column("person", "Key person", "contact.name"),
                Column("id", "Id", "contact.id", shown=False),
                Column("jobTitle", "Title", "contact.jobTitle"),
                Column("weight", "Weight"),
                Column("tie", "Our best tie", "strength", kind="tie"),
                Column("knownBy", "of", "knownBy.name"),
            ),
            empty="No decision maker, champion or influencer is on record, so the health is not judged.",
        ),
        SHARES,
        Table(
            "deals",
            "Open deals",
            "deals.opportunities.nodes",
            (
                Column("deal", "Deal", "name"),
                Column("account", "At", "account.name"),
                Column("id", "Id", shown=False),
                Column("stage", "Stage", "salesStage"),
                Column("chance", "Chance, %", "closeProbability"),
                Column("value", "Value", "estimatedValue", total="account.rollup.openPipeline"),
                Column("expected", "Expected", "estimatedCloseDate"),
                Column("owner", "Owner", "owner.name", shown=False),
            ),
            empty="No deal is open.",
            of="deals.opportunities.totalCount",
        ),
        Table(
            "people",
            "People",
            _people,
            (
                Column("person", "Person", "name", of=f"{_CONTACT}.name"),
                Column("id", "Id", of=f"{_CONTACT}.id", shown=False),
                Column("jobTitle", "Title", of=f"{_CONTACT}.jobTitle"),
                Column("tie", "Our best tie", "tie.strength", kind="tie", of=f"{_CONTACT}.ties.strength"),
                Column("knownBy", "of", "tie.from.name", of=f"{_CONTACT}.ties.from.name"),
                Column(
                    "interactions", "Interactions", "tie.interactions", of=f"{_CONTACT}.ties.interactions", shown=False
                ),
                Column("lastAt", "Last contact", "tie.lastAt", of=f"{_CONTACT}.ties.lastAt"),
            ),
            empty="No person is on record there.",
            of="people.contacts.totalCount",
        ),
        Table(
            "team",
            "Ours",
            "people.team.edges",
            (
                Column("person", "Person", "node.name"),
                Column("jobTitle", "Title", "node.jobTitle"),
                Column("role", "Role"),
                Column("isPrimary", "Main contact"),
                Column("since", "Since", "validFrom", kind="date"),
            ),
            empty="None of us is assigned to the account.",
        ),
        Table(
            "timeline",
            "Last activities",
            "activity.timeline.nodes",
            (
                Column("at", "Date", "startedAt"),
                Column("kind", "Kind", value=_kind, kind="text"),
                Column("subject", "Subject"),
                Column("participants", "With", value=_participants, kind="text"),
                Column("status", "Status", shown=False),
            ),
            empty="No activity is on record.",
            of="activity.timeline.totalCount",
        ),
    ),
    notes=("People, ours and activities are those of the account; the other figures include the accounts below it.",),
    prepare=_prepare,
)
