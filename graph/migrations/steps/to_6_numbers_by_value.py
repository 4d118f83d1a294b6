"""Version 6: sort keys order numbers within texts by their value."""

from __future__ import annotations

from graph.migrations.registry import ConvertedChange, step
from graph.migrations.steps import to_5_sort_keys
from graph.store import Statement

# `graph.collation.END` of this version.
PENDING = Statement(
    "migration.numbers_by_value.pending",
    """MATCH (record:Record|Deleted)
WHERE (record.name IS NOT NULL AND NOT coalesce(record.nameSortKey, '') CONTAINS '\\u0002')
  OR (record.title IS NOT NULL AND NOT coalesce(record.titleSortKey, '') CONTAINS '\\u0002')
RETURN count(record) AS pending""",
    expected={"01N52": "only some graphs have records with these properties"},
)


@step(to=6, description="Order numbers within names and titles by their value")
def numbers_by_value() -> tuple[ConvertedChange, ...]:
    """Computes the sort keys of all records again if one has the form of version 5."""
    return (ConvertedChange(PENDING, to_5_sort_keys.READ, to_5_sort_keys.converted),)
