"""Each file of a load is read once, whatever the number of tables and passes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from seed.load import contention, spool
from seed.load.contention import elements
from seed.load.plan import build_plan
from seed.load.spool import spooled
from seed.rows import files
from tests.seed.conftest import RATES, Desk, totals

ONE_FILE = """
[[nodes]]
file = "links.csv"
label = "Account"
key = "child"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
[[edges]]
file = "links.csv"
where = { parent = { not = "" } }
type = "CHILD_OF"
from = { label = "Account", key = "child" }
to = { label = "Account", key = "parent" }
[edges.fields]
hierarchy = { value = "CRM" }
[[nodes]]
file = "links.csv"
label = "User"
key = "manager"
[nodes.fields]
name = "manager"
[[edges]]
file = "links.csv"
type = "MANAGES"
from = { label = "User", key = "manager" }
to = { label = "Account", key = "child" }
[edges.fields]
isPrimary = { value = true }
"""
LINKS = 'child,name,parent,manager\nA,"a, with\nlines",,u\nB,b,A,u\nC,c,B,v\nA,other,,v\nB\n'


async def test_a_file_of_four_tables_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Counter[str] = Counter()

    def counted(path: Any, *more: Any) -> Any:
        opened[path.name] += 1
        return files.rows(path, *more)

    monkeypatch.setattr(spool, "rows", counted)
    monkeypatch.setattr(contention, "rows", counted)
    desk.write("links.csv", LINKS)
    lines = await desk.load(ONE_FILE)
    assert opened == {"links.csv": 1}
    assert totals(lines)[0] == 3 + 2 + 2 + 3
    assert {row[1] for row in desk.rejected()} == {6, 7}


def test_rows_are_the_same_however_often_and_in_whatever_order_they_are_read(desk: Desk) -> None:
    desk.write("links.csv", LINKS + "".join(f"X{n},x{n},A,u\n" for n in range(1_200)))
    planned, _ = build_plan(desk.mapping(ONE_FILE), desk.folder, RATES)
    assert planned is not None
    plain = [list(elements(step)) for step in planned.steps]
    with spooled(planned) as kept:
        unfinished = elements(kept.steps[0])
        assert next(unfinished) == plain[0][0]
        for _ in range(2):
            assert [list(elements(step)) for step in kept.steps] == plain
        both = [elements(kept.steps[0]), elements(kept.steps[1])]
        for row, other in zip(plain[0], plain[1], strict=True):
            assert (next(both[0]), next(both[1])) == (row, other)
        assert list(unfinished) == plain[0][1:]
