"""The three benchmark queries, as documents for Kith and for the peer, with a check of the result."""

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
_FIELDS = "name firstName lastName jobTitle department emailAddress1 mobilePhone city country"

Rows = list[dict[str, Any]]


class WrongResultError(Exception):
    """A server returned another result than the data implies."""


@dataclass(frozen=True, slots=True)
class Query:
    """A benchmark query: its documents for Kith and for the peer, its variables and the check of its result."""

    key: str
    title: str
    kith: str
    peer: str
    goal: float
    variables: Callable[[World], Iterator[dict[str, Any]]]
    check: Callable[[World, dict[str, Any], Rows], None]

    def bodies(self, world: World, document: str) -> list[bytes]:
        """Returns the request bodies, which are sent in turn."""
        return [orjson.dumps({"query": document, "variables": variables}) for variables in self.variables(world)]

    def verify(self, world: World, variables: dict[str, Any], data: dict[str, Any]) -> None:
        """Raises WrongResultError when `data`, from Kith or from the peer, differs from the data set."""
        self.check(world, variables, _rows(data))


def _rows(data: dict[str, Any]) -> Rows:
    (found,) = data.values()
    if isinstance(found, dict):
        return list(found["nodes"]) if "nodes" in found else [found]
    return list(found)


def _nested(found: Any) -> Rows:
    return list(found["nodes"]) if isinstance(found, dict) else list(found)


def _check_fields(found: dict[str, Any], stored: dict[str, Any], names: str) -> None:
    expected = {"id": stored["uid"], **{name: stored[name] for name in names.split()}}
    actual = {name: found.get(name) for name in expected}
    if actual != expected:
        raise WrongResultError(f"{actual} instead of {expected}")


def _check_count(rows: Rows, expected: int) -> None:
    distinct = len({row["id"] for row in rows})
    if (len(rows), distinct) != (expected, expected):
        raise WrongResultError(f"{len(rows)} rows with {distinct} distinct ids instead of {expected}")


def _number(uid: str) -> int:
    return int(uid.lstrip("abcdefghijklmnopqrstuvwxyz"))


def _one(world: World, variables: dict[str, Any], rows: Rows) -> None:
    _check_count(rows, 1)
    _check_fields(rows[0], world.account(_number(variables["id"])), "name city")


def _page(world: World, _variables: dict[str, Any], rows: Rows) -> None:
    _check_count(rows, CONTACTS)
    for row in rows:
        _check_fields(row, world.contact(_number(row["id"])), _FIELDS)


def _tree(world: World, _variables: dict[str, Any], rows: Rows) -> None:
    _check_count(rows, ACCOUNTS)
    for row in rows:
        account = _number(row["id"])
        _check_fields(row, world.account(account), "name")
        contacts = _nested(row["contacts"])
        if sorted(_number(contact["id"]) for contact in contacts) != world.contacts_of(account):
            raise WrongResultError(f"wrong contacts of {row['id']}")
        for contact in contacts:
            number = _number(contact["id"])
            _check_fields(contact, world.contact(number), "name")
            calls = _nested(contact["calls"])
            if [_number(call["id"]) for call in calls] != world.calls_of(number)[:CALLS]:
                raise WrongResultError(f"wrong latest calls of {contact['id']}")
            for call in calls:
                _check_fields(call, world.call(_number(call["id"])), "subject")


def _no_variables(_world: World) -> Iterator[dict[str, Any]]:
    yield {}


def _keys(world: World) -> Iterator[dict[str, Any]]:
    for turn in range(min(KEYS, world.accounts)):
        yield {"id": world.account(turn * 7_919 % world.accounts)["uid"]}


QUERIES = (
    Query(
        "one",
        "one account by key, 3 fields",
        "query One($id: ID!) { account(id: $id) { id name city } }",
        "query One($id: String!) { accounts(where: {uid: {eq: $id}}) { id: uid name city } }",
        2.0,
        _keys,
        _one,
    ),
    Query(
        "tree",
        "20 accounts x contacts x 2 interactions",
        f"query Tree {{ accounts(first: {ACCOUNTS}) {{ nodes {{ id name contacts {{ nodes {{ id name"
        f" calls: timeline(first: {CALLS}) {{ nodes {{ id subject }} }} }} }} }} }} }}",
        f"query Tree {{ accounts(limit: {ACCOUNTS}) {{ id: uid name contacts {{ id: uid name"
        f" calls(limit: {CALLS}, sort: [{{startedAt: DESC}}]) {{ id: uid subject }} }} }} }}",
        2.3,
        _no_variables,
        _tree,
    ),
    Query(
        "page",
        "1,000 contacts x 10 fields",
        f"query Page {{ contacts(first: {CONTACTS}) {{ nodes {{ id {_FIELDS} }} }} }}",
        f"query Page {{ contacts(limit: {CONTACTS}) {{ id: uid {_FIELDS} }} }}",
        4.7,
        _no_variables,
        _page,
    ),
)
