"""The Cypher texts of the batched writer: their shape is labels, types and which values are moments, never a value.

A moment travels as `[seconds, nanoseconds]`, which the driver packs two hundred times faster than a datetime.
"""

from __future__ import annotations

from functools import cache

from graph.vocabulary import ENDPOINTS, EdgeModel, endpoint, entity

Names = tuple[str, ...]

# True where a given value is not what is stored; null, and a property that is not there, are the same.
_DIFFERS = (
    "any(k IN keys({given}) WHERE CASE WHEN {stored}[k] IS NULL THEN {given}[k] IS NOT NULL"
    " WHEN {given}[k] IS NULL THEN true ELSE {stored}[k] <> {given}[k] END)"
)


@cache
def lock_nodes(label: str) -> str:
    """`$uids` of that label locked in the order given, nothing changed; how many there are."""
    return f"UNWIND $uids AS uid MATCH {_node('n', label, 'uid')} SET n.modifiedAt = n.modifiedAt RETURN count(n)"


@cache
def present(label: str) -> str:
    """Which of `$uids` are there under that label."""
    return f"UNWIND $uids AS uid MATCH {_node('n', label, 'uid')} RETURN collect(uid)"


@cache
def create_nodes(label: str, moments: Names) -> str:
    """`$rows` of values with their `uid` as new nodes; how many."""
    labels = ":".join(entity(label).labels)
    return f"UNWIND $rows AS row CREATE (n:{labels}) SET n = {_restored('row', moments)} RETURN count(n)"


@cache
def update_nodes(label: str, moments: Names) -> str:
    """Nodes of which a value of `$rows` differs brought to those values, with `modifiedAt` `$now`; how many."""
    return (
        f"UNWIND $rows AS given WITH {_restored('given', moments)} AS row"
        f" MATCH {_node('n', label, 'row.uid')} WITH n, row WHERE {_DIFFERS.format(given='row', stored='n')}"
        f" SET n += row SET n.modifiedAt = coalesce(row.modifiedAt, {_moment('$now')}) RETURN count(n)"
    )


@cache
def merge_edges(edge: str, start: str, end: str, moments: Names) -> str:
    """`$rows` of start, end, key and values: created or changed; both ends must be there.

    The one that is there already is the one with the same key (and hierarchy) that is open, or whose `validFrom` is
    the row's or is not asked for: a relationship that was ended can be added again.
    """
    return (
        f"UNWIND $rows AS row {_given(moments)} {_ends(start, end)}"
        f" CALL (row, given, a, b) {{ OPTIONAL MATCH (a)-[x:{_type(edge)}]->(b) WHERE {_same(edge)}"
        " RETURN x ORDER BY x.validTo IS NULL DESC, x.validFrom DESC LIMIT 1 }"
        f" WITH row, given, a, b, x, x IS NOT NULL AND {_DIFFERS.format(given='given', stored='x')} AS changed"
        " FOREACH (_ IN CASE WHEN x IS NULL THEN [1] ELSE [] END |"
        f" CREATE (a)-[n:{_type(edge)}]->(b) SET n = {_with_key('given')})"
        " FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET x += given)"
        " RETURN {created: sum(CASE WHEN x IS NULL THEN 1 ELSE 0 END),"
        " changed: sum(CASE WHEN changed THEN 1 ELSE 0 END), found: count(row)}"
    )


@cache
def create_edges(edge: str, start: str, end: str, moments: Names) -> str:
    """`$rows` of start, end, key and values as new relationships; how many."""
    return (
        f"UNWIND $rows AS row {_given(moments)} {_ends(start, end)}"
        f" CREATE (a)-[n:{_type(edge)}]->(b) SET n = {_with_key('given')} RETURN count(n)"
    )


@cache
def other_edges(edge: str, start: str, end: str, where: Names) -> str:
    """Open relationships of the starts of `$rows` to others than the row's end, if that is there: start, end, source.

    Only those whose properties named in `where` have the values of `$where`.
    """
    only = "".join(f" AND x.{name} = $where.{name}" for name in _properties(edge, where))
    return (
        f"UNWIND $rows AS row MATCH {_node('z', end, 'row.end')}"
        f" MATCH {_node('a', start, 'row.start')}-[x:{_type(edge)}]->(b:Record)"
        f" WHERE b.uid <> row.end AND x.validTo IS NULL{only} RETURN collect([row.start, b.uid, x.source])"
    )


