"""Compiles a mutation and its payload to one Cypher statement; the text never depends on values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph.mutations import frame
from graph.mutations.declarations import MUTATIONS
from graph.query import Compiled
from graph.query.access_shape import AccessShape, Fields
from graph.query.builder import CypherBuilder
from graph.query.cypher import call, name
from graph.query.projection import NodeRef, show
from graph.query.selection import Row
from graph.store import parameters_of


@dataclass(frozen=True, slots=True)
class Payload:
    """The records of a mutation's payload: for each response key the payload field and the selection."""

    mutation: str
    records: tuple[tuple[str, str, Row], ...] = ()


@lru_cache(maxsize=2048)
def compile_mutation(payload: Payload, access: AccessShape) -> Compiled:
    """The statement of a mutation: one record with the map `{refused, seen, uids, payload}`.

    `refused` is null or a list of reasons, `seen` whether the caller may read the subject as it is now, `uids` the ids
    of the payload's records by field.
    """
    builder = CypherBuilder(access)
    mutation = MUTATIONS[payload.mutation]
    lines = [frame.statement(mutation, builder)]
    returned = {one.name: one for one in mutation.payload}
    subject = mutation.payload[0]
    sight = [] if mutation.removes else builder.access_predicates("n", subject.label)
    lines.append(f"WITH *, n IS NOT NULL{''.join(f' AND {rule}' for rule in sight)} AS seen")
    parts = []
    for key, field, row in payload.records:
        one, answer = returned[field], builder.fresh("answer")
        before, expression = show(builder, row, NodeRef(one.variable, one.label))
        rules = [f"{one.variable} IS NOT NULL", *builder.access_predicates(one.variable, one.label)]
        text = [f"WITH {one.variable} WHERE {' AND '.join(rules)}", *before, f"RETURN {expression} AS {answer}"]
        lines.append(f"OPTIONAL {call(one.variable, chr(10).join(text))}")
        parts.append(f"{name(key)}: {answer}")
    uids = ", ".join(f"{name(one.name)}: {one.variable}.uid" for one in returned.values())
    lines.append(
        f"RETURN {{refused: refused, seen: seen, uids: {{{uids}}}, payload: {{{', '.join(parts)}}}}} AS answer"
    )
    return _compiled(payload.mutation, lines, frozenset(builder.masked))


@lru_cache(maxsize=1024)
def compile_references(mutation: str, access: AccessShape) -> Compiled:
    """The statement that returns a reason for each id in the input that was not found."""
    return _compiled(mutation, [frame.references(MUTATIONS[mutation], CypherBuilder(access))])


@lru_cache(maxsize=256)
def compile_locking(mutation: str, access: AccessShape) -> Compiled:
    """The statement that takes the locks of a mutation and returns the properties that derived values depend on."""
    return _compiled(mutation, [frame.locking(MUTATIONS[mutation], CypherBuilder(access))])


@lru_cache(maxsize=256)
def compile_near(mutation: str, access: AccessShape) -> Compiled | None:
    """The statement that locks the records which a mutation looks for, or None."""
    text = frame.near_locks(MUTATIONS[mutation], CypherBuilder(access))
    return None if text is None else _compiled("mutation.near", [text])


def _compiled(title: str, lines: Sequence[str], masked: Fields = frozenset()) -> Compiled:
    text = "\n".join(lines)
    return Compiled(title, text, parameters_of(text), _same, _same, masked=masked)


def _same(answer: Any) -> Any:
    return answer
