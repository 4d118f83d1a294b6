"""A user, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "User",
    "name jobTitle department emailAddress1 mobilePhone city country isDisabled",
    links="manager reports accounts teams unit opportunities targets connections",
    edges={
        "accounts": "UserAccount",
        "teams": "UserTeam",
        "targets": "UserTarget",
        "connections": "Connection",
    },
)
