"""The stories planted in the small world, found by the questions they are there for, and told in docs/world.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import networkx as nx
import pytest

from algorithms.introductions import introductions
from seed.world.generate import you
from tests.seed.world.rows import UNTIL, Rows, read, small
from tests.seed.world.test_shape import baskets, lift, parents, ties, tops


def won(rows: Rows) -> Counter[str]:
    """What each account itself has won, in minor units of the base currency."""
    found: Counter[str] = Counter()
    for line in rows.lines["FOR_ACCOUNT"]:
        row = rows.nodes[line.start_label][line.start]
        if line.start_label == "Opportunity" and row["state"] == "WON":
            found[line.end] += row["actualValueBase"]
    return found


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_group_that_won_most_has_a_root_that_won_little(number: int) -> None:
    rows = small() if number == 1 else read(number=number)
    own, group = won(rows), Counter[str]()
    for uid, (root, _) in tops(rows).items():
        group[root] += own[uid]
    root, loud = rows.fact("rollup", "the group's root").uid, rows.fact("rollup", "the account with").uid
    assert group.most_common(1)[0][0] == root
    assert group[root] > 1.2 * group.most_common(2)[1][1]
    assert own.most_common(1)[0][0] == loud
    assert 0 < own[root] < group[root] / 100
    assert sum(value > own[root] for value in own.values()) > 60


def test_the_org_chart_has_five_levels_dotted_lines_and_a_line_to_the_group() -> None:
    rows = small()
    account = rows.fact("org chart", "the account").uid
    here = {line.start for lines in rows.out("WORKS_AT").values() for line in lines if line.end == account}
    above = {start: lines[0].end for start, lines in rows.out("REPORTS_TO", kind="SOLID").items()}
    assert len(here) > 20
    head, boss = rows.fact("org chart", "its head").uid, rows.fact("org chart", "to whom the head").uid
    assert above[head] == boss
    assert boss not in here
    assert tops(rows)[account][0] in {line.end for line in rows.out("WORKS_AT")[boss]}

    def level(uid: str) -> int:
        return 0 if uid == head or uid not in above else 1 + level(above[uid])

    assert max(level(uid) for uid in here) == 4
    dotted = [line for line in rows.lines["REPORTS_TO"] if line.values["kind"] == "DOTTED" and line.start in here]
    assert {line.end in here for line in dotted} == {True, False}


def test_somebody_left_and_is_reported_to_and_somebody_has_no_manager() -> None:
    rows = small()
    account = rows.fact("org chart", "the account").uid
    gone, alone = rows.fact("org chart", "left").uid, rows.fact("org chart", "without").uid
    job = next(line for line in rows.lines["WORKS_AT"] if line.start == gone)
    assert job.end == account
    assert not job.holds(UNTIL)
    solid = rows.out("REPORTS_TO", kind="SOLID")
    assert sum(lines[0].end == gone for lines in solid.values()) == 2
    assert alone not in solid
    assert any(lines[0].end == alone for lines in solid.values())


@pytest.mark.parametrize("days", [0, 1, 2, 3, 4, 5, 6])
def test_the_longest_introduction_is_the_best(days: int) -> None:
    rows = small() if days == 0 else read(until=UNTIL + timedelta(days=days))
    found = ties(rows, UNTIL + timedelta(days=days))
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([(start, end, score) for start, end, score, _ in found if score > 0], "strength")
    target = rows.fact("introduction", "whom").uid
    best, *rest = introductions(graph, you(), [target], first=10)
    planted = [rows.fact("introduction", part).uid for part in ("you", "the colleague", "the insider", "whom")]
    assert list(best.people) == planted
    assert best.strength > 50
    shorter = [way.strength for way in rest if len(way.hops) < 3]
    assert {len(way.hops) for way in rest} >= {2}
    assert best.strength > 1.4 * max(shorter)
    assert graph[you()][target]["strength"] < 15


def test_the_cross_sell_account_lacks_what_the_rules_suggest_and_its_sibling_has() -> None:
    rows = small()
    account, sibling = rows.fact("cross-sell", "buys").uid, rows.fact("cross-sell", "a sibling").uid
    ordered: dict[str, set[str]] = defaultdict(set)
    accounts = {line.start: line.end for line in rows.lines["FOR_ACCOUNT"]}
    for line in rows.lines["HAS_LINE"]:
        if line.start_label == "SalesOrder":
            ordered[accounts[line.start]].add(rows.nodes["Product"][line.end]["productNumber"])
    for has, lacks in (("SAF-30", "SIO-08"), ("CAM-05", "LGT-10"), ("SCD-05", "HIS-01")):
        assert has in ordered[account]
        assert lacks not in ordered[account]
        assert {has, lacks} <= ordered[sibling]
        assert lift(baskets(rows), has, lacks)[1] > 2
    assert tops(rows)[account][0] == tops(rows)[sibling][0]
    assert parents(rows)[account]


def test_the_page_about_the_world_tells_the_stories_by_name(project: Path) -> None:
    page = (project / "docs" / "world.md").read_text(encoding="utf-8")
    for fact in small().facts:
        assert fact.name in page, fact
        assert fact.uid in page, fact