@cache
def end_others(edge: str, start: str, where: Names, *, dated: bool) -> str:
    """The open relationships of `$rows` (start, end) ended at the row's `at`, or deleted where they are not dated."""
    only = "".join(f" AND x.{name} = $where.{name}" for name in _properties(edge, where))
    ended = f"SET x.validTo = {_moment('row.at')}" if dated else "DELETE x"
    return (
        f"UNWIND $rows AS row MATCH {_node('a', start, 'row.start')}-[x:{_type(edge)}]->(b:Record)"
        f" WHERE b.uid = row.end AND x.validTo IS NULL{only} {ended} RETURN count(row)"
    )


@cache
def stored_edges(edge: str, label: str) -> str:
    """The relationships of a type from `$after` on between records of one label, by the uid of their start."""
    return (
        f"MATCH (a:{entity(label).label}) WHERE a.uid > $after WITH a ORDER BY a.uid LIMIT $first"
        f" OPTIONAL MATCH (a)-[x:{_type(edge)}]->(b:{entity(label).label})"
        " RETURN a.uid, b.uid, x.sourceKey, x.source, x.hierarchy, x.validFrom, x.validTo"
    )


@cache
def end_edges(edge: str, label: str) -> str:
    """The open relationships of `$rows` (start, end, key, hierarchy) ended at the row's `at`; how many."""
    ended = f"SET x.validTo = {_moment('row.at')}" if _model(edge, label).dated else "DELETE x"
    return (
        f"UNWIND $rows AS row {_ends(label, label)} MATCH (a)-[x:{_type(edge)}]->(b) WHERE x.validTo IS NULL"
        " AND (x.sourceKey = row.key OR x.sourceKey IS NULL AND row.key IS NULL)"
        " AND (x.hierarchy = row.hierarchy OR x.hierarchy IS NULL AND row.hierarchy IS NULL)"
        f" WITH DISTINCT x, row {ended} RETURN count(row)"
    )


def _node(name: str, label: str, uid: str) -> str:
    return f"({name}:{entity(label).label} {{uid: {uid}}})"


def _ends(start: str, end: str) -> str:
    return f"MATCH {_node('a', start, 'row.start')} MATCH {_node('b', end, 'row.end')}"


def _with_key(given: str) -> str:
    return f"{given} {{.*, createdAt: coalesce({given}.createdAt, {_moment('$now')}), sourceKey: row.key}}"


def _moment(value: str) -> str:
    return f"datetime({{epochSeconds: {value}[0], nanosecond: {value}[1]}})"


def _restored(given: str, moments: Names) -> str:
    """The map with its moments turned back into date-times."""
    if not moments:
        return given
    each = ", ".join(
        f"{name}: CASE WHEN {given}.{name} IS NOT NULL THEN {_moment(f'{given}.{name}')} END" for name in moments
    )
    return f"{given} {{.*, {each}}}"


def _given(moments: Names) -> str:
    """A relationship's values as `given`; a map projection takes only a variable."""
    restored = f" WITH row, {_restored('given', moments)} AS given" if moments else ""
    return f"WITH row, row.values AS given{restored}"


def _type(edge: str) -> str:
    for one in ENDPOINTS:
        if one.edge == edge:
            return one.edge
    raise KeyError(edge)


def _model(edge: str, label: str) -> EdgeModel:
    found = endpoint(edge, label, label)
    if found is None:
        raise KeyError(edge)
    return found.model


def _properties(edge: str, names: Names) -> Names:
    known = {name for one in ENDPOINTS if one.edge == edge for name in one.model.properties}
    return tuple(name for name in names if name in known)


def _same(edge: str) -> str:
    """When a stored relationship between the two ends is the one a row means."""
    tests = [
        "(x.sourceKey = row.key OR x.sourceKey IS NULL AND row.key IS NULL)",
        "(x.validTo IS NULL OR given.validFrom IS NULL OR x.validFrom = given.validFrom)",
    ]
    if any(one.model.hierarchical for one in ENDPOINTS if one.edge == edge):
        tests.append("(x.hierarchy = given.hierarchy OR x.hierarchy IS NULL AND given.hierarchy IS NULL)")
    return " AND ".join(tests)
