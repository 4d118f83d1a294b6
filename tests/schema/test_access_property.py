"""Under a policy with link rules, every read answers as if the unreadable records were not in the graph."""

from __future__ import annotations

import os
import random
import re
from collections.abc import AsyncIterator
from datetime import datetime, tzinfo
from typing import Any

import pytest

from graph import engine
from graph.access import Principal, unrestricted
from graph.policy import access_of, by_roles, timed
from graph.query import compiled_statements
from graph.rights import FieldPermission, Holder, Privilege, Rights, RoleRights, read_rights
from graph.roles import PRODUCT_ROLES
from graph.store import Store
from schema.execution import Executor, Options
from schema.limits import DocumentLimits, Limits
from tests.recorded_reads import RecordedReads
from tests.schema.hidden_records import hiding
from tests.schema.random_graph import NOW, Generator, Graph, delete, write
from tests.schema.random_roles import Oracle, with_roles
from tests.schema.read_paths import ReadPaths

EXAMPLES = int(os.environ.get("KITH_ACCESS_EXAMPLES", "4"))
PARTS = 4  # the documents are divided among the examples, since planning them takes longer than answering them
OPTIONS = Options(
    documents=DocumentLimits(tokens=20_000, pairs=100_000), questions=Limits(cost=10**9, fields=10**6, all_fields=10**6)
)


