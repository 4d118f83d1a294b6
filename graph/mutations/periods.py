"""Cypher for the periods that mutations write: the present, and the timestamps of an input."""

from __future__ import annotations

# The present, once the locks are held: not before the latest change of the record, so that of several changes at once
# that name no time none is earlier than the one before it. A clock that was far ahead is not followed.
PRESENT = (
    "CASE WHEN n.modifiedAt >= $now AND n.modifiedAt < $now + duration({hours: 26})\n"
    "  THEN n.modifiedAt + duration({microseconds: 1}) ELSE $now END"
)
FROM = f"WITH *, coalesce($input.validFrom, {PRESENT}) AS moment"
UNTIL = f"WITH *, coalesce($input.validTo, {PRESENT}) AS moment"


def begins(edges: str, moment: str = "moment") -> str:
    """The start of the first relationship that begins after a timestamp, or null."""
    return (
        f"reduce(first = null, one IN [one IN {edges} WHERE one.validFrom > {moment}] | "
        "CASE WHEN first IS NULL OR one.validFrom < first THEN one.validFrom ELSE first END)"
    )
