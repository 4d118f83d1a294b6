"""The hierarchies of an account name different parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import sentence


@rule(
    on="Account",
    reads="crm: parent(hierarchy: CRM) { id name } legal: parent(hierarchy: LEGAL) { id name }",
)
def hierarchies_disagree(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """An account has another parent in the hierarchy CRM than in the hierarchy LEGAL."""
    crm, legal = row["crm"], row["legal"]
    if crm is None or legal is None or crm["id"] == legal["id"]:
        return
    yield Finding(
        Severity.NOTE,
        draft("two hierarchies disagree on its parent"),
        (
            sentence("CRM: {crm}", crm=mention(crm)),
            sentence("legal: {legal}", legal=mention(legal)),
        ),
        action("group", "Compare hierarchies", id=row["id"], cmp="LEGAL"),
    )
