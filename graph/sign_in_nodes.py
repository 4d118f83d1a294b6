"""The nodes that sign-ins are stored in: their unique properties, and those that a user may be shown."""

from __future__ import annotations

from collections.abc import Mapping

UNIQUE: Mapping[str, tuple[str, ...]] = {
    "SignInPassword": ("name", "userId"),
    "SignInSession": ("digest",),
    "SignInIdentity": ("key", "userKey"),
    "SignInRequest": ("state",),
    "ApiKey": ("digest", "prefix"),
}
"""The unique properties of each label."""

OF_USERS: Mapping[str, tuple[str, ...]] = {
    "SignInPassword": ("name", "changedAt"),
    "SignInSession": ("createdAt", "lastUsedAt", "expiresAt"),
    "SignInIdentity": ("issuer", "subject", "createdAt"),
    "ApiKey": ("prefix", "name", "scopes", "createdAt", "expiresAt", "lastUsedAt", "revokedAt"),
}
"""The labels that belong to a user by `userId`, with their properties other than hashes and keys."""
