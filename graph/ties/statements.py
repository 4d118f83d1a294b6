"""The texts about ties: what activities add to them, and the reads the insights start from.

Ties are derived from every activity, so the texts that add to them and recompute them are not restricted. The texts
that read them take an access shape, and only ties between parties that the caller may read are in their answers.
"""

from __future__ import annotations

from functools import lru_cache

from graph.query.builder import CypherBuilder
from graph.query.cypher import where
from graph.query.selection import AccessShape
from graph.vocabulary import concrete, entity

COLUMNS = ("both", "in", "out", "meetings", "calls", "inCount", "outCount", "firstAt", "lastAt", "asOf")
_STORED = (*COLUMNS, "modelVersion")
_MOMENTS = frozenset({"firstAt", "lastAt", "asOf"})
_TOLERANCE = 1e-9
_DAY = 86_400_000.0

_ROLES = "CASE WHEN activity:Email THEN $mailing ELSE $attending END"

_COUNTS = """(activity:Appointment OR activity:PhoneCall OR activity:Email)
  AND activity.status = 'COMPLETED' AND activity.startedAt <= $now"""

# From `activity` and `mine`, the participants whose ties are wanted: a row for each tie that runs from one of them.
# Of the two, the user is `start` where one is, else the lower uid; `wrote` is null for what is no mail.
_PAIRS = f"""CALL (activity) {{
  MATCH (activity)<-[part:PARTICIPATED_IN]-(party)
  WHERE part.role IN {_ROLES}
  RETURN collect(DISTINCT party) AS people, collect(DISTINCT CASE WHEN part.role = 'FROM' THEN party END) AS sending
}}
WITH activity, mine, people, size(people) AS size, CASE WHEN activity:Email THEN sending END AS senders,
  CASE WHEN activity:Email THEN [one IN people WHERE NOT one IN sending] END AS receivers
UNWIND mine AS start
UNWIND CASE WHEN senders IS NULL THEN people WHEN start IN senders THEN receivers ELSE senders END AS end
WITH activity, start, end, size, start IN senders AS wrote
WHERE CASE WHEN start:User THEN NOT end:User OR start.uid < end.uid ELSE NOT end:User AND start.uid < end.uid END"""

_WORTH = """CASE
  WHEN activity:Appointment THEN $weights.Appointment
  WHEN activity:PhoneCall THEN $weights.PhoneCall
  ELSE $weights.Email
END / sqrt(size)"""


def joined(uid: str = "$activity") -> str:
    """Text that adds one activity to the tie of each pair in it; the value is how many ties it touched.

    The people are locked in uid order before any sum is read, so that nobody else can be making the same tie. To remove
    a property that no party has locks a node and writes nothing, as long as the database knows the property's name.
    """
    return f"""MATCH (activity:Record {{uid: {uid}}})<-[part:PARTICIPATED_IN]-(party)
WITH activity, party, collect(part.role) AS roles ORDER BY party.uid
REMOVE party.startedAt
WITH activity, collect(CASE WHEN any(role IN roles WHERE role IN {_ROLES}) THEN party END) AS mine
WHERE {_COUNTS}
{_PAIRS}
WITH start, end, wrote, activity, activity.startedAt AS at, {_WORTH} AS worth
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
WITH tie, wrote, activity, at, last, 2.0 ^ {_age("tie.asOf", "last")} AS left,
  worth * 2.0 ^ {_age("at", "last")} AS more
SET tie.both = tie.both * left + CASE WHEN wrote IS NULL THEN more ELSE 0.0 END,
  tie.`in` = tie.`in` * left + CASE WHEN NOT wrote THEN more ELSE 0.0 END,
  tie.out = tie.out * left + CASE WHEN wrote THEN more ELSE 0.0 END,
  tie.meetings = tie.meetings + CASE WHEN activity:Appointment THEN 1 ELSE 0 END,
  tie.calls = tie.calls + CASE WHEN activity:PhoneCall THEN 1 ELSE 0 END,
  tie.inCount = tie.inCount + CASE WHEN NOT wrote THEN 1 ELSE 0 END,
  tie.outCount = tie.outCount + CASE WHEN wrote THEN 1 ELSE 0 END,
  tie.firstAt = CASE WHEN at < tie.firstAt THEN at ELSE tie.firstAt END,
  tie.lastAt = last, tie.asOf = last, tie.modelVersion = $modelVersion
RETURN count(tie) AS ties"""


def _age(earlier: str, later: str) -> str:
    """The half-lives from one moment to a later one, negative."""
    return f"(({earlier}.epochMillis - {later}.epochMillis) / ($halfLifeDays * {_DAY}))"


