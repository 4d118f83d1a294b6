"""The values that a source last wrote to a record or a relationship, so that a load keeps later edits by people.

Each imported node and relationship stores one text: tokens, and the values that its sources wrote last. A token is a
digest of a whole row; a row whose token is stored has nothing new, whatever people changed. Other rows are merged value
by value. See decision 0020.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from graph.vocabulary import entity

PROPERTY = "provenance"
REMOVED = "removed"

_LONGEST = 120
_SLOT, _DIGEST, _IDENTITY = 6, 9, 15
_AUTOMATIC = frozenset({"uid", "source", "sourceKey"})
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode

Values = Mapping[str, Any]


def brief(value: Any) -> Any:
    """A value in the form in which it is remembered and compared: JSON, and a digest of a long text."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else {"digest": _digest(value.encode("utf-8", "surrogatepass"), 12)}
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        listed = [brief(one) for one in value]
        text = _ENCODE(listed)
        return listed if len(text) <= _LONGEST else {"digest": _digest(text.encode("utf-8", "surrogatepass"), 12)}
    if hasattr(value, "to_native"):  # a date or a timestamp of the driver
        value = value.to_native()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    assert isinstance(value, date)
    return value.isoformat()


def _digest(data: bytes, size: int) -> str:
    return b2a_base64(blake2b(data, digest_size=size).digest(), newline=False).translate(_URL_SAFE).decode()


