"""Version 5: names and titles have a sort key, which ignores case and accents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.collation import sort_keys
from graph.migrations.registry import ConvertedChange, step
from graph.store import Statement

_UNUSED = {"01N52": "only some graphs have records with these properties"}

PENDING = Statement(
    "migration.sort_keys.pending",
    """MATCH (record:Record|Deleted)
WHERE (record.name IS NOT NULL AND record.nameSortKey IS NULL)
  OR (record.title IS NOT NULL AND record.titleSortKey IS NULL)
RETURN count(record) AS pending""",
    expected=_UNUSED,
)
READ = Statement(
    "migration.sort_keys.read",
    """CALL () {
  MATCH (record:Record) WHERE record.uid > $after RETURN record ORDER BY record.uid LIMIT $rows
  UNION
  MATCH (record:Deleted) WHERE record.uid > $after RETURN record ORDER BY record.uid LIMIT $rows
}
WITH record ORDER BY record.uid LIMIT $rows
RETURN collect(record {.uid, .name, .title}) AS records""",
    expected=_UNUSED | {"01N50": "only some graphs have deleted records"},
)


def converted(record: Mapping[str, Any]) -> dict[str, str | None]:
    """Returns the sort keys of a record."""
    # The names are those of version 5, because the models may change after a step.
    return sort_keys(record, ("name", "title"))


@step(to=5, description="Store sort keys of names and titles, which ignore case and accents")
def collation() -> tuple[ConvertedChange, ...]:
    """Computes the sort keys of decision 0016 for all records, deleted ones included."""
    return (ConvertedChange(PENDING, READ, converted),)
