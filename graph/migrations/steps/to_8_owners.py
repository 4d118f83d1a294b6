"""Version 8: records store the ids of their owner and of its business unit."""

from __future__ import annotations

from graph.migrations.registry import Change, step
from graph.query.ownership import FOLLOWED, STORED
from graph.store import Statement

_UNUSED = {
    "01N50": "only some graphs have owners and business units",
    "01N51": "only some graphs have owners and business units",
    "01N52": "only some graphs have records with these properties",
}

PENDING = Statement(
    "migration.owners.pending", f"MATCH (owned:Record)\n{FOLLOWED}\nRETURN count(owned) AS pending", expected=_UNUSED
)
APPLY = Statement(
    "migration.owners.apply",
    f"MATCH (owned:Record)\n{FOLLOWED}\nCALL (owned, owner, unit) {{\n  {STORED}\n}} IN TRANSACTIONS OF $rows ROWS",
    expected=_UNUSED,
)


@step(to=8, description="Store the owner and the business unit of each record for access rules", repeatable=True)
def owners() -> tuple[Change, ...]:
    """Stores them beside the relationships that they follow from, also for records that other programs write."""
    return (Change(PENDING, APPLY),)
