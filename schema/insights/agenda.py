"""The next step with an account, and the agenda of a user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, TypeVar

from algorithms.results import MONEY, Ref
from graph.query.computed.agenda import DAYS, HIERARCHY, planned
from graph.query.computed.next_steps import next_steps
from graph.query.values import Argument
from schema.insights.registry import insight
from schema.request import Request


class StepKind(Enum):
    """The kind of something that is ahead."""

    MEETING = "A meeting."
    TASK = "An open task."
    CLOSING = "The expected close date of an open opportunity."


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step with an account."""

    date: Annotated[date, "The date in UTC."]
    at: Annotated[datetime | None, "The time; null for an expected close date."]
    kind: Annotated[StepKind, "The kind."]
    of: Annotated[str, Ref("Record"), "The meeting, the task or the opportunity."]


@dataclass(frozen=True, slots=True)
class AgendaItem(NextStep):
    """Something that is ahead for a user."""

    account: Annotated[str | None, Ref("Account"), "The account; null if it is about none."]
    person: Annotated[
        str | None,
        Ref("Party"),
        "Of a meeting the first of their people, otherwise the user or team that is responsible for it.",
    ]
    own: Annotated[bool, "Whether it is the user's own, and not a colleague's at an account of the user."]
    money: Annotated[int | None, MONEY, "The estimated value of the opportunity, in the base currency."]


@insight(on="Account", reads=next_steps)
def next_step(found: Mapping[str, Any], _: Request) -> NextStep | None:
    """The soonest open task, meeting or expected close date with the account from today on."""
    return None if found["step"] is None else _step(NextStep, found["step"])


@insight(
    on="User",
    args=(DAYS, HIERARCHY, Argument("first", int, "The maximum number of items.", 50, 0, 1000, page=True)),
    reads=planned,
)
def agenda(found: Mapping[str, Any], _: Request, *, first: int, **__: Any) -> list[AgendaItem]:
    """The user's meetings and tasks, and the tasks of others and expected close dates at the user's accounts, by date.

    Accounts below those of the user count too, and opportunities of the user whatever their account.
    """
    items = [_step(AgendaItem, row[:4], *row[4:]) for row in found["items"]]
    items.sort(key=lambda one: (one.date, one.at is None, str(one.at), one.of))
    return items[:first]


_Step = TypeVar("_Step", bound=NextStep)


def _step(kind: type[_Step], step: list[Any], *more: Any) -> _Step:
    day, at, what, uid = step
    time = None if at is None or what == StepKind.CLOSING.name else datetime.fromisoformat(at)
    return kind(date.fromisoformat(day), time, StepKind[what], uid, *more)
