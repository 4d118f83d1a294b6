"""Assignment: another owner for a record and, on request, for the records below it."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.properties import Choice
from graph.models.relationships import OwnedBy
from graph.mutations.commands import Command
from graph.mutations.declarations import ASSIGN, READ, Body, Guard, Input, RecordInput, extra
from graph.mutations.frame import details, remove, touch
from graph.mutations.reasons import FORBIDDEN, MANY
from graph.query import ownership
from graph.query.builder import CypherBuilder
from graph.query.cypher import quoted, where
from graph.query.periods import lasts
from graph.vocabulary import ENTITIES

MOST = 5_000
"""The greatest number of records that one mutation assigns."""


class AssignCascade(Described):
    """The records below a record that get its new owner too.

    Below an account are its contacts, deals, orders and cases, and below each record the activities about it.
    """

    NONE = "None."
    SAME_OWNER = "Those that have the same owner as the record."
    ALL = "All that the caller may read."


_EDGE = OwnedBy.type
_PARENTAL = "|".join(
    sorted({link.edge for one in ENTITIES.values() for link in one.links.values() if link.parental and link.outgoing})
)
_CASCADES = "$input.cascade <> 'NONE'"
_BELOW = f"(()<-[step:{_PARENTAL}]-() WHERE {lasts('step', '$now')}){{1,3}}(one:Record)"


def _inputs() -> tuple[Input, ...]:
    return (
        RecordInput("record", "Record", "The record.", variable="n"),
        RecordInput("owner", "Party", "The new owner.", only=("User", "Team"), assigned=True, privilege=READ),
        extra("cascade", Choice(AssignCascade, "The records below it that get the new owner too."),
              default=AssignCascade.NONE.name),
    )  # fmt: skip


def _near() -> tuple[str, ...]:
    """The records that may get another owner, and their owners at present."""
    record = "MATCH (n:Record {uid: $input.record})"
    owners = f"MATCH (n)(()<-[:{_PARENTAL}]-()){{1,3}}()-[:{_EDGE}]->(one){where([_CASCADES])}\nRETURN one"
    return (
        f"{record}-[:{_EDGE}]->(one)\nRETURN one",
        f"{record}\nMATCH (n){_BELOW}{where([_CASCADES])}\nRETURN one",
        f"{record}\n{owners}",
    )


def _body(builder: CypherBuilder) -> Body:
    readable = builder.access_predicates("one", "Record")
    same = "($input.cascade = 'ALL' OR one.ownerUid = n.ownerUid)"
    below = f"COLLECT {{ MATCH (n){_BELOW}{where([_CASCADES, same, 'one <> n', *readable])} RETURN DISTINCT one }}"
    owned = f"COLLECT {{ MATCH (one)-[edge:{_EDGE}]->() RETURN edge }}"
    moves = (
        "COLLECT { UNWIND [n] + below AS one\n"
        f"WITH one, {owned} AS owned WHERE NOT any(edge IN owned WHERE endNode(edge) = owner)\n"
        "RETURN {record: one, owned: owned} }"
    )
    former = "[edge IN move.owned | endNode(edge)][0]"
    change = f"{{record: move.record, field: 'owner', before: {former}, after: owner}}"
    return Body(
        near=_near(),
        prepare=(
            f"WITH *, {below} AS below",
            f"WITH *, {moves} AS moves",
            "WITH *, [move IN moves | move.record] AS moved",
        ),
        guards=tuple(_guards(builder)),
        changes=f"CASE WHEN size(moves) > 0 THEN [move IN moves | {change}] ELSE [] END",
        imports=("moves", "moved", "owner"),
        writes=(
            f"FOREACH (one IN moved | {touch('one')})",
            f"FOREACH (move IN moves | FOREACH (edge IN move.owned | {remove('edge')}))",
            f"FOREACH (one IN moved | CREATE (one)-[:{_EDGE} {{createdAt: $now}}]->(owner))",
            "WITH *",
            ownership.refreshed("moved", "moved"),
        ),
    )


def _guards(builder: CypherBuilder) -> list[Guard]:
    rules = builder.privilege_predicates("one", "Record", ASSIGN)
    found = [Guard(f"size(moved) > {MOST}", MANY, {"count": "toString(size(moved))", "most": quoted(str(MOST))})]
    if rules:
        kept = f"COLLECT {{ UNWIND moved AS one\nWITH one WHERE NOT coalesce({' AND '.join(rules)}, false)\n"
        kept += "RETURN one.uid ORDER BY one.uid LIMIT 1 }"
        text = {**details(what="record", privilege=ASSIGN), "id": f"{kept}[0]"}
        found.append(Guard(f"size({kept}) > 0", FORBIDDEN, text, "cascade"))
    return found


Command(
    name="assign",
    label="Record",
    description="Gives a record another owner and, on request, the records below it too. They move to its unit.",
    takes=_inputs,
    does=_body,
    needs=ASSIGN,
)
