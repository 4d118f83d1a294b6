"""An account does not buy what others buy with the products that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import FigureEvidence, FigureUnit, count, figure, sentence, single


@rule(
    on="Account",
    reads="""crossSell(first: 50) { product { id name } alreadyProposed expectedValue { amount currency }
        evidence { rules { confidence antecedent { id name } } } }""",
)
def unsold(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """Others buy products together with those that the account has; only products with an expected value count."""
    offers = [one for one in row["crossSell"] if one["expectedValue"] is not None and not one["alreadyProposed"]]
    if not offers:
        return
    offers.sort(key=lambda one: -float(one["expectedValue"]["amount"]))
    first = offers[0]
    best = max(first["evidence"]["rules"], key=lambda one: float(one["confidence"]))
    share = single(best["confidence"] * 100, FigureUnit.PERCENT, "orders with the first product that had the second")
    expected = (
        FigureEvidence(one["product"]["name"], one["expectedValue"]["amount"], one["product"]["id"]) for one in offers
    )
    yield Finding(
        Severity.OPENING,
        draft(
            "{products:# product|# products} others buy with what they own",
            products=count(mention(one["product"]) for one in offers),
        ),
        (
            sentence("first: {product}", product=mention(first["product"])),
            sentence("{share} of orders with {owned} had one", share=share, owned=mention(best["antecedent"][0])),
        ),
        action("white-space", "See white space", id=row["id"]),
        figure(expected, FigureUnit.MONEY, first["expectedValue"]["currency"]),
    )
