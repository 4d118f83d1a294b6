"""Org charts, against a naive drawing of them."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.orgchart import Line, OrgChart, OrgWarningKind, Person, Seat, org_chart

UIDS = ["a", "b", "c", "d", "e", "f", "g"]

lines_between = st.lists(
    st.builds(
        Line,
        st.sampled_from([*UIDS, "hidden"]),
        st.sampled_from([*UIDS, "hidden"]),
        st.sampled_from([None, "SOLID", "SOLID", "DOTTED", "ASSISTANT"]),
        st.sampled_from([None, "CONFIRMED", "ASSUMED", "INFERRED"]),
    ),
    max_size=14,
)


def drawn(people: str, *lines: str | Line) -> OrgChart:
    """`b>a` is a solid line from b to a."""
    parsed = [Line(*line.split(">")) if isinstance(line, str) else line for line in lines]
    return org_chart([Person(uid) for uid in people], parsed)


def seats(chart: OrgChart) -> dict[str, Seat]:
    return {str(seat.contact_id): seat for seat in chart.seats}


def kinds(chart: OrgChart) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind.name, one.contact_ids) for one in chart.warnings]


def naive_managers(people: list[str], lines: list[Line]) -> dict[str, str]:
    """Who is taken as whose manager before cycles are cut, by the definition."""
    sure = {"CONFIRMED": 2, None: 2, "ASSUMED": 1, "INFERRED": 0}
    managers = {}
    for uid in people:
        mine = [one for one in lines if one.uid == uid and one.manager in people and one.manager != uid]
        solid = [one for one in mine if one.kind in {None, "SOLID"}] or [one for one in mine if one.kind == "ASSISTANT"]
        if solid:
            managers[uid] = min(solid, key=lambda one: (-sure[one.confidence], one.manager)).manager
    return managers


def naive_cycles(managers: dict[str, str]) -> set[frozenset[str]]:
    cycles = set()
    for uid in managers:
        walk = [uid]
        while walk[-1] in managers and walk.count(walk[-1]) < 2:
            walk.append(managers[walk[-1]])
        if walk[-1] == uid and len(walk) > 1:
            cycles.add(frozenset(walk))
    return cycles


@given(st.sets(st.sampled_from(UIDS)), lines_between)
def test_a_chart_is_what_a_naive_drawing_gives(people: set[str], lines: list[Line]) -> None:
    chart = org_chart([Person(uid) for uid in sorted(people, reverse=True)], lines)
    found = seats(chart)
    before = naive_managers(sorted(people), lines)
    after = {uid: seat.manager_id for uid, seat in found.items() if seat.manager_id is not None}
    cycles = naive_cycles(before)

    assert set(found) == people
    assert chart.people == len(chart.seats) == len(people)
    assert after.items() <= before.items()
    assert naive_cycles(after) == set()
    assert {frozenset(one.contact_ids) for one in chart.warnings if one.kind is OrgWarningKind.CYCLE} == cycles
    for cycle in cycles:
        assert len(cycle - after.keys()) == 1, "exactly one line of a cycle is not followed"
    assert set(before) - set(after) == {
        one.contact_ids[0] for one in chart.warnings if one.kind is OrgWarningKind.CYCLE
    }

    def above(uid: str) -> list[str]:
        return [after[uid], *above(after[uid])] if uid in after else []

    for uid, seat in found.items():
        assert seat.level == len(above(uid))
        assert seat.span == sum(manager == uid for manager in after.values())
        assert seat.descendants == sum(uid in above(other) for other in people)
        assert not {uid, seat.manager_id} & set(seat.dotted_manager_ids)
        assert set(seat.dotted_manager_ids) == {
            one.manager for one in lines if one.uid == uid and one.manager in people - {uid, before.get(uid)}
        }
    assert chart.depth == max((seat.level for seat in chart.seats), default=0)
    assert set(chart.roots) == people - after.keys()
    assert "hidden" not in repr(chart)


@given(st.sets(st.sampled_from(UIDS)), lines_between, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(people: set[str], lines: list[Line], chance: Any) -> None:
    chart = org_chart([Person(uid) for uid in sorted(people)], lines)
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert org_chart([Person(uid) for uid in sorted(people, reverse=True)], shuffled) == chart


def test_seats_come_top_down_with_the_largest_tree_first() -> None:
    chart = drawn("abcdefg", "b>a", "d>c", "e>d", "f>d")
    assert chart.roots == ("c", "a", "g")
    assert [seat.contact_id for seat in chart.seats] == ["c", "d", "e", "f", "a", "b", "g"]


def test_a_dotted_line_is_kept_and_makes_no_level() -> None:
    chart = drawn("abc", "b>a", Line("b", "c", "DOTTED"))
    assert (seats(chart)["b"].manager_id, seats(chart)["b"].dotted_manager_ids) == ("a", ("c",))
    assert seats(chart)["c"].span == 0


def test_a_dotted_line_beside_the_solid_one_to_the_same_manager_says_nothing_new() -> None:
    assert seats(drawn("ab", "b>a", Line("b", "a", "DOTTED")))["b"].dotted_manager_ids == ()


def test_of_two_solid_managers_the_surer_is_taken_and_the_other_is_dotted() -> None:
    chart = drawn("abc", Line("c", "a", None, "INFERRED"), Line("c", "b", None, "ASSUMED"))
    seat = seats(chart)["c"]
    assert (seat.manager_id, seat.dotted_manager_ids, seat.confidence) == ("b", ("a",), "ASSUMED")
    assert kinds(chart)[0] == ("MULTIPLE_MANAGERS", ("c", "b", "a"))


def test_of_two_equally_sure_managers_the_lower_uid_is_taken() -> None:
    assert seats(drawn("abc", "c>b", "c>a"))["c"].manager_id == "a"


def test_an_assistant_sits_below_the_person_assisted_unless_somebody_else_is_the_manager() -> None:
    assert seats(drawn("ab", Line("b", "a", "ASSISTANT")))["b"].manager_id == "a"
    elsewhere = seats(drawn("abc", Line("c", "a", "ASSISTANT"), "c>b"))["c"]
    assert (elsewhere.manager_id, elsewhere.dotted_manager_ids) == ("b", ("a",))


def test_a_cycle_is_reported_with_everyone_on_it_and_cut_once() -> None:
    chart = drawn("abcd", "a>b", "b>c", "c>a", "d>b")
    assert kinds(chart) == [("CYCLE", ("a", "b", "c"))]
    assert chart.warnings[0].message == (
        "a, b and c report to each other in a cycle; the line from a to b is not followed."
    )
    assert chart.roots == ("a",)
    assert [(seat.contact_id, seat.manager_id) for seat in chart.seats] == [
        ("a", None),
        ("c", "a"),
        ("b", "c"),
        ("d", "b"),
    ]


def test_a_cycle_is_cut_at_the_line_believed_least() -> None:
    chart = drawn("abc", "a>b", Line("b", "c", None, "INFERRED"), "c>a")
    assert chart.roots == ("b",)
    assert seats(chart)["b"].confidence == "CONFIRMED"
    assert kinds(chart) == [("CYCLE", ("b", "c", "a"))]


def test_a_report_to_oneself_is_reported_and_not_followed() -> None:
    chart = drawn("ab", "a>a", "b>a")
    assert kinds(chart) == [("SELF_REPORT", ("a",))]
    assert chart.roots == ("a",)


def test_who_left_and_is_still_reported_to_is_named() -> None:
    left = [
        Person("a", "Ann", left_on=datetime(2026, 1, 31, tzinfo=UTC)),
        Person("b", "Bob"),
        Person("c", "Cy", left_on=datetime(2026, 2, 28, tzinfo=UTC)),
    ]
    chart = org_chart(left, [Line("b", "a"), Line("c", "a")])
    assert kinds(chart) == [("LEFT_BUT_REPORTED_TO", ("a", "b"))]
    assert chart.warnings[0].message == "Ann has left, but Bob still reports there."
    assert kinds(org_chart(left, [Line("c", "a")])) == [("NO_MANAGER", ("b",))]


def test_who_has_no_place_beside_a_tree_is_named() -> None:
    chart = drawn("abcd", "b>a")
    assert kinds(chart) == [("NO_MANAGER", ("c", "d"))]
    assert chart.warnings[0].message == "c and d have neither a manager nor reports."
    assert drawn("abcd").warnings == ()


def test_who_has_a_dotted_line_or_has_left_is_not_missing_a_manager() -> None:
    people = [Person("a"), Person("b"), Person("c"), Person("d", left_on=datetime(2020, 1, 1, tzinfo=UTC))]
    assert org_chart(people, [Line("b", "a"), Line("c", "a", "DOTTED")]).warnings == ()


def test_a_hidden_manager_leaves_no_trace() -> None:
    assert drawn("ab", "b>a", "a>hidden", "hidden>b") == drawn("ab", "b>a")


def test_a_sentence_names_five_people_at_most() -> None:
    assert drawn("abcdefgh", "b>a").warnings[0].message.startswith("c, d, e, f, g and 1 more have neither")


def test_nobody_makes_an_empty_chart() -> None:
    assert org_chart([], []) == OrgChart(0, 0, (), (), ())


def test_somebody_given_twice_sits_once() -> None:
    chart = org_chart([Person("a", job_title="first"), Person("a", job_title="second")], [])
    assert [seat.job_title for seat in chart.seats] == ["first"]


@pytest.mark.parametrize("wrong", [Line("a", "b", "solid"), Line("a", "b", None, "SURE")])
def test_a_line_of_an_unknown_kind_is_refused(wrong: Line) -> None:
    with pytest.raises(ValueError, match="not a kind of reporting line"):
        org_chart([], [wrong])


def test_a_chain_of_ten_thousand_is_no_deeper_than_the_stack() -> None:
    people = [Person(f"p{at:05}") for at in range(10_000)]
    lines = [Line(f"p{at + 1:05}", f"p{at:05}") for at in range(9_999)]
    started = time.process_time()
    chart = org_chart(people, lines)
    assert time.process_time() - started < 2.0
    assert (chart.depth, chart.seats[0].descendants) == (9_999, 9_999)
    assert org_chart(people, [*lines, Line("p00000", "p09999")]).warnings[0].kind is OrgWarningKind.CYCLE


def test_the_managers_of_krackhardt_sit_on_three_levels(shared_data: Path, expected: Callable[[str], Any]) -> None:
    answers = expected("krackhardt")["computed"]
    with (shared_data / "krackhardt_lazega" / "ht_reports.csv").open(encoding="utf-8") as file:
        lines = [Line(row["from"], row["to"]) for row in csv.DictReader(file)]
    chart = org_chart([Person(str(at)) for at in range(1, 22)], lines)
    assert chart.roots == (str(answers["ceo"]),)
    assert dict(Counter(str(seat.level + 1) for seat in chart.seats)) == answers["levels"]
    assert sorted(int(str(seat.contact_id)) for seat in chart.seats if seat.level == 1) == answers["vps"]
    for vice in answers["vps"]:
        below = sorted(int(str(seat.contact_id)) for seat in chart.seats if seat.manager_id == str(vice))
        assert below == answers[f"reports_to_{vice}"]
    assert chart.warnings == ()


def test_the_staff_of_northwind_report_to_fuller_and_buchanan(
    shared_data: Path, expected: Callable[[str], Any]
) -> None:
    with (shared_data / "northwind" / "csv" / "employees.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = [Person(row["employeeID"], f"{row['firstName']} {row['lastName']}", row["title"]) for row in rows]
    chart = org_chart(people, [Line(row["employeeID"], row["reportsTo"]) for row in rows if row["reportsTo"] != "NULL"])
    answers = expected("northwind")
    assert {person.uid: person.name for person in people}[chart.roots[0]] == answers["root"]
    assert chart.depth == answers["depth"]
    for manager, reports in answers["reports"].items():
        assert sorted(int(str(seat.contact_id)) for seat in chart.seats if seat.manager_id == manager) == reports


def test_a_root_with_reports_is_a_gap_unless_it_is_the_top() -> None:
    people = [Person(uid, uid.title()) for uid in ("ann", "bob", "cy", "dee", "eve", "fay")]
    people += [Person("out", "Out", here=False), Person("gone", "Gone", left_on=datetime(2026, 1, 1, tzinfo=UTC))]
    lines = [Line("bob", "ann"), Line("cy", "bob"), Line("eve", "dee"), Line("fay", "out", "DOTTED"), Line("x", "gone")]
    warnings = [(one.kind.name, one.contact_ids, one.message) for one in org_chart(people, lines).warnings]
    assert warnings == [("NO_MANAGER", ("dee",), "Dee has no manager, but 1 direct report.")]
    away = [Person("dee", "Dee", here=False) if one.uid == "dee" else one for one in people]
    assert org_chart(away, lines).warnings == ()


def test_seats_of_trees_have_coordinates() -> None:
    people = [Person(uid) for uid in ("a", "b", "c", "d", "e", "f")]
    lines = [Line("b", "a"), Line("c", "a"), Line("e", "d")]
    seats = {seat.contact_id: (seat.x, seat.y) for seat in org_chart(people, lines, layout=True).seats}
    assert seats == {"a": (0.5, 0), "b": (0, 1), "c": (1, 1), "d": (2, 0), "e": (2, 1), "f": (None, None)}
    assert all(seat.x is None is seat.y for seat in org_chart(people, lines).seats)
