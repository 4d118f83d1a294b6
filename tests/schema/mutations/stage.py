"""A stage to carry verbs out on: GraphQL in, records, events and the whole graph to look at."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any, LiteralString

from graph.access import Principal
from graph.store import Statement, Store
from schema.execution import Executor

_numbers = itertools.count(1)

JAN, FEB, MAR, APR = (f"2026-0{month}-01T00:00:00Z" for month in (1, 2, 3, 4))

EVERYTHING: LiteralString = """CALL () { MATCH (n) RETURN collect([elementId(n), labels(n), properties(n)]) AS nodes }
CALL () { MATCH ()-[r]->() RETURN collect([elementId(r), type(r), properties(r)]) AS edges }
RETURN {nodes: nodes, edges: edges} AS everything"""


class Stage:
    """Verbs by name with their input, and what became of the graph."""

    def __init__(self, executor: Executor, store: Store, caller: str | None = None) -> None:
        self.executor = executor
        self.store = store
        self.caller = Principal(caller)

    async def answer(
        self, verb: str, given: dict[str, Any], shows: str = "id", uid: str | None = None
    ) -> dict[str, Any]:
        """The body of the answer to a verb; `uid` is the `id` argument of an update."""
        kind = f"{verb[0].upper()}{verb[1:]}Input"
        one, two = ("", "") if uid is None else ("$id: ID!, ", "id: $id, ")
        query = f"mutation ({one}$input: {kind}!) {{ {verb}({two}input: $input) {{ {shows} }} }}"
        return (await self.executor.execute(query, {"id": uid, "input": given}, None, principal=self.caller)).body

    async def do(self, verb: str, given: dict[str, Any], shows: str = "id", uid: str | None = None) -> Any:
        """What a verb gives back; fails on errors."""
        body = await self.answer(verb, given, shows, uid)
        assert "errors" not in body, body["errors"]
        return body["data"][verb]

    async def refuse(self, verb: str, given: dict[str, Any], uid: str | None = None) -> str:
        """The code with which a verb is refused; fails when it is not, when it says too little, or wrote anything."""
        before = await self.see(EVERYTHING)
        body = await self.answer(verb, given, "id", uid)
        assert body["data"] is None, body
        (error,) = body["errors"]
        assert error["message"].endswith(".")
        assert error["extensions"]["remedy"]
        assert await self.see(EVERYTHING) == before, "something was written"
        return str(error["extensions"]["code"])

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of a query."""
        body = (await self.executor.execute(query, variables, None, principal=self.caller)).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def see(self, text: LiteralString, **parameters: Any) -> Any:
        """The value of a read."""
        return await self.store.reads.ask(Statement("test.see", text).bind(**parameters))

    async def write(self, text: LiteralString, **parameters: Any) -> Any:
        """The value of a change that is no verb."""
        return await self.store.writes.change(Statement("test.write", text).bind(**parameters))

    async def events(self, uid: str) -> list[dict[str, Any]]:
        """The events about a record, the earliest first."""
        found: list[dict[str, Any]] = await self.see(
            """CALL () { MATCH (e:Event)-[:SUBJECT]->({uid: $uid}) RETURN e ORDER BY e.at, e.uid }
            RETURN collect(e{.verb, .who, .subject, .before, .after})""",
            uid=uid,
        )
        return found

    async def last(self, uid: str) -> tuple[str, list[str], list[str]]:
        """Mutation, before and after of the latest event about a record."""
        event = (await self.events(uid))[-1]
        return event["verb"], event["before"], event["after"]

    async def stored(self, uid: str) -> dict[str, Any]:
        """The properties of a record as they are stored."""
        found: dict[str, Any] = await self.see("MATCH (n:Record {uid: $uid}) RETURN properties(n)", uid=uid)
        return found

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
        """The id of a new user (or team): no verb makes one."""
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


def _plain(value: Any) -> Any:
    return moment(value.to_native()) if hasattr(value, "to_native") else value


def moment(value: datetime) -> str:
    """A moment as GraphQL writes it."""
    return value.isoformat().replace("+00:00", "Z")
