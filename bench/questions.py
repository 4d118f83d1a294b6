"""The three questions, as Kith and as the peer are asked them, and what a right answer to each holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bench.world import World

ACCOUNTS = 20
CALLS = 2
CONTACTS = 1_000
KEYS = 100
_TEN = "name firstName lastName jobTitle department emailAddress1 mobilePhone city country"

Rows = list[dict[str, Any]]


class DifferentError(Exception):
    """A server answered something else than the data holds."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `kith` and `peer` are its documents, `rows` finds the rows in an answer's `data`."""

    key: str
    title: str
    kith: str
    peer: str
    goal_peer: float
    later_peer: float
    variables: Callable[[World], Iterator[dict[str, Any]]]
    check: Callable[[World, dict[str, Any], Rows], None]

    def bodies(self, world: World, document: str) -> list[bytes]:
        """The request bodies to send in turn."""
        return [orjson.dumps({"query": document, "variables": one}) for one in self.variables(world)]

    def checked(self, world: World, variables: dict[str, Any], data: dict[str, Any]) -> None:
        """Raises DifferentError when `data` (of Kith or of the peer) is not what the world holds."""
        self.check(world, variables, _rows(data))


def _rows(data: dict[str, Any]) -> Rows:
    (found,) = data.values()
    if isinstance(found, dict):
        return list(found["nodes"]) if "nodes" in found else [found]
    return list(found)


def _nested(found: Any) -> Rows:
    return list(found["nodes"]) if isinstance(found, dict) else list(found)


def _same(found: dict[str, Any], stored: dict[str, Any], names: str) -> None:
    wanted = {"id": stored["uid"], **{name: stored[name] for name in names.split()}}
    shown = {name: found.get(name) for name in wanted}
    if shown != wanted:
        raise DifferentError(f"{shown} where the data holds {wanted}")


def _many(rows: Rows, wanted: int) -> None:
    distinct = len({row["id"] for row in rows})
    if (len(rows), distinct) != (wanted, wanted):
        raise DifferentError(f"{len(rows)} rows, {distinct} different ones, where {wanted} were asked for")


def _number(uid: str) -> int:
    return int(uid.lstrip("abcdefghijklmnopqrstuvwxyz"))


def _one(world: World, variables: dict[str, Any], rows: Rows) -> None:
    _many(rows, 1)
    _same(rows[0], world.account(_number(variables["id"])), "name city")


def _page(world: World, _variables: dict[str, Any], rows: Rows) -> None:
    _many(rows, CONTACTS)
    for row in rows:
        _same(row, world.contact(_number(row["id"])), _TEN)


def _tree(world: World, _variables: dict[str, Any], rows: Rows) -> None:
    _many(rows, ACCOUNTS)
    for row in rows:
        account = _number(row["id"])
        _same(row, world.account(account), "name")
        people = _nested(row["contacts"])
        if sorted(_number(one["id"]) for one in people) != world.contacts_of(account):
            raise DifferentError(f"the contacts of {row['id']} are others")
        for person in people:
            contact = _number(person["id"])
            _same(person, world.contact(contact), "name")
            calls = _nested(person["calls"])
            if [_number(one["id"]) for one in calls] != world.calls_of(contact)[:CALLS]:
                raise DifferentError(f"the latest calls of {person['id']} are others")
            for call in calls:
                _same(call, world.call(_number(call["id"])), "subject")


def _nothing(_world: World) -> Iterator[dict[str, Any]]:
    yield {}


def _keys(world: World) -> Iterator[dict[str, Any]]:
    for turn in range(min(KEYS, world.accounts)):
        yield {"id": world.account(turn * 7_919 % world.accounts)["uid"]}


QUESTIONS = (
    Question(
        "one",
        "one account by key, 3 fields",
        "query One($id: ID!) { account(id: $id) { id name city } }",
        "query One($id: String!) { accounts(where: {uid: {eq: $id}}) { id: uid name city } }",
        1.6,
        2.0,
        _keys,
        _one,
    ),
    Question(
        "tree",
        "20 accounts x contacts x 2 interactions",
        f"query Tree {{ accounts(first: {ACCOUNTS}) {{ nodes {{ id name contacts {{ nodes {{ id name"
        f" calls: timeline(first: {CALLS}) {{ nodes {{ id subject }} }} }} }} }} }} }}",
        f"query Tree {{ accounts(limit: {ACCOUNTS}) {{ id: uid name contacts {{ id: uid name"
        f" calls(limit: {CALLS}, sort: [{{startedAt: DESC}}]) {{ id: uid subject }} }} }} }}",
        1.9,
        2.5,
        _nothing,
        _tree,
    ),
    Question(
        "page",
        "1,000 contacts x 10 fields",
        f"query Page {{ contacts(first: {CONTACTS}) {{ nodes {{ id {_TEN} }} }} }}",
        f"query Page {{ contacts(limit: {CONTACTS}) {{ id: uid {_TEN} }} }}",
        3.5,
        5.0,
        _nothing,
        _page,
    ),
)