def recomputed(among: str | None = None) -> str:
    """Text that makes the ties running from `$parties` what the activities say; the value counts what it did.

    With `among`, a variable that holds a list of parties, the text does so for the ties between two of them only.

    What activities give and what is stored meet in one aggregation by pair: a pair without moments is unsupported,
    one without a tie is new. Sums that differ by rounding alone count as equal and are not written.
    Each `WITH` keeps the planner from starting at all completed activities where there are few.
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
  WHERE own.role IN {_ROLES}
  WITH activity, collect(DISTINCT start) AS mine
  WHERE {_COUNTS}{both}
  {_PAIRS}{pair}
  RETURN start, end, null AS tie, activity.startedAt AS at, wrote, activity:Appointment AS meeting,
    [activity.startedAt.epochMillis, {_WORTH}] AS worth
  UNION ALL
  {starts}
  WITH DISTINCT start
  MATCH (start)-[tie:KNOWS]->(end){end}
  RETURN start, end, tie, null AS at, null AS wrote, null AS meeting, null AS worth
}}
WITH start, end, collect(tie) AS ties, min(at) AS firstAt, max(at) AS lastAt,
  collect(CASE WHEN wrote IS NULL THEN worth END) AS met,
  collect(CASE WHEN NOT wrote THEN worth END) AS received,
  collect(CASE WHEN wrote THEN worth END) AS written,
  count(CASE WHEN meeting THEN 1 END) AS meetings
WITH start, end, ties, firstAt, lastAt, met, received, written, meetings, lastAt.epochMillis AS last
WITH start, end, ties, properties(ties[0]) AS was, {{
  both: {_summed("met")}, `in`: {_summed("received")}, out: {_summed("written")},
  meetings: meetings, calls: size(met) - meetings, inCount: size(received), outCount: size(written),
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


def _summed(name: str) -> str:
    half_life = f"($halfLifeDays * {_DAY})"
    return f"reduce(sum = 0.0, one IN {name} | sum + one[1] * 2.0 ^ ((one[0] - last) / {half_life}))"


def _equal() -> str:
    exact = ("meetings", "calls", "inCount", "outCount", "firstAt", "lastAt", "asOf", "modelVersion")
    near = (
        f"abs(was.{one} - now.{one}) <= {_TOLERANCE} * (abs(was.{one}) + abs(now.{one}))"
        for one in ("both", "`in`", "out")
    )
    return " AND ".join((*(f"was.{one} = now.{one}" for one in exact), *near))


def columns() -> str:
    """Map text: for the list `ties`, the uids of their ends and everything they carry, as equally long lists.

    It wants `rows` beside `ties`, see `ROWS`: one property after the other is three times as slow.
    """
    carried = (
        f"`{name}`: [row IN rows | row.`{name}`{'.epochMillis' if name in _MOMENTS else ''}]" for name in COLUMNS
    )
    ends = (f"{end}: [tie IN ties | {end}Node(tie).uid]" for end in ("start", "end"))
    return ", ".join((*ends, *carried))


ROWS = "[tie IN ties | properties(tie)] AS rows"


def label_of(party: str) -> str:
    """Expression text: the concrete label of a party."""
    cases = " ".join(f"WHEN {party}:{label} THEN '{label}'" for label in concrete("Party"))
    return f"CASE {cases} END"


@lru_cache
def tie(access: AccessShape) -> str:
    """Text that reads the tie of two parties, whichever way it runs."""
    builder = CypherBuilder(access)
    return f"""OPTIONAL MATCH {builder.node("one", "Party", uid="$from")}
OPTIONAL MATCH {builder.node("other", "Party", uid="$to")}
OPTIONAL MATCH (one)-[tie:KNOWS]-(other)
WITH one, other, collect(tie) AS ties
WITH *, {ROWS}
RETURN {{from: {label_of("one")}, to: {label_of("other")}, {columns()}}} AS found"""


def reached(builder: CypherBuilder, kept: str = "") -> str:
    """Text that binds `to` and `targets`: the party itself, or the people who work at an account now."""
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
    """Text that reads every tie between a user and the party, or anybody who works there."""
    builder = CypherBuilder(access)
    return f"""{reached(builder)}
CALL (targets) {{
  UNWIND targets AS target
  MATCH (target)-[tie:KNOWS]-(user)
  WITH DISTINCT tie, user{where(["user:User", *builder.access_predicates("user", "User")])}
  RETURN collect(tie) AS ties
}}
WITH *, {ROWS}
RETURN {{to: {label_of("to")}, targets: [target IN targets | target.uid], {columns()}}} AS found"""
