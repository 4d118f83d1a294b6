"""The texts of batched writes of relationships, made for a type and the labels of its ends."""

from __future__ import annotations

from functools import cache

from graph.bulk.batch import set_timestamps, timestamp
from graph.bulk.invariants import Invariants, invariants
from graph.bulk.provenance import PROPERTY, REMOVED
from graph.query.cycles import cycle
from graph.query.cypher import literal, stored
from graph.store import Statement
from graph.vocabulary import ENDPOINTS, endpoint, entity

LOCKS = Statement(
    "bulk.locks",
    "UNWIND $names AS name MERGE (lock:Lock {name: name})"
    " SET lock.at = datetime({epochSeconds: $now[0], nanosecond: $now[1]}) RETURN count(lock)",
)


@cache
def probe_text(edge: str, start: str, end: str) -> str:
    """Selects the numbers of those of `$rows` (number, start, end, token) of which the token is stored.

    It is stored at the relationship, or at its start if people removed the relationship.
    """
    rules = invariants(edge, start, end)
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row[1]}}) MATCH (b:{end} {{uid: row[2]}})"
        f" WHERE EXISTS {{ MATCH (a)-[x:{rules.edge}]->(b) WHERE x.{PROPERTY} CONTAINS row[3] }}"
        f" OR any(text IN a.{REMOVED} WHERE text CONTAINS row[3]) RETURN collect(row[0])"
    )


@cache
def lock_text(start: str, end: str) -> str:
    """Locks the nodes `$uids` in the given order; returns the uids of the starts and of the ends among them."""
    return (
        "UNWIND $uids AS uid MATCH (n:Record {uid: uid}) SET n.held = true REMOVE n.held"
        f" RETURN [collect(CASE WHEN n:{entity(start).label} THEN uid END),"
        f" collect(CASE WHEN n:{entity(end).label} THEN uid END)]"
    )


@cache
def known_text(edge: str, start: str, end: str) -> str:
    """Selects the relationships that `$rows` (number, start, end, key, identity, values) could mean.

    They have the identity, or the key and the values that tell apart relationships between the same two records.
    Selects also what is remembered of relationships that people removed.
    """
    rules = invariants(edge, start, end)
    same = "".join(
        f" AND (x.{name} = row[5][{at}] OR x.{name} IS NULL AND row[5][{at}] IS NULL)"
        for at, name in enumerate(rules.identity)
    )
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row[1]}}) MATCH (b:{end} {{uid: row[2]}})"
        f" WITH row, COLLECT {{ MATCH (a)-[x:{edge}]->(b) WHERE x.{PROPERTY} CONTAINS row[4]"
        f" OR (x.sourceKey = row[3] OR x.sourceKey IS NULL AND row[3] IS NULL){same}"
        f" RETURN [elementId(x), properties(x)] }} AS found,"
        f" [text IN coalesce(a.{REMOVED}, []) WHERE text CONTAINS row[4]] AS removed"
        " WHERE size(found) > 0 OR size(removed) > 0 RETURN collect([row[0], found, removed])"
    )


@cache
def free_text(edge: str, start: str, end: str) -> str:
    """Creates the relationships of those of `$rows` that meet no other one, and selects the numbers of the rest.

    The rest have a relationship between the same records or in the same group, or at a record from which people
    removed one. Rows whose ends do not exist are left out.
    """
    rules = invariants(edge, start, end)
    others = [f"(a)-[:{edge}]->(b)", *(f"(a)-[:{edge}]->()" for rule in rules.at_most_one if rule.per == "start")]
    others += [f"()-[:{edge}]->(b)" for rule in rules.at_most_one if rule.per == "end"]
    free = " AND ".join(f"NOT EXISTS {{ {one} }}" for one in dict.fromkeys(others))
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row.start}}) MATCH (b:{end} {{uid: row.end}})"
        f" WITH row, a, b, a.{REMOVED} IS NULL AND {free} AS free"
        " CALL (row, a, b, free) { WITH * WHERE free"
        f" CREATE (a)-[x:{edge}]->(b) SET x = row.values, x.createdAt = {timestamp('$now')} {set_timestamps('x')} }}"
        " RETURN collect(CASE WHEN NOT free THEN row.number END)"
    )


@cache
def create_text(edge: str, start: str, end: str) -> str:
    """Creates the relationships of `$rows`, whose ends exist."""
    rules = invariants(edge, start, end)
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row.start}}) MATCH (b:{end} {{uid: row.end}})"
        f" CREATE (a)-[x:{rules.edge}]->(b) SET x = row.values, x.createdAt = {timestamp('$now')}"
        f" {set_timestamps('x')} RETURN count(x)"
    )


@cache
def update_text(edge: str) -> str:
    """Writes the values and the provenance of the relationships of `$rows`."""
    _declared(edge)
    return (
        f"UNWIND $rows AS row MATCH ()-[x:{edge}]->() WHERE elementId(x) = row.id"
        f" SET x += row.values, x.{PROPERTY} = coalesce(row.provenance, x.{PROPERTY})"
        f" {set_timestamps('x')} RETURN count(x)"
    )


