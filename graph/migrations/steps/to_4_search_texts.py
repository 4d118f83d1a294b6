"""Version 4: beside the searched texts of a record, their words are stored as they are indexed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.migrations.registry import ConvertedChange, step
from graph.search.analysis import analyzed
from graph.store import Statement

# The searched properties of this version in the order of the stored list; a record has at most one of each. The
# subject of a lead is its topic, because it has a name too.
_SEARCHED = {
    "title": ("name", "title", "subject"),
    "number": ("accountNumber", "orderNumber", "productNumber", "ticketNumber"),
    "email": ("emailAddress1",),
    "phone": ("mobilePhone", "phoneNumber"),
    "topic": ("topic", "keyProduct"),
    "secondEmail": ("emailAddress2",),
    "company": ("companyName",),
    "website": ("websiteUrl",),
}
_UNUSED = {"01N52": "only some graphs have records with these properties"}

PENDING = Statement(
    "migration.search_texts.pending",
    """MATCH (record:Record|Deleted)
WHERE size([text IN [record.name, record.title, record.subject, record.keyProduct, record.accountNumber,
    record.orderNumber, record.productNumber, record.ticketNumber, record.companyName, record.emailAddress1,
    record.emailAddress2, record.mobilePhone, record.phoneNumber, record.websiteUrl] WHERE text IS NOT NULL])
  > 0 AND record.searchWords IS NULL
RETURN count(record) AS pending""",
    expected=_UNUSED,
)
READ = Statement(
    "migration.search_texts.read",
    """CALL () {
  MATCH (record:Record) WHERE record.uid > $after AND record.searchWords IS NULL
  RETURN record ORDER BY record.uid LIMIT $rows
  UNION
  MATCH (record:Deleted) WHERE record.uid > $after AND record.searchWords IS NULL
  RETURN record ORDER BY record.uid LIMIT $rows
}
WITH record ORDER BY record.uid LIMIT $rows
RETURN collect(record {.uid, .name, .title, .keyProduct, .accountNumber, .orderNumber, .productNumber, .ticketNumber,
  .companyName, .emailAddress1, .emailAddress2, .mobilePhone, .phoneNumber, .websiteUrl,
  subject: CASE WHEN NOT (record:Lead OR record:DeletedLead) THEN record.subject END,
  topic: CASE WHEN record:Lead OR record:DeletedLead THEN record.subject END}) AS records""",
    expected=_UNUSED | {"01N50": "only some graphs have deleted records"},
)


def _converted(record: Mapping[str, Any]) -> dict[str, list[str]]:
    texts = [
        next((analyzed(str(record[name]), slot) for name in names if record.get(name) is not None), "")
        for slot, names in _SEARCHED.items()
    ]
    while texts and not texts[-1]:
        texts.pop()
    return {"searchWords": texts} if texts else {}


@step(to=4, description="Store the words of searched texts", repeatable=True)
def search_texts() -> tuple[ConvertedChange, ...]:
    """Stores the analyzed form of every searched text, see decision 0018."""
    return (ConvertedChange(PENDING, READ, _converted),)
