"""Version 2: every reporting line has a kind."""

from __future__ import annotations

from graph.migrations.registry import Change, step
from graph.store import Statement

PENDING = Statement(
    "migration.reporting_kind.pending",
    "MATCH ()-[line:REPORTS_TO]->() WHERE line.kind IS NULL RETURN count(line) AS pending",
)
APPLY = Statement(
    "migration.reporting_kind.apply",
    "MATCH ()-[line:REPORTS_TO]->() WHERE line.kind IS NULL\n"
    "CALL (line) { SET line.kind = 'SOLID' } IN TRANSACTIONS OF $rows ROWS",
)


@step(to=2, description="Store the kind SOLID on reporting lines that have no kind")
def reporting_kind() -> tuple[Change, ...]:
    """Sets the kind of reporting lines, because queries disagreed about a missing kind."""
    return (Change(PENDING, APPLY),)