FORGET = Statement(
    "bulk.forget",
    "UNWIND $rows AS row MATCH (a:Record {uid: row.start})"
    " SET a.removed = [text IN a.removed WHERE NOT text CONTAINS row.identity]"
    " FOREACH (_ IN CASE WHEN a.removed = [] THEN [1] ELSE [] END | REMOVE a.removed) RETURN count(a)",
)


REMOVED_EDGES = Statement(
    "bulk.removed",
    "UNWIND $uids AS uid MATCH (a:Record {uid: uid}) UNWIND a.removed AS text RETURN collect(text)",
)


@cache
def room_text(edge: str, start: str, end: str, per: str) -> str:
    """Selects the relationships of `$rows` (uid, other, key), whose uid is their start or their end (`per`).

    A relationship that is the only one of its record, and the one that the row updates, is left out: nothing can
    conflict with it.
    """
    rules = invariants(edge, start, end)
    among = "|".join(entity(label).label for label in rules.among)
    pattern, other = f"(a:{start} {{uid: row.uid}})-[x:{edge}]->(b:{among})", "endNode"
    if per == "end":
        pattern, other = f"(b:{end} {{uid: row.uid}})<-[x:{edge}]-(a:Record)", "startNode"
    return (
        f"UNWIND $rows AS row WITH row, COLLECT {{ MATCH {pattern} RETURN x }} AS found"
        f" WHERE size(found) > 1 OR {other}(found[0]).uid <> row.other"
        " OR coalesce(found[0].sourceKey, '') <> coalesce(row.key, '')"
        " UNWIND found AS x WITH DISTINCT x WITH startNode(x) AS a, x, endNode(x) AS b"
        f" RETURN collect({_stored(rules)})"
    )


@cache
def stored_text(edge: str, start: str, end: str) -> str:
    """Selects relationships by the uid of their start, after `$after`."""
    rules = invariants(edge, start, end)
    return (
        f"MATCH (a:{start}) WHERE a.uid > $after WITH a ORDER BY a.uid LIMIT $first"
        f" RETURN a.uid AS uid, COLLECT {{ MATCH (a)-[x:{edge}]->(b:{end}) RETURN {_stored(rules)} }} AS edges"
    )


@cache
def end_text(edge: str) -> str:
    """Ends the open relationships of `$rows` at the row's `at`, or deletes those that have none."""
    _declared(edge)
    return (
        f"UNWIND $rows AS row MATCH (a:Record {{uid: row.start}})-[x:{edge}]->(b:Record {{uid: row.end}})"
        " WHERE elementId(x) = row.id AND x.validTo IS NULL"
        f" FOREACH (at IN CASE WHEN row.at IS NULL THEN [] ELSE [row.at] END |"
        f" SET x.validTo = {timestamp('at')} REMOVE x.{PROPERTY})"
        " FOREACH (_ IN CASE WHEN row.at IS NULL THEN [1] ELSE [] END | DELETE x)"
        " RETURN count(row)"
    )


@cache
def ending_text(edge: str) -> str:
    """Selects the properties of those relationships that `end_text` ends or deletes."""
    _declared(edge)
    return (
        f"UNWIND $rows AS row MATCH (a:Record {{uid: row.start}})-[x:{edge}]->(b:Record {{uid: row.end}})"
        " WHERE elementId(x) = row.id AND x.validTo IS NULL RETURN collect([row.id, properties(x)])"
    )


@cache
def cycle_text(edge: str, start: str, end: str) -> str:
    """Selects the numbers of those of `$rows` (number, start, end) whose relationship is part of a cycle."""
    rules, declared = invariants(edge, start, end), endpoint(edge, start, end)
    assert rules.acyclic is not None
    assert declared is not None
    mine, steps = [], []
    for name, wanted in rules.acyclic.where:
        mine.append(f"{stored('x', declared.model, name)} = {literal(wanted)}")
        steps.append(f"{stored('steps', declared.model, name)} = {literal(wanted)}")
    steps += [f"{stored('steps', declared.model, name)} = {stored('x', declared.model, name)}"
              for name in rules.acyclic.keys]  # fmt: skip
    if rules.dated:
        steps += [_before("steps", "x"), _before("x", "steps")]
    where = f" WHERE {' AND '.join(mine)}" if mine else ""
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{uid: row[1]}}) MATCH (b:{end} {{uid: row[2]}})"
        f" MATCH (a)-[x:{edge}]->(b){where} WITH row, a, b, x"
        f" WHERE {cycle('b', edge, 'a.uid', *steps, since='x.validFrom' if rules.dated else None)}"
        " RETURN collect(DISTINCT row[0])"
    )


def _before(one: str, other: str) -> str:
    """Whether a relationship begins before the other one ends."""
    return f"({one}.validFrom IS NULL OR {other}.validTo IS NULL OR {one}.validFrom < {other}.validTo)"


def _declared(edge: str) -> None:
    if edge not in {one.edge for one in ENDPOINTS}:
        raise KeyError(edge)


def _stored(rules: Invariants) -> str:
    """Cypher for the attributes of a `StoredEdge`, without its values' names."""
    values = ", ".join(f"x.{name}" for name in rules.reads)
    return (
        "[elementId(x), a.uid, b.uid, x.sourceKey, x.source, x.validFrom, x.validTo,"
        f" [{values}], [coalesce(a.name, ''), coalesce(b.name, '')], x.{PROPERTY}]"
    )
