"""A scope hides records as if they were not there: every answer equals the one of a graph without them."""

from __future__ import annotations

from typing import Any

import pytest

from graph.access import Access, Principal
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Not as Unless
from graph.query.selection import Test as Compare
from graph.store import Bound, Store
from schema.execution import Executor, Options
from seed.world.generate import you
from tests.schema.test_golden import GOLDEN, read

HIDDEN = "Germany"
ACCESS = Access(
    AccessShape((("Account", Unless(Compare("country", "eq", AccessValue("country")))),)), {"country": HIDDEN}
)

INSIGHTS = {
    "org charts": """{ accounts(first: 30, orderBy: [{ name: ASC }]) { nodes { name orgChart { people depth roots
      seats { contactId managerId level span descendants jobTitle leftOn contact { name accounts { totalCount } } }
      warnings { kind message contactIds } } } } }""",
    "cross-sell": """{ accounts(first: 10, orderBy: [{ name: ASC }]) { nodes { name crossSell(first: 3) {
      product { name orders { totalCount } } score evidence { sampleSize rules { orders } } } } } }""",
    "nested filters": """{ contacts(first: 200, where: { accounts: { some: { name: { contains: "Frozen" } } } }) {
      totalCount nodes { name accounts { totalCount nodes { name } } } }
      none: contacts(where: { accounts: { none: { name: { contains: "Frozen" } } } }) { totalCount }
      all: contacts(where: { accounts: { all: { name: { contains: "Frozen" } } } }) { totalCount }
      with: opportunities(where: { account: { exists: true } }) { totalCount } }""",
    "tops": """{ accounts(first: 100, orderBy: [{ name: ASC }], where: { name: { startsWith: "Calinex" } }) {
      totalCount nodes { name parent { name } ultimateParent { name } descendants(first: 100) { totalCount
      edges { depth path } } rollup { accounts depth contacts won { amount } interactions byChild { own accounts } } } }
      }""",
}


@pytest.fixture(scope="module")
def scoped(store: Store) -> Executor:
    """A executor through which some accounts are not seen."""
    return Executor(store.reads, store.writes, Options(), policy=lambda _: ACCESS)


async def answers(executor: Executor, hidden: list[str]) -> dict[str, Any]:
    """Everything asked, under the names of the questions; scores of a full-text index are left out."""
    found: dict[str, Any] = {}
    questions = {path.stem: read(path) for path in GOLDEN if path.stem != "search"}
    questions |= {name: (query, {}) for name, query in INSIGHTS.items()}
    questions |= {f"node {uid}": ("query ($id: ID!) { node(id: $id) { id } }", {"id": uid}) for uid in hidden}
    questions["search"] = ('{ search(text: "calinex", first: 1000) { node { id } } }', {})
    for name, (query, variables) in questions.items():
        answer = await executor.execute(query, variables, None, principal=Principal(you()))
        assert "errors" not in answer.body, (name, answer.body["errors"])
        found[name] = answer.body["data"]
    found["search"] = sorted(one["node"]["id"] for one in found["search"]["search"])
    return found


async def test_nothing_of_a_hidden_account_leaks(
    world: None, scoped: Executor, executor: Executor, store: Store
) -> None:
    these = Bound("hidden", "MATCH (n:Account {country: $country}) RETURN collect(n.uid)", {"country": HIDDEN})
    hidden = await store.reads.ask(these)
    assert len(hidden) > 5
    everything = await answers(executor, hidden)
    within = await answers(scoped, hidden)
    assert within != everything
    gone = "MATCH (n:Account|Contents) WHERE n.country = $country OR n:Contents DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("remove", gone, {"country": HIDDEN}))
    without = await answers(executor, hidden)
    for name, answer in without.items():
        assert within[name] == answer, name


async def test_ways_to_somebody_never_pass_through_the_hidden(world: None, store: Store, executor: Executor) -> None:
    query = "query ($to: ID!) { introductions(to: $to, first: 3) { strength hops { from { id } to { id } } } }"
    whom = Bound("whom", "MATCH (n:Contact {name: 'Ulwin Ahrlechner'}) RETURN n.uid", {})
    target = await store.reads.ask(whom)
    open_ways = (await executor.execute(query, {"to": target}, None, principal=Principal(you()))).body["data"][
        "introductions"
    ]
    inside = open_ways[0]["hops"][0]["to"]["id"]
    rule = ("Party", Unless(Compare("uid", "eq", AccessValue("uid"))))
    narrow = Executor(
        store.reads, store.writes, Options(), policy=lambda _: Access(AccessShape((rule,)), {"uid": inside})
    )
    ways = (await narrow.execute(query, {"to": target}, None, principal=Principal(you()))).body["data"]["introductions"]
    met = {hop[end]["id"] for way in ways for hop in way["hops"] for end in ("from", "to")}
    assert inside not in met
    assert ways != open_ways
