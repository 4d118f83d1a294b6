"""A finding of a rule, and the insight that callers get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, NamedTuple

from algorithms.results import Ref
from schema.sentences.sentence import Mention, Sentence, SentenceFigure, SentencePart, Slot, shortest

LONGEST = 72
"""The greatest length of what an insight says."""

VIEWS = {
    "committee": "The buying committee of an opportunity (`id`).",
    "compare": "The opportunity (`id`) beside another one (`with`).",
    "group": "The hierarchy of an account (`id`); `cmp` is the hierarchy to compare it with.",
    "log": "The form that logs an activity with a contact or an account (`id`).",
    "people": "The people of an account (`id`); `sel` is the selected one.",
    "way-in": "The ways in to a contact or an account (`id`).",
    "white-space": "The products that an account (`id`) does not buy yet.",
}
"""The views of the explorer that an action can open, with their parameters."""


class Severity(Enum):
    """The importance of an insight."""

    ACT = "Something is at stake, and it needs you now."
    WATCH = "Something gets worse, or may."
    OPENING = "Something can be won."
    NOTE = "A fact to know, or one without an action."


@dataclass(frozen=True, slots=True)
class ActionArgument:
    """An argument of an action."""

    name: Annotated[str, "The name of a field of the mutation's input, or of a parameter of the view."]
    value: Annotated[str, "The value."]


@dataclass(frozen=True, slots=True)
class InsightAction:
    """The action for an insight: a mutation, or a view of the explorer to open."""

    verb: Annotated[str, "The name of a mutation, such as `updateOpportunity`, or of a view, such as `way-in`."]
    label: Annotated[str, "The text of its button."]
    args: Annotated[tuple[ActionArgument, ...], "The arguments that are known."]


def action(verb: str, label: str, **args: str) -> InsightAction:
    """Returns an action with its arguments."""
    return InsightAction(verb, label, tuple(ActionArgument(name, value) for name, value in args.items()))


class Draft(NamedTuple):
    """Patterns of a sentence with the values of their slots."""

    patterns: tuple[str, ...]
    slots: dict[str, Slot]


def draft(*patterns: str, **slots: Slot) -> Draft:
    """Returns a sentence that is filled later, in lower case unless it begins with a name.

    The first of the patterns that is short enough is used.
    """
    return Draft(patterns, slots)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a rule: a sentence, its evidence in at most two parts, and an action.

    `money` and `due` are what is at stake, and until when. A finding without an action is a note. `subject` is the
    record that it is about, if that is not the one that was judged.
    """

    severity: Severity
    says: Draft
    because: tuple[Sentence, ...] = ()
    action: InsightAction | None = None
    money: SentenceFigure | None = None
    due: date | None = None
    subject: Mention | None = None


@dataclass(frozen=True, slots=True)
class OtherFinding:
    """What another rule found about the same, as evidence of an insight."""

    rule: Annotated[str, "The name of the rule."]
    subject: Annotated[str, Ref("Record"), "The record that it is about."]
    says: Annotated[str, "The finding in a sentence of at most 72 characters."]
    parts: Annotated[tuple[SentencePart, ...], "The parts of the sentence, with the records and figures in it."]


