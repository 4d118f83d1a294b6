"""What a check or load found: counts, rejected rows, and samples of new and changed records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from graph.bulk.recording import Written
from graph.money import exponent
from graph.spreadsheets import harmless
from graph.vocabulary import ENTITIES, entity
from seed.load.rejects import Rejects
from seed.load.steps import TableCounts
from seed.rows.files import shown
from seed.rows.row import Fault

MOST_REJECTS = 1_000
_MOST_SAMPLES = 25


class JobRejects(Rejects):
    """Rejected rows as a file for spreadsheets, the first ones also for the job."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.first: list[str] = []

    def add(self, file: str, line: int, fault: Fault) -> None:
        """Adds a row; a value that a spreadsheet would compute gets an apostrophe in front."""
        before, text = self.written, shown(fault.value)
        super().add(file, line, fault._replace(value=harmless(text)))
        if self.written > before and len(self.first) < MOST_REJECTS:
            row = {"row": line, "column": fault.column, "value": text, "reason": fault.reason}
            self.first.append(json.dumps(row, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The counts of a check or load, by rows."""

    created: int
    changed: int
    unchanged: int
    links: int
    rejected: int
    conflicts: int
    rejects: Sequence[str]

    @classmethod
    def of(cls, counts: Sequence[TableCounts], rejects: JobRejects) -> Outcome:
        """The outcome of the tables of a load."""
        nodes = [one for one in counts if one.type in ENTITIES]
        edges = [one for one in counts if one.type not in ENTITIES]
        conflicts = sum(one.conflicts for one in counts)
        return cls(
            sum(one.created for one in nodes),
            sum(one.changed for one in nodes),
            sum(one.unchanged for one in nodes),
            sum(one.created + one.changed for one in edges),
            rejects.written - conflicts,
            conflicts,
            rejects.first,
        )

    def properties(self) -> dict[str, Any]:
        """The properties of the job."""
        counts = ("created", "changed", "unchanged", "links", "rejected", "conflicts")
        return {**{name: getattr(self, name) for name in counts}, "storedRejects": list(self.rejects)}


class SampleRecorder:
    """Keeps some of the new and of the changed records of a check."""

    def __init__(self) -> None:
        self._found: dict[tuple[bool, str], dict[str, Any]] = {}
        self._counts = {True: 0, False: 0}

    async def __call__(self, _: object, written: Written) -> None:
        """Takes the first records of a batch, as long as there is room."""
        for created in written.created:
            title = created.get("name") or created.get("title") or created.get("sourceKey") or ""
            self._keep(True, created["uid"], title, [])
        for change in written.changed:
            values = list(_changed(written.label, change.before, change.after))
            if values:
                self._keep(False, change.uid, change.title, values)

    def _keep(self, is_new: bool, uid: str, title: str, changes: list[dict[str, Any]]) -> None:
        if (is_new, uid) in self._found or self._counts[is_new] >= _MOST_SAMPLES:
            return
        self._counts[is_new] += 1
        id_ = None if is_new else uid
        self._found[is_new, uid] = {"isNew": is_new, "recordId": id_, "title": str(title)[:200], "changes": changes}

    def texts(self) -> list[str]:
        """The samples as JSON."""
        return [json.dumps(one, ensure_ascii=False) for one in self._found.values()]


def _changed(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, declared in entity(label).properties.items():
        if name in after and not declared.hidden and name not in ("createdAt", "modifiedAt"):
            sides = {"before": before, "after": after}
            yield {"field": name, **{side: _plain(name, values) for side, values in sides.items()}}


def _plain(name: str, values: Mapping[str, Any]) -> str | None:
    """A value as text, an amount in its own currency."""
    value, currency = values.get(name), values.get(f"{name}Currency")
    if value is None:
        return None
    if currency is not None:
        return f"{Decimal(value).scaleb(-exponent(currency))} {currency}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
