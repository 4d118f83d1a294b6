"""Migration steps: a target version, and changes that can be repeated and resumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from graph import schema_version
from graph.store import Statement


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the stored data, in batches of `$rows` rows.

    `pending` counts the data in the old form; `apply` changes only that data, so that you can interrupt and repeat it.
    """

    pending: Statement
    apply: Statement


SET_VALUES = Statement(
    "migration.set_values",
    """UNWIND $batch AS one
MATCH (record:Record|Deleted {uid: one.uid})
SET record += one.values
RETURN count(record) AS applied""",
    expected={"01N52": "only some graphs have records with these properties"},
)


@dataclass(frozen=True, slots=True)
class ConvertedChange:
    """A change of the stored data that Python computes, in batches of `$rows` records in the order of their ids.

    `pending` counts the records in the old form. `read` returns a list of maps with the `uid` of each of the next
    records after `$after`; `convert` turns such a map into the properties to set, and `apply` sets them: `$batch` is a
    list of maps `{uid, values}`.
    """

    apply: ClassVar[Statement] = SET_VALUES

    pending: Statement
    read: Statement
    convert: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """The changes from one version to the next.

    A `repeatable` step also applies to records that other programs write later, which is noticed at each start.
    """

    to: int
    description: str
    changes: tuple[Change | ConvertedChange, ...]
    repeatable: bool = False


STEPS: dict[int, Step] = {}
"""Every step by the version it leads to."""


def step(
    *, to: int, description: str, repeatable: bool = False
) -> Callable[[Callable[[], tuple[Change | ConvertedChange, ...]]], Step]:
    """Declares a step; the function returns its changes in the order of application."""

    def declare(changes: Callable[[], tuple[Change | ConvertedChange, ...]]) -> Step:
        declared = Step(to, description, changes(), repeatable)
        if STEPS.setdefault(to, declared) is not declared:
            raise ValueError(f"two steps lead to version {to}")
        return declared

    return declare


def check() -> int:
    """Returns the version that the steps lead to. Raises ValueError if a step is missing."""
    newest = schema_version.FIRST + len(STEPS)
    if sorted(STEPS) != list(range(schema_version.FIRST + 1, newest + 1)):
        raise ValueError(f"the steps lead to the versions {sorted(STEPS)}: each one needs a step")
    return newest
