"""Rows are checked against the invariants of their type, against each other, and against the stored relationships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from graph.bulk.invariants import EdgeGroups, EdgeRow, Ending, Invariants, StoredEdge, invariants, with_beginning
from seed.load.invariants import Candidate, Verdict, judge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(days=365), NOW + timedelta(days=365)
PARENTS = invariants("CHILD_OF", "Account", "Account")
FAMILIES = invariants("CHILD_OF", "Product", "Product")
LINES = invariants("REPORTS_TO", "User", "User")
MANAGERS = invariants("MANAGES", "User", "Account")


def rows(
    *pairs: str, begins: datetime | None = None, ends: datetime | None = None, hierarchy: str = "CRM"
) -> list[Candidate]:
    values = {"hierarchy": hierarchy, "validFrom": begins, "validTo": ends}
    return [Candidate((0, at), EdgeRow(pair[0], pair[1], values)) for at, pair in enumerate(pairs)]


def numbered(*candidates: Candidate) -> list[Candidate]:
    return [replace(one, at=(0, at)) for at, one in enumerate(candidates)]


def stored(
    pair: str, source: str | None = "s", begins: datetime | None = None, ends: datetime | None = None
) -> StoredEdge:
    return StoredEdge(f"{pair} {begins}", pair[0], pair[1], None, source, begins, ends, {"hierarchy": "CRM"})


def check(candidates: list[Candidate], *edges: StoredEdge, rules: Invariants = PARENTS) -> Verdict:
    return judge(candidates, edges, rules, "s", NOW)


def endings(
    candidates: list[Candidate], *edges: StoredEdge, rules: Invariants = PARENTS, verdict: Verdict | None = None
) -> list[Ending]:
    """The stored relationships that end when the accepted rows are written, as the batched write decides it."""
    accepted = (verdict or check(candidates, *edges, rules=rules)).accepted
    groups = EdgeGroups(rules, "s", NOW)
    groups.add_stored(edges)
    periods, reasons = groups.add_rows({one.at: one.row for one in candidates if one.at in accepted})
    assert not reasons
    return [ending for period in periods.values() for ending in groups.endings(period)]


def rejected(verdict: Verdict) -> list[int]:
    return sorted(position for _, position in verdict.rejected)


def beginnings(verdict: Verdict) -> dict[int, datetime]:
    return {position: begins for (_, position), begins in verdict.accepted.items() if begins is not None}


def test_only_the_row_that_closes_a_cycle_is_rejected() -> None:
    assert rejected(check(rows("ba", "cb", "ac", "dc"))) == [2]


def test_a_cycle_through_stored_relationships_is_rejected() -> None:
    verdict = check(rows("ac"), stored("ba"), stored("cb", source=None))
    assert verdict.rejected == {(0, 0): "it would close a cycle with the stored c → b, the stored b → a"}


def test_a_record_cannot_be_its_own_parent() -> None:
    assert check(rows("aa", "ab")).rejected == {(0, 0): "a record cannot have CHILD_OF to itself"}


def test_each_hierarchy_is_checked_on_its_own() -> None:
    assert not check(numbered(*rows("ba"), *rows("ab", hierarchy="LEGAL"))).rejected


def test_reporting_lines_form_no_cycle_where_they_are_solid() -> None:
    def line(pair: str, kind: str | None) -> Candidate:
        return Candidate((0, 0), EdgeRow(pair[0], pair[1], {} if kind is None else {"kind": kind}))

    solid = numbered(line("ab", "SOLID"), line("bc", None), line("ca", "SOLID"))
    assert rejected(check(solid, rules=LINES)) == [2]
    dotted = numbered(line("ab", "SOLID"), line("bc", None), line("ca", "DOTTED"))
    assert rejected(check(dotted, rules=LINES)) == []


def test_a_second_parent_in_the_same_load_is_rejected_and_the_first_is_named() -> None:
    first, second = rows("ba", "bc")
    first = replace(first, row=replace(first.row, origin="line 2 of a.csv"))
    limit = "at most one CHILD_OF at a time is allowed per Account and hierarchy"
    reason = f"line 2 of a.csv sets another one for the same period; {limit}"
    assert check([first, second]).rejected == {(0, 1): reason}


def test_parents_in_succession_are_kept() -> None:
    former, latter = rows("ba", ends=NOW)[0], rows("bc", begins=NOW)[0]
    assert not check(numbered(former, latter)).rejected
    assert rejected(check(numbered(former, rows("bc", begins=PAST)[0]))) == [1]


def test_a_parent_from_this_source_gives_way_to_its_new_one() -> None:
    verdict = check(rows("bc"), stored("ba"))
    assert (verdict.rejected, endings(rows("bc"), stored("ba")), beginnings(verdict)) == (
        {},
        [Ending(stored("ba"), NOW)],
        {0: NOW},
    )


def test_a_parent_that_gives_way_ends_when_the_new_one_begins() -> None:
    verdict = check(rows("bc", begins=FUTURE), stored("ba", begins=PAST))
    assert (endings(rows("bc", begins=FUTURE), stored("ba", begins=PAST)), beginnings(verdict)) == (
        [Ending(stored("ba", begins=PAST), FUTURE)],
        {},
    )


def test_a_parent_that_would_begin_after_its_replacement_is_deleted() -> None:
    assert endings(rows("bc", begins=PAST), stored("ba", begins=NOW)) == [Ending(stored("ba", begins=NOW), None)]


def test_a_parent_that_a_user_set_stays_and_the_row_is_rejected() -> None:
    verdict = check(rows("bc"), stored("ba", source=None, begins=PAST))
    limit = "at most one CHILD_OF at a time is allowed per Account and hierarchy"
    assert verdict.rejected == {(0, 0): f"the graph has a record (a) from 2025-01-01, set by a user; {limit}"}
    assert not endings(rows("bc"), stored("ba", source=None, begins=PAST))


def test_a_row_without_a_beginning_begins_after_what_has_ended() -> None:
    verdict = check(rows("bc"), stored("ba", source=None, ends=PAST), stored("bd", begins=PAST, ends=NOW))
    assert (
        verdict.rejected,
        endings(rows("bc"), stored("ba", source=None, ends=PAST), stored("bd", begins=PAST, ends=NOW)),
        beginnings(verdict),
    ) == ({}, [], {0: NOW})


def test_a_row_without_a_beginning_that_ends_before_there_is_room_is_rejected() -> None:
    verdict = check(rows("bc", ends=PAST), stored("ba", ends=NOW))
    assert verdict.rejected == {(0, 0): "its period would begin on 2026-01-01, after its end"}


def test_a_parent_that_a_user_changed_is_not_changed_back() -> None:
    verdict = check(rows("ba"), stored("ba", ends=PAST), stored("bc", source=None, begins=PAST))
    assert (
        verdict.rejected,
        endings(rows("ba"), stored("ba", ends=PAST), stored("bc", source=None, begins=PAST)),
        beginnings(verdict),
    ) == ({}, [], {})


def test_a_stored_relationship_does_not_conflict_with_its_own_row() -> None:
    verdict = check(rows("ba", "cb"), stored("ba"), stored("cb"))
    assert (verdict.rejected, endings(rows("ba", "cb"), stored("ba"), stored("cb")), beginnings(verdict)) == (
        {},
        [],
        {},
    )


def test_what_a_rejected_row_would_have_replaced_stays() -> None:
    verdict = check(rows("ab"), stored("ac"), stored("ba", source=None))
    assert (rejected(verdict), endings(rows("ab"), stored("ac"), stored("ba", source=None))) == ([0], [])


def test_an_undated_parent_is_deleted_when_it_is_replaced() -> None:
    verdict = check(rows("bc"), stored("ba"), rules=FAMILIES)
    assert (endings(rows("bc"), stored("ba"), rules=FAMILIES), beginnings(verdict)) == (
        [Ending(stored("ba"), None)],
        {},
    )


def test_what_is_left_of_a_replaced_relationship_still_takes_its_time() -> None:
    verdict = check(numbered(*rows("bc"), *rows("bd", begins=PAST - timedelta(days=9), ends=PAST)), stored("ba"))
    assert rejected(verdict) == [1]


def test_a_chain_of_a_thousand_closes_no_cycle_until_its_ends_meet() -> None:
    names = [f"n{number}" for number in range(1_001)]
    links = [EdgeRow(lower, upper, {"kind": "SOLID"}) for lower, upper in pairwise(names)]
    links.append(EdgeRow(names[-1], names[0], {"kind": "SOLID"}))
    verdict = check([Candidate((0, at), link) for at, link in enumerate(links)], rules=LINES)
    assert rejected(verdict) == [1_000]
    assert "and 997 more" in verdict.rejected[0, 1_000]


def test_no_rows_are_no_conflict() -> None:
    assert check([]) == Verdict()


# ---------- against brute force --------------------------------------------------------------------------------------

DAYS = [NOW + timedelta(days=number) for number in range(5)]
RULES = st.sampled_from([PARENTS, LINES, MANAGERS, invariants("WORKS_AT", "Contact", "Account")])
KINDS = st.sampled_from(
    [
        {},
        {"kind": "DOTTED", "isPrimary": True, "hierarchy": "CRM"},
        {"kind": "SOLID", "isPrimary": True, "hierarchy": "CRM"},
        {"kind": "SOLID", "isPrimary": False, "hierarchy": "LEGAL"},
    ]
)
PERIODS = st.lists(st.integers(0, 4), min_size=2, max_size=2, unique=True).map(sorted)
NODES = st.sampled_from("abcde")
_NUMBERS = count()


@st.composite
def dated_rows(draw: st.DrawFn, *, open_ends: bool = False) -> EdgeRow:
    first, last = draw(PERIODS)
    values = {**draw(KINDS), "source": "s"}
    for name, day in (("validFrom", first), ("validTo", last)):
        if not open_ends or draw(st.booleans()):
            values[name] = DAYS[day]
        elif draw(st.booleans()):
            values[name] = None
    return EdgeRow(draw(NODES), draw(NODES), values)


def distinct(edges: Iterable[EdgeRow], rules: Invariants) -> list[EdgeRow]:
    """One row for each identity: the load keeps the last of several."""
    return list(
        {(row.start, row.end, *(row.values.get(name) for name in rules.identity)): row for row in edges}.values()
    )


def violations(edges: Iterable[EdgeRow], rules: Invariants) -> bool:
    """Whether some edges break a rule at some moment, found by looking at every moment."""
    listed = [replace(edge, values={**rules.defaults, **edge.values}) for edge in edges]
    for day in [DAYS[0] - timedelta(days=1), *DAYS]:
        now = [edge for edge in listed if _holds(edge, day)]
        groups = [group for edge in now for group in rules.groups(edge.start, edge.end, edge.values)]
        if len(groups) != len(set(groups)):
            return True
        for group in {rules.cycle_group(edge.values) for edge in now} - {None}:
            if _cyclic({(edge.start, edge.end) for edge in now if rules.cycle_group(edge.values) == group}):
                return True
    return False


def _holds(edge: EdgeRow, day: datetime) -> bool:
    begins, ends = edge.values.get("validFrom"), edge.values.get("validTo")
    return (begins is None or begins <= day) and (ends is None or day < ends)


def _cyclic(pairs: set[tuple[str, str]]) -> bool:
    """Whether a graph has a cycle, by removing what has nothing above it until nothing changes."""
    while pairs:
        starts = {start for start, _ in pairs}
        rest = {(start, end) for start, end in pairs if end in starts}
        if rest == pairs:
            return True
        pairs = rest
    return False


@given(RULES, st.lists(dated_rows(), max_size=12))
def test_rows_are_accepted_exactly_as_brute_force_accepts_them(rules: Invariants, listed: list[EdgeRow]) -> None:
    edges = distinct(listed, rules)
    acyclic = replace(rules, acyclic=None)
    room: list[int] = []
    for at, row in enumerate(edges):
        to_itself = row.start == row.end and rules.cycle_group({**rules.defaults, **row.values}) is not None
        if not to_itself and not violations([*(edges[other] for other in room), row], acyclic):
            room.append(at)
    accepted: list[int] = []
    for at in room:
        if not violations([*(edges[other] for other in accepted), edges[at]], rules):
            accepted.append(at)
    verdict = check([Candidate((0, at), row) for at, row in enumerate(edges)], rules=rules)
    assert sorted(at for _, at in verdict.accepted) == accepted


def written(
    rules: Invariants, edges: list[StoredEdge], candidates: list[Candidate], verdict: Verdict
) -> list[StoredEdge]:
    """The stored relationships after a load, as `merge_edges` and `end_edges` write them."""
    ends = {ending.edge.id: ending.at for ending in endings(candidates, *edges, rules=rules, verdict=verdict)}
    graph = {
        edge.id: replace(edge, ends=ends.get(edge.id, edge.ends))
        for edge in edges
        if ends.get(edge.id, NOW) is not None
    }
    for one in candidates:
        if one.at not in verdict.accepted:
            continue
        row = with_beginning(one.row, rules, verdict.accepted[one.at])
        values = dict(row.values)
        begins = values.get("validFrom")
        same = [
            edge
            for edge in graph.values()
            if (edge.start, edge.end) == (row.start, row.end)
            and all(edge.values.get(name) == values.get(name) for name in rules.identity)
            and (edge.ends is None or begins is None or edge.begins == begins)
        ]
        same.sort(key=lambda edge: (edge.ends is None, edge.begins or DAYS[0] - timedelta(days=9)))
        known = same[-1] if same else StoredEdge(f"{next(_NUMBERS)}", row.start, row.end, values=rules.defaults)
        facts = {name: value for name, value in values.items() if name in ("kind", "isPrimary", "hierarchy")}
        graph[known.id] = replace(
            known,
            source="s",
            begins=values.get("validFrom", known.begins),
            ends=values.get("validTo", known.ends),
            values={**known.values, **facts},
        )
    return list(graph.values())


def as_rows(edges: Iterable[StoredEdge]) -> list[EdgeRow]:
    return [
        EdgeRow(edge.start, edge.end, {**edge.values, "validFrom": edge.begins, "validTo": edge.ends})
        for edge in edges
        if edge.begins is None or edge.ends is None or edge.begins < edge.ends
    ]


@given(RULES, st.lists(dated_rows(open_ends=True), max_size=8), st.lists(dated_rows(open_ends=True), max_size=8))
def test_after_any_two_loads_the_graph_obeys_its_invariants_and_a_third_changes_nothing(
    rules: Invariants, before: list[EdgeRow], after: list[EdgeRow]
) -> None:
    graph: list[StoredEdge] = []
    for listed in (before, after):
        candidates = [Candidate((0, at), row) for at, row in enumerate(distinct(listed, rules))]
        graph = written(rules, graph, candidates, judge(candidates, graph, rules, "s", NOW))
        assert not violations(as_rows(graph), rules)
    again = judge(candidates, graph, rules, "s", NOW)
    assert endings(candidates, *graph, rules=rules, verdict=again) == []
    assert written(rules, graph, candidates, again) == graph
