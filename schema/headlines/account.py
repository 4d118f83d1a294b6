"""The headline of an account with all accounts below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from statistics import median_low
from typing import Any

from algorithms.strength import KNOWN
from schema.findings.finding import Viewpoint, day_of
from schema.findings.roles import decides, mention, people
from schema.findings.rules.silent import gaps_of
from schema.headlines import patterns
from schema.headlines.registry import headline
from schema.sentences.sentence import (
    FigureEvidence,
    FigureUnit,
    Mention,
    Sentence,
    SentenceFigure,
    amount,
    count,
    figure,
    sentence,
    single,
)

LONG_SILENCE = 60
LEAST_DAYS = 5
LEAST_GROWTH = 10
YEAR = timedelta(days=365)


@headline(
    "headline",
    on="Account",
    reads="""id name
        rollup { contacts known lastSpokeAt ordered { amount currency } won { amount } openPipeline { amount currency }
            byChild { account { id name } openPipeline { amount currency } } }
        deals: opportunities(below: CRM, first: 200, where: { state: { eq: OPEN } }) { totalCount nodes { id name
            stakeholders(first: 100) { edges { role node { id name ties(with: USERS, first: 1) {
                strength from { id ... on User { name } } } } } } } }
        recent: timeline(first: 60, kinds: [APPOINTMENT, PHONE_CALL]) { nodes { id startedAt status } }
        bought: orders(below: CRM, first: 500, where: { state: { ne: CANCELED } }) {
            totalCount nodes { id name submitDate totalAmount { amount currency } } }
        best: contacts(first: 100) { nodes { id name ties(with: USERS, first: 1) {
            strength from { id ... on User { name } } } } }""",
)
def account(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Sentence]:
    """The orders and open opportunities of the account and of those below it, and the most important fact about it."""
    yield _business(row, view)
    found = _no_contact(row, view) or _prospect(row, view) or _gap(row, view) or _fading(row, view)
    found = found or _growth(row, view) or _known(row, view)
    if found is not None:
        yield found


def _business(row: Mapping[str, Any], view: Viewpoint) -> Sentence:
    rollup, deals = row["rollup"], row["deals"]
    ordered = amount(rollup["ordered"], "orders that were not canceled", row["id"])
    pipeline = figure(
        (
            FigureEvidence(part["account"]["name"], part["openPipeline"]["amount"], part["account"]["id"])
            for part in rollup["byChild"]
            if part["openPipeline"]["amount"]
        ),
        FigureUnit.MONEY,
        rollup["openPipeline"]["currency"],
    )
    open_deals = deals_of(row)
    if not deals["nodes"]:
        pattern = patterns.ORDERED if ordered.value else view.claim(patterns.NEITHER)
    else:
        pattern = patterns.ORDERED_AND_OPEN if ordered.value else patterns.OPEN
    return sentence(pattern, group=mention(row), ordered=ordered, open=pipeline, deals=open_deals)


def deals_of(row: Mapping[str, Any]) -> SentenceFigure:
    """Returns the number of open opportunities that were read."""
    nodes, total = row["deals"]["nodes"], row["deals"]["totalCount"]
    if total == len(nodes):
        return count(mention(one) for one in nodes)
    return single(total, FigureUnit.COUNT, "open opportunities", row["id"])


def _no_contact(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    if row["rollup"]["lastSpokeAt"] is not None or not row["rollup"]["contacts"]:
        return None
    return sentence(view.claim(patterns.NO_CONTACT))


def _prospect(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    if row["rollup"]["ordered"]["amount"] or row["rollup"]["won"]["amount"]:
        return None
    tied = [one for one in row["best"]["nodes"] if one["ties"] and one["ties"][0]["strength"] >= KNOWN]
    if not tied:
        return sentence(view.claim(patterns.NEVER_BOUGHT))
    best = max(tied, key=lambda one: float(one["ties"][0]["strength"]))
    user = mention(best["ties"][0]["from"])
    return sentence(view.claim(patterns.NEVER_BOUGHT_BUT_KNOWN), user=user, contact=mention(best))


def _people(row: Mapping[str, Any]) -> tuple[SentenceFigure, SentenceFigure]:
    rollup = row["rollup"]
    known = single(
        rollup["known"], FigureUnit.COUNT, f"people with a tie of at least {KNOWN:.0f} to one of us", row["id"]
    )
    return known, single(rollup["contacts"], FigureUnit.COUNT, "people who work there", row["id"])


def _gap(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    edges = [edge for deal in row["deals"]["nodes"] for edge in deal["stakeholders"]["edges"] if decides(edge["role"])]
    outside = people(edges)
    strengths = (tie["strength"] for edge in edges for tie in edge["node"]["ties"])
    if not outside or any(strength >= KNOWN for strength in strengths):
        return None
    known, everybody = _people(row)
    pattern = patterns.GAP if known.value or not everybody.value else patterns.GAP_OF_ALL
    return sentence(view.claim(pattern), known=known, people=everybody, outside=count(outside))


def _fading(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    last = row["rollup"]["lastSpokeAt"]
    if last is None or view.days_since(last) < LONG_SILENCE:
        return None
    silence = single(view.days_since(last), FigureUnit.DAYS, f"since {last[:10]}", row["id"])
    days = sorted({at for at in map(_held, row["recent"]["nodes"]) if at is not None and at <= view.today})
    if len(days) < LEAST_DAYS or days[-1] != day_of(last):
        return sentence(patterns.SILENT, silence=silence)
    usual = median_low(gaps_of(days))
    if usual >= silence.value:
        return None
    return sentence(
        patterns.FADING, silence=silence, usual=single(usual, FigureUnit.DAYS, "the median of the gaps", row["id"])
    )


def _held(activity: Mapping[str, Any]) -> date | None:
    at = activity["startedAt"]
    return day_of(at) if at is not None and activity["status"] == "COMPLETED" else None


def _growth(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    orders = [one for one in row["bought"]["nodes"] if one["submitDate"] is not None and one["totalAmount"] is not None]
    if row["bought"]["totalCount"] != len(orders) or len({one["totalAmount"]["currency"] for one in orders}) != 1:
        return None
    year = [one for one in orders if view.today - YEAR < day_of(one["submitDate"]) <= view.today]
    before = [one for one in orders if view.today - 2 * YEAR < day_of(one["submitDate"]) <= view.today - YEAR]
    base = sum(one["totalAmount"]["amount"] for one in before)
    if not base:
        return None
    growth = figure(
        (
            FigureEvidence(one["name"] or "an order", sign * one["totalAmount"]["amount"] / base * 100, one["id"])
            for sign, orders in ((1, year), (-1, before))
            for one in orders
        ),
        FigureUnit.PERCENT,
    )
    return sentence(patterns.GROWTH, growth=growth) if growth.value >= LEAST_GROWTH else None


def _known(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    known, everybody = _people(row)
    if not everybody.value:
        return None
    pattern = patterns.KNOWN if known.value else view.claim(patterns.KNOWN_NONE)
    return sentence(pattern, known=known, people=everybody)


@headline(
    "groupHeadline",
    on="Account",
    reads="""id name bought: rollup { ordered { amount currency } } group: tree(first: 500) { total rows {
            account { id name lastSpokeAt } own { won { amount currency } } } }
        compared: compareHierarchies(first: 100) { differing rows { account { id name } } }""",
)
def group(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Sentence]:
    """The size of the account with the accounts below it, what they bought, and in how many of them we met people."""
    rows = row["group"]["rows"]
    if len(rows) < row["group"]["total"] or not rows:
        return
    currency = rows[0]["own"]["won"]["currency"]
    won = figure((_won(one) for one in rows if one["own"]["won"]["amount"]), FigureUnit.MONEY, currency)
    accounts = count(_account(one) for one in rows)
    ordered = amount(row["bought"]["ordered"], "orders that were not canceled", row["id"])
    size = patterns.SIZE if won.value else patterns.SIZE_ORDERED if ordered.value else patterns.SIZE_UNSOLD
    size = size if won.value else view.claim(size)
    yield sentence(size, group=mention(row), accounts=accounts, won=won, ordered=ordered)
    met = [one for one in rows if one["account"]["lastSpokeAt"] is not None]
    unmet = [one for one in rows if one["account"]["lastSpokeAt"] is None]
    brought = figure((_won(one) for one in unmet if one["own"]["won"]["amount"]), FigureUnit.MONEY, currency)
    slots: dict[str, Any] = {
        "met": count(_account(one) for one in met),
        "unmet": count(_account(one) for one in unmet),
        "money": brought,
        "accounts": accounts,
    }
    compared = row["compared"]
    if met and unmet and brought.value:
        yield sentence(view.claim(patterns.MET_SOME), **slots)
    elif not met:
        yield sentence(view.claim(patterns.MET_NONE), **slots)
    elif compared["differing"] and compared["differing"] == len(compared["rows"]):
        yield sentence(patterns.DISAGREE, differing=count(mention(one["account"]) for one in compared["rows"]))
    elif not unmet:
        yield sentence(patterns.MET_ALL, **slots)


def _account(tree_row: Mapping[str, Any]) -> Mention:
    return mention(tree_row["account"])


def _won(tree_row: Mapping[str, Any]) -> FigureEvidence:
    return FigureEvidence(tree_row["account"]["name"], tree_row["own"]["won"]["amount"], tree_row["account"]["id"])
