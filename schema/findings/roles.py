"""The roles and attitudes of the people in a deal, as they are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from algorithms.roles import Say, say_of
from schema.findings.finding import Viewpoint
from schema.sentences.sentence import (
    FigureEvidence,
    FigureUnit,
    Mention,
    Sentence,
    SentenceFigure,
    amount,
    figure,
    sentence,
    single,
)

_FOR = frozenset({"supporter", "mentor", "champion"})
_AGAINST = frozenset({"non-supporter", "enemy", "opponent"})


def _plain(text: str | None) -> str:
    return (text or "").replace("_", " ").strip().casefold()


def decides(role: str | None) -> bool:
    """Whether a person with the role decides."""
    return say_of(role) is Say.DECIDES


def champions(role: str | None) -> bool:
    """Whether a person with the role sells for us."""
    return say_of(role) is Say.CHAMPIONS


def gates(role: str | None) -> bool:
    """Whether a person with the role evaluates, or lets nobody pass."""
    return say_of(role) is Say.GATES


def is_for(support: str | None) -> bool:
    """Whether a person with the attitude is for us."""
    return _plain(support) in _FOR


def is_against(support: str | None) -> bool:
    """Whether a person with the attitude is against us."""
    return _plain(support) in _AGAINST


def mention(row: Mapping[str, Any]) -> Mention:
    """Returns the mention of a record that was read with `id` and `name`."""
    return Mention(row["name"], row["id"])


def people(edges: Iterable[Mapping[str, Any]]) -> list[Mention]:
    """Returns the people of some edges, each once, in their order."""
    return list({edge["node"]["id"]: mention(edge["node"]) for edge in edges}.values())


def best_tie(who: Mention, strength: float | None, view: Viewpoint) -> Sentence:
    """Returns how strong our strongest tie to a person is, or that none of us has one."""
    if strength is None:
        return sentence(view.claim("none of us has a tie to {who}"), who=who)
    tie = single(strength, FigureUnit.SCORE, "our strongest tie", who.record)
    return sentence("{who}: tie {tie}", who=who, tie=tie)


def at_stake(deals: Iterable[Mapping[str, Any]]) -> SentenceFigure | None:
    """Returns the estimated values of some deals as one figure; None without a value or in several currencies."""
    valued = [deal for deal in deals if deal["estimatedValue"] is not None]
    currencies = {deal["estimatedValue"]["currency"] for deal in valued}
    if len(currencies) != 1:
        return None
    if len(valued) == 1:
        return amount(valued[0]["estimatedValue"], "estimated value", valued[0]["id"])
    evidence = (FigureEvidence(deal["name"], deal["estimatedValue"]["amount"], deal["id"]) for deal in valued)
    return figure(evidence, FigureUnit.MONEY, currencies.pop())