@lru_cache(maxsize=4096)
def _shape(source: str, names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Identifies the rows of a source that set the same properties, and names the properties in JSON."""
    remembered = [name for name in names if name not in _AUTOMATIC]
    slot = _digest("\x1f".join((source, *remembered)).encode(), _SLOT)
    return slot, tuple((name, f"{_ENCODE(name)}:") for name in remembered)


def _encoded(value: Any) -> str:
    """The brief form of a value, in JSON."""
    if value.__class__ is int:
        return str(value)
    found = value if value.__class__ is str and len(value) <= _LONGEST else brief(value)
    return encode_basestring(found) if found.__class__ is str else _ENCODE(found)


class Stamp(NamedTuple):
    """A row in the form in which it is remembered: its token, and its values that are set, in JSON.

    `identity` identifies the relationship of a row, with all that tells it apart from others.
    """

    token: str
    encoded: str
    identity: str = ""

    @property
    def slot(self) -> str:
        """The part of the token that stands for the source and the names of the properties."""
        return self.token[: len(self.token) - _DIGEST * 4 // 3]


def stamp(source: str, values: Values, identity: tuple[Any, ...] = ()) -> Stamp:
    """The stamp of a row of a source."""
    slot, shape = _shape(source, tuple(values))
    parts = [name_in_json + _encoded(values[name]) for name, name_in_json in shape if values[name] is not None]
    encoded = f"{{{','.join(parts)}}}"
    marked = ""
    if identity:
        told_apart = f"[{','.join(map(_encoded, (source, *identity)))}]"
        marked = "=" + _digest(told_apart.encode("utf-8", "surrogatepass"), _IDENTITY)
    return Stamp(slot + _digest(encoded.encode("utf-8", "surrogatepass"), _DIGEST), encoded, marked)


def first_text(source: str, row: Stamp) -> str:
    """The text of a new record or relationship."""
    head = f"{row.identity} {row.token}" if row.identity else row.token
    return f"{head} {{{_ENCODE(source)}:{row.encoded}}}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is remembered of a record or a relationship: its identity, tokens, and the last values by source."""

    identity: str = ""
    tokens: tuple[str, ...] = ()
    last: Mapping[str, Values] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> Provenance:
        """Reads a stored text; nothing is remembered of what no import wrote."""
        if not text:
            return cls()
        at = text.index("{")
        tokens = text[:at].split()
        identity = tokens.pop(0) if tokens and tokens[0].startswith("=") else ""
        return cls(identity, tuple(tokens), json.loads(text[at:]))

    def after(self, source: str, row: Stamp, last: Values, *, complete: bool) -> str:
        """The text after a row was merged; `complete` if no value of it was left out, so that its token holds.

        Tokens of other rows hold as long as no value that was remembered changes.
        """
        before = self.last.get(source, {})
        changed = any(before[name] != last.get(name) for name in before)
        others = (one for one in self.tokens if not one.startswith(row.slot))
        tokens = [] if changed else list(others)
        tokens += [row.token] if complete else []
        head = [row.identity or self.identity, *tokens]
        return f"{' '.join(one for one in head if one)} {_ENCODE({**self.last, source: dict(last)})}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that was changed both by the source and in Kith since the source wrote it.

    `last`, `sent` and `stored` are the value that the source wrote last, the new one, and the one that stays; for an
    amount each is a pair with the currency. `field` is empty if the whole relationship was removed.
    """

    field: str
    last: tuple[Any, ...]
    sent: tuple[Any, ...]
    stored: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The values to write, the conflicts, and what is to be remembered of the source."""

    changes: dict[str, Any]
    conflicts: list[Conflict]
    last: dict[str, Any]


@lru_cache(maxsize=4096)
def _groups(names: tuple[str, ...], together: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The names in groups of values that are decided together: the parts of an amount, and those in `together`."""
    found: dict[str, list[str]] = {}
    for name in names:
        amount = next(
            (name.removesuffix(part) for part in ("Currency", "Base") if name.endswith(part) and
             f"{name.removesuffix(part)}Currency" in names and name.removesuffix(part) in names),
            name,
        )  # fmt: skip
        found.setdefault("" if amount in together else amount, []).append(name)
    return tuple(map(tuple, found.values()))


def _compared(group: Sequence[str]) -> list[str]:
    """The values that decide: an amount in the base currency follows from the others."""
    return [name for name in group if not (name.endswith("Base") and f"{name.removesuffix('Base')}Currency" in group)]


def merge(
    row: Values, stored: Values, last: Values, *, together: tuple[str, ...] = (), overwrite: bool = False
) -> Merged:
    """Decides which values of a row to write to what is stored, given what the source wrote last.

    A value that only the source changed is written, one that only people changed stays. One that both changed is a
    conflict and stays, unless `overwrite`. The values named in `together` are decided as one.
    """
    names = tuple([name for name in row if name not in _AUTOMATIC])
    result = Merged({}, [], dict(last))
    for group in _groups(names, together):
        compared = _compared(group)
        sent = {name: brief(row[name]) for name in group}
        here = {name: brief(stored.get(name)) for name in group}
        agree = all(sent[name] == here[name] for name in compared)
        if not agree and all(sent[name] == last.get(name) for name in compared):
            continue
        if agree or overwrite or all(here[name] == last.get(name) for name in compared):
            result.changes.update({name: row[name] for name in group if sent[name] != here[name]})
            for name in group:
                result.last.pop(name, None)
                if sent[name] is not None:
                    result.last[name] = sent[name]
            continue
        result.conflicts.extend(_conflicts(compared, sent, here, last))
    return result


def _conflicts(names: Iterable[str], sent: Values, stored: Values, last: Values) -> Iterable[Conflict]:
    listed = list(names)
    for name in listed:
        if name.endswith("Currency") and name.removesuffix("Currency") in listed:
            continue
        parts = [one for one in (name, f"{name}Currency") if one in listed]
        if any(sent[one] != stored[one] for one in parts):
            three = (tuple(values.get(one) for one in parts) for values in (last, sent, stored))
            yield Conflict(name, *three)


@lru_cache(maxsize=256)
def _derived(label: str) -> frozenset[str]:
    """The properties of an entity that follow from others where they are not set."""
    declared = entity(label)
    every = dict.fromkeys(declared.properties, "x")
    return frozenset(
        found
        for name in every
        for found in declared.complete({name: "x"})
        if found != name and found in every
    )  # fmt: skip


def merge_record(label: str, row: Values, stored: Values, last: Values, *, overwrite: bool = False) -> Merged:
    """Merges a row into a record; a value that follows from others, here and in the source, follows again."""
    complete = entity(label).complete
    derived = [name for name in _derived(label) if name in row]
    if not derived or not (_follows(complete, derived, row) and _follows(complete, derived, stored)):
        return merge(row, stored, last, together=tuple(derived), overwrite=overwrite)
    result = merge({name: value for name, value in row.items() if name not in derived}, stored, last,
                   overwrite=overwrite)  # fmt: skip
    after = complete({name: value for name, value in {**stored, **result.changes}.items() if name not in derived})
    for name in derived:
        result.last[name] = brief(row[name])
        if after.get(name) != stored.get(name):
            result.changes[name] = after.get(name)
    return result


def _follows(complete: Any, derived: Sequence[str], values: Values) -> bool:
    without = complete({name: value for name, value in values.items() if name not in derived})
    return all(without.get(name) == values.get(name) for name in derived)
