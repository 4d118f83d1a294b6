"""There is a deal or an order with an account, and nobody of us has ever spoken to anyone there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, mention
from schema.sentences.sentence import count, sentence


@rule(
    on="Account",
    version=2,
    reads="""relationship lastSpokeAt size: rollup { accounts }
        staff: contacts(first: 200) { totalCount nodes { id name } }
        open: opportunities(first: 100, where: { state: { eq: OPEN } }) {
            nodes { id name estimatedCloseDate estimatedValue { amount currency } } }""",
)
def never_spoken(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """An account is a customer or has an open opportunity, without a meeting, a call or an email from its people."""
    deals, people = row["open"]["nodes"], row["staff"]["nodes"]
    if row["lastSpokeAt"] is not None or not people or not (deals or row["relationship"] == "CUSTOMER"):
        return
    evidence = []
    if row["staff"]["totalCount"] == len(people):
        known = count(mention(one) for one in people)
        evidence.append(sentence("{people:# person|# people} on record", people=known))
    money = at_stake(deals)
    place = "{place} itself" if row["size"]["accounts"] > 1 else "{place}"
    if deals:
        evidence.append(sentence("{deals:# open deal|# open deals}", deals=count(mention(one) for one in deals)))
    dates = [day_of(one["estimatedCloseDate"]) for one in deals if one["estimatedCloseDate"] is not None]
    yield Finding(
        Severity.WATCH,
        draft(
            view.claim(f"nobody of us has ever spoken to anyone at {place}"),
            view.claim(f"none of us ever spoke to {place}"),
            place=mention(row),
        ),
        tuple(evidence),
        action("way-in", "Find a way in", id=row["id"]),
        money,
        min(dates, default=None),
    )