class FixedClock(datetime):
    """A clock that stands still, since the strength of a tie depends on the time of the request."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The same timestamp for all requests."""
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests are made at the same time."""
    monkeypatch.setattr("schema.request.datetime", FixedClock)


class Reader:
    """Asks everything as one caller."""

    def __init__(self, executor: Executor, user: str, seed: int) -> None:
        self.executor, self.user, self.seed = executor, user, seed
        self.paths = ReadPaths(executor.core)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The body of an answer."""
        body = (await self.executor.execute(query, variables, None, principal=Principal(self.user))).body
        # `introductionsBeyond` is refused without a setting.
        codes = {one["extensions"]["code"] for one in body.get("errors", ())}
        assert codes <= {"NOT_FOUND", "REFUSED"}, (query, body["errors"])
        return body

    async def everything(self, graph: Graph) -> AsyncIterator[tuple[str, Any]]:
        """Every answer under the name of what was asked."""
        source = random.Random(self.seed)
        documents = list(self.paths.documents())
        for name, query in documents[self.seed % PARTS :: PARTS]:
            if name.endswith(" one"):
                for uid in source.sample(graph.labelled(name.split()[0]), 2):
                    yield f"{name} {uid}", await self.ask(query, id=uid)
            else:
                yield name, await self.ask(query)
        for uid in source.sample(sorted(graph.nodes), 12):
            yield f"node {uid}", await self.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=uid)
        people = [uid for label in ("User", "Contact", "Account") for uid in graph.labelled(label)]
        for name, query in self.paths.answered_by_python():
            for number in range(10 if "$to" in query else 1):
                given = {
                    "from": source.choice(people),
                    "to": source.choice(people),
                    "maxHops": source.choice((1, 3, 4)),
                }
                named = {key: value for key, value in given.items() if f"${key}" in query}
                yield f"{name} {number} {named}", await self.ask(query, **named)
        for number in range(5):
            query = self.paths.filtered(source)
            yield f"{number} {query}", await self.ask(query)
        for name in ("search", "pages"):
            yield name, await getattr(self, name)()

    async def search(self) -> Any:
        """What is found; scores, and so the order, depend on all texts of the index."""
        query = 'query ($first: Int!) { search(text: "alder", first: $first) { node { id } highlights } }'
        every = (await self.ask(query, first=1000))["data"]["search"]
        few = (await self.ask(query, first=3))["data"]["search"]
        return sorted((hit["node"]["id"], hit["highlights"]) for hit in every), len(few)

    async def pages(self) -> Any:
        """Every page of three accounts, by order of a property and of figures over hierarchies."""
        found = []
        for order in ("{ city: DESC }", "{ rollup: { won: DESC } }", "{ rollup: { contacts: ASC } }"):
            query = f"""query ($after: String) {{ accounts(first: 3, after: $after, orderBy: [{order}]) {{ totalCount
              edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
            after = None
            while True:
                page = (await self.ask(query, after=after))["data"]["accounts"]
                found.append(page)
                if not page["pageInfo"]["hasNextPage"]:
                    break
                after = page["pageInfo"]["endCursor"]
        return found


SENTENCES = re.compile(r"insights|headline", re.IGNORECASE)


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_every_read_equals_that_of_a_graph_without_the_unreadable_records(
    store: Store, seed: int, record_property: Any
) -> None:
    graph = with_roles(Generator(seed).make(), seed)
    oracles = {user: Oracle(graph, user) for user in graph.labelled("User")}
    user = min(oracles, key=lambda one: abs(len(oracles[one].unreadable()) - len(graph.nodes) // 3))
    hidden = oracles[user].unreadable()
    assert hidden
    await write(store, graph)
    access = timed(access_of(await read_rights(store.reads, user, now=NOW)), NOW)
    restricted = Executor(store.reads, store.writes, OPTIONS, policy=lambda _: access)
    whole = Executor(store.reads, store.writes, OPTIONS, policy=unrestricted)
    within = {name: answer async for name, answer in Reader(restricted, user, seed).everything(graph)}
    record_property("questions", len(within))
    await delete(store, hidden)
    # Sentences say whether there are rules of access, and so are compared under some.
    ruled = Executor(store.reads, store.writes, OPTIONS, policy=hiding(hidden))
    same_rules = {name: answer async for name, answer in Reader(ruled, user, seed).everything(graph)}
    async for name, answer in Reader(whole, user, seed).everything(graph):
        wanted = same_rules[name] if SENTENCES.search(name) else answer
        assert within.pop(name) == wanted, f"seed {seed}, caller {user}, hidden {hidden}: {name}"
    assert not within


SHARED = (
    "{ contacts(first: 2) { totalCount nodes { name accounts(first: 2) { nodes { name rollup { contacts } } } } } }",
    '{ search(text: "alder") { node { id } } }',
    '{ tie(from: "user0", to: "user1") { strength } }',
    '{ introductions(from: "user0", to: "user1", maxHops: 2) { strength } }',
    "{ productRules { support } }",
)


ROLES = {
    one.key: RoleRights(
        one.key,
        one.name,
        tuple(map(Privilege.parse, one.privileges)),
        one.reads_deleted,
        tuple(map(FieldPermission.parse, one.fields)),
    )
    for one in PRODUCT_ROLES
}

ROLES["own"] = RoleRights("own", "Own", (Privilege("Record", "READ", "OWN"),))


def caller(number: int, role: str) -> Principal:
    """One of many callers with a role, each in a unit with another one below."""
    holder = Holder(f"user-{number}", f"unit-{number}", (f"below-{number}",), (ROLES[role],))
    return Principal(holder.uid, Rights((holder,)))


async def test_callers_of_one_role_share_plans_and_texts(store: Store, server: engine.Server) -> None:
    await write(store, with_roles(Generator(0).make(), 0))
    reads = RecordedReads(store, server.database)
    executor = Executor(reads, store.writes, OPTIONS, policy=by_roles)
    for query, callers in zip(SHARED, (1_000, 2, 2, 2, 2), strict=True):
        reads.sent.clear()
        await executor.execute(query, None, None, principal=caller(0, "salesperson"))
        first, compiled = [bound.text for bound in reads.sent], len(compiled_statements)
        for number in range(1, callers):
            await executor.execute(query, None, None, principal=caller(number, "salesperson"))
        assert len(compiled_statements) == compiled
        assert [bound.text for bound in reads.sent] == first * callers
        sent = {str(bound.parameters["access"]["principals"]) for bound in reads.sent if "access" in bound.parameters}
        assert len(sent) == callers or not sent
        assert not any("unit-" in bound.text or "user-" in bound.text for bound in reads.sent)
        assert len(executor.document(query).plans) <= 1
    await reads.close()


async def test_another_role_has_its_own_plan_and_text(store: Store, server: engine.Server) -> None:
    reads = RecordedReads(store, server.database)
    executor = Executor(reads, store.writes, OPTIONS, policy=by_roles)
    for role in ("salesperson", "own", "administrator"):
        await executor.execute(SHARED[0], None, None, principal=caller(0, role))
    assert len(executor.document(SHARED[0]).plans) == len({bound.text for bound in reads.sent}) == 3
    named = [sorted(bound.parameters.get("access", ())) for bound in reads.sent]
    assert named == [["now", "principals", "team", "units0", "units1"], ["now", "principals", "team"], []]
    await reads.close()
