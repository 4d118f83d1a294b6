"""A stage to carry mutations out on: GraphQL in, records, events and the whole graph to look at."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from graph.access import Principal
from graph.collation import SUFFIX
from graph.mutations.declarations import MUTATIONS
from graph.store import Statement, Store
from schema.execution import Executor

Changes = dict[str, tuple[Any, Any]]

_numbers = itertools.count(1)

JAN, FEB, MAR, APR = (f"2026-0{month}-01T00:00:00Z" for month in (1, 2, 3, 4))
SOON = (datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)).isoformat().replace("+00:00", "Z")

# Without the seals of events: a server on the same database may seal them at any time.
EVERYTHING: LiteralString = """CALL () {
  MATCH (n) WHERE NOT (n:Sequence AND n.name = 'event chain')
  RETURN collect([elementId(n), labels(n),
    CASE WHEN n:Event THEN n {.*, hash: null, changesDigest: null, rewriteDigests: null} ELSE properties(n) END
  ]) AS nodes
}
CALL () { MATCH ()-[r]->() RETURN collect([elementId(r), type(r), properties(r)]) AS edges }
RETURN {nodes: nodes, edges: edges} AS everything"""


def subject_of(mutation: str) -> str:
    """The payload field of the record that a mutation is about."""
    return MUTATIONS[mutation].payload[0].name


class Stage:
    """Mutations by name with their input, and what became of the graph."""

    def __init__(self, executor: Executor, store: Store, caller: str | None = None) -> None:
        self.executor = executor
        self.store = store
        self.caller = Principal(caller)

    async def answer(
        self, mutation: str, given: dict[str, Any], shows: str = "id", uid: str | None = None
    ) -> dict[str, Any]:
        """The body of the answer to a mutation; `uid` is the `id` in the input of an update."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {subject_of(mutation)} {{ {shows} }} }} }}"
        given = given if uid is None else {"id": uid, **given}
        return (await self.executor.execute(query, {"input": given}, None, principal=self.caller)).body

    async def do(self, mutation: str, given: dict[str, Any], shows: str = "id", uid: str | None = None) -> Any:
        """The record in the payload of a mutation; fails on errors."""
        body = await self.answer(mutation, given, shows, uid)
        assert "errors" not in body, body["errors"]
        return body["data"][mutation][subject_of(mutation)]

    async def refuse(self, mutation: str, given: dict[str, Any], uid: str | None = None) -> str:
        """The code with which a mutation is refused; fails when it is not, or when anything was written."""
        before = await self.see(EVERYTHING)
        body = await self.answer(mutation, given, "id", uid)
        assert body["data"] == {mutation: None}, body
        for error in body["errors"]:
            assert error["message"].endswith(".")
            assert error["extensions"]["remedy"]
        assert await self.see(EVERYTHING) == before, "something was written"
        (code,) = {error["extensions"]["code"] for error in body["errors"]}
        return str(code)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of a query."""
        body = (await self.executor.execute(query, variables, None, principal=self.caller)).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def see(self, text: LiteralString, **parameters: Any) -> Any:
        """The value of a read."""
        return await self.store.reads.ask(Statement("test.see", text).bind(**parameters))

    async def write(self, text: LiteralString, **parameters: Any) -> Any:
        """The value of a change that is no mutation."""
        return await self.store.writes.change(Statement("test.write", text).bind(**parameters))

    async def events(self, uid: str) -> list[tuple[str, str, Changes]]:
        """Mutation, actor and changes of each event about a record, the earliest first."""
        found = await self.see(
            """CALL () {
              MATCH (e:Event)-[c:CHANGED {isSubject: true}]->(:Record|Deleted {uid: $uid})
              RETURN e, c ORDER BY e.position
            }
            RETURN collect([e.mutation, e.actor, properties(c)])""",
            uid=uid,
        )
        return [
            (mutation, actor, {key: (_side(own, "before", key), _side(own, "after", key)) for key in own["fields"]})
            for mutation, actor, own in found
        ]

    async def last(self, uid: str) -> tuple[str, Changes]:
        """Mutation and changes of the latest event about a record: for each field the values before and after."""
        mutation, _, changes = (await self.events(uid))[-1]
        return mutation, changes

    async def stored(self, uid: str) -> dict[str, Any]:
        """The properties of a record as they are stored, without the sort keys of its texts."""
        found: dict[str, Any] = await self.see("MATCH (n:Record {uid: $uid}) RETURN properties(n)", uid=uid)
        return {name: value for name, value in found.items() if not name.endswith(SUFFIX)}

    async def edges(self, uid: str, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        """The relationships of a type at a record: ids of both ends, and properties but `createdAt`; by time."""
        rows = await self.see(
            """CALL () {
              MATCH (n:Record {uid: $uid})-[e:$($kind)]-()
              RETURN DISTINCT e ORDER BY e.validFrom, e.validTo
            }
            RETURN collect([startNode(e).uid, endNode(e).uid, e{.*}])""",
            uid=uid, kind=kind,
        )  # fmt: skip
        shown = []
        for start, end, values in rows:
            assert values.pop("createdAt") is not None
            shown.append((start, end, {key: _plain(value) for key, value in values.items()}))
        return shown

    # ---------- people and places ------------------------------------------------------------------------------------

    async def account(self, name: str = "Account") -> str:
        """The id of a new account."""
        return str((await self.do("createAccount", {"name": f"{name} {next(_numbers)}"}))["id"])

    async def contact(self, account: str | None = None, **employment: Any) -> str:
        """The id of a new contact, employed since January where an account is given."""
        given: dict[str, Any] = {"fullName": f"Contact {next(_numbers)}"}
        if account is not None:
            given["employment"] = {"account": account, "validFrom": JAN, **employment}
        return str((await self.do("createContact", given))["id"])

    async def user(self, label: str = "User") -> str:
        """The id of a new user (or team): no mutation makes one."""
        uid = f"{label.lower()}-{next(_numbers)}"
        await self.write(
            """CREATE (n:$($label):Party:Record {uid: $uid, name: $uid, createdAt: datetime(), modifiedAt: datetime()})
            RETURN n.uid""",
            uid=uid, label=label,
        )  # fmt: skip
        return uid

    async def opportunity(self, **given: Any) -> str:
        """The id of a new opportunity."""
        return str((await self.do("createOpportunity", {"name": f"Deal {next(_numbers)}", **given}))["id"])


def _side(own: dict[str, Any], side: str, key: str) -> Any:
    """One side of a change: money as amount and currency, a link as the id of the record, or a list of several."""
    value, currency = _plain(own.get(f"{side}.{key}")), own.get(f"{side}.{key}.currency")
    if currency is not None:
        return value, currency
    return value[0] if key in own["linkFields"] and value is not None and len(value) == 1 else value


def _plain(value: Any) -> Any:
    native = value.to_native() if hasattr(value, "to_native") else value
    return moment(native) if isinstance(native, datetime) else native


def moment(value: datetime) -> str:
    """A moment as GraphQL writes it."""
    return value.isoformat().replace("+00:00", "Z")
