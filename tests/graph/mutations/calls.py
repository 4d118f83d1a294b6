"""Calls of mutations by their name and input, without GraphQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from graph.events import EventHeader
from graph.money import Rates
from graph.mutations.compiler import Payload, compile_mutation, compile_near
from graph.mutations.declarations import MUTATIONS
from graph.mutations.execution import Call
from graph.mutations.inputs import parameters
from graph.query.access_shape import AccessShape
from graph.store import Statement, Store

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def call_of(name: str, given: dict[str, Any]) -> Call:
    """A call of a mutation, with a new event each time."""
    mutation, header = MUTATIONS[name], EventHeader()
    values, errors = parameters(mutation, given, Rates(), NOW)
    assert errors == []
    values.setdefault("words", None)
    compiled, near = compile_mutation(Payload(name), AccessShape(())), compile_near(name, AccessShape(()))
    bound = compiled.bind([], input=values, event=header.parameter(), now=NOW, **mutation.constants())
    return Call(
        name=name,
        now=NOW,
        text=compiled.text,
        statement=lambda _: bound,
        uids={
            mutation.payload[0].name: values["id"] if mutation.creates else values[mutation.subjects[0]],
            "event": header.uid,
        },
        record="record",
        held=values["held"],
        locks=values["locks"],
        near=None if near is None else partial(near.bind, [], input=values),
    )


async def number(store: Store) -> list[int]:
    """The numbers of nodes, relationships and events."""
    text = "RETURN [COUNT { () }, COUNT { ()-->() }, COUNT { (:Event) }]"
    counted: list[int] = await store.reads.ask(Statement("test.count", text).bind())
    return counted
