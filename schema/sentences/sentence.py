"""Sentences from patterns with slots; every figure in them is the sum of its evidence.

A pattern is a text with slots in braces, such as `"{open} is open in {deals:# deal|# deals}"`. A slot holds a text, a
`Mention` of a record or a `Figure`. What follows the colon are the forms of a count for one and for several; `#` stands
for the number. Forms without `#` are words that agree with the count, such as `{deals:is|are}`, and no figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from string import Formatter
from typing import Annotated, Any, NamedTuple

from algorithms.results import Ref
from schema.sentences import wording


class FigureUnit(Enum):
    """The unit of a figure."""

    COUNT = "A number of things."
    MONEY = "An amount of money."
    PERCENT = "A percentage."
    DAYS = "A number of days."
    SCORE = "A score, 0 to 100."


@dataclass(frozen=True, slots=True)
class FigureEvidence:
    """A part of a figure: a record or a term, and what it adds."""

    text: Annotated[str, "What the value belongs to."]
    value: Annotated[float, "What it adds to the figure; 1 for each of the things that a count counts."]
    record: Annotated[str | None, Ref("Record"), "The record that the value comes from; null if it is computed."] = None


@dataclass(frozen=True, slots=True)
class SentenceFigure:
    """A figure in a sentence. Its value is the sum of its evidence."""

    value: Annotated[float, "The value."]
    unit: Annotated[FigureUnit, "The unit."]
    currency: Annotated[str | None, "The currency's ISO 4217 code; null unless the figure is an amount."]
    evidence: Annotated[tuple[FigureEvidence, ...], "The parts that add up to the value."]

    @property
    def text(self) -> str:
        """The figure as written in a sentence."""
        return _WRITTEN[self.unit](self)


_WRITTEN: Mapping[FigureUnit, Callable[[SentenceFigure], str]] = {
    FigureUnit.COUNT: lambda figure: wording.number(figure.value),
    FigureUnit.MONEY: lambda figure: wording.money(figure.value, figure.currency or ""),
    FigureUnit.PERCENT: lambda figure: f"{figure.value:.0f}%",
    FigureUnit.DAYS: lambda figure: wording.days(figure.value),
    FigureUnit.SCORE: lambda figure: wording.score(figure.value),
}


class Mention(NamedTuple):
    """A record that a sentence names."""

    text: str
    record: str


Slot = str | Mention | SentenceFigure


def figure(
    evidence: Iterable[FigureEvidence], unit: FigureUnit = FigureUnit.COUNT, currency: str | None = None
) -> SentenceFigure:
    """Returns the figure that is the sum of some evidence; amounts are added exactly in thousandths."""
    parts = tuple(evidence)
    total = math.fsum(part.value for part in parts)
    return SentenceFigure(round(total, 3) if unit is FigureUnit.MONEY else total, unit, currency, parts)


def count(records: Iterable[Mention]) -> SentenceFigure:
    """Returns the number of some records."""
    return figure(FigureEvidence(name, 1, uid) for name, uid in records)


def single(value: float, unit: FigureUnit, text: str, record: str | None = None) -> SentenceFigure:
    """Returns a figure with one piece of evidence."""
    return figure([FigureEvidence(text, value, record)], unit)


def amount(of: Mapping[str, Any], text: str, record: str | None = None) -> SentenceFigure:
    """Returns an amount of money, as it is read, with one piece of evidence."""
    return figure([FigureEvidence(text, of["amount"], record)], FigureUnit.MONEY, of["currency"])


@dataclass(frozen=True, slots=True)
class SentencePart:
    """A part of a sentence. The texts of the parts, one after the other, are the sentence."""

    text: Annotated[str, "The text."]
    record: Annotated[str | None, Ref("Record"), "The record that the text names; null for other parts."] = None
    figure: Annotated[SentenceFigure | None, "The figure that the text states; null for other parts."] = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a part of one that Kith concludes."""

    text: Annotated[str, "The text."]
    parts: Annotated[tuple[SentencePart, ...], "The parts; the figures and the records among them can be opened."]
    record: Annotated[str | None, Ref("Record"), "The first record that the sentence names; null without one."]


def sentence(pattern: str, longest: int | None = None, /, **slots: Slot) -> Sentence:
    """Fills a pattern and begins it with a capital. With `longest`, names are shortened until the sentence fits.

    >>> sentence("{n:# seat|# seats} known", n=count([Mention("Ada", "c1")])).text
    'One seat known'
    """
    parts = _parts(pattern, slots)
    parts[0] = replace(parts[0], text=parts[0].text[:1].upper() + parts[0].text[1:])
    while longest is not None and (excess := sum(len(part.text) for part in parts) - longest) > 0:
        at = max(range(len(parts)), key=lambda one: len(parts[one].text) if parts[one].record else 0)
        name = parts[at]
        short = wording.shortened(name.text, max(len(name.text) - excess, 8))
        if name.record is None or short == name.text:
            break
        parts[at] = SentencePart(short, name.record)
    record = next((part.record for part in parts if part.record is not None), None)
    return Sentence("".join(part.text for part in parts), tuple(parts), record)


def joined(sentences: Sequence[Sentence]) -> Sentence:
    """Returns several sentences as one, with spaces between them."""
    parts: list[SentencePart] = []
    for one in sentences:
        parts += [SentencePart(" "), *one.parts] if parts else one.parts
    record = next((one.record for one in sentences if one.record is not None), None)
    return Sentence("".join(part.text for part in parts), tuple(parts), record)


def shortest(patterns: Sequence[str], longest: int, /, **slots: Slot) -> Sentence:
    """Fills the first pattern whose sentence fits, or else the last one, with shortened names."""
    filled = (sentence(pattern, **slots) for pattern in patterns)
    fits = next((one for one in filled if len(one.text) <= longest), None)
    return sentence(patterns[-1], longest, **slots) if fits is None else fits


def _parts(pattern: str, slots: Mapping[str, Slot]) -> list[SentencePart]:
    found: list[SentencePart] = []
    for text, name, forms, _ in Formatter().parse(pattern):
        if text:
            _append_text(found, text)
        if name is None:
            continue
        value = slots[name]
        if isinstance(value, Mention):
            found.append(SentencePart(value.text, value.record))
        elif isinstance(value, SentenceFigure):
            _append_figure(found, value, forms or "")
        else:
            _append_text(found, value)
    return found


def _append_figure(found: list[SentencePart], value: SentenceFigure, forms: str) -> None:
    if not forms:
        found.append(SentencePart(value.text, None, value))
        return
    one, _, several = forms.partition("|")
    form = one if round(value.value) == 1 else several
    if "#" in form:
        found.append(SentencePart(form.replace("#", value.text), None, value))
    else:
        _append_text(found, form)


def _append_text(found: list[SentencePart], text: str) -> None:
    """Appends a text to the part before it if that is a text too; a sentence that ends with "Inc." has one stop."""
    if found and found[-1].text.endswith(".") and text.startswith("."):
        text = text[1:]
    if found and found[-1].record is None and found[-1].figure is None:
        found[-1] = SentencePart(found[-1].text + text)
    elif text:
        found.append(SentencePart(text))
