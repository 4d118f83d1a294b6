"""After the preparation, what the first person asks for in the explorer has been planned."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from api.preparation import REQUESTS, prepare, usual_callers
from graph import engine
from graph.access import Principal, unrestricted
from graph.roles import install
from graph.store import Bound, Reads, Store
from schema.execution import Executor, Options
from seed.world.generate import you
from tests.recorded_reads import RecordedReads
from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import Stage

_NO_ID = "-" * 24


def executor_on(store: Store, reads: Reads) -> Executor:
    return Executor(reads, store.writes, Options(), policy=unrestricted)


def shape(bound: Bound) -> tuple[str, ...]:
    """What Neo4j looks a plan up by: the text and the types of the parameters."""
    return (bound.text, *(f"{name}: {type(value).__name__}" for name, value in bound.parameters.items()))


async def test_the_statement_of_an_account_has_been_prepared(
    store: Store, server: engine.Server, world: object
) -> None:
    reads = RecordedReads(store, server.database)
    executor = executor_on(store, reads)
    idle = asyncio.Event()
    preparing = asyncio.create_task(prepare(executor, Principal(you()), idle))
    await asyncio.sleep(0.1)
    assert not reads.sent, "requests of people come first"
    idle.set()
    requests = json.loads(REQUESTS.read_text(encoding="utf-8"))
    assert await preparing == len(requests)
    prepared = {shape(bound) for bound in reads.sent}
    found = await store.reads.records(Bound("one", "MATCH (n:Account) RETURN min(n.uid) AS uid", {}))
    reads.sent.clear()
    [wanted] = [one for one in requests if "query Account(" in one["query"]]
    variables = json.loads(json.dumps(wanted["variables"]).replace(_NO_ID, found[0]["uid"]))
    answer = await executor.execute(wanted["query"], variables, None, principal=Principal(you()))
    await reads.close()
    assert "errors" not in answer.body, answer.body["errors"]
    # What the first statement finds is read by further ones, which are short and not prepared.
    assert shape(max(reads.sent, key=lambda bound: len(bound.text))) in prepared


async def test_without_the_explorer_nothing_is_prepared(store: Store, tmp_path: Path) -> None:
    idle = asyncio.Event()
    idle.set()
    executor = executor_on(store, store.reads)
    assert await prepare(executor, Principal(you()), idle, tmp_path / "requests.json") == 0


async def test_the_usual_callers_have_the_most_frequent_rights(stage: Stage) -> None:
    await install(stage.store.writes)
    await stage.store.writes.change(Bound("users", "MATCH (n:User) DETACH DELETE n RETURN count(*)", {}))
    held = ["sales-manager", "salesperson", "salesperson", "reader", "reader", "reader", "service"]
    users = [await record(stage, "User") for _ in held]
    for user, role in zip(users, held, strict=True):
        await stage.do("addRoleAssignment", {"holder": user, "role": f"role-{role}"})
    team = str((await stage.do("createTeam", {"name": "Service"}))["id"])
    await stage.do("addRoleAssignment", {"holder": team, "role": "role-reader"})
    member, gone = await record(stage, "User"), await record(stage, "User", isDisabled=True)
    await stage.do("addTeamMember", {"team": team, "user": member})
    await stage.do("addRoleAssignment", {"holder": gone, "role": "role-reader"})
    await record(stage, "User")  # without a role
    found = [caller.user for caller in await usual_callers(stage.store.reads)]
    assert len(found) == 3
    assert found[0] in {*users[3:6], member}
    assert found[1] in users[1:3]
    assert gone not in found
