"""A change of job: one employment ends, another begins, and the reporting lines follow."""

from __future__ import annotations

from graph.compile.match import Writer
from graph.compile.text import quoted
from graph.compile.verbs import verb
from graph.compile.verbs_text import (
    MOMENT,
    TOUCH,
    altered,
    at,
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

_NEAR = "MATCH (:Contact {uid: $contact})-[:REPORTS_TO]-(one:Contact)\nRETURN one"

# Of the jobs that last: the one at `$from`, else the only main one, else the only one.
_LEFT = f"""WITH *, [job IN jobs WHERE ($from IS NULL OR endNode(job).uid = $from) AND {at("job")}] AS current
WITH *, [job IN current WHERE job.isPrimary] AS main
WITH *, CASE WHEN size(main) = 1 THEN main[0] WHEN size(current) = 1 THEN current[0] END AS left
WITH *, endNode(left) AS place, coalesce(endNode(left) = account, false) AS stays"""

_WRITTEN = ("account", "left", "stays", "moment", "above", "below", "boss", "lifting", "jobs")
_KEPT = ("jobTitle", "department", "seniority", "roles", "isPrimary", "isDirect")


def _within(other: str) -> str:
    """Whether a line with another person belongs to the job that is left: unless they still share another one."""
    shared = f"own <> left AND {at('own')} AND {at('its')}"
    return f"""CASE WHEN line.scopeAccountId IS NOT NULL THEN line.scopeAccountId = place.uid ELSE
    EXISTS {{ MATCH ({other})-[its:WORKS_AT]->(place) WHERE {at("its")} }}
    OR NOT EXISTS {{ MATCH (n)-[own:WORKS_AT]->(:Account)<-[its:WORKS_AT]-({other}) WHERE {shared} }} END"""


def _lines(pattern: str, listed: str) -> str:
    return (
        f"COLLECT {{\n  MATCH (n){pattern}(other:Contact)\n"
        f"  WHERE NOT stays AND left IS NOT NULL AND {lasting('line')} AND {_within('other')}\n"
        f"  RETURN line\n}} AS {listed}"
    )


def _refusals() -> tuple[tuple[str, str], ...]:
    first = "[job IN jobs WHERE $from IS NULL OR endNode(job).uid = $from]"
    return (
        ("n IS NULL", missing("contact", "$contact")),
        ("$account IS NOT NULL AND account IS NULL", missing("account", "$account")),
        ("$from IS NOT NULL AND former IS NULL", missing("account that is left", "$from")),
        ("size(current) > 1 AND left IS NULL", why("several")),
        (
            f"size(current) = 0 AND size({first}) > 0",
            why("later", begins=f"toString({first}[0].validFrom)"),
        ),
        ("$from IS NOT NULL AND left IS NULL", why("elsewhere")),
        ("account IS NULL AND left IS NULL", why("jobless")),
        ("any(job IN jobs WHERE job <> left AND endNode(job) = account)", why("already")),
    )


@verb("moveContact")
def move_contact(writer: Writer) -> str:
    """From a moment on a person works elsewhere; lines within the job that is left end, and reports are lifted."""
    keys = f"[{', '.join(map(quoted, _KEPT))}]"
    return "\n".join(
        [
            begun(_NEAR),
            sought(writer, "n", "Contact", "$contact"),
            sought(writer, "account", "Account", "$account"),
            sought(writer, "former", "Account", "$from"),
            MOMENT,
            f"WITH *, COLLECT {{ MATCH (n)-[job:WORKS_AT]->(:Account) WHERE {lasting('job')} RETURN job }} AS jobs",
            _LEFT,
            f"WITH *, {refusing(*_refusals())}",
            "WITH *, stays AND left.validTo IS NULL",
            f"  AND size({altered('$jobKeys', '$job', 'left')}) = 0 AS same",
            f"WITH *, {_lines('-[line:REPORTS_TO]->', 'above')}",
            f"WITH *, {_lines('<-[line:REPORTS_TO]-', 'below')}",
            "WITH *, head([line IN above WHERE line.kind = 'SOLID' AND coalesce(line.validFrom <= moment, true) |",
            "  endNode(line)]) AS boss",
            "WITH *, CASE WHEN boss IS NULL THEN [] ELSE",
            "  [line IN below WHERE line.kind = 'SOLID' AND startNode(line) <> boss] END AS lifting",
            "WITH *, CASE WHEN same THEN [] ELSE",
            f"  {fact('account', 'place.uid')} + {facts(keys, 'left')}",
            "  + [line IN above | 'manager=' + endNode(line).uid]",
            "  + [line IN below | 'report=' + startNode(line).uid] END AS before,",
            "  CASE WHEN same THEN [] ELSE",
            f"  {fact('account', 'account.uid')} + {facts('$jobKeys', '$job')} + {fact('validFrom', 'moment')}",
            "  + [line IN lifting | 'lifted=' + startNode(line).uid] END AS after",
            doing("moveContact", _WRITTEN, *_writes()),
        ]
    )


def _writes() -> tuple[str, ...]:
    kept = ", ".join(f"{key}: left.{key}" for key in _KEPT)
    main = "coalesce(left.isPrimary, NOT any(job IN jobs WHERE job.isPrimary))"
    ended = "CASE WHEN line.validFrom > moment THEN line.validFrom ELSE moment END"
    return (
        TOUCH,
        f"WITH *, CASE WHEN stays THEN {{{kept}}} ELSE {{isPrimary: {main}}} END AS base",
        "FOREACH (job IN [job IN [left] WHERE job IS NOT NULL] | SET job.validTo = moment)",
        "FOREACH (one IN [one IN [account] WHERE one IS NOT NULL] | CREATE (n)-[job:WORKS_AT]->(one)",
        "  SET job = base SET job += $job, job.validFrom = moment, job.createdAt = $now)",
        "WITH *",
        "CALL (boss, lifting, moment) {",
        "  UNWIND lifting AS line",
        "  WITH boss, line, startNode(line) AS report, moment",
        "  CREATE (report)-[lifted:REPORTS_TO {kind: 'SOLID', confidence: 'ASSUMED', createdAt: $now}]->(boss)",
        f"  SET lifted.validFrom = {ended}, lifted.validTo = line.validTo, lifted.scopeAccountId = line.scopeAccountId",
        "}",
        f"FOREACH (line IN above + below | SET line.validTo = {ended})",
    )
