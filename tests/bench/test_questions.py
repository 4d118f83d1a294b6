"""The data of the questions has the shape that its description states."""

from __future__ import annotations

from collections import Counter

from bench.questions.questions import QUESTIONS
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
    assert all(question.requests(SMALL) for question in QUESTIONS)
    (expected,) = [one.expected for one in QUESTIONS if one.expected is not None]
    found = expected(SMALL)["account"]["rollup"]
    inside = [n for n in range(SMALL.deals) if SMALL.deal_account(n) < SMALL.tree]
    assert found["accounts"] == SMALL.tree
    assert 0 < found["openOpportunities"] + found["wonOpportunities"] < len(inside)
