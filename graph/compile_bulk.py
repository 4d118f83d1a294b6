"""The Cypher texts of the batched writer: their shape is a label or a relationship type, never a value."""

from __future__ import annotations

from functools import cache

from graph.vocabulary import ENDPOINTS, entity

# Beside each other in one batch: `_DIFFERS` is true where a given value is not what is stored, null meaning "not there".
_DIFFERS = (
    "any(k IN keys({given}) WHERE CASE WHEN {stored}[k] IS NULL THEN {given}[k] IS NOT NULL"
    " WHEN {given}[k] IS NULL THEN true ELSE {stored}[k] <> {given}[k] END)"
)


@cache
def lock_nodes(label: str) -> str:
    """`$uids` of that label locked in the order given, nothing changed."""
    return (
        f"UNWIND $uids AS uid MATCH (n:{entity(label).label} {{uid: uid}})"
        " SET n.modifiedAt = n.modifiedAt RETURN count(n)"
    )


@cache
def merge_nodes(label: str) -> str:
    """`$rows` of values with their `uid`: created where missing, changed where a value differs; counts of both."""
    return (
        f"UNWIND $rows AS row MERGE (n:{entity(label).label} {{uid: row.uid}})"
        " WITH n, row, n.createdAt IS NULL AS created"
        f" WITH n, row, created, NOT created AND {_DIFFERS.format(given='row', stored='n')} AS changed"
        " FOREACH (_ IN CASE WHEN created THEN [1] ELSE [] END |"
        f" SET n:{_labels(label)} SET n += row"
        " SET n.createdAt = coalesce(row.createdAt, $now), n.modifiedAt = coalesce(row.modifiedAt, $now))"
        " FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |"
        " SET n += row SET n.modifiedAt = coalesce(row.modifiedAt, $now))"
        " RETURN {created: sum(CASE WHEN created THEN 1 ELSE 0 END),"
        " changed: sum(CASE WHEN changed THEN 1 ELSE 0 END)}"
    )


@cache
def update_nodes(label: str) -> str:
    """As `merge_nodes`, but nothing is created: `missing` holds the positions of rows whose node is not there."""
    return (
        f"UNWIND $rows AS row OPTIONAL MATCH (n:{entity(label).label} {{uid: row.uid}})"
        f" WITH n, row, n IS NOT NULL AND {_DIFFERS.format(given='row', stored='n')} AS changed"
        " FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |"
        " SET n += row SET n.modifiedAt = coalesce(row.modifiedAt, $now))"
        " RETURN {created: 0, changed: sum(CASE WHEN changed THEN 1 ELSE 0 END),"
        " missing: [uid IN collect(CASE WHEN n IS NULL THEN row.uid END) | uid]}"
    )


@cache
def create_nodes(label: str) -> str:
    """`$rows` of values with their `uid` as new nodes; the caller knows that none is there yet."""
    return (
        f"UNWIND $rows AS row CREATE (n:{':'.join(entity(label).labels)}) SET n = row"
        " SET n.createdAt = coalesce(row.createdAt, $now), n.modifiedAt = coalesce(row.modifiedAt, $now)"
        " RETURN count(n)"
    )


@cache
def present(label: str) -> str:
    """Which of `$uids` are there under that label."""
    return f"UNWIND $uids AS uid MATCH (n:{entity(label).label} {{uid: uid}}) RETURN collect(uid)"


@cache
def merge_edges(edge: str, start: str, end: str) -> str:
    """`$rows` of start, end, key and values: created or changed; both ends must be there.

    The one that is there already is the one with the same key (and hierarchy) that is open, or whose `validFrom` is
    the row's or is not asked for: a relationship that was ended can be added again.
    """
    return (
        f"UNWIND $rows AS row {_ends(start, end)}"
        f" CALL (row, a, b) {{ OPTIONAL MATCH (a)-[x:{_type(edge)}]->(b)"
        f" WHERE {_same(edge)}"
        " RETURN x ORDER BY x.validTo IS NULL DESC, x.validFrom DESC LIMIT 1 }"
        f" WITH row, a, b, x, x IS NOT NULL AND {_DIFFERS.format(given='row.values', stored='x')} AS changed"
        " FOREACH (_ IN CASE WHEN x IS NULL THEN [1] ELSE [] END |"
        f" CREATE (a)-[n:{edge}]->(b) SET n = row.values"
        " SET n.createdAt = coalesce(row.values.createdAt, $now), n.sourceKey = row.key)"
        " FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET x += row.values)"
        " RETURN {created: sum(CASE WHEN x IS NULL THEN 1 ELSE 0 END),"
        " changed: sum(CASE WHEN changed THEN 1 ELSE 0 END), found: count(row)}"
    )


@cache
def create_edges(edge: str, start: str, end: str) -> str:
    """`$rows` of start, end, key and values as new relationships; the caller knows that none is there yet."""
    return (
        f"UNWIND $rows AS row {_ends(start, end)} CREATE (a)-[n:{_type(edge)}]->(b) SET n = row.values"
        " SET n.createdAt = coalesce(row.values.createdAt, $now), n.sourceKey = row.key RETURN count(n)"
    )


def _ends(start: str, end: str) -> str:
    return f"MATCH (a:{entity(start).label} {{uid: row.start}}) MATCH (b:{entity(end).label} {{uid: row.end}})"


def _labels(label: str) -> str:
    return ":".join(one for one in entity(label).labels if one != label)


def _type(edge: str) -> str:
    for one in ENDPOINTS:
        if one.edge == edge:
            return one.edge
    raise KeyError(edge)


def _same(edge: str) -> str:
    """When a stored relationship between the two ends is the one a row means."""
    models = [one.model for one in ENDPOINTS if one.edge == edge]
    tests = ["(x.sourceKey = row.key OR x.sourceKey IS NULL AND row.key IS NULL)"]
    if any(one.hierarchical for one in models):
        tests.append("(x.hierarchy = row.values.hierarchy OR x.hierarchy IS NULL AND row.values.hierarchy IS NULL)")
    tests.append("(x.validTo IS NULL OR row.values.validFrom IS NULL OR x.validFrom = row.values.validFrom)")
    return " AND ".join(tests)
