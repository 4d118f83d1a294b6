"""The questions, as GraphQL documents with variables, and sums that the answers must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bench.load import request
from bench.questions.world import QuestionWorld

_FIGURES = "accounts openOpportunities openPipeline { amount } wonOpportunities won { amount }"
_ACCOUNT_PAGE = """query ($id: ID!) { account(id: $id) {
  id name
  rollup {
    accounts depth contacts openPipeline { amount } won { amount } winRate
    byChild { own accounts won { amount } account { id name } }
  }
  opportunities(first: 20) { nodes { id name state estimatedValue { amount currency } } }
  timeline(first: 20) { nodes { id subject startedAt } }
  contacts(first: 50) { nodes { id name jobTitle } }
} }"""
_INTRODUCTIONS = (
    "query ($from: ID!, $to: ID!) { introductions(from: $from, to: $to, first: 3, maxHops: 3) "
    "{ hops { from { id } to { id } } } }"
)
_CHART = (
    "query ($id: ID!) { account(id: $id) { orgChart { people depth "
    "seats { contactId managerId level span descendants jobTitle } } } }"
)
_DESCENDANTS = "query ($id: ID!) { account(id: $id) { descendants(first: 1000) { nodes { id } } } }"
_FILTER = (
    '{ accounts(first: 50, where: {contacts: {some: {jobTitle: {eq: "Chief Financial Officer"}}}, '
    "opportunities: {none: {state: {eq: LOST}}}}) { totalCount nodes { id name } } }"
)
_SEARCH = "query ($text: String!) { search(text: $text, first: 10) { node { id } score } }"

Variables = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its document and the variables of its requests, which are sent in turn."""

    key: str
    title: str
    document: str
    variables: Callable[[QuestionWorld], Variables]
    expected: Callable[[QuestionWorld], dict[str, Any]] | None = None
    """The data of the answer, where it can be computed from the world."""

    def requests(self, world: QuestionWorld) -> list[bytes]:
        """The HTTP requests."""
        return [
            request(orjson.dumps({"query": self.document, "variables": variables}))
            for variables in self.variables(world)
        ]


def _root(world: QuestionWorld) -> Variables:
    yield {"id": world.account(0)}


def _region(world: QuestionWorld) -> Variables:
    yield {"id": world.account(1)}


def _groups(world: QuestionWorld) -> list[str]:
    return [world.account(number) for number, parent in enumerate(world.parents) if 1 <= parent <= world.regions][:50]


def _each_group(world: QuestionWorld) -> Variables:
    for uid in _groups(world):
        yield {"id": uid}


def _all_groups(world: QuestionWorld) -> Variables:
    yield {"ids": _groups(world)}


def _pairs(world: QuestionWorld) -> Variables:
    for number in range(40):
        yield {"from": world.user(number % world.users), "to": world.contact((1_000 + 37 * number) % world.contacts)}


def _employer(world: QuestionWorld) -> Variables:
    yield {"id": world.account(world.employer_start)}


def _texts(world: QuestionWorld) -> Variables:
    for number in range(100):
        yield {"text": f"family{number * 131 % world.contacts // 10:05d}"}


def _nothing(_: QuestionWorld) -> Variables:
    yield {}


def _rollup_of_root(world: QuestionWorld) -> dict[str, Any]:
    """The rollup of the root, added up one record after the other."""
    inside = world.tree
    opened = [0, 0]
    won = [0, 0]
    for number, deal in enumerate(world.deal_rows()):
        if world.deal_account(number) < inside:
            if deal["state"] == "OPEN":
                opened[0], opened[1] = opened[0] + 1, opened[1] + deal["estimatedValueBase"]
            elif deal["state"] == "WON":
                won[0], won[1] = won[0] + 1, won[1] + deal["actualValueBase"]
    rollup = {
        "accounts": inside,
        "openOpportunities": opened[0],
        "openPipeline": {"amount": opened[1] / 100},
        "wonOpportunities": won[0],
        "won": {"amount": won[1] / 100},
    }
    return {"account": {"rollup": rollup}}


QUESTIONS = (
    Question(
        "rollup",
        "rollup of the root",
        f"query ($id: ID!) {{ account(id: $id) {{ rollup {{ {_FIGURES} }} }} }}",
        _root,
        _rollup_of_root,
    ),
    Question(
        "rollups",
        "rollups of 50 groups",
        "query ($ids: [ID!]) { accounts(first: 50, where: {id: {in: $ids}}) "
        f"{{ nodes {{ id name rollup {{ {_FIGURES} }} }} }} }}",
        _all_groups,
    ),
    Question("region", "1,000 accounts below a region", _DESCENDANTS, _region),
    Question("below", "1,000 accounts below the root", _DESCENDANTS, _root),
    Question("introductions", "3 introductions, 3 hops", _INTRODUCTIONS, _pairs),
    Question("chart", "org chart", _CHART, _employer),
    Question("account", "account page", _ACCOUNT_PAGE, _each_group),
    Question("filter", "filter with a total", _FILTER, _nothing),
    Question("search", "search while typing", _SEARCH, _texts),
)
