"""A person whom we were in regular contact with has been silent for longer than ever before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import median_low
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import FigureUnit, Mention, sentence, single
from schema.sentences.wording import day

LEAST_DAYS = 5
LEAST_SILENCE = 30


@rule(
    on="Account",
    reads="""contacted: timeline(first: 60, kinds: [APPOINTMENT, PHONE_CALL, EMAIL]) {
        nodes { id startedAt status participants(first: 10) { edges { role node { __typename id name } } } } }""",
)
def silent(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """A person with contact on at least 5 days has been silent for 30 days or more, longer than any gap before.

    Contact is a meeting, a call, or an email that the person wrote.
    """
    spoken: dict[Mention, dict[date, str]] = {}
    for activity in row["contacted"]["nodes"]:
        at = activity["startedAt"]
        if at is None or activity["status"] != "COMPLETED" or day_of(at) > view.today:
            continue
        for edge in activity["participants"]["edges"]:
            if edge["node"]["__typename"] == "Contact" and _spoke(edge["role"], activity):
                spoken.setdefault(mention(edge["node"]), {})[day_of(at)] = activity["id"]
    for who, days in spoken.items():
        yield from _judged(who, days, view)


def _spoke(role: str | None, activity: Mapping[str, Any]) -> bool:
    """Whether a participant spoke: in a meeting or a call, or as the sender of an email."""
    roles = {edge["role"] for edge in activity["participants"]["edges"]}
    is_mail = "FROM" in roles and not roles & {"REQUIRED", "OPTIONAL", "ORGANIZER"}
    return not is_mail or role == "FROM"


def _judged(who: Mention, days: Mapping[date, str], view: Viewpoint) -> Iterator[Finding]:
    gaps = gaps_of(sorted(days))
    if len(days) < LEAST_DAYS:
        return
    last = max(days)
    silence = (view.today - last).days
    if silence < LEAST_SILENCE or silence <= max(gaps):
        return
    usual = single(median_low(gaps), FigureUnit.DAYS, "the median of the gaps", who.record)
    longest = single(max(gaps), FigureUnit.DAYS, "the longest gap before", who.record)
    yield Finding(
        Severity.WATCH,
        draft(
            "{who} has been silent for {silence}",
            who=who,
            silence=single(silence, FigureUnit.DAYS, f"since {last.isoformat()}", days[last]),
        ),
        (
            sentence("usual gap {usual}, longest so far {longest}", usual=usual, longest=longest),
            sentence("last contact {date}", date=day(last, view.today)),
        ),
        action("log", "Log a call", id=who.record),
        subject=who,
    )


def gaps_of(days: Sequence[date]) -> list[int]:
    """Returns the days between consecutive dates.

    >>> gaps_of([date(2026, 1, 1), date(2026, 1, 4), date(2026, 2, 4)])
    [3, 31]
    """
    return [(later - earlier).days for earlier, later in pairwise(days)]
