"""A forest in pre-order against a naive traversal, on trees, chains, cycles and nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.columns.forest import Forest, forest
from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF, EARLIEST, LATEST, Ids, Table, arrays

Period = tuple[int, int]


def table(edges: Sequence[tuple[int, int]], periods: Sequence[Period] = (), hierarchy: str = "CRM") -> Table:
    """The table of edges from child to parent."""
    ids = Ids()
    ids.add([str(at) for at in range(1 + max((max(edge) for edge in edges), default=0))])
    begins, ends = zip(*(periods or [(EARLIEST, LATEST)] * len(edges)), strict=True) if edges else ((), ())
    lists = [[str(child) for child, _ in edges], [str(parent) for _, parent in edges]]
    lists += [[hierarchy] * len(edges), list(begins), list(ends), ["A"] * len(edges)]
    return Table.of(CHILD_OF, [arrays(CHILD_OF, lists, ids)], ids)


def snapshot_of(edges: Table) -> Snapshot:
    """The snapshot that has only a table of edges between the records 0 to 2."""
    ids = Ids()
    ids.add(["0", "1", "2"])
    return Snapshot({CHILD_OF.name: edges}, ids, 0)


def naive(edges: Sequence[tuple[int, int]], record: int) -> dict[int, int]:
    """The records below a record, and their level below it."""
    found, waiting = {record: 0}, [record]
    while waiting:
        above = waiting.pop()
        for child, parent in edges:
            if parent == above:
                found[child] = found[above] + 1
                waiting.append(child)
    return found


@st.composite
def forests(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Edges from each record to one of those before it, or none, in any order."""
    parents = [draw(st.integers(-1, at - 1)) for at in range(1, draw(st.integers(1, 40)))]
    return draw(st.permutations([(child, parent) for child, parent in enumerate(parents, 1) if parent >= 0]))


def below(found: Forest, record: int) -> dict[int, int]:
    members = found.order[found.slice(record)].tolist()
    return {one: int(found.level[one] - found.level[record]) for one in members}


@given(forests())
def test_the_tree_below_every_record_is_a_slice(edges: list[tuple[int, int]]) -> None:
    found = forest(table(edges), "CRM", 0, 50)
    assert found is not None
    for record in range(50):
        assert below(found, record) == naive(edges, record)
        assert sorted(found.children(record).tolist()) == sorted(child for child, parent in edges if parent == record)


@given(forests(), st.integers(0, 2**31))
def test_a_total_is_the_sum_over_the_tree(edges: list[tuple[int, int]], seed: int) -> None:
    found = forest(table(edges), "CRM", 0, 50)
    assert found is not None
    for values in np.random.default_rng(seed).integers(-(10**15), 10**15, (2, 50)):
        for record in range(50):
            expected = sum(int(values[one]) for one in naive(edges, record))
            assert found.total("figure", values, found.slice(record)) == expected


def test_a_chain_of_a_thousand() -> None:
    found = forest(table([(at + 1, at) for at in range(1_000)]), "CRM", 0, 1_001)
    assert found is not None
    assert below(found, 0) == {at: at for at in range(1_001)}
    assert below(found, 999) == {999: 0, 1_000: 1}


def test_nothing_is_a_forest_of_single_records() -> None:
    found = forest(table([]), "CRM", 0, 3)
    assert found is not None
    assert [below(found, record) for record in range(3)] == [{0: 0}, {1: 0}, {2: 0}]


def test_what_is_no_forest_is_left_to_the_database() -> None:
    assert forest(table([(0, 1), (1, 2), (2, 0)]), "CRM", 0, 4) is None
    assert forest(table([(0, 0)]), "CRM", 0, 4) is None
    assert forest(table([(1, 0), (1, 2)]), "CRM", 0, 4) is None
    assert forest(table([(at + 1, at) for at in range(10_000)]), "CRM", 0, 10_001) is None


def test_a_forest_is_valid_until_a_relationship_begins_or_ends() -> None:
    edges = table([(1, 0), (2, 0), (1, 2)], [(EARLIEST, 100), (50, LATEST), (100, 200)])
    snapshot = snapshot_of(edges)
    found = {at: snapshot.forest("CRM", at) for at in (0, 49, 50, 99, 100, 199, 200, 10**6)}
    for periods, parents in (((0, 49), [-1, 0, -1]), ((50, 99), [-1, 0, 0]), ((100, 199), [-1, 2, 0])):
        start, end = (found[at] for at in periods)
        assert start is not None
        assert start is end
        assert start.parent[:3].tolist() == parents
    last = found[200]
    assert last is not None
    assert last is found[10**6]
    assert last.parent[:3].tolist() == [-1, -1, 0]
    assert last is not snapshot.forest("LEGAL", 200)


def test_a_value_that_is_kept_is_computed_once_in_each_period_of_each_state() -> None:
    snapshot = snapshot_of(table([(1, 0)], [(50, 100)]))
    computed: list[int] = []

    def ask(of: Snapshot, key: str, at: int, weight: int = 1) -> int:
        def compute() -> int:
            computed.append(at)
            return at

        return of.kept((CHILD_OF,), key, at, compute, lambda _: weight)

    assert [ask(snapshot, "a", at) for at in (0, 49, 50, 99, 100, 200, 0)] == [0, 0, 50, 50, 100, 100, 0]
    assert ask(snapshot, "b", 10) == 10
    later = snapshot.replaced(snapshot.tables, 1)
    assert ask(later, "a", 49) == 0
    assert ask(later.replaced({CHILD_OF.name: table([(1, 0)])}, 2), "a", 49) == 49
    assert computed == [0, 50, 100, 10, 49]
    assert [ask(snapshot, "large", at, 10**9) for at in (1, 2)] == [1, 2]


def test_another_hierarchy_is_another_forest() -> None:
    found = forest(table([(1, 0)], hierarchy="LEGAL"), "CRM", 0, 2)
    assert found is not None
    assert np.all(found.parent == -1)
