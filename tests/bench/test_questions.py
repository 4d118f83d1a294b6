"""The data of the questions has the shape that its description states."""

from __future__ import annotations

from collections import Counter

from bench.load import Sample
from bench.measure import Rounds
from bench.questions import report
from bench.questions.questions import QUESTIONS
from bench.questions.report import KITH, SERVERS
from bench.questions.world import QuestionWorld

SMALL = QuestionWorld(0.05)


def test_the_counts_are_those_of_the_rows() -> None:
    nodes = Counter(label for label, _ in SMALL.nodes())
    assert nodes["Account"] == SMALL.accounts == len(SMALL.parents)
    assert sum(nodes.values()) == SMALL.records
    uids = [row["uid"] for _, row in SMALL.nodes()]
    assert len(set(uids)) == len(uids)
    edges = list(SMALL.edges())
    assert {end for _, *ends, _ in edges for end in ends} <= set(uids)
    ties = [(start, end) for kind, start, end, _ in edges if kind == "KNOWS"]
    assert len(set(ties)) == len(ties) == SMALL.ties
    assert QuestionWorld().records == 1_000_000


def test_the_tree_hangs_below_the_first_account() -> None:
    parents = SMALL.parents
    assert all(parent < child for child, parent in enumerate(parents))
    assert [parents[child] >= 0 for child in range(SMALL.accounts)] == [
        0 < child < SMALL.tree for child in range(SMALL.accounts)
    ]


def test_every_question_has_requests() -> None:
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)
    assert all(list(question.variables(SMALL)) for question in QUESTIONS)
    (expected,) = [one.expected for one in QUESTIONS if one.expected is not None]
    found = expected(SMALL)["account"]["rollup"]
    inside = [n for n in range(SMALL.deals) if SMALL.deal_account(n) < SMALL.tree]
    assert found["accounts"] == SMALL.tree
    assert 0 < found["openOpportunities"] + found["wonOpportunities"] < len(inside)


def test_logged_calls_change_the_answer_to_no_other_question() -> None:
    (log,) = [one for one in QUESTIONS if one.write is not None]
    assert log.write is not None
    tied = {end for start, end in SMALL.tie_ends()} | {start for start, _ in SMALL.tie_ends()}
    for variables in log.variables(SMALL):
        pair = log.write.variables(variables)
        assert pair["to"] not in tied
        assert SMALL.employer(int(pair["to"].removeprefix("contact"))) > 20 + SMALL.regions * 16


def test_the_report_says_which_goals_are_reached() -> None:
    fast, slow = (Rounds([Sample(count, 1.0, (0.001,) * count, 0.0)] * 2, [], [0.001]) for count in (100, 50))
    for rounds in (fast, slow):
        rounds.single.extend(rounds.many)
    results = {(one.key, name): fast if name == KITH else slow for one in QUESTIONS for name in SERVERS}
    verdict = report.verdict(results)
    assert "reached point, key changing: 2.00 x PostGraphile (goal 1)" in verdict
    assert "MISSED  org chart: 2.00 x PostGraphile (goal 5)" in verdict
    assert verdict[-1] == f"{len(QUESTIONS) + 6} of {2 * len(QUESTIONS) - 1} goals are reached."
    assert "| 2.00 (2.00 - 2.00) |" in report.rates_table(results)
    assert report.latency_table(results).count("postgraphile") == len(QUESTIONS)


def test_the_report_needs_no_postgresql() -> None:
    rounds = Rounds([Sample(10, 1.0, (0.001,) * 10, 0.0)], [Sample(10, 1.0, (0.001,) * 10, 0.0)], [0.001])
    results = {(one.key, KITH): rounds for one in QUESTIONS}
    assert report.verdict(results)[-1] == f"{len(QUESTIONS)} of {len(QUESTIONS)} goals are reached."
    assert report.rates_table(results).count("\n") == len(QUESTIONS) + 1
