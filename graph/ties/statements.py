"""Cypher for ties: the updates from activities, and the reads of the insights.

Ties are derived from all activities, so the updates ignore access rules. The reads take an access shape, and return
only ties between parties that the caller may read.
"""

from __future__ import annotations

from functools import lru_cache

from graph.models.relationships import Knows
from graph.query.access_shape import AccessShape
from graph.query.availability import available
from graph.query.builder import CypherBuilder
from graph.query.cypher import where
from graph.query.party_ties import USERS, past_activities
from graph.query.tie_formula import COUNTS, HAPPENED, PAIRS, ROLES, SUMS, WORTH, remaining
from graph.vocabulary import concrete, entity

COLUMNS = Knows.columns
_STORED = (*COLUMNS, "modelVersion")
_MOMENTS = frozenset({"firstAt", "lastAt", "asOf"})
_TOLERANCE = 1e-9


def joined(uid: str = "$activity") -> str:
    """Returns Cypher that adds one activity to the tie of each pair of participants; the value is the number of ties.

    It locks the participants in uid order before it reads sums, so that no other transaction creates the same tie.
    Removing a property that no party has locks a node without a write, if the database knows the property's name.
    """
    added = "tie.{0} = tie.{0} * left + CASE WHEN {1} THEN more ELSE 0.0 END"
    sums = ", ".join(added.format(name, adds) for name, adds in SUMS.items())
    counts = ", ".join(f"tie.{name} = tie.{name} + CASE WHEN {adds} THEN 1 ELSE 0 END" for name, adds in COUNTS.items())
    return f"""MATCH (activity:Record {{uid: {uid}}})<-[part:PARTICIPATED_IN]-(party)
WITH activity, party, collect(part.role) AS roles ORDER BY party.uid
REMOVE party.startedAt
WITH activity, collect(CASE WHEN any(role IN roles WHERE role IN {ROLES}) THEN party END) AS mine
WHERE {HAPPENED}
{PAIRS}
WITH start, end, wrote, activity, activity.startedAt AS at, {WORTH} AS worth
OPTIONAL MATCH (start)-[old:KNOWS]->(end)
CALL (start, end, old, at) {{
  WITH * WHERE old IS NOT NULL
  RETURN old AS tie
  UNION ALL
  WITH * WHERE old IS NULL
  CREATE (start)-[tie:KNOWS {{createdAt: $now, both: 0.0, `in`: 0.0, out: 0.0, meetings: 0, calls: 0, inCount: 0,
    outCount: 0, firstAt: at, lastAt: at, asOf: at}}]->(end)
  RETURN tie
}}
WITH tie, wrote, activity, at, worth, CASE WHEN at > tie.asOf THEN at ELSE tie.asOf END AS last
WITH tie, wrote, activity, at, last, {remaining("tie.asOf.epochMillis", "last.epochMillis")} AS left,
  worth * {remaining("at.epochMillis", "last.epochMillis")} AS more
SET {sums}, {counts},
  tie.firstAt = CASE WHEN at < tie.firstAt THEN at ELSE tie.firstAt END,
  tie.lastAt = last, tie.asOf = last, tie.modelVersion = $modelVersion
RETURN count(tie) AS ties"""


def recomputed(among: str | None = None) -> str:
    """Returns Cypher that recomputes the ties that run from `$parties`; the value is a map of counts.

    With `among`, the variable of a list of parties, it recomputes only the ties between two of them.

    One aggregation by pair combines activities and stored ties: a pair without activities loses its tie, a pair
    without a tie gets a new one. Sums that differ only by rounding count as equal and are not written.
    Each `WITH` keeps the planner from starting at all completed activities.
    """
    starts = "UNWIND $parties AS uid\n  MATCH (start:Record {uid: uid})"
    both, pair, end = "", "", ""
    if among is not None:
        starts = f"UNWIND {among} AS start"
        both, pair, end = " AND size(mine) > 1", f" AND end IN {among}", f"\n  WHERE end IN {among}"
    return f"""CALL ({among or ""}) {{
  {starts}
  WITH DISTINCT start
  MATCH (start)-[own:PARTICIPATED_IN]->(activity)
  WHERE own.role IN {ROLES}
  WITH activity, collect(DISTINCT start) AS mine
  WHERE {HAPPENED}{both}
  {PAIRS}{pair}
  RETURN start, end, null AS tie, activity, activity.startedAt AS at, wrote,
    [activity.startedAt.epochMillis, {WORTH}] AS worth
  UNION ALL
  {starts}
  WITH DISTINCT start
  MATCH (start)-[tie:KNOWS]->(end){end}
  RETURN start, end, tie, null AS activity, null AS at, null AS wrote, null AS worth
}}
WITH start, end, collect(tie) AS ties, min(at) AS firstAt, max(at) AS lastAt,
  {", ".join(f"collect(CASE WHEN {adds} THEN worth END) AS {_list(name)}" for name, adds in SUMS.items())},
  {", ".join(f"count(CASE WHEN {adds} THEN 1 END) AS {name}" for name, adds in COUNTS.items())}
WITH *, lastAt.epochMillis AS last
WITH start, end, ties, properties(ties[0]) AS was, {{
  {", ".join(f"{name}: {_summed(_list(name))}" for name in SUMS)},
  {", ".join(f"{name}: {name}" for name in COUNTS)},
  firstAt: firstAt, lastAt: lastAt, asOf: lastAt, modelVersion: $modelVersion
}} AS now
WITH start, end, ties, now, CASE
  WHEN now.lastAt IS NULL THEN 'gone'
  WHEN was IS NULL THEN 'new'
  WHEN {_equal()} THEN 'same'
  ELSE 'other'
END AS state
WITH start, end, now, state, ties[0] AS tie, CASE WHEN state = 'gone' THEN ties ELSE tail(ties) END AS gone
FOREACH (one IN CASE WHEN state = 'new' THEN [now] ELSE [] END |
  CREATE (start)-[:KNOWS {{createdAt: $now, {", ".join(f"`{name}`: one.`{name}`" for name in _STORED)}}}]->(end))
FOREACH (one IN CASE WHEN state = 'other' THEN [tie] ELSE [] END | SET one += now)
FOREACH (one IN gone | DELETE one)
RETURN {{created: count(CASE WHEN state = 'new' THEN 1 END), changed: count(CASE WHEN state = 'other' THEN 1 END),
  removed: sum(size(gone)), ties: count(now.lastAt)}} AS done"""


