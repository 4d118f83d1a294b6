"""A team, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Team",
    "name description",
    links="members unit shared",
    edges={"members": "TeamMember", "shared": "TeamAccess"},
)
