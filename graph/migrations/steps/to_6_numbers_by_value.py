"""Version 6: sort keys order numbers within texts by their value."""

from __future__ import annotations

from graph.migrations.registry import ConvertedChange, step
from graph.migrations.steps import to_5_sort_keys
from graph.store import Statement

_UNUSED = {
    "01N50": "only some graphs have orders and deleted records",
    "01N52": "only some graphs have records with these properties",
}

# The character is `graph.collation.END` of this version, and the text stands after it. A key that does not have the
# beginning of the text is missing, has the form of version 5, or belongs to an earlier text. Orders have no key.
PENDING = Statement(
    "migration.numbers_by_value.pending",
    """MATCH (record:Record|Deleted)
WHERE (record.name IS NOT NULL AND NOT (record:SalesOrder OR record:DeletedSalesOrder)
    AND NOT coalesce(record.nameSortKey, '') CONTAINS '\\u0002' + left(normalize(record.name), 32))
  OR (record.title IS NOT NULL
    AND NOT coalesce(record.titleSortKey, '') CONTAINS '\\u0002' + left(normalize(record.title), 32))
RETURN count(record) AS pending""",
    expected=_UNUSED,
)
READ = Statement(
    "migration.numbers_by_value.read",
    """MATCH (record:Record|Deleted)
WHERE record.uid > $after AND ((record.name IS NOT NULL AND NOT (record:SalesOrder OR record:DeletedSalesOrder)
    AND NOT coalesce(record.nameSortKey, '') CONTAINS '\\u0002' + left(normalize(record.name), 32))
  OR (record.title IS NOT NULL
    AND NOT coalesce(record.titleSortKey, '') CONTAINS '\\u0002' + left(normalize(record.title), 32)))
WITH record ORDER BY record.uid LIMIT $rows
RETURN collect(record {.uid, .name, .title}) AS records""",
    expected=_UNUSED,
)


@step(to=6, description="Store sort keys of names and titles in which numbers count by their value", repeatable=True)
def numbers_by_value() -> tuple[ConvertedChange, ...]:
    """Computes the sort keys of records that have none, one of version 5, or one of an earlier text."""
    return (ConvertedChange(PENDING, READ, to_5_sort_keys.converted),)