def _list(name: str) -> str:
    return f"worths_{name.strip('`')}"


def _summed(name: str) -> str:
    return f"reduce(sum = 0.0, one IN {name} | sum + one[1] * {remaining('one[0]', 'last')})"


def _equal() -> str:
    exact = (*COUNTS, "firstAt", "lastAt", "asOf", "modelVersion")
    near = (f"abs(was.{one} - now.{one}) <= {_TOLERANCE} * (abs(was.{one}) + abs(now.{one}))" for one in SUMS)
    return " AND ".join((*(f"was.{one} = now.{one}" for one in exact), *near))


def columns(names: tuple[str, ...] = COLUMNS) -> str:
    """Returns the map entries of the list `ties`: the uids of their ends and their properties, as equally long lists.

    It needs the variable `rows`, see `ROWS`: reading one property after the other is three times slower.
    """
    carried = (f"`{name}`: [row IN rows | {tie_column('row', name)}]" for name in names)
    ends = (f"{end}: [tie IN ties | {end}Node(tie).uid]" for end in ("start", "end"))
    return ", ".join((*ends, *carried))


def tie_column(variable: str, name: str) -> str:
    """Returns the expression of a column of a tie, or of the map of its properties; timestamps in milliseconds."""
    return f"{variable}.`{name}`{'.epochMillis' if name in _MOMENTS else ''}"


ROWS = "[tie IN ties | properties(tie)] AS rows"


def label_of(party: str) -> str:
    """Returns the expression of the concrete label of a party."""
    cases = " ".join(f"WHEN {party}:{label} THEN '{label}'" for label in concrete("Party"))
    return f"CASE {cases} END"


@lru_cache
def tie(access: AccessShape) -> str:
    """Returns Cypher that reads the tie between two parties, in either direction."""
    builder = CypherBuilder(access)
    return f"""OPTIONAL MATCH {builder.node("one", "Party", uid="$from")}
OPTIONAL MATCH {builder.node("other", "Party", uid="$to")}
OPTIONAL MATCH (one)-[tie:KNOWS]-(other)
WITH one, other, collect(tie) AS ties
WITH *, {ROWS}
RETURN {{from: {label_of("one")}, to: {label_of("other")}, {columns()}}} AS found"""


@lru_cache
def activities_of_two(access: AccessShape) -> str:
    """Returns Cypher that reads what the activities up to `$now` contributed to the tie between two parties.

    It starts at the party that took part in fewer activities.
    """
    builder = CypherBuilder(access)
    return f"""OPTIONAL MATCH {builder.node("one", "Party", uid="$from")}
OPTIONAL MATCH {builder.node("two", "Party", uid="$to")}
WITH one, two, COUNT {{ (one)-[:PARTICIPATED_IN]->() }} <= COUNT {{ (two)-[:PARTICIPATED_IN]->() }} AS fewer
WITH one, two, CASE WHEN fewer THEN one ELSE two END AS person, CASE WHEN fewer THEN two ELSE one END AS target
{past_activities(builder, "person", None, ["other = target"], "activities", "target")}
RETURN {{from: {label_of("one")}, to: {label_of("two")}, activities: activities}} AS found"""


@lru_cache
def activities_of_those_who_know(access: AccessShape) -> str:
    """Returns Cypher like `knows`, with what the activities up to `$now` contributed to the ties in their place."""
    builder = CypherBuilder(access)
    contributions = past_activities(builder, "target", None, USERS, "found")
    return f"""{reached(builder)}
CALL (targets) {{
  UNWIND targets AS target
  {contributions}
  UNWIND found AS row
  RETURN collect(row) AS activities
}}
RETURN {{to: {label_of("to")}, targets: [target IN targets | target.uid], activities: activities}} AS found"""


def reached(builder: CypherBuilder, kept: str = "") -> str:
    """Returns Cypher that binds `to` and `targets`: the party itself, or the current people of an account."""
    current = builder.validity_predicates("job", entity("Account").links["contacts"].model, None, None)
    return f"""OPTIONAL MATCH {builder.node("to", "Party", uid="$to")}
CALL (to) {{
  CALL (to) {{
    WITH * WHERE NOT to:Account
    RETURN to AS target
    UNION
    MATCH (to)<-[job:WORKS_AT]-{builder.node("target", "Contact", labelled=False)}{where(["to:Account", *current])}
    RETURN target
  }}
  RETURN collect(target) AS targets
}}
WITH {kept}to, targets"""


@lru_cache
def knows(access: AccessShape) -> str:
    """Returns Cypher that reads all ties between users and the party, or the people who work there."""
    builder = CypherBuilder(access)
    return f"""{reached(builder)}
CALL (targets) {{
  UNWIND targets AS target
  MATCH (target)-[tie:KNOWS]-(user)
  WITH DISTINCT tie, user{where(["user:User", *available("user", "User"), *builder.access_predicates("user", "User")])}
  RETURN collect(tie) AS ties
}}
WITH *, {ROWS}
RETURN {{to: {label_of("to")}, targets: [target IN targets | target.uid], {columns()}}} AS found"""
