"""The questions with the variables of their requests, and sums that the answers must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.questions import documents
from bench.questions.documents import Texts
from bench.questions.world import QuestionWorld

Variables = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Write:
    """A read that returns the effect of a write."""

    texts: Texts
    variables: Callable[[dict[str, Any]], dict[str, Any]]
    """The variables of the read, from those of the write."""

    tolerance: float
    """The relative difference of two numbers that counts as none, because ties weaken with every second."""


def _same(data: Any) -> Any:
    return data


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its texts, and the variables of its requests, which are sent in turn."""

    key: str
    title: str
    texts: Texts
    variables: Callable[[QuestionWorld], Variables]
    goal: float | None = None
    """The least ratio of Kith's rate to that of PostGraphile."""

    columns: bool = False
    """Whether Kith answers it from columns in memory."""

    ordered: bool = True
    """Whether the order of lists is a part of the answer."""

    shape: Callable[[Any], Any] = _same
    """Brings the data of Kith into the shape of PostgreSQL's."""

    expected: Callable[[QuestionWorld], dict[str, Any]] | None = None
    """The data of the answer, where it can be computed from the world."""

    write: Write | None = None


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


def _keys(world: QuestionWorld) -> Variables:
    for number in range(200):
        yield {"id": world.account(number * 7_919 % world.accounts)}


def _calls(world: QuestionWorld) -> Variables:
    """Calls with people without ties, so that they change the answer to no other question."""
    for number in range(100):
        user, contact = world.user(number % world.users), world.contact((world.reach + number) % world.contacts)
        took_part = [{"party": user, "role": "FROM"}, {"party": contact, "role": "TO"}]
        yield {"input": {"kind": "PHONE_CALL", "subject": f"About offer {number}", "participants": took_part}}


def _pair_of_call(variables: dict[str, Any]) -> dict[str, Any]:
    one, other = variables["input"]["participants"]
    return {"from": one["party"], "to": other["party"]}


def _people_of_paths(data: Any) -> Any:
    """The people along each path, which PostgreSQL returns instead of the hops."""
    paths = ([hop["from"] for hop in path["hops"]] + [path["hops"][-1]["to"]] for path in data["introductions"])
    return {"introductions": [{"people": [one["id"] for one in people]} for people in paths]}


def _hits(data: Any) -> Any:
    return {"search": [hit["node"] for hit in data["search"]]}


def _parts_of_page(data: Any) -> Any:
    """The account page as PostgreSQL returns it: the figures of the tree apart from those of the deals."""
    account = data["account"]
    figures = dict(account["rollup"])
    children = [{**child.pop("account"), **child} for child in figures.pop("byChild")]
    shape = {name: figures.pop(name) for name in ("depth", "contacts")}
    deals = [
        {**deal, "amount": deal["estimatedValue"]["amount"], "currency": deal["estimatedValue"]["currency"]}
        for deal in account["opportunities"]["nodes"]
    ]
    for deal in deals:
        del deal["estimatedValue"]
    return {
        "account": {**account, "rollup": figures, "shape": shape, "rollupByChild": children, "opportunities": deals}
    }


QUESTIONS = (
    Question("point", "point, key changing", documents.POINT, _keys, goal=1.0),
    Question("nested", "nested 20 x contacts x 2", documents.NESTED, _nothing, goal=1.0),
    Question("page", "page of 1,000 x 10", documents.PAGE, _nothing, goal=1.0),
    Question("filter", "filter with a total", documents.FILTER, _nothing, goal=1.0),
    Question("search", "search while typing", documents.SEARCH, _texts, goal=1.0, shape=_hits),
    Question(
        "rollup", "rollup of the root", documents.ROLLUP, _root, goal=5.0, columns=True, expected=_rollup_of_root
    ),
    Question("rollups", "rollups of 50 groups", documents.ROLLUPS, _all_groups, goal=5.0, columns=True),
    Question("region", "1,000 accounts below a region", documents.DESCENDANTS, _region, goal=5.0, columns=True),
    Question("below", "1,000 accounts below the root", documents.DESCENDANTS, _root, goal=5.0, columns=True),
    Question(
        "introductions", "3 introductions, 3 hops", documents.INTRODUCTIONS, _pairs, goal=5.0, shape=_people_of_paths
    ),
    Question("chart", "org chart", documents.CHART, _employer, goal=5.0, columns=True, ordered=False),
    Question(
        "account", "account page", documents.ACCOUNT, _each_group, columns=True, ordered=False, shape=_parts_of_page
    ),
    Question(
        "log", "log a call of two people", documents.LOG, _calls, goal=1.0,
        write=Write(documents.LOGGED, _pair_of_call, 1e-5),
    ),
)  # fmt: skip
