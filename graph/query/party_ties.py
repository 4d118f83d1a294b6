"""Cypher for the ties of a party: as they are stored, and the activities that they are derived from."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.properties import Kind
from graph.models.relationships import Knows
from graph.query.availability import available
from graph.query.builder import CypherBuilder
from graph.query.cypher import call, where
from graph.query.selection import Slot
from graph.query.tie_formula import (
    HAPPENED,
    MAIL,
    SENDING,
    SUMS,
    TAKING_PART,
    USUAL,
    USUAL_WORTH,
    at_least,
    raw,
    remaining,
)
from graph.vocabulary import entity

KNOWN = 40.0
"""The strength from which a person is known."""

USERS = ("other:User", *available("other", "User"))
"""The conditions on the `other` party of a tie under which it is a user who is available."""

_DAYS = str(USUAL.half_life_days)
_KIND = f"CASE {' '.join(f'WHEN activity:{label} THEN {label!r}' for label in USUAL.weights)} END"


def stored_ties(builder: CypherBuilder, person: str, others: Sequence[str], answer: str) -> str:
    """Returns a subquery that binds the stored ties of a party: [start, end, columns of the tie].

    `others` are the conditions on the `other` party.
    """
    properties = entity("Party").links["knows"].model.properties
    columns = ", ".join(
        f"row.`{column}`{'.epochMillis' if properties[column].kind is Kind.DATETIME else ''}"
        for column in Knows.columns
    )
    ties = f"MATCH ({person})-[k:KNOWS]-{_other(builder)}{where(list(others))}\nWITH other, properties(k) AS row"
    return call(person, f"{ties}\nRETURN collect({_ends(person)} + [{columns}]) AS {answer}")


def past_activities(
    builder: CypherBuilder, person: str, at: Slot | None, others: Sequence[str], answer: str, *imports: str
) -> str:
    """Returns a subquery that binds what activities up to a time contributed to the ties of a party.

    Each contribution is [start, end, time in epoch milliseconds, label, wrote, participants]; `wrote` tells whether the
    start sent an email, and is null for other activities. An activity counts with the participants that the caller may
    read. `imports` are further variables of the conditions `others`.
    """
    wrote = f"CASE WHEN wrote IS NOT NULL THEN wrote = {_starts(person)} END"
    row = f"{_ends(person)} + [activity.startedAt.epochMillis, {_KIND}, {wrote}, size]"
    body = f"{_contributions(builder, person, at, others)}\nRETURN collect({row}) AS {answer}"
    return call(", ".join((person, *imports)), body)


def current_ties(builder: CypherBuilder, person: str, others: Sequence[str], arrow: str = "") -> str:
    """Returns clauses that bind the `other` party of each tie of a party as it is stored, its `points`, and its `row`.

    The ties have a strength of which the raw sum is at least `$least`, which is above the strength of emails in one
    direction alone unless `$oneWay`, and an activity since `$since`. `points` order them by strength. A row has the
    ends of the tie, its type, [sums, time of the sums], kind, certainty, and the time of the latest activity. `arrow`
    is "<" for the ties that run to the party.
    """
    left = f"CASE WHEN k.asOf < $now THEN {remaining('k.asOf.epochMillis', '$now.epochMillis', _DAYS)} ELSE 1.0 END"
    pattern = f"({person}){arrow}-[k:{Knows.type}]-{_other(builder)}"
    sums = "[k.both, k.`in`, k.out, k.asOf.epochMillis]"
    return f"""MATCH {pattern}{where([*others, "($since IS NULL OR k.lastAt >= $since)"])}
WITH {person}, other, k, ({raw("k.both", "k.`in`", "k.out")}) * {left} AS points
WHERE {_strong("k.both", "k.`in`", "k.out")}
WITH other, points, {_tie_row("startNode(k).uid, endNode(k).uid", sums, "k.lastAt")} AS row"""


def tied(builder: CypherBuilder, person: str, at: Slot | None, others: Sequence[str]) -> str:
    """Returns clauses that bind the `other` party of each tie of a party now or at a time, however strong it is."""
    if at is None:
        return f"MATCH ({person})-[k:{Knows.type}]-{_other(builder)}{where(list(others))}"
    return f"{_contributions(builder, person, at, others)}\nWITH DISTINCT other"


def past_ties(builder: CypherBuilder, person: str, at: Slot, others: Sequence[str], *, runs_here: bool) -> str:
    """Returns clauses like `current_ties`, for the ties as they follow from the activities up to a time."""
    left = remaining("activity.startedAt.epochMillis", f"${at.name}.epochMillis", _DAYS)
    sums = ", ".join(f"sum(CASE WHEN {adds} THEN worth ELSE 0.0 END) AS {name}" for name, adds in SUMS.items())
    ends = f"{_ends(person)}[0], {_ends(person)}[1]"
    own = [*others, *([_starts(person)] if runs_here else [])]
    return f"""{_contributions(builder, person, at, own)}
