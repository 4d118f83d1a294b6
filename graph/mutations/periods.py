"""Cypher for the periods of relationships in mutations: the present, and whether a relationship holds at a moment."""

from __future__ import annotations

# The present, once the locks are held: not before the latest change of the record, so that of several changes at once
# that name no time none is earlier than the one before it. A clock that was far ahead is not followed.
PRESENT = (
    "CASE WHEN n.modifiedAt >= $now AND n.modifiedAt < $now + duration({hours: 26})\n"
    "  THEN n.modifiedAt + duration({microseconds: 1}) ELSE $now END"
)
FROM = f"WITH *, coalesce($input.validFrom, {PRESENT}) AS moment"
UNTIL = f"WITH *, coalesce($input.validTo, {PRESENT}) AS moment"


def holds(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp."""
    return f"({edge}.validFrom IS NULL OR {edge}.validFrom <= {moment}) AND {lasts(edge, moment)}"


def lasts(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp or begins after it."""
    return f"({edge}.validTo IS NULL OR {moment} < {edge}.validTo)"


def begins(edges: str, moment: str = "moment") -> str:
    """The start of the first relationship that begins after a timestamp, or null."""
    return (
        f"reduce(first = null, one IN [one IN {edges} WHERE one.validFrom > {moment}] | "
        "CASE WHEN first IS NULL OR one.validFrom < first THEN one.validFrom ELSE first END)"
    )
