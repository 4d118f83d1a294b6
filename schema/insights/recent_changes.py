"""The changes at the accounts of a user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from algorithms.results import Ref
from graph.models.properties import Kind
from graph.mutations.declarations import MUTATIONS
from graph.query.computed.recent_changes import SINCE, recent_changes
from graph.query.values import Argument
from graph.vocabulary import ENTITIES
from schema.insights.registry import insight
from schema.request import Request
from schema.sentences.changes import activity_sentence, deal_sentence, event_sentence
from schema.sentences.sentence import Mention, Sentence

_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RecentChange:
    """Something that changed or happened at an account of a user."""

    at: Annotated[datetime, "When it happened; midnight in UTC if only the date is known."]
    says: Annotated[Sentence, "What changed, in a sentence."]
    by: Annotated[str | None, Ref("Party"), "The user who did it or took part; null if it is none or not known."]
    record: Annotated[str, Ref("Record"), "The record that changed, the interaction or the opportunity."]
    account: Annotated[str, Ref("Account"), "The account of the user."]


@insight(
    on="User",
    args=(SINCE, Argument("first", int, "The maximum number of changes.", 20, 0, 200, page=True)),
    reads=recent_changes,
)
def changes(found: Mapping[str, Any], request: Request, *, since: datetime | None, first: int) -> list[RecentChange]:
    """The changes of the accounts of the user, their people and their deals, and the interactions, newest first.

    Interactions count by their time, and deals by the date on which work began.
    """
    rows = [*_events(found["events"], request), *_activities(found["activities"]), *_deals(found)]
    if since is None and found["id"] != request.principal.user:  # When another user last visited is not told.
        rows = [one for one in rows if one.at >= request.now - _DAYS]
    rows.sort(key=lambda one: (one.at, one.record), reverse=True)
    return rows[:first]


def _events(rows: Sequence[Sequence[Any]], request: Request) -> Iterator[RecentChange]:
    seen = set()
    for at, mutation, actor, labels, record, account, values in rows:
        creates = mutation in MUTATIONS and MUTATIONS[mutation].creates
        key = (at, record[0])
        # A new opportunity is listed by the date on which work began.
        if key in seen or (creates and "Opportunity" in labels) or not (creates or values):
            continue
        seen.add(key)
        says = event_sentence(mutation, Mention(record[1], record[0]), values, _kinds(labels), request.now.date())
        yield RecentChange(datetime.fromisoformat(at), says, actor[0], record[0], account[0])


def _kinds(labels: Sequence[str]) -> dict[str, Kind]:
    """The kinds of the properties of a record with these labels."""
    properties = next((ENTITIES[label].properties for label in labels if label in ENTITIES), {})
    return {name: one.kind for name, one in properties.items()}


def _activities(rows: Sequence[Sequence[Any]]) -> Iterator[RecentChange]:
    for at, labels, (uid, subject), account, person, user, wrote in rows:
        label = next((one for one in labels if one in ("Appointment", "PhoneCall")), "")
        ours = None if user[0] is None else Mention(user[1], user[0])
        says = activity_sentence(label, subject, Mention(person[1], person[0]), ours, wrote)
        yield RecentChange(datetime.fromisoformat(at), says, user[0], uid, account[0])


def _deals(found: Mapping[str, Any]) -> Iterator[RecentChange]:
    for on, deal, account, owner, value in found["deals"]:
        says = deal_sentence(Mention(deal[1], deal[0]), (value[0], value[1]))
        yield RecentChange(datetime.fromisoformat(f"{on}T00:00+00:00"), says, owner[0], deal[0], account[0])