@dataclass(frozen=True, slots=True)
class Insight:
    """Something that a planner should know or do about a record, with its evidence and its remedy."""

    rule: Annotated[str, "The name of the rule that found it."]
    version: Annotated[int, "The version of the rule; it changes when the rule judges differently."]
    severity: Annotated[Severity, "The importance."]
    subject: Annotated[str, Ref("Record"), "The record that it is about."]
    within: Annotated[
        str | None,
        Ref("Account"),
        "The account of the user, or the account of the group, that it belongs to; null for one of the record itself.",
    ]
    says: Annotated[str, "The insight in a sentence of at most 72 characters."]
    parts: Annotated[tuple[SentencePart, ...], "The parts of the sentence, with the records and figures in it."]
    because: Annotated[tuple[Sentence, ...], "The evidence, in at most two parts."]
    also: Annotated[
        tuple[OtherFinding, ...],
        "What other rules found about the same record or the same amount, the most important first.",
    ]
    money: Annotated[SentenceFigure | None, "The amount that is at stake; null if the rule names none."]
    date: Annotated[date | None, "The date until which it matters; null if the rule names none."]
    action: Annotated[InsightAction | None, "The action for it; null for a note."]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where a rule looks: the time, and whether records may be hidden from the caller."""

    now: datetime
    hides: bool

    @property
    def today(self) -> date:
        """The current date in UTC."""
        return self.now.date()

    def claim(self, pattern: str) -> str:
        """Returns a pattern that says that there is none, qualified if records may be hidden from the caller."""
        return f"as far as you may see, {pattern}" if self.hides else pattern

    def days_since(self, at: str) -> int:
        """Returns the number of days since a date or a timestamp."""
        return (self.today - day_of(at)).days


def day_of(at: str) -> date:
    """Returns the date of a date or a timestamp."""
    return date.fromisoformat(at[:10])


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the name and version of its rule, and its record.

    `owner` is the record of a list, such as an account of a portfolio, that the finding belongs to. `also` are the
    findings that are its evidence instead of insights of their own.
    """

    rule: str
    version: int
    subject: Mention
    finding: Finding
    owner: Mention | None = None
    also: tuple[Found, ...] = ()

    @property
    def severity(self) -> Severity:
        """The severity; a finding without an action is a note."""
        return Severity.NOTE if self.finding.action is None else self.finding.severity

    @property
    def order(self) -> tuple[Any, ...]:
        """The key that sorts findings: by severity, then by money, date, rule and record."""
        finding = self.finding
        at_stake = 0.0 if finding.money is None else finding.money.value
        return (
            list(Severity).index(self.severity), -at_stake, finding.due or date.max, self.rule, self.subject.record,
        )  # fmt: skip

    @property
    def stake(self) -> frozenset[str]:
        """The records whose amounts are at stake."""
        money = self.finding.money
        return frozenset(part.record for part in money.evidence if part.record) if money is not None else frozenset()

    def repeats(self, other: Found) -> bool:
        """Whether the amounts at stake are among those of another finding about the same account."""
        return self.owner == other.owner and self.stake <= other.stake

    def leading(self, others: Iterable[Found]) -> Found:
        """Returns the finding with others, and those that they lead, as its evidence."""
        return replace(self, also=(*self.also, *(one for other in others for one in other.findings)))

    @property
    def findings(self) -> tuple[Found, ...]:
        """The finding alone, and those that are its evidence."""
        return (replace(self, also=()), *self.also)

    def insight(self) -> Insight:
        """Returns the insight that callers get, with the name of the owner before it."""
        finding, says = self.finding, self._said(self.owner)
        return Insight(
            self.rule, self.version, self.severity, self.subject.record,
            None if self.owner is None else self.owner.record, says.text, says.parts, finding.because,
            tuple(one.other(self.subject) for one in self.also), finding.money, finding.due, finding.action,
        )  # fmt: skip

    def other(self, than: Mention) -> OtherFinding:
        """Returns the finding as evidence of one about another record, with the name of its own record before it."""
        says = self._said(self.subject if self.subject != than else None)
        return OtherFinding(self.rule, self.subject.record, says.text, says.parts)

    def _said(self, name: Mention | None) -> Sentence:
        """Returns the sentence after a name, unless the sentence has that name or becomes too long."""
        patterns, slots = self.finding.says
        if name is not None and name not in slots.values():
            named = tuple(f"{{named}}: {pattern}" for pattern in patterns)
            says = shortest(named, LONGEST, named=name, **slots)
            if len(says.text) <= LONGEST:
                return says
        return shortest(patterns, LONGEST, **slots)
