"""A contact, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Contact",
    """name fullName firstName lastName salutation jobTitle department emailAddress1 emailAddress2 mobilePhone city
    country description birthDate gdprOptOut doNotEmail doNotPhone""",
    links="accounts manager reports timeline influences conflictsWith playsRoleIn connections",
    edges={
        "accounts": "ContactAccount",
        "influences": "ContactInfluence",
        "conflictsWith": "ContactInfluence",
        "playsRoleIn": "ContactRole",
        "connections": "Connection",
    },
    creates=True,
    updates=True,
)
