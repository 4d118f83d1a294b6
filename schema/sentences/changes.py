"""Sentences about changes: what an event changed, an interaction, and a deal that was opened."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from graph.models.properties import Kind
from graph.money import exponent
from graph.mutations.declarations import MUTATIONS
from schema.sentences.sentence import (
    FigureEvidence,
    Mention,
    Sentence,
    SentenceFigure,
    Slot,
    amount,
    figure,
    sentence,
)
from schema.sentences.wording import day, money

ADDED = "{record} was added."
CHANGED = "{record}: {field} is now {after}, before {before}."
SET = "{record}: {field} is now {after}."
CLEARED = "{record}: {field} was cleared, before {before}."
LINKED = "{record}: {field} changed."
SEVERAL = "{record}: {fields:# value|# values} changed."
OPENED = "Deal opened: {record}."
OPENED_VALUE = "Deal opened: {record}, {money}."
WROTE = "{person} wrote: {subject}."
WAS_WRITTEN = "{user} wrote to {person}: {subject}."
MET = "Meeting with {person}: {subject}."
CALLED = "Call with {person}: {subject}."
TOOK_PART = "{person} took part: {subject}."

_INTERACTIONS = {"Appointment": MET, "PhoneCall": CALLED}
_DATES = (Kind.DATE, Kind.DATETIME)

Change = Sequence[Any]
"""[field, before, after, currency before, currency after]; the values as they are stored, as texts."""

Kinds = Mapping[str, Kind]
"""The kinds of the properties of a record; a field without a kind belongs to a relationship."""


def event_sentence(mutation: str, record: Mention, changes: Sequence[Change], kinds: Kinds, today: date) -> Sentence:
    """Returns what an event changed in a record; several values are a count with each of them as evidence."""
    declared = MUTATIONS.get(mutation)
    if declared is not None and declared.creates:
        return sentence(ADDED, record=record)
    if len(changes) > 1:
        evidence = (FigureEvidence(_written(change, kinds, today), 1, record.record) for change in changes)
        return sentence(SEVERAL, record=record, fields=figure(evidence))
    (change,) = changes
    before, after = (_value(change, side, record, kinds, today) for side in (1, 2))
    slots: dict[str, Slot] = {"record": record, "field": field_name(change[0])}
    if before is None and after is None:
        return sentence(LINKED, **slots)
    if before is None:
        return sentence(SET, **slots, after=after or "")
    if after is None:
        return sentence(CLEARED, **slots, before=before)
    return sentence(CHANGED, **slots, before=before, after=after)


def deal_sentence(record: Mention, value: tuple[str | None, str | None]) -> Sentence:
    """Returns that a deal was opened, with its value in minor units and its currency."""
    units, currency = value
    if units is None or currency is None:
        return sentence(OPENED, record=record)
    return sentence(OPENED_VALUE, record=record, money=_amount(units, currency, record))


def activity_sentence(label: str, subject: str | None, person: Mention, user: Mention | None, wrote: bool) -> Sentence:
    """Returns an interaction with a person, who wrote it or took part in it."""
    said = f"“{(subject or '').strip() or 'without a subject'}”"
    if label in _INTERACTIONS:
        return sentence(_INTERACTIONS[label], person=person, subject=said)
    if wrote or user is None:
        return sentence(WROTE if wrote else TOOK_PART, person=person, subject=said)
    return sentence(WAS_WRITTEN, user=user, person=person, subject=said)


def field_name(name: str) -> str:
    """Returns the name of a property in words.

    >>> field_name("estimatedCloseDate"), field_name("manager.role")
    ('estimated close date', 'manager role')
    """
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r" \1", name.replace(".", " ")).lower()


def _value(change: Change, side: int, record: Mention, kinds: Kinds, today: date) -> SentenceFigure | str | None:
    text, currency = change[side], change[side + 2]
    if text is None:
        return None
    if currency is not None:
        return _amount(text, currency, record)
    kind = kinds.get(change[0])
    if kind in _DATES:
        return day(date.fromisoformat(text[:10]), today)
    words: str = text.replace("_", " ").lower() if kind is Kind.CHOICE else text
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"


_LONGEST = 60


def _amount(units: str, currency: str, record: Mention) -> SentenceFigure:
    value = float(Decimal(units).scaleb(-exponent(currency)))
    return amount({"amount": value, "currency": currency}, "value", record.record)


def _written(change: Change, kinds: Kinds, today: date) -> str:
    """Returns a change as a text: the field, and the values before and after where they are plain."""
    values = [_value(change, side, Mention("", ""), kinds, today) for side in (1, 2)]
    texts = [money(one.value, one.currency or "") if isinstance(one, SentenceFigure) else one for one in values]
    if texts == [None, None]:
        return field_name(change[0])
    return f"{field_name(change[0])}: {texts[0] or 'empty'} → {texts[1] or 'empty'}"
