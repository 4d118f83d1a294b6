"""People of an account report to somebody who has left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import Mention, count, sentence


@rule(
    on="Account",
    reads="""reporting: contacts(first: 200) {
        nodes { id name manager { id name accounts(first: 1) { totalCount } } } }""",
)
def left_but_reported_to(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """People of an account report to somebody whom no account employs.

    It is not judged where accounts may be hidden.
    """
    reports: dict[str, list[Mention]] = {}
    gone: dict[str, Mention] = {}
    for person in row["reporting"]["nodes"]:
        manager = person["manager"]
        if manager is not None and manager["accounts"]["totalCount"] == 0:
            gone[manager["id"]] = mention(manager)
            reports.setdefault(manager["id"], []).append(mention(person))
    if view.hides:
        return
    for uid, who in gone.items():
        people = count(reports[uid])
        yield Finding(
            Severity.WATCH,
            draft("{who} left, and {people:# still reports|# still report} to them", who=who, people=people),
            (sentence("{first}", first=reports[uid][0]), sentence("no successor on record")),
            action("people", "Who followed?", id=row["id"], sel=uid),
        )
