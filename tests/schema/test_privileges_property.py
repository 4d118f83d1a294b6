"""Every record of random graphs, read, changed, assigned, shared and deleted by every caller with random roles.

`KITH_ACCESS_EXAMPLES` graphs are made, with `KITH_ACCESS_CALLERS` callers each; a question is one caller, one record
and one privilege.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from graph.access import Access, Principal, unrestricted
from graph.mutations.declarations import MUTATIONS
from graph.policy import access_of, timed
from graph.query.ownership import SHARES
from graph.rights import read_rights
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.random_graph import NOW, Generator, Graph, write
from tests.schema.random_roles import Oracle, with_roles

EXAMPLES = int(os.environ.get("KITH_ACCESS_EXAMPLES", "1"))
CALLERS = int(os.environ.get("KITH_ACCESS_CALLERS", "2"))  # planning their mutations takes longer than asking them
NODE = "query ($id: ID!) { node(id: $id) { id } }"
DELETED = "query ($id: ID!) { node(id: $id, includeDeleted: true) { id } }"
EVENTS = "{ events(first: 1000) { totalCount nodes { position subject { id } } } }"
CHANGED = {"SalesOrder": {"name": "Rowan"}}
TRASH = ("Account", "Contact", "Opportunity", "Email", "PhoneCall", "Case", "SalesOrder")


class Caller:
    """One user with the rights that the graph gives, and the oracle that knows them."""

    def __init__(self, store: Store, oracle: Oracle, access: Access) -> None:
        self.oracle, self.principal, self.access = oracle, Principal(oracle.user), access
        self.executor = Executor(store.reads, store.writes, Options(), policy=lambda _: access)
        self.asked = 0

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The body of an answer."""
        self.asked += 1
        return (await self.executor.execute(query, variables, None, principal=self.principal)).body

    async def refused(self, mutation: str, **given: Any) -> str:
        """What is said about the subject of a rehearsal: that it is absent, that a privilege is lacking, or nothing."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ __typename }} }}"
        body = await self.ask(query, input={**given, "dryRun": True})
        for error in body.get("errors", ()):
            code, message = error["extensions"]["code"], error["message"]
            assert code != "INTERNAL", body
            if code == "NOT_FOUND" and f" {given.get('record', given.get('id'))} " in message:
                return "absent"
            if "You need the privilege" in message and message.endswith(f"{given.get('record', given.get('id'))}."):
                return str(message).split()[4]
        return ""


def verbs(label: str, uid: str, user: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The privileges, each with a mutation of a record that takes it."""
    yield "ASSIGN", "assign", {"record": uid, "owner": user, "cascade": "NONE"}
    yield "SHARE", "share", {"record": uid, "principal": user, "rights": ["READ"]}
    for privilege, mutation in (("WRITE", f"update{label}"), ("DELETE", f"delete{label}")):
        if mutation in MUTATIONS:
            yield privilege, mutation, {"id": uid}


async def callers(store: Store, graph: Graph) -> list[Caller]:
    """Users of a graph that was written."""
    found = []
    for user in graph.labelled("User")[:CALLERS]:
        access = timed(access_of(await read_rights(store.reads, user, now=NOW)), NOW)
        found.append(Caller(store, Oracle(graph, user), access))
    return found


def expected(caller: Caller, uid: str, privilege: str) -> str:
    """The expected refusal of a mutation that takes a privilege on a record."""
    if not caller.oracle.may("READ", uid):
        return "absent"
    return "" if caller.oracle.may(privilege, uid) else privilege


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_every_privilege_on_every_record_is_that_of_the_oracle(
    store: Store, seed: int, record_property: Any
) -> None:
    graph = with_roles(Generator(seed).make(), seed)
    await write(store, graph)
    known = await callers(store, graph)
    for caller in known:
        for uid, (label, _) in graph.nodes.items():
            body = await caller.ask(NODE, id=uid)
            found = body["data"]["node"] is not None
            assert found == caller.oracle.may("READ", uid), f"seed {seed}, {caller.oracle.user} reads {uid}"
            for privilege, mutation, given in verbs(label, uid, caller.oracle.user):
                said = await caller.refused(mutation, **given)
                assert said == expected(caller, uid, privilege), f"seed {seed}, {caller.oracle.user}: {mutation} {uid}"
    record_property("questions", sum(caller.asked for caller in known))


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_events_and_deleted_records_are_read_like_their_records(
    store: Store, seed: int, record_property: Any
) -> None:
    graph = with_roles(Generator(seed).make(), seed)
    await write(store, graph)
    operator = Executor(store.reads, store.writes, Options(), policy=unrestricted)
    source = random.Random(seed)
    events, gone = {}, set()
    for label in TRASH:
        kept, lost = source.sample(graph.labelled(label), 2)
        events[await position(operator, f"update{label}", id=kept, **CHANGED.get(label, {"description": "Rowan"}))] = (
            kept
        )
        events[await position(operator, f"delete{label}", id=lost)] = lost
        gone.add(lost)
    known = await callers(store, without_links(graph, gone))
    for caller in known:
        may_read_deleted = caller.access.may_read_deleted
        readable = {uid for uid in graph.nodes if caller.oracle.may("READ", uid)}
        for uid in graph.nodes:
            found = (await caller.ask(NODE, id=uid))["data"]["node"]
            assert (found is not None) == (uid in readable - gone), f"seed {seed}, {caller.oracle.user} reads {uid}"
        for uid in sorted(gone):
            body = await caller.ask(DELETED, id=uid)
            codes = [error["extensions"]["code"] for error in body.get("errors", ())]
            assert codes == ([] if may_read_deleted else ["REFUSED"]), body
            found = may_read_deleted and body["data"]["node"] is not None
            assert found == (may_read_deleted and uid in readable), f"seed {seed}, {caller.oracle.user} reads {uid}"
        page = (await caller.ask(EVENTS))["data"]["events"]
        wanted = {at: uid for at, uid in events.items() if uid in readable and (may_read_deleted or uid not in gone)}
        assert {one["position"]: one["subject"]["id"] for one in page["nodes"]} == wanted, (seed, caller.oracle.user)
        assert page["totalCount"] == len(wanted)
    record_property("questions", sum(caller.asked for caller in known))


async def position(operator: Executor, mutation: str, **given: Any) -> int:
    """The position of the event of a mutation."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ event {{ position }} }} }}"
    body = (await operator.execute(query, {"input": given}, None, principal=Principal(None))).body
    assert "errors" not in body, body
    found: int = body["data"][mutation]["event"]["position"]
    return found


def without_links(graph: Graph, gone: set[str]) -> Graph:
    """The graph after records were deleted: of their relationships, only the shares that they store are left."""
    stored = [one for one in graph.edges if one[0] in SHARES and one[2] in gone and one[1] not in gone]
    return Graph(graph.nodes, [one for one in graph.edges if not gone & set(one[1:3])] + stored)
