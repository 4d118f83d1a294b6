"""The rules of the settings that a user saves."""

from __future__ import annotations

PAUSE = "duration({hours: 4})"
"""The pause after which a visit has ended."""


def last_visit(user: str) -> str:
    """Returns the expression of the end of the visit before the present one; null for the first visit."""
    return f"CASE WHEN {user}.visitedAt < $now - {PAUSE} THEN {user}.visitedAt ELSE {user}.visitedBefore END"
