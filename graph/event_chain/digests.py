"""The digests of events: what they cover, in one canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

HASH = "hash"
"""The property that holds the hash of an event; the hash covers all other properties."""

Change = tuple[str, Mapping[str, Any]]
"""The id of a changed record, and the properties of the relationship from the event to it."""


def digest_of_changes(changes: Iterable[Change]) -> str:
    """The digest of the changes of an event, whatever their order.

    >>> digest_of_changes([])[:8]
    '4f53cda1'
    """
    return _digest(sorted(_canonical([uid, _encoded(properties)]) for uid, properties in changes))


def hash_of_event(previous: str, properties: Mapping[str, Any]) -> str:
    """The hash of an event over the hash of the one before, empty for the first, and over its own properties."""
    return _digest([previous, _encoded({name: value for name, value in properties.items() if name != HASH})])


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _encoded(value: Any) -> Any:
    """A stored value as JSON, in which values of different types differ."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_encoded(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _encoded(one) for name, one in value.items()}
    if isinstance(value, float):
        return {"float": repr(value)}
    return {type(value).__name__: value.iso_format() if hasattr(value, "iso_format") else str(value)}
