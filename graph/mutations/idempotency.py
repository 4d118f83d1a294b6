"""Idempotency keys: a repeated request with the same key returns the records of the first one and changes no data.

A key belongs to one caller and is kept for `RETENTION`. It is a node that is not a record. Its unique constraint
lets one of several concurrent requests through; the others wait for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph.errors import Invalid
from graph.store import Bound, Statement

RETENTION = timedelta(hours=24)
_MAX_LENGTH = 255

# Setting a property locks the node where MERGE finds it; a key that expired is taken over like a new one.
_CLAIM = Statement(
    "idempotency.claim",
    """MERGE (key:IdempotencyKey {key: $key})
SET key.touchedAt = $now
WITH key, coalesce(key.expiresAt <= $now, true) AS free
FOREACH (one IN CASE WHEN free THEN [key] ELSE [] END |
  SET one = {key: $key, expiresAt: $expiresAt, digest: $digest, touchedAt: $now})
WITH key
CALL (key) {
  MATCH (old:IdempotencyKey) WHERE old.expiresAt <= $now AND old <> key
  WITH old ORDER BY old.key LIMIT 20
  DELETE old
}
RETURN key{.digest, .fields, .uids} AS claimed""",
)

_KEEP = Statement(
    "idempotency.keep",
    "MATCH (key:IdempotencyKey {key: $key}) SET key.fields = $fields, key.uids = $uids RETURN key.key",
)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key of one caller (None: all anonymous callers), with a digest of the mutation and its input."""

    key: str
    digest: str

    @classmethod
    def of(cls, caller: str | None, key: str, mutation: str, given: Mapping[str, Any]) -> IdempotencyKey:
        """The key for a call. Raises Invalid when it is empty or too long."""
        if not 0 < len(key) <= _MAX_LENGTH:
            raise Invalid(
                f"An idempotency key must have 1 to {_MAX_LENGTH} characters; got {len(key)}.",
                remedy="Send a random UUID.", field="input.idempotencyKey",
            )  # fmt: skip
        content = {name: value for name, value in given.items() if name not in ("idempotencyKey", "dryRun")}
        return cls(_digest([caller, key]), _digest([mutation, content]))

    def claim(self, now: datetime) -> Bound:
        """Takes the key, or returns the digest and the records of the call that has it."""
        return _CLAIM.bind(key=self.key, digest=self.digest, now=now, expiresAt=now + RETENTION)

    def keep(self, uids: Mapping[str, str | None]) -> Bound:
        """Stores which records the payload names."""
        known = {field: uid for field, uid in uids.items() if uid is not None}
        return _KEEP.bind(key=self.key, fields=list(known), uids=list(known.values()))


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=24).hexdigest()
