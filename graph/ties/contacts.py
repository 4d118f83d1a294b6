"""Cypher that reads the activities from which ties are derived."""

from __future__ import annotations

from functools import lru_cache

from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder
from graph.query.cypher import where
from graph.query.tie_formula import HAPPENED, MAIL, SENDING, TAKING_PART
from graph.vocabulary import concrete


@lru_cache
def contacts(access: AccessShape) -> str:
    """Returns Cypher that reads the latest activities of each of some pairs of parties, from the one with fewer."""
    builder = CypherBuilder(access)
    kinds = [label for label in concrete("Activity") if f"activity:{label}" in HAPPENED]
    label = f"CASE {' '.join(f'WHEN activity:{one} THEN {one!r}' for one in kinds)} END"
    passed = builder.passed("counted", "Activity")
    degrees = " <= ".join(f"COUNT {{ ({end})-[:PARTICIPATED_IN]->{passed} }}" for end in ("one", "other"))
    return f"""UNWIND $pairs AS pair
CALL (pair) {{
  MATCH {builder.node("one", "Party", uid="pair[0]")}
  MATCH {builder.node("other", "Party", uid="pair[1]")}
  WITH one, other, {degrees} AS fewer
  WITH one, CASE WHEN fewer THEN one ELSE other END AS near, CASE WHEN fewer THEN other ELSE one END AS far
  MATCH (near)-[own:PARTICIPATED_IN]->{builder.node("activity", "Activity", labelled=False)}
  WHERE own.role IN {TAKING_PART}
    AND {HAPPENED}
  WITH one, near, far, activity, collect(own.role) AS nearRoles
  MATCH (activity)<-[part:PARTICIPATED_IN]-(far)
  WHERE part.role IN {TAKING_PART}
  WITH activity, near = one AS ahead, nearRoles, collect(part.role) AS farRoles
  WITH activity, CASE WHEN ahead THEN nearRoles ELSE farRoles END AS oneRoles,
    CASE WHEN ahead THEN farRoles ELSE nearRoles END AS otherRoles
  WITH activity, oneRoles, otherRoles, {_sent("oneRoles")} AS oneSent, {_sent("otherRoles")} AS otherSent
  {where([f"NOT activity:{MAIL} OR oneSent <> otherSent"]).strip()}
  WITH activity, CASE WHEN activity:{MAIL} THEN oneSent END AS wrote,
    CASE WHEN oneSent THEN otherRoles ELSE oneRoles END AS received
  ORDER BY activity.startedAt DESC, activity.uid LIMIT $most
  RETURN collect([activity.uid, activity.startedAt.epochMillis, {label}, activity.subject, wrote,
    wrote IS NOT NULL AND NOT 'TO' IN received]) AS found
}}
RETURN collect([pair, found]) AS contacts"""


def _sent(roles: str) -> str:
    return f"any(role IN {roles} WHERE role IN {list(SENDING)})"
