"""The expected close date of an open opportunity has passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.sentences.sentence import FigureUnit, Mention, amount, sentence, single
from schema.sentences.wording import day


@rule(on="Opportunity", reads="state estimatedCloseDate closeProbability estimatedValue { amount currency }")
def overdue(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """The expected close date of an open opportunity has passed."""
    expected, value = row["estimatedCloseDate"], row["estimatedValue"]
    if row["state"] != "OPEN" or expected is None or view.days_since(expected) <= 0:
        return
    late = single(view.days_since(expected), FigureUnit.DAYS, f"since {expected}", row["id"])
    evidence = [sentence("it was expected on {date}", date=day(day_of(expected), view.today))]
    if row["closeProbability"] is not None:
        chance = single(row["closeProbability"], FigureUnit.PERCENT, "close probability", row["id"])
        evidence.append(sentence("it still says {chance}", chance=chance))
    yield Finding(
        Severity.WATCH,
        draft("{deal} is {late} overdue", deal=Mention(row["name"], row["id"]), late=late),
        tuple(evidence),
        action("updateOpportunity", "Set a new date…", id=row["id"]),
        None if value is None else amount(value, "estimated value", row["id"]),
        day_of(expected),
    )
