"""Who may be whose parent: judged before anything is written, against the rows before and what the graph holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from graph.bulk.hierarchy import Stored
from graph.bulk.merge import EdgeRow
from seed.load.hierarchy import ParentRow, Verdict, judge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(days=365), NOW + timedelta(days=365)


def ask(
    *pairs: str, begins: datetime | None = None, ends: datetime | None = None, hierarchy: str = "CRM"
) -> list[ParentRow]:
    values = {"hierarchy": hierarchy, "validFrom": begins, "validTo": ends}
    return [ParentRow(0, at, EdgeRow(pair[0], pair[1], values)) for at, pair in enumerate(pairs)]


def hold(pair: str, source: str | None = "s", begins: datetime | None = None, ends: datetime | None = None) -> Stored:
    return Stored(pair[0], pair[1], None, source, "CRM", begins, ends)


def judged(asked: list[ParentRow], *stored: Stored, dated: bool = True) -> Verdict:
    return judge(asked, stored, "s", NOW, dated=dated)


def refused(verdict: Verdict) -> list[int]:
    return sorted(position for _, position in verdict.rejected)


def test_the_row_that_closes_a_circle_is_rejected_and_no_other() -> None:
    assert refused(judged(ask("ba", "cb", "ac", "dc"))) == [2]


def test_a_circle_through_what_the_graph_holds_is_rejected() -> None:
    verdict = judged(ask("ac"), hold("ba"), hold("cb", source=None))
    assert verdict.rejected == {(0, 0): "it would close a circle in the hierarchy"}


def test_nothing_is_its_own_parent() -> None:
    assert judged(ask("aa")).rejected == {(0, 0): "a record cannot be its own parent"}


def test_hierarchies_do_not_know_each_other() -> None:
    assert not judged([*ask("ba"), *[ParentRow(1, 0, one.row) for one in ask("ab", hierarchy="LEGAL")]]).rejected


def test_a_second_parent_in_the_same_load_is_rejected() -> None:
    verdict = judged(ask("ba", "bc"))
    assert verdict.rejected == {(0, 1): "an earlier row gives it another parent for the same time"}


def test_parents_one_after_the_other_are_both_kept() -> None:
    former, latter = ask("ba", ends=NOW)[0], ask("bc", begins=NOW)[0]
    assert not judged([former, ParentRow(0, 1, latter.row)]).rejected
    overlapping = ParentRow(0, 1, ask("bc", begins=PAST)[0].row)
    assert refused(judged([former, overlapping])) == [1]


def test_a_parent_this_source_gave_before_gives_way_to_the_one_it_gives_now() -> None:
    verdict = judged(ask("bc"), hold("ba"))
    assert (verdict.rejected, verdict.ended, verdict.begins) == ({}, [(hold("ba"), NOW)], {(0, 0): NOW})


def test_a_parent_that_gives_way_ends_when_the_new_one_begins() -> None:
    verdict = judged(ask("bc", begins=FUTURE), hold("ba", begins=PAST))
    assert (verdict.ended, verdict.begins) == ([(hold("ba", begins=PAST), FUTURE)], {})


def test_a_parent_set_in_the_product_stays_and_the_row_is_rejected() -> None:
    verdict = judged(ask("bc"), hold("ba", source=None))
    assert refused(verdict) == [0]
    assert "this source did not put it there" in verdict.rejected[0, 0]
    assert not verdict.ended


def test_a_row_without_a_beginning_begins_after_what_has_ended() -> None:
    verdict = judged(ask("bc"), hold("ba", source=None, ends=PAST), hold("bd", begins=PAST, ends=NOW))
    assert (verdict.rejected, verdict.ended, verdict.begins) == ({}, [], {(0, 0): NOW})


def test_a_parent_moved_in_the_product_is_not_moved_back() -> None:
    verdict = judged(ask("ba"), hold("ba", ends=PAST), hold("bc", source=None, begins=PAST))
    assert verdict == Verdict()


def test_what_the_graph_holds_already_is_no_second_parent_of_itself() -> None:
    assert judged(ask("ba", "cb"), hold("ba"), hold("cb")) == Verdict()


def test_what_a_rejected_row_would_have_replaced_stays() -> None:
    verdict = judged(ask("ab"), hold("ac"), hold("ba", source=None))
    assert (refused(verdict), verdict.ended) == ([0], [])


def test_a_parent_that_is_not_dated_is_replaced_without_a_beginning() -> None:
    verdict = judged(ask("bc"), hold("ba"), dated=False)
    assert (verdict.ended, verdict.begins) == ([(hold("ba"), NOW)], {})


NODES = st.sampled_from("abcdef")
PAIRS = st.lists(st.tuples(NODES, NODES).map("".join), max_size=12)


@given(PAIRS)
def test_what_is_accepted_is_a_forest_and_what_is_rejected_would_not_be(pairs: list[str]) -> None:
    distinct = list(dict.fromkeys(pairs))
    rejected = set(refused(judged(ask(*distinct))))
    parents: dict[str, str] = {}
    for at, pair in enumerate(distinct):
        child, parent = pair[0], pair[1]
        closes = child == parent or _reaches(parents, parent, child)
        if at in rejected:
            continue
        assert not closes
        assert child not in parents
        parents[child] = parent
    for at in rejected:
        child, parent = distinct[at][0], distinct[at][1]
        assert child == parent or child in parents or _reaches(parents, parent, child) or _earlier(distinct, at)


def _reaches(parents: dict[str, str], start: str, wanted: str) -> bool:
    while start in parents and start != wanted:
        start = parents[start]
    return start == wanted


def _earlier(pairs: list[str], at: int) -> bool:
    """Whether an earlier row asked for the same child: it may have had the place before it was itself taken back."""
    return any(pair[0] == pairs[at][0] for pair in pairs[:at])


@given(PAIRS, PAIRS)
def test_judging_again_what_was_accepted_changes_nothing(before: list[str], pairs: list[str]) -> None:
    first = judged(ask(*dict.fromkeys(before)))
    held = [hold(pair) for at, pair in enumerate(dict.fromkeys(before)) if (0, at) not in first.rejected]
    distinct = list(dict.fromkeys(pairs))
    second = judged(ask(*distinct), *held)
    ended = {one.start for one, _ in second.ended}
    now = [one for one in held if one.start not in ended or one.end in _ends(distinct, second, one.start)]
    now += [
        hold(pair, begins=second.begins.get((0, at)))
        for at, pair in enumerate(distinct)
        if (0, at) not in second.rejected and not any((one.start, one.end) == tuple(pair) for one in now)
    ]
    third = judged(ask(*distinct), *now)
    assert (third.ended, third.begins) == ([], {})
    assert refused(third) == refused(second)


def _ends(pairs: list[str], verdict: Verdict, start: str) -> set[str]:
    return {pair[1] for at, pair in enumerate(pairs) if pair[0] == start and (0, at) not in verdict.rejected}
