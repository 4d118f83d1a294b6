"""Reads each file of a load once: its rows are kept in a temporary file for the tables and passes that follow.

The rows are kept as they are in the file, so that memory stays flat, and a file that changes during a load is seen in
one state.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from typing import IO, Any

from graph.bulk.invariants import invariants
from seed.load.plan import Plan, Step
from seed.mapping.model import EdgeTable
from seed.rows.files import rows
from seed.rows.row import Row

_TOGETHER = 500


class _SpooledFile:
    """The rows of one file with the columns of all its tables."""

    def __init__(self, steps: Sequence[Step], stack: ExitStack) -> None:
        self._step, self._stack = steps[0], stack
        self._columns = tuple(dict.fromkeys(name for step in steps for name in step.reader.columns))
        self._kept: IO[bytes] | None = None

    def read(self, wanted: Sequence[str]) -> Iterator[Row]:
        """The rows with the cells of some columns, in that order."""
        positions = [self._columns.index(name) for name in wanted]
        for line, number, cells, fault in self._again(self._kept) if self._kept else self._first():
            yield Row(line, number, [cells[at] for at in positions], fault)

    def _first(self) -> Iterator[tuple[Any, ...]]:
        """Reads the file and keeps its rows; an unfinished pass leaves nothing."""
        step = self._step
        kept = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
        source = iter(rows(step.path, step.table.file, step.layout, self._columns))
        while group := [tuple(row) for row in islice(source, _TOGETHER)]:
            pickle.dump(group, kept, pickle.HIGHEST_PROTOCOL)
            yield from group
        self._kept = kept

    @staticmethod
    def _again(kept: IO[bytes]) -> Iterator[tuple[Any, ...]]:
        size, at = kept.seek(0, os.SEEK_END), 0
        while at < size:
            kept.seek(at)  # another pass may have moved it
            group = pickle.load(kept)  # noqa: S301  this process has written it
            at = kept.tell()
            yield from group


@contextmanager
def spooled(plan: Plan) -> Iterator[Plan]:
    """The plan with steps that read their file once, where it is needed more than once."""
    files: dict[Any, list[Step]] = {}
    for step in plan.steps:
        files.setdefault((step.path, step.table.file), []).append(step)
    with ExitStack() as stack:
        readers = {
            key: _SpooledFile(steps, stack).read
            for key, steps in files.items()
            if len(steps) > 1 or any(map(_is_judged, steps))
        }
        steps = (replace(step, rows=readers.get((step.path, step.table.file))) for step in plan.steps)
        yield replace(plan, steps=tuple(steps))


def _is_judged(step: Step) -> bool:
    """True if the rows of a step are judged against each other before they are written."""
    table = step.table
    if not isinstance(table, EdgeTable):
        return False
    rules = invariants(table.type, table.start.label, table.end.label)
    return rules.acyclic is not None or bool(rules.at_most_one)
