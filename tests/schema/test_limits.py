"""Limits: what is too much is refused with a code and a remedy, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from graph.access import Principal, unrestricted
from graph.store import Store
from schema.execution import Executor, Options
from schema.limits import DocumentLimits, Limits

NAME = "{ nodes { name } }"


def nested(levels: int) -> str:
    """A query so many levels deep: a child's parent's parent …"""
    inner = "id"
    for _ in range(levels - 3):
        inner = f"parent {{ {inner} }}"
    return f"{{ accounts(first: 1) {{ nodes {{ {inner} }} }} }}"


def aliased(many: int) -> str:
    """A query with so many aliases."""
    return "{ accounts(first: 1) { nodes { " + " ".join(f"a{at}: name" for at in range(many)) + " } } }"


def chained(levels: int, body: str, last: str) -> str:
    """Fragments in a chain: in the body of each, NEXT stands for the spread of the next one."""
    parts = ["{ accounts(first: 1) { nodes { ...L0 } } }"]
    parts += [
        f"fragment L{level} on Account {{ {body.replace('NEXT', f'...L{level + 1}')} }}" for level in range(levels)
    ]
    parts.append(f"fragment L{levels} on Account {{ {last} }}")
    return "\n".join(parts)


def laughing(levels: int, times: int) -> str:
    """Fragments that spread fragments: few words that come to times^levels fields."""
    return chained(levels, " ".join(f"x{at}: parent {{ NEXT }}" for at in range(times)), "id")


def repeating(levels: int) -> str:
    """Fragments that ask the same field twice, each with the next fragment below it."""
    return chained(levels, "parent { NEXT } parent { NEXT }", "id")


def circling(first: int, second: int) -> str:
    """Two circles of fragments that meet in every pair, each pair with a long fragment below it; not even valid."""
    parts = ["{ accounts(first: 1) { nodes { a: parent { ...P0 } a: parent { ...Q0 } } } }"]
    for name, size in (("P", first), ("Q", second)):
        parts += [
            f"fragment {name}{at} on Account {{ a: parent {{ ...{name}{(at + 1) % size} ...B }} }}"
            for at in range(size)
        ]
    parts.append(f"fragment B on Account {{ {' '.join(f'b{at}' for at in range(1500))} }}")
    return "\n".join(parts)


def doubling(levels: int) -> str:
    """The same without aliases: each fragment spreads the next one twice, under one key."""
    return chained(levels, "NEXT ... on Party { NEXT }", "id a: name")


async def refused(
    executor: Executor, sent: list[str], query: str, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The only error of a request that sends nothing, the same both ways."""
    before = len(sent)
    answer = await executor.execute(query, variables, None, principal=Principal())
    assert len(sent) == before, sent[before:]
    other = await executor.execute(query, variables, None, principal=Principal(), ordinary=True)
    (shown,) = answer.body["errors"]
    assert answer.status == "invalid"
    assert other.body["errors"][0]["extensions"]["code"] == shown["extensions"]["code"]
    assert shown["extensions"]["remedy"]
    found: dict[str, Any] = shown
    return found


@pytest.mark.parametrize(
    ("query", "description"),
    [
        (nested(16), "16 levels deep; 15 are allowed"),
        (nested(300), "nested too deeply"),
        (aliased(61), "61 aliases; 60 are allowed"),
        ("{ accounts { nodes { " + "name " * 5000 + "} } }", "more than 4000 tokens"),
        ("{ accounts { nodes { " + "name " * 102 + "} } }", "in more than 5000 pairs"),
        ("{ accounts { " + "nodes { id name } " * 60 + "} }", "in more than 5000 pairs"),
        (repeating(13), "levels deep"),
        (repeating(200), "nested too deeply"),
        (circling(69, 71), "in more than 5000 pairs"),
        ("{ accounts(first: 1001) { totalCount } }", "has at most 1000"),
        ("{ accounts(first: 1000) { nodes { contacts(first: 1000) { totalCount } } } }", "1001000 records"),
        (
            """{ accounts(first: 400) { nodes { contacts(first: 400) { totalCount } } }
            users(first: 400) { nodes { teams(first: 400) { totalCount } } } }""",
            "320800 records",
        ),
        (laughing(9, 6), "aliases"),
        (laughing(3, 30), "aliases"),
        (doubling(7), "128 aliases"),
    ],
)
async def test_what_is_too_much_is_refused_with_a_remedy(
    query: str, description: str, executor: Executor, sent: list[str]
) -> None:
    shown = await refused(executor, sent, query)
    assert shown["extensions"]["code"] == "TOO_EXPENSIVE"
    assert description in shown["message"]


