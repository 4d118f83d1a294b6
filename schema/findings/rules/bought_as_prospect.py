"""An account is recorded as a prospect although it, or an account below it, has bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import FigureEvidence, FigureUnit, count, figure, sentence


@rule(
    on="Account",
    reads="""relationship
        rollup { won { amount currency } byChild { own account { id name } won { amount currency } } }""",
)
def bought_as_prospect(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """An account is recorded as a prospect, but it or its subsidiaries have bought."""
    parts = [part for part in row["rollup"]["byChild"] if part["won"]["amount"]]
    if row["relationship"] != "PROSPECT" or not parts:
        return
    won = figure(
        (FigureEvidence(part["account"]["name"], part["won"]["amount"], part["account"]["id"]) for part in parts),
        FigureUnit.MONEY,
        row["rollup"]["won"]["currency"],
    )
    own = any(part["own"] for part in parts)
    pattern = "a prospect by name that has bought {won}" if own else "a prospect whose subsidiaries bought {won}"
    yield Finding(
        Severity.NOTE,
        draft(pattern, won=won),
        (sentence("won by {accounts:# account|# accounts}", accounts=count(mention(one["account"]) for one in parts)),),
        action("updateAccount", "Mark as customer", id=row["id"], relationship="CUSTOMER"),
    )
