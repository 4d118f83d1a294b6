from __future__ import annotations

import pytest

from graph.errors import Refused
from graph.migrations import registry
from graph.migrations.execution import CURRENT, pending
from graph.migrations.registry import STEPS, Change, step
from graph.store import Statement, parameters_of

CHANGE = Change(Statement("test.pending", "RETURN 0 AS pending"), Statement("test.apply", "RETURN $rows AS rows"))


def test_every_version_after_the_first_has_a_step() -> None:
    assert sorted(STEPS) == list(range(2, CURRENT + 1))


def test_a_graph_needs_the_steps_after_its_version_in_order() -> None:
    assert [one.to for one in pending(1)] == list(range(2, CURRENT + 1))
    assert pending(CURRENT) == pending(None) == ()


def test_a_graph_of_a_newer_version_is_refused_with_a_remedy() -> None:
    with pytest.raises(
        Refused, match=f"The data has schema version {CURRENT + 1}; this version of Kith supports"
    ) as error:
        pending(CURRENT + 1)
    assert error.value.remedy


def test_two_steps_to_one_version_and_a_gap_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "STEPS", {})
    step(to=2, description="One")(lambda: (CHANGE,))
    with pytest.raises(ValueError, match="two steps lead to version 2"):
        step(to=2, description="Another")(lambda: (CHANGE,))
    assert registry.check() == 2
    step(to=4, description="Too far")(lambda: (CHANGE,))
    with pytest.raises(ValueError, match=r"\[2, 4\]"):
        registry.check()


@pytest.mark.parametrize("one", STEPS.values(), ids=lambda one: str(one.to))
def test_every_change_runs_in_batches_and_counts_what_is_left(one: registry.Step) -> None:
    for change in one.changes:
        if isinstance(change, registry.ConvertedChange):
            assert parameters_of(change.read.text) == {"after", "rows"}
            assert parameters_of(change.apply.text) == {"batch"}
        else:
            assert "IN TRANSACTIONS OF $rows ROWS" in change.apply.text
            assert parameters_of(change.apply.text) == {"rows"}
        assert parameters_of(change.pending.text) == frozenset()