@pytest.mark.parametrize("first", [1001, 2**31 - 1])
async def test_a_page_size_in_a_variable_is_held_to_the_limit(first: int, executor: Executor, sent: list[str]) -> None:
    query = "query ($n: Int!) { accounts(first: 1) { nodes { contacts(first: $n) { totalCount } } } }"
    await executor.execute(query, {"n": 5}, None, principal=Principal())
    assert (await refused(executor, sent, query, {"n": first}))["extensions"]["code"] == "TOO_EXPENSIVE"


async def test_the_cost_of_a_page_size_in_a_variable_is_counted_for_each_value(
    executor: Executor, sent: list[str]
) -> None:
    query = "query ($n: Int!) { accounts(first: $n) { nodes { contacts(first: $n) { totalCount } } } }"
    assert "errors" not in (await executor.execute(query, {"n": 3}, None, principal=Principal())).body
    assert (await refused(executor, sent, query, {"n": 500}))["extensions"]["code"] == "TOO_EXPENSIVE"
    assert "errors" not in (await executor.execute(query, {"n": 3}, None, principal=Principal())).body


@pytest.mark.parametrize("query", ["{ accounts(first: -1) NAME }", '{ search(text: "a", first: -1) { score } }'])
async def test_a_negative_page_size_is_invalid(query: str, executor: Executor, sent: list[str]) -> None:
    shown = await refused(executor, sent, query.replace("NAME", NAME))
    assert shown["extensions"]["code"] == "INVALID"
    assert "negative" in shown["message"]


@pytest.mark.parametrize(
    "query",
    [
        nested(15),
        aliased(60),
        "{ accounts(first: 1) { nodes { " + "name " * 80 + "} } }",
        "{ accounts(first: 1000) { totalCount } }",
    ],
)
async def test_what_is_just_not_too_much_is_answered(query: str, executor: Executor, sent: list[str]) -> None:
    before = len(sent)
    answer = await executor.execute(query, None, None, principal=Principal())
    assert "errors" not in answer.body
    assert len(sent) == before + 1


@pytest.mark.parametrize("levels", [10, 40, 70])
async def test_fragments_cannot_multiply_past_the_limits(levels: int, executor: Executor, sent: list[str]) -> None:
    """A document may come to 2^70 aliases; what it comes to is counted without going through it."""
    assert (await refused(executor, sent, doubling(levels)))["extensions"]["code"] == "TOO_EXPENSIVE"


async def test_fragments_without_aliases_cannot_multiply_either(executor: Executor) -> None:
    query = doubling(24).replace("a: name", "name")
    answer = await executor.execute(query, None, None, principal=Principal())
    if answer.status == "ok":
        assert "errors" not in answer.body
    else:
        assert answer.body["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"


async def test_a_circle_of_fragments_is_invalid(executor: Executor, sent: list[str]) -> None:
    query = "{ accounts(first: 1) { nodes { ...A } } } fragment A on Account { ...B } fragment B on Account { ...A }"
    before = len(sent)
    answer = await executor.execute(query, None, None, principal=Principal())
    assert answer.status == "invalid"
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"
    assert len(sent) == before


async def test_the_limits_are_settings(store: Store, sent: list[str]) -> None:
    narrow = Executor(store.reads, store.writes, Options(DocumentLimits(4, 1, 30), Limits(10, 20)), policy=unrestricted)
    for query in (
        "{ accounts(first: 1) { nodes { parent { parent { id } } } } }",
        "{ a: accounts(first: 1) { totalCount } b: accounts(first: 1) { totalCount } }",
        "{ accounts(first: 11) { totalCount } }",
        "{ accounts(first: 5) { nodes { contacts(first: 4) { totalCount } } } }",
        "{ accounts(first: 1) { nodes { " + "id " * 30 + "} } }",
    ):
        assert (await refused(narrow, sent, query))["extensions"]["code"] == "TOO_EXPENSIVE"
