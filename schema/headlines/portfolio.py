"""The headline of a user: what needs attention in the accounts of the user today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from schema.findings.finding import Found, Severity, Viewpoint
from schema.findings.rules.losing_touch import losing_touch
from schema.findings.rules.unsold import unsold
from schema.headlines import patterns
from schema.sentences.sentence import (
    FigureEvidence,
    FigureUnit,
    Mention,
    Sentence,
    SentenceFigure,
    count,
    figure,
    sentence,
    single,
)
from schema.sentences.wording import day

LOSING = losing_touch.__name__
UNSOLD = unsold.__name__


def portfolio(found: Sequence[tuple[Mention, Found]], view: Viewpoint) -> Iterator[Sentence]:
    """The insight with the most money before its date, or the most important one; then who loses touch, what is unsold.

    Args:
        found: the findings with the account that each belongs to.
        view: the viewpoint.
    """
    dated = [(account, one) for account, one in found if _ahead(one, view.today)]
    urgent = max(
        (pair for pair in dated if pair[1].severity is Severity.ACT), key=lambda pair: _money(pair[1]), default=None
    )
    first = None
    if urgent is not None:
        first, one = urgent
        yield _decides(first, one, view)
    elif open_ones := [pair for pair in found if pair[1].severity is not Severity.NOTE]:
        first, one = min(open_ones, key=lambda pair: pair[1].order)
        yield _needs(first, one)
    elif dated:
        first, one = min(dated, key=lambda pair: pair[1].finding.due or date.max)
        yield sentence(view.claim(patterns.QUIET), account=first, money=_amount(one), date=_date(one, view))
    else:
        yield sentence(view.claim(patterns.NOTHING))
    yield from _others(first, found)


def _others(first: Mention | None, found: Sequence[tuple[Mention, Found]]) -> Iterator[Sentence]:
    """The number of all accounts that we lose touch with, and the amount of all that is unsold."""
    accounts = dict.fromkeys(account for account, one in found if one.rule == LOSING)
    selling = [(account, one) for account, one in found if one.rule == UNSOLD]
    losing, money = count(accounts), _unsold([one for _, one in selling])
    pattern = (
        patterns.LOSING_AND_UNSOLD if losing.value and money is not None
        else patterns.LOSING if losing.value
        else patterns.UNSOLD if money is not None
        else None
    )  # fmt: skip
    if pattern is not None:
        counted = {*accounts, *(account for account, _ in selling if money is not None)}
        where = patterns.IN_ALL if first in counted else patterns.ELSEWHERE
        yield sentence(where + pattern, losing=losing, **({} if money is None else {"unsold": money}))


def _ahead(one: Found, today: date) -> bool:
    due = one.finding.due
    return one.finding.money is not None and due is not None and due >= today


def _money(one: Found) -> float:
    return 0.0 if one.finding.money is None else one.finding.money.value


def _amount(one: Found) -> SentenceFigure:
    assert one.finding.money is not None
    return one.finding.money


def _date(one: Found, view: Viewpoint) -> str:
    assert one.finding.due is not None
    return day(one.finding.due, view.today)


def _decides(account: Mention, one: Found, view: Viewpoint) -> Sentence:
    due = one.finding.due
    assert due is not None
    until = single((due - view.today).days, FigureUnit.DAYS, f"until {due.isoformat()}", one.subject.record)
    pattern = f"{patterns.DECIDES}{one.finding.says.patterns[-1]}."
    return sentence(pattern, **{**one.finding.says.slots, "account": account, "money": _amount(one), "until": until})


def _needs(account: Mention, one: Found) -> Sentence:
    says, slots = one.finding.says
    if account in slots.values():
        return sentence(f"{patterns.FIRST}{says[-1]}.", **slots)
    if one.finding.money is None:
        return sentence(f"{patterns.NEEDS}{says[-1]}.", **{**slots, "account": account})
    return sentence(f"{patterns.NEEDS_FOR}{says[-1]}.", **{**slots, "account": account, "money": one.finding.money})


def _unsold(found: Sequence[Found]) -> SentenceFigure | None:
    amounts = [one.finding.money for one in found if one.finding.money is not None]
    if len({one.currency for one in amounts}) != 1:
        return None
    evidence: list[FigureEvidence] = [part for one in amounts for part in one.evidence]
    return figure(evidence, FigureUnit.MONEY, amounts[0].currency)