WITH {person}, other, activity, wrote, {USUAL_WORTH} * {left} AS worth
WITH {person}, other, max(activity.startedAt) AS lastAt, {sums}
WITH *, {raw("both", "`in`", "out")} AS points
WHERE ($since IS NULL OR lastAt >= $since) AND {_strong("both", "`in`", "out")}
WITH other, points, {_tie_row(ends, f"[both, `in`, out, ${at.name}.epochMillis]", "lastAt")} AS row"""


def _strong(both: str, inbound: str, outbound: str) -> str:
    answered = f"{both} > 0.0 OR ({inbound} > 0.0 AND {outbound} > 0.0)"
    return f"points >= $least AND ($oneWay OR {answered})"


def _tie_row(ends: str, sums: str, last: str) -> str:
    return f"[{ends}, '{Knows.type}', {sums}, null, null, {last}.epochMillis]"


def known(builder: CypherBuilder, person: str, at: Slot | None) -> str:
    """Returns clauses that keep the person if a tie to an available user has a strength of at least KNOWN."""
    least = at_least(KNOWN)
    if at is None:
        left = f"CASE WHEN k.asOf < $now THEN {remaining('k.asOf.epochMillis', '$now.epochMillis', _DAYS)} ELSE 1.0 END"
        rules = [*USERS, f"({raw('k.both', 'k.`in`', 'k.out')}) * {left} >= {least}"]
        users = f"MATCH ({person})-[k:KNOWS]-{_other(builder)}{where(rules)}"
        return f"WITH *\nWHERE EXISTS {{ {users} }}"
    left = remaining("activity.startedAt.epochMillis", f"${at.name}.epochMillis", _DAYS)
    sums = ", ".join(f"sum(CASE WHEN {adds} THEN worth ELSE 0.0 END) AS {name}" for name, adds in SUMS.items())
    body = f"""{_contributions(builder, person, at, USERS)}
WITH other, activity, wrote, {USUAL_WORTH} * {left} AS worth
WITH other, {sums}
WHERE {raw("both", "`in`", "out")} >= {least}
RETURN count(*) > 0 AS known"""
    return f"{call(person, body)}\nWITH * WHERE known"


def _other(builder: CypherBuilder) -> str:
    return builder.node("other", "Party", labelled=False)


def _starts(person: str) -> str:
    """Returns the predicate that the tie runs from the other party, as `algorithms.interactions` defines it."""
    same = f"(other:User) = ({person}:User) AND other.uid < {person}.uid"
    return f"((other:User AND NOT {person}:User) OR ({same}))"


def _ends(person: str) -> str:
    """Returns the expression of the uids of a tie's parties, in its direction."""
    return f"CASE WHEN {_starts(person)} THEN [other.uid, {person}.uid] ELSE [{person}.uid, other.uid] END"


def _contributions(builder: CypherBuilder, person: str, at: Slot | None, others: Sequence[str]) -> str:
    """Returns clauses that bind the `other` party of each tie that an `activity` adds to, and the `size`.

    `wrote` tells whether the other party sent an email, and is null for other activities.
    """
    parties = call(
        "activity",
        f"MATCH (activity)<-[part:PARTICIPATED_IN]-{builder.node('party', 'Party', labelled=False)}\n"
        f"WHERE part.role IN {TAKING_PART}\nRETURN collect(DISTINCT party) AS people, "
        f"collect(DISTINCT CASE WHEN part.role IN {list(SENDING)} THEN party END) AS sending",
    )
    rules = [f"other <> {person}", *others, f"(NOT activity:{MAIL} OR sent <> received)"]
    return f"""{took_part(builder, person, at)}
{parties}
UNWIND people AS other
WITH {person}, activity, other, size(people) AS size, other IN sending AS sent, {person} IN sending AS received
WHERE {" AND ".join(rules)}
WITH {person}, activity, other, size, CASE WHEN activity:{MAIL} THEN sent END AS wrote"""


def took_part(builder: CypherBuilder, person: str, at: Slot | None, role: str = f"own.role IN {TAKING_PART}") -> str:
    """Returns clauses that bind as `activity`, once each, the activities that count and in which a party took part.

    `role` is the condition on `own`, the part of the party.
    """
    until = "" if at is None else f" AND activity.startedAt <= ${at.name}"
    return f"""MATCH ({person})-[own:PARTICIPATED_IN]->{builder.node("activity", "Activity", labelled=False)}
WHERE {role}
  AND {HAPPENED}{until}
WITH DISTINCT {person}, activity"""
