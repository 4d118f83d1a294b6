"""Cypher that reads the ties between which the best introductions are searched."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from graph.models.relationships import Knows, ReportsTo
from graph.query.access_shape import AccessShape
from graph.query.availability import available
from graph.query.builder import CypherBuilder
from graph.query.cypher import call, where
from graph.ties.statements import ROWS, columns, label_of, reached
from graph.vocabulary import entity

MEETS_ONCE = 3  # up to this number of hops, each tie is found in one direction only, and so once


class _Steps(NamedTuple):
    """The relationships that a walk follows: their types, and the predicates of `tie` under which they are valid."""

    types: str = Knows.type
    valid: tuple[str, ...] = ()


@lru_cache
def neighbourhood(
    access: AccessShape, max_hops: int, names: tuple[str, ...], *, lines: bool = False, beyond: bool = False
) -> str:
    """Returns Cypher that reads columns of all ties on walks of at most `max_hops` from a party to the first target.

    With `lines`, a walk may follow the reporting lines that are valid now too, which are read as well. With `beyond`,
    it may pass through parties that the caller cannot read, and those that the caller can read are listed.

    The search runs from both ends. `f0`, `f1`, … are the parties 0, 1, … hops from the start and `t0`, `t1`, … those
    from a target, found without passing through a target or the start; the ties between both sides are read
    once, from the side with fewer ties. From there the text follows ties back to both ends, through parties on such
    walks only.
    """
    builder = CypherBuilder(access)
    steps = _Steps()
    if lines:
        valid = builder.validity_predicates("tie", entity("Contact").links["manager"].model, None, None)
        steps = _Steps(f"{Knows.type}|{ReportsTo.type}", tuple(valid))
    within = builder.unrestricted() if beyond else builder
    ahead = (max_hops - 1) // 2
    back = max_hops - 1 - ahead
    parts = [
        f"OPTIONAL MATCH {builder.node('from', 'Party', uid='$from')}",
        reached(builder, "from, "),
        "WITH from, to, CASE WHEN from IS NULL THEN [] ELSE [from] END AS f0, [one IN targets WHERE one <> from] AS t0",
        *(_layer("f", hop, "t0", within, steps) for hop in range(1, ahead + 1)),
        *(_layer("t", hop, "f0", within, steps) for hop in range(1, back + 1)),
        f"WITH *, {_within('f', ahead)} AS near, {_within('t', back)} AS far",
        _between("near", "far", "", steps),
        "WITH *, far + f0 AS seenx, near + t0 AS seeny",
        *(_followed_back("x", _within("f", ahead - hop), hop, steps) for hop in range(1, ahead + 1)),
        *(_followed_back("y", _within("t", back - hop), hop, steps) for hop in range(1, back + 1)),
    ]
    found = ["ties", *(f"tiesx{hop}" for hop in range(1, ahead + 1)), *(f"tiesy{hop}" for hop in range(1, back + 1))]
    parts.append(f"WITH from, to, t0, {' + '.join(found)} AS ties")
    if max_hops > MEETS_ONCE:
        parts.append(_once())
    if lines:
        parts.append(_apart())
    if beyond:
        parts.append(_named(builder))
    parts += [
        f"WITH *, {ROWS}",
        f"RETURN {{from: {label_of('from')}, to: {label_of('to')}, targets: [one IN t0 | one.uid],",
        *(["  lines: [one IN lines | [startNode(one).uid, endNode(one).uid, one.confidence]],"] if lines else []),
        *(["  named: named, users: users,"] if beyond else []),
        f"  {columns(names)}}} AS found",
    ]
    return "\n".join(parts)


def _once() -> str:
    return """CALL (ties) {
  UNWIND ties AS tie
  RETURN collect(DISTINCT tie) AS each
}
WITH from, to, t0, each AS ties"""


def _apart() -> str:
    kinds = ((Knows.type, "ties"), (ReportsTo.type, "lines"))
    lists = ", ".join(f"[one IN each WHERE type(one) = '{type_}'] AS {name}" for type_, name in kinds)
    return f"WITH from, to, t0, ties AS each\nWITH from, to, t0, {lists}"


def _named(builder: CypherBuilder) -> str:
    """Returns a subquery that lists the parties of the ties that the caller may read, and those that are users."""
    readable = " AND ".join(builder.access_predicates("one", "Party")) or "true"
    return call(
        "ties",
        "UNWIND ties AS tie\nUNWIND [startNode(tie), endNode(tie)] AS one\nWITH DISTINCT one\n"
        f"RETURN collect(CASE WHEN {readable} THEN one.uid END) AS named,\n"
        "  collect(CASE WHEN one:User THEN one.uid END) AS users",
    )


def _within(side: str, hops: int) -> str:
    return " + ".join(f"{side}{hop}" for hop in range(hops + 1))


def _layer(side: str, hop: int, barred: str, builder: CypherBuilder, steps: _Steps) -> str:
    """Returns clauses for the readable parties exactly `hop` hops away; access is tested once for each party."""
    before, made = f"{side}{hop - 1}", f"{side}{hop}"
    rules = where([f"NOT next IN seen{made}", *available("next", "Party"), *builder.access_predicates("next", "Party")])
    return f"""WITH *, {_within(side, hop - 1)} + {barred} AS seen{made}
CALL ({before}, seen{made}) {{
  UNWIND {before} AS one
  MATCH (one)-[{"tie" if steps.valid else ""}:{steps.types}]-(next){where(list(steps.valid))}
  WITH DISTINCT next, seen{made}{rules}
  RETURN collect(next) AS {made}
}}"""


def _between(left: str, right: str, made: str, steps: _Steps) -> str:
    """Returns clauses for the ties between two lists of parties, and the parties with such ties."""
    sums = (f"reduce(sum = 0, one IN {side} | sum + COUNT {{ (one)-[:{steps.types}]-() }})" for side in (left, right))
    return f"""WITH *, {" <= ".join(sums)} AS fewer{made}
CALL ({left}, {right}, fewer{made}) {{
  CALL ({left}, {right}, fewer{made}) {{
    UNWIND CASE WHEN fewer{made} THEN {left} ELSE [] END AS x
    MATCH (x)-[tie:{steps.types}]-(y){where([f"y IN {right}", *steps.valid])}
    RETURN x, tie, y
    UNION ALL
    UNWIND CASE WHEN fewer{made} THEN [] ELSE {right} END AS y
    MATCH (y)-[tie:{steps.types}]-(x){where([f"x IN {left}", *steps.valid])}
    RETURN x, tie, y
  }}
  RETURN collect(DISTINCT tie) AS ties{made}, collect(DISTINCT x) AS xs{made}, collect(DISTINCT y) AS ys{made}
}}"""


def _followed_back(side: str, pool: str, hop: int, steps: _Steps) -> str:
    """Returns clauses for the ties from new parties on a walk, one hop nearer to the start (x) or the targets (y)."""
    made, before = f"{side}{hop}", f"{side}s" if hop == 1 else f"{side}s{side}{hop - 1}"
    seen = " + ".join([f"seen{side}", *(f"way{side}{one}" for one in range(1, hop))])
    ends = (f"pool{made}", f"way{made}") if side == "x" else (f"way{made}", f"pool{made}")
    return f"""WITH *, {pool} AS pool{made}, {seen} AS seen{made}
WITH *, [one IN {before} WHERE NOT one IN seen{made}] AS way{made}
{_between(*ends, made, steps)}"""
