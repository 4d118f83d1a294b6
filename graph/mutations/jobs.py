"""A change of job: one employment ends, another begins, and the reporting lines follow."""

from __future__ import annotations

from graph.mutations.frame import (
    MOMENT,
    TOUCH,
    altered,
    at,
    begins,
    begun,
    doing,
    fact,
    facts,
    lasting,
    missing,
    refusing,
    sought,
    why,
)
from graph.mutations.registry import verb
from graph.query.builder import CypherBuilder
from graph.query.cypher import quoted

_NEAR = "MATCH (:Contact {uid: $input.contact})-[:REPORTS_TO]-(one:Contact)\nRETURN one"

# Of the jobs that last: the one at `$input.from`, else the only main one, else the only one.
_LEFT = f"""WITH *, [job IN jobs WHERE $input.from IS NULL OR endNode(job).uid = $input.from] AS current
WITH *, {begins("current")} AS begins, [job IN current WHERE {at("job")}] AS current
WITH *, [job IN current WHERE job.isPrimary] AS main
WITH *, CASE WHEN size(main) = 1 THEN main[0] WHEN size(current) = 1 THEN current[0] END AS left
WITH *, endNode(left) AS place, coalesce(endNode(left) = account, false) AS stays"""

_WRITTEN = ("account", "left", "stays", "moment", "above", "below", "up", "boss", "lifting", "jobs")
_SOLID = "coalesce(line.kind, 'SOLID') = 'SOLID'"
_ENDED = "CASE WHEN line.validFrom > moment THEN line.validFrom ELSE moment END"
_KEPT = ("jobTitle", "department", "seniority", "roles", "isPrimary", "isDirect")


# The lines that belong to the job that is left: those within its account, and without one those with people who work
# there too, or share no other workplace.
_LINES = f"""WITH *, [job IN jobs WHERE job <> left AND {at("job")} | endNode(job)] AS others
CALL (n, left, place, stays, moment, others) {{
  MATCH (n)-[line:REPORTS_TO]-(other:Contact)
  WHERE NOT stays AND left IS NOT NULL AND {lasting("line")}
  WITH *, COLLECT {{ MATCH (other)-[its:WORKS_AT]->(where) WHERE {at("its")} RETURN where }} AS theirs
  WHERE CASE WHEN line.scopeAccountId IS NOT NULL THEN line.scopeAccountId = place.uid
    ELSE place IN theirs OR none(where IN theirs WHERE where IN others) END
  RETURN collect(line) AS lines
}}
WITH *, [line IN lines WHERE startNode(line) = n] AS above, [line IN lines WHERE endNode(line) = n] AS below"""


def _refusals() -> tuple[tuple[str, str], ...]:
    return (
        ("n IS NULL", missing("contact", "$input.contact")),
        ("$input.account IS NOT NULL AND account IS NULL", missing("account", "$input.account")),
        ("$input.from IS NOT NULL AND former IS NULL", missing("account that is left", "$input.from")),
        ("begins IS NOT NULL", why("later", begins="toString(begins)")),
        ("size(current) > 1 AND left IS NULL", why("several")),
        ("$input.from IS NOT NULL AND left IS NULL", why("elsewhere")),
        ("account IS NULL AND left IS NULL", why("jobless")),
        ("any(job IN jobs WHERE coalesce(job <> left, true) AND endNode(job) = account)", why("already")),
        ("$input.job.isPrimary AND any(job IN jobs WHERE coalesce(job <> left, true) AND job.isPrimary)", why("main")),
    )


@verb("moveContact")
def move_contact(builder: CypherBuilder) -> str:
    """From a moment on a person works elsewhere; lines within the job that is left end, and reports are lifted."""
    keys = f"[{', '.join(map(quoted, _KEPT))}]"
    return "\n".join(
        [
            begun(_NEAR),
            sought(builder, "n", "Contact", "$input.contact"),
            sought(builder, "account", "Account", "$input.account"),
            sought(builder, "former", "Account", "$input.from"),
            MOMENT,
            f"WITH *, COLLECT {{ MATCH (n)-[job:WORKS_AT]->(:Account) WHERE {lasting('job')} RETURN job }} AS jobs",
            _LEFT,
            f"WITH *, {refusing(*_refusals())}",
            "WITH *, stays AND left.validTo IS NULL",
            f"  AND size({altered('$input.jobKeys', '$input.job', 'left')}) = 0 AS same",
            _LINES,
            f"WITH *, head([line IN above WHERE {_SOLID} AND {at('line')}]) AS up",
            "WITH *, endNode(up) AS boss",
            f"WITH *, [line IN below WHERE {_SOLID} AND startNode(line) <> boss",
            f"  AND (up.validTo IS NULL OR {_ENDED} < up.validTo)] AS lifting",
            "WITH *, CASE WHEN same THEN [] ELSE",
            f"  {fact('account', 'place.uid')} + {facts(keys, 'left')}",
            "  + [line IN above | 'manager=' + endNode(line).uid]",
            "  + [line IN below | 'report=' + startNode(line).uid] END AS before,",
            "  CASE WHEN same THEN [] ELSE",
            f"  {fact('account', 'account.uid')} + {facts('$input.jobKeys', '$input.job')}",
            f"  + {fact('validFrom', 'moment')}",
            "  + [line IN lifting | 'lifted=' + startNode(line).uid] END AS after",
            doing("moveContact", _WRITTEN, *_writes()),
        ]
    )


def _writes() -> tuple[str, ...]:
    kept = ", ".join(f"{key}: left.{key}" for key in _KEPT)
    main = "coalesce(left.isPrimary, NOT any(job IN jobs WHERE job.isPrimary))"
    # A report is under the manager no longer than the person would have been: so no line can close a circle.
    until = "CASE WHEN line.validTo < up.validTo OR up.validTo IS NULL THEN line.validTo ELSE up.validTo END"
    return (
        TOUCH,
        f"WITH *, CASE WHEN stays THEN {{{kept}}} ELSE {{isPrimary: {main}}} END AS base",
        "FOREACH (job IN [job IN [left] WHERE job IS NOT NULL] | SET job.validTo = moment)",
        "FOREACH (one IN [one IN [account] WHERE one IS NOT NULL] | CREATE (n)-[job:WORKS_AT]->(one)",
        "  SET job = base SET job += $input.job, job.validFrom = moment, job.createdAt = $now)",
        "WITH *",
        "CALL (up, boss, lifting, moment) {",
        "  UNWIND lifting AS line",
        "  WITH up, boss, line, startNode(line) AS report, moment",
        "  CREATE (report)-[lifted:REPORTS_TO {kind: 'SOLID', confidence: 'ASSUMED', createdAt: $now}]->(boss)",
        f"  SET lifted.validFrom = {_ENDED}, lifted.validTo = {until}, lifted.scopeAccountId = line.scopeAccountId",
        "}",
        f"FOREACH (line IN above + below | SET line.validTo = {_ENDED})",
    )
