"""The lines of an open opportunity do not add up to its estimated value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.sentences.sentence import FigureEvidence, FigureUnit, amount, figure, sentence

LEAST_DIFFERENCE = 0.01


@rule(
    on="Opportunity",
    reads="""state estimatedValue { amount currency }
        lines(first: 200) { totalCount edges { extendedAmount { amount currency } node { id name } } }""",
)
def lines_against_value(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """The lines of an open opportunity add up to another amount than its estimated value, by more than 1%."""
    value, edges = row["estimatedValue"], row["lines"]["edges"]
    if row["state"] != "OPEN" or value is None or not edges or row["lines"]["totalCount"] > len(edges):
        return
    amounts = [edge["extendedAmount"] for edge in edges]
    if any(one is None or one["currency"] != value["currency"] for one in amounts):
        return
    total = figure(
        (FigureEvidence(edge["node"]["name"], edge["extendedAmount"]["amount"], edge["node"]["id"]) for edge in edges),
        FigureUnit.MONEY,
        value["currency"],
    )
    difference = figure(
        (
            FigureEvidence("the lines", total.value, row["id"]),
            FigureEvidence("less the estimated value", -value["amount"], row["id"]),
        ),
        FigureUnit.MONEY,
        value["currency"],
    )
    if abs(difference.value) <= LEAST_DIFFERENCE * abs(value["amount"]):
        return
    stated = amount(value, "estimated value", row["id"])
    yield Finding(
        Severity.NOTE,
        draft("the lines come to {lines}, the estimate says {value}", lines=total, value=stated),
        (sentence("a difference of {difference}", difference=difference),),
        action("updateOpportunity", "Take the lines", id=row["id"], estimatedValue=f"{total.value:.2f}"),
    )
