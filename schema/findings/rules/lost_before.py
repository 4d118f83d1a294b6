"""The main product of an open opportunity was in one that was lost with the same account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, mention
from schema.sentences.sentence import sentence
from schema.sentences.wording import day


@rule(
    on="Opportunity",
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        lines(first: 200) { edges { extendedAmount { amount } node { id name } } }
        account { lost: opportunities(
            first: 20, where: { state: { eq: LOST } }, orderBy: [{ actualCloseDate: DESC }]
        ) { nodes {
            id name actualCloseDate estimatedValue { amount currency } lines(first: 200) { nodes { id } }
        } } }""",
)
def lost_before(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """The product with the largest line of an open opportunity was in one that was lost with the same account."""
    if row["state"] != "OPEN" or row["account"] is None or not row["lines"]["edges"]:
        return
    product = max(row["lines"]["edges"], key=_amount)["node"]
    for lost in row["account"]["lost"]["nodes"]:
        if all(one["id"] != product["id"] for one in lost["lines"]["nodes"]):
            continue
        closed = lost["actualCloseDate"]
        pattern = "{product} was lost here before" if closed is None else "{product} was lost here on {date}"
        date = "" if closed is None else day(day_of(closed), view.today)
        value = at_stake([lost])
        evidence = [sentence("{deal}", deal=mention(row))]
        if value is not None:
            evidence.append(sentence("{lost}, {value}", lost=mention(lost), value=value))
        yield Finding(
            Severity.WATCH,
            draft(pattern, product=mention(product), date=date),
            tuple(evidence),
            action("compare", "Compare deals", **{"id": row["id"], "with": lost["id"]}),
            at_stake([row]),
            None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
        )
        return


def _amount(edge: Mapping[str, Any]) -> float:
    return 0.0 if edge["extendedAmount"] is None else float(edge["extendedAmount"]["amount"])
