"""The headline of a user: what needs attention in the accounts of the user today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from schema.findings.finding import Found, Severity, Viewpoint
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

LOSING = ("losing_touch", "silent")
UNSOLD = ("unsold",)


def portfolio(found: Sequence[tuple[Mention, Found]], view: Viewpoint) -> Iterator[Sentence]:
    """The insight with the most money before its date; then how many other accounts lose touch, and what is unsold.

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
    elif dated:
        first, one = min(dated, key=lambda pair: pair[1].finding.due or date.max)
        yield sentence(view.claim(patterns.QUIET), account=first, money=_amount(one), date=_date(one, view))
    else:
        yield sentence(view.claim(patterns.NOTHING))
    losing = count(dict.fromkeys(account for account, one in found if one.rule in LOSING and account != first))
    unsold = _unsold([one for _, one in found if one.rule in UNSOLD])
    if losing.value and unsold is not None:
        yield sentence(patterns.ELSEWHERE, losing=losing, unsold=unsold)
    elif losing.value:
        yield sentence(patterns.ELSEWHERE_LOSING, losing=losing)
    elif unsold is not None:
        yield sentence(patterns.ELSEWHERE_UNSOLD, unsold=unsold)


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


def _unsold(found: Sequence[Found]) -> SentenceFigure | None:
    amounts = [one.finding.money for one in found if one.finding.money is not None]
    if len({one.currency for one in amounts}) != 1:
        return None
    evidence: list[FigureEvidence] = [part for one in amounts for part in one.evidence]
    return figure(evidence, FigureUnit.MONEY, amounts[0].currency)
