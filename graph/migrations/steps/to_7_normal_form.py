"""Version 7: texts are stored in the Unicode normal form NFC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from graph.migrations.registry import Change, ConvertedChange, step
from graph.store import Statement

_UNUSED = {
    "01N50": "only some graphs have deleted records and relationships",
    "01N52": "only some graphs have records with these properties",
}

# Ids, what is derived from other values, and what an event recorded stay as they are.
RECORDS_PENDING = Statement(
    "migration.normal_form.records.pending",
    """MATCH (record:Record|Deleted|DeletedRelationship)
WHERE any(name IN keys(record) WHERE
  NOT (name IN ['uid', 'source', 'sourceKey', 'provenance', 'ticketNumber']
    OR name STARTS WITH 'search' OR name ENDS WITH 'SortKey')
  AND any(text IN CASE
    WHEN record[name] IS :: STRING NOT NULL THEN [record[name]]
    WHEN record[name] IS :: LIST<STRING NOT NULL> NOT NULL THEN record[name]
    ELSE [] END WHERE text IS NOT NORMALIZED))
RETURN count(record) AS pending""",
    expected=_UNUSED,
)
RECORDS_APPLY = Statement(
    "migration.normal_form.records.apply",
    """MATCH (record:Record|Deleted|DeletedRelationship)
UNWIND keys(record) AS name
WITH record, name, record[name] AS value
WHERE
  NOT (name IN ['uid', 'source', 'sourceKey', 'provenance', 'ticketNumber']
    OR name STARTS WITH 'search' OR name ENDS WITH 'SortKey')
  AND any(text IN CASE
    WHEN value IS :: STRING NOT NULL THEN [value]
    WHEN value IS :: LIST<STRING NOT NULL> NOT NULL THEN value
    ELSE [] END WHERE text IS NOT NORMALIZED)
CALL (record, name, value) {
  SET record[name] =
    CASE WHEN value IS :: STRING NOT NULL THEN normalize(value) ELSE [text IN value | normalize(text)] END
} IN TRANSACTIONS OF $rows ROWS""",
    expected=_UNUSED,
)
RELATIONSHIPS_PENDING = Statement(
    "migration.normal_form.relationships.pending",
    """MATCH ()-[one]->()
WHERE type(one) <> 'CHANGED' AND any(name IN keys(one) WHERE NOT name IN ['source', 'sourceKey', 'provenance']
  AND any(text IN CASE
    WHEN one[name] IS :: STRING NOT NULL THEN [one[name]]
    WHEN one[name] IS :: LIST<STRING NOT NULL> NOT NULL THEN one[name]
    ELSE [] END WHERE text IS NOT NORMALIZED))
RETURN count(one) AS pending""",
    expected=_UNUSED,
)
RELATIONSHIPS_APPLY = Statement(
    "migration.normal_form.relationships.apply",
    """MATCH ()-[one]->()
WHERE type(one) <> 'CHANGED'
UNWIND keys(one) AS name
WITH one, name, one[name] AS value
WHERE NOT name IN ['source', 'sourceKey', 'provenance']
  AND any(text IN CASE
    WHEN value IS :: STRING NOT NULL THEN [value]
    WHEN value IS :: LIST<STRING NOT NULL> NOT NULL THEN value
    ELSE [] END WHERE text IS NOT NORMALIZED)
CALL (one, name, value) {
  SET one[name] =
    CASE WHEN value IS :: STRING NOT NULL THEN normalize(value) ELSE [text IN value | normalize(text)] END
} IN TRANSACTIONS OF $rows ROWS""",
    expected=_UNUSED,
)

# A ticket number is unique, so that it stays if another case has it in NFC already. A transaction of its own reads,
# because the lock on the number that it looks up would keep another one from writing.
NUMBERS_PENDING = Statement(
    "migration.normal_form.numbers.pending",
    """MATCH (record:Case)
WHERE record.ticketNumber IS NOT NORMALIZED
  AND NOT EXISTS { (:Case {ticketNumber: normalize(record.ticketNumber)}) }
RETURN count(record) AS pending""",
    expected=_UNUSED,
)
NUMBERS_READ = Statement(
    "migration.normal_form.numbers.read",
    """MATCH (record:Case)
WHERE record.uid > $after AND record.ticketNumber IS NOT NORMALIZED
  AND NOT EXISTS { (:Case {ticketNumber: normalize(record.ticketNumber)}) }
WITH record ORDER BY record.uid LIMIT $rows
RETURN collect(record {.uid, .ticketNumber}) AS records""",
    expected=_UNUSED,
)


def _number(record: Mapping[str, Any]) -> dict[str, str]:
    return {"ticketNumber": normalize("NFC", record["ticketNumber"])}


@step(to=7, description="Store texts in the Unicode normal form NFC", repeatable=True)
def normal_form() -> tuple[Change | ConvertedChange, ...]:
    """Normalizes the texts of records and relationships, because filters compare in NFC, see decision 0021."""
    return (
        Change(RECORDS_PENDING, RECORDS_APPLY),
        Change(RELATIONSHIPS_PENDING, RELATIONSHIPS_APPLY),
        ConvertedChange(NUMBERS_PENDING, NUMBERS_READ, _number),
    )
