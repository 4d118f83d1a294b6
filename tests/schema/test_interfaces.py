"""Selections on interfaces: fragments on types that a record is not of, and keys that differ between types."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Executor

pytestmark = pytest.mark.usefixtures("world")

DOCUMENTS = 6


async def both(executor: Executor, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The data of a query, which is the same both ways, in the same order."""
    compiled = await executor.execute(query, variables, None, principal=Principal())
    ordinary = await executor.execute(query, variables, None, principal=Principal(), ordinary=True)
    assert "errors" not in compiled.body, (query, compiled.body)
    assert orjson.dumps(compiled.body) == orjson.dumps(ordinary.body), query
    return compiled.body["data"]


async def one_of(store: Store, label: str) -> str:
    """The id of a record."""
    return str(await store.reads.ask(Bound("one", f"MATCH (n:{label}) RETURN min(n.uid)", {})))


async def test_a_fragment_on_another_type_selects_no_fields(executor: Executor, store: Store) -> None:
    contact = await one_of(store, "Contact")
    data = await both(executor, "query ($id: ID!) { node(id: $id) { ... on Account { name } } }", {"id": contact})
    assert data == {"node": {}}
    await both(executor, "{ appointments(first: 50) { nodes { regarding { ... on Account { name } } } } }")
    data = await both(
        executor,
        """query ($id: ID!) { node(id: $id) { ... on Account { name } ... on User { name id } ... on Contact { id name }
        ... on Lead { name } } }""",
        {"id": contact},
    )
    assert list(data["node"]) == ["id", "name"]


class Selections:
    """Random selections on interfaces."""

    def __init__(self, executor: Executor, seed: int) -> None:
        self._core, self._random = executor.core, random.Random(seed)

    def on(self, type_: GraphQLInterfaceType | GraphQLObjectType, depth: int) -> str:
        """A selection on a type, with fragments on the types that implement it."""
        parts = [self._fields(type_, depth)] if self._random.random() < 0.4 else []
        if isinstance(type_, GraphQLInterfaceType):
            implementations = self._core.get_implementations(type_)
            several = [*implementations.objects, *implementations.interfaces]
            for one in self._random.sample(several, min(len(several), self._random.randint(1, 3))):
                assert isinstance(one, GraphQLObjectType | GraphQLInterfaceType)
                parts.append(f"... on {one.name} {{ {self._fields(one, depth)} }}")
        self._random.shuffle(parts)
        return " ".join(parts) or "__typename"

    def _fields(self, type_: GraphQLInterfaceType | GraphQLObjectType, depth: int) -> str:
        leaves, links = ["__typename"], []
        for name, field in type_.fields.items():
            named = get_named_type(field.type)
            if any(is_required_argument(one) for one in field.args.values()):
                continue
            if is_leaf_type(named):
                leaves.append(name)
            elif isinstance(named, GraphQLInterfaceType) and depth:
                links.append(f"{name} {{ {self.on(named, depth - 1)} }}")
            elif isinstance(named, GraphQLObjectType) and "name" in named.fields and depth and name == "owner":
                links.append(f"{name} {{ {self._random.choice(('id name', 'name id', 'name'))} }}")
        chosen = self._random.sample(leaves, min(len(leaves), self._random.randint(1, 3)))
        chosen += self._random.sample(links, min(len(links), self._random.randint(0, 1)))
        self._random.shuffle(chosen)
        return " ".join(chosen)


async def test_selections_on_interfaces_are_the_same_both_ways(executor: Executor, store: Store) -> None:
    node = executor.core.type_map["Node"]
    activity = executor.core.type_map["Activity"]
    assert isinstance(node, GraphQLInterfaceType)
    assert isinstance(activity, GraphQLInterfaceType)
    ids = [await one_of(store, label) for label in ("Account", "Contact", "User", "Email", "Opportunity", "Product")]
    tried = seed = 0
    while tried < DOCUMENTS:
        seed += 1
        selections = Selections(executor, seed)
        any_record = f"query ($id: ID!) {{ node(id: $id) {{ {selections.on(node, 1)} }} }}"
        entries = f"timeline(first: 9) {{ nodes {{ {selections.on(activity, 1)} }} }}"
        timeline = f"{{ accounts(first: 3) {{ nodes {{ {entries} }} }} }}"
        if validate(executor.core, parse(any_record)) or validate(executor.core, parse(timeline)):
            continue
        tried += 1
        for uid in ids:
            await both(executor, any_record, {"id": uid})
        await both(executor, timeline)
