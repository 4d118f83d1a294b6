"""The activities that two parties have in common, as the contacts of a hop of an introduction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

from algorithms.interactions import KINDS
from algorithms.registry import algorithm
from algorithms.results import Ref

MOST_CONTACTS = 100


class ContactKind(Enum):
    """The kind of a contact between two parties."""

    MEETING = "A meeting that both attended."
    CALL = "A call between them."
    EMAIL = "An email from one to the other."


class ContactDirection(Enum):
    """The party that a contact comes from."""

    BOTH = "Both took part, as in meetings and calls."
    FORWARD = "The first party wrote to the second."
    BACKWARD = "The second party wrote to the first."


@dataclass(frozen=True, slots=True)
class HopContact:
    """An activity of both parties of a hop."""

    activity: Annotated[str, Ref("Activity"), "The activity."]
    at: Annotated[datetime, "The start of the activity."]
    kind: Annotated[ContactKind, "The kind of contact."]
    subject: Annotated[str | None, "The subject of the activity."]
    direction: Annotated[ContactDirection, "The party that it comes from."]
    copied: Annotated[bool, "True for an email whose receiver was only in copy."]


@algorithm(reads=("activity.kind", "activity.at", "activity.participants"), reference="design formulas §1: what counts")
def contacts_of(rows: Sequence[Sequence[Any]]) -> tuple[HopContact, ...]:
    """Returns the contacts of a read: uid, epoch milliseconds, label, subject, whether the first party wrote, copied.

    The fifth value is None for activities other than emails.

    >>> [contact] = contacts_of([("a1", 0, "Email", "Hello", True, False)])
    >>> contact.kind.name, contact.direction.name
    ('EMAIL', 'FORWARD')
    """
    return tuple(
        HopContact(
            uid, datetime.fromtimestamp(at / 1000, UTC), ContactKind[KINDS[label].name], subject, _WAYS[wrote], copied
        )
        for uid, at, label, subject, wrote, copied in rows
    )


@algorithm(reads=("knows.*",), reference="design explorer §7.5: the evidence under a hop")
def contact_in_words(meetings: int, calls: int, sent: int, received: int, last: datetime) -> str:
    """Returns the numbers of meetings, calls and emails between two parties, and the day of the last one, in words.

    >>> contact_in_words(4, 0, 8, 8, datetime(2026, 11, 16, tzinfo=UTC))
    '4 meetings and 8 emails each way, last on 16 November 2026'
    >>> contact_in_words(0, 0, 1, 0, datetime(2026, 10, 12, tzinfo=UTC))
    '1 email without an answer, on 12 October 2026'
    """
    texts = [_counted(meetings, "meeting"), _counted(calls, "call"), _emails(sent, received)]
    *others, final = [text for text in texts if text]
    listed = f"{', '.join(others)} and {final}" if others else final
    once = meetings + calls + sent + received == 1
    return f"{listed}, {'on' if once else 'last on'} {last.day} {_MONTHS[last.month - 1]} {last.year}"


def _emails(sent: int, received: int) -> str:
    if sent == received:
        return f"{_counted(sent, 'email')} each way" if sent else ""
    if sent and received:
        return f"{_counted(sent, 'email')} sent and {received} received"
    return f"{_counted(sent or received, 'email')} without an answer"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_WAYS: Mapping[bool | None, ContactDirection] = {
    None: ContactDirection.BOTH,
    True: ContactDirection.FORWARD,
    False: ContactDirection.BACKWARD,
}
