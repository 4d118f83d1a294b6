"""Version 8: records store their owner, its business unit and their shares."""

from __future__ import annotations

from graph.migrations.registry import Change, step
from graph.query import ownership
from graph.store import Statement

_UNUSED = {
    "01N50": "only some graphs have business units",
    "01N51": "only some graphs have owners, business units and shares",
    "01N52": "only some graphs have records with these properties",
}

PENDING = Statement("migration.owners.pending", ownership.PENDING, expected=_UNUSED)
APPLY = Statement("migration.owners.apply", ownership.APPLY, expected=_UNUSED)


@step(to=8, description="Store the owner, the business unit and the shares of each record", repeatable=True)
def owners() -> tuple[Change, ...]:
    """Stores them beside the relationships that they follow from, also for records that other programs write."""
    return (Change(PENDING, APPLY),)
