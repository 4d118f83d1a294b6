"""Contacts: their jobs and their managers."""

from __future__ import annotations

from graph.mutations.commands import Command
from graph.mutations.declarations import VALID_FROM, Body, Given, Guard, Input, RecordInput
from graph.mutations.departures import released, released_changes, released_writes
from graph.mutations.edges import Edge, EdgeMutation
from graph.mutations.frame import TOUCH, change, differing, each, readable, touch
from graph.mutations.periods import FROM, begins
from graph.mutations.reasons import ALREADY, ELSEWHERE, JOBLESS, LATER, MAIN, SEVERAL
from graph.mutations.records import FirstEdge, RecordRules
from graph.query.builder import CypherBuilder
from graph.query.periods import holds, lasts
from graph.vocabulary import entity

_JOB = ("jobTitle", "department", "seniority", "roles", "isPrimary")

RecordRules(
    "Contact",
    first_edges=(
        FirstEdge(
            "employment", "EmploymentInput", "accounts", "account",
            "The person's main job: the account and the person's position there.", _JOB, {"isPrimary": True},
        ),
    ),
)  # fmt: skip

EdgeMutation(
    name="setManager",
    label="Contact",
    description=(
        "Sets a person's manager and keeps the previous reporting lines as history. A person has at most one solid "
        "line at a time, and any number of others. People cannot be their own managers, and solid lines cannot form a "
        "cycle."
    ),
    edges=(Edge("REPORTS_TO", "Contact", "Contact"),),
    subject="start",
    other=RecordInput(
        "manager", "Contact", "The new manager; `null` ends the reporting line.",
        required=False, explicit=True,
    ),
    mode="replace",
    what="manager",
    facts=(Given("kind"),),
    by=("kind",),
    former=RecordInput(
        "former", "Contact",
        "The manager whose line ends. Required only for several dotted lines; a new solid line ends the old one.",
        required=False,
    ),
    scope=RecordInput(
        "account", "Account", "The account that the line is limited to.", required=False, stores="scopeAccountId"
    ),
)  # fmt: skip

# ---------- a change of job ------------------------------------------------------------------------------------------

# Of the readable jobs that last: the one at `$input.from`, else the only main one, else the only one.
_LEFT = f"""WITH *, [job IN known WHERE $input.from IS NULL OR endNode(job).uid = $input.from] AS current
WITH *, {begins("current")} AS begins, [job IN current WHERE {holds("job")}] AS current
WITH *, [job IN current WHERE job.isPrimary] AS main
WITH *, CASE WHEN size(main) = 1 THEN main[0] WHEN size(current) = 1 THEN current[0] END AS left
WITH *, endNode(left) AS place, coalesce(endNode(left) = account, false) AS stays"""

_NEAR = (
    "MATCH (:Contact {uid: $input.contact})-[:REPORTS_TO]-(one:Contact)\nRETURN one",
    "MATCH (:Contact {uid: $input.contact})-[:WORKS_AT]->(one:Account)\nRETURN one",
)
_WORK = ("WORKS_AT", "Account")
_SOLID = "coalesce(line.kind, 'SOLID') = 'SOLID'"
_ENDED = "CASE WHEN line.validFrom > moment THEN line.validFrom ELSE moment END"
_KEPT = (*_JOB, "isDirect")

# The lines that belong to the job that is left: those within its account, and without one those with people who work
# there too, or share no other workplace.
_LINES = f"""WITH *, [job IN jobs WHERE job <> left AND {holds("job")} | endNode(job)] AS others
CALL (n, left, place, stays, moment, others) {{
  MATCH (n)-[line:REPORTS_TO]-(other:Contact)
  WHERE NOT stays AND left IS NOT NULL AND {lasts("line")}
  WITH *, COLLECT {{ MATCH (other)-[its:WORKS_AT]->(where) WHERE {holds("its")} RETURN where }} AS theirs
  WHERE CASE WHEN line.scopeAccountId IS NOT NULL THEN line.scopeAccountId = place.uid
    ELSE place IN theirs OR none(where IN theirs WHERE where IN others) END
  RETURN collect(line) AS lines
}}
WITH *, [line IN lines WHERE startNode(line) = n] AS above, [line IN lines WHERE endNode(line) = n] AS below"""

_GUARDS = (
    Guard("begins IS NOT NULL", LATER, {"what": "'job there'", "begins": "toString(begins)"}, "validFrom"),
    Guard("size(current) > 1 AND left IS NULL", SEVERAL, field="from"),
    Guard("$input.from IS NOT NULL AND left IS NULL", ELSEWHERE, field="from"),
    Guard("account IS NULL AND left IS NULL", JOBLESS, field="account"),
    Guard("any(job IN jobs WHERE coalesce(job <> left, true) AND endNode(job) = account)", ALREADY, field="account"),
    Guard(
        "$input.values.isPrimary AND any(job IN jobs WHERE coalesce(job <> left, true) AND job.isPrimary)",
        MAIN, field="isPrimary",
    ),
)  # fmt: skip


def _inputs() -> tuple[Input, ...]:
    left = (
        "The account that the person leaves; by default the account of the main job at that time, or of the only job. "
        "Omit it if the person has no job."
    )
    facts = entity("Contact").links["accounts"].model.properties
    return (
        RecordInput("contact", "Contact", "The person.", variable="n"),
        RecordInput("account", "Account", "The account of the new job; omit it to only end a job.", False),
        RecordInput("from", "Account", left, required=False, variable="former"),
        VALID_FROM,
        *(Given(one).of(facts) for one in _JOB),
    )


def _move(builder: CypherBuilder) -> Body:
    kept = ", ".join(f"{key}: left.{key}" for key in _KEPT)
    main = "coalesce(left.isPrimary, NOT any(job IN jobs WHERE job.isPrimary))"
    new = "CASE WHEN account IS NOT NULL THEN {} END"
    lists = (
        change("account", "place", "account"),
        *(change(f"account.{key}", f"left.{key}", new.format(_fact(key))) for key in _JOB),
        change("account.validFrom", "left.validFrom", new.format("moment")),
        change("manager", "CASE WHEN size(above) > 0 THEN [line IN above | endNode(line)] END"),
        change("reports", "CASE WHEN size(below) > 0 THEN [line IN below | startNode(line)] END"),
        "[line IN lifting | {record: startNode(line), field: 'manager', before: n, after: boss}]",
        *released_changes(*_WORK, "place"),
    )
    return Body(
        near=_NEAR,
        prepare=(
            FROM,
            f"WITH *, COLLECT {{ MATCH (n)-[job:WORKS_AT]->(:Account) WHERE {lasts('job')} RETURN job }} AS jobs",
            f"WITH *, {readable(builder, 'jobs', 'endNode(edge)', 'Account')} AS known",
            _LEFT,
        ),
        guards=_GUARDS,
        plan=(
            "WITH *, stays AND left.validTo IS NULL",
            f"  AND size({differing('$input.keys', '$input.values', 'left')}) = 0 AS same",
            "WITH *, CASE WHEN stays THEN null ELSE place END AS quit",
            released(*_WORK, "left", "quit"),
            _LINES,
            f"WITH *, head([line IN above WHERE {_SOLID} AND {holds('line')}]) AS up",
            f"WITH *, endNode(up) AS boss, CASE WHEN stays THEN {{{kept}}} ELSE {{isPrimary: {main}}} END AS base",
            f"WITH *, [line IN below WHERE {_SOLID} AND startNode(line) <> boss",
            f"  AND (up.validTo IS NULL OR {_ENDED} < up.validTo)] AS lifting",
        ),
        changes=f"CASE WHEN same THEN [] ELSE {' + '.join(lists)} END",
        imports=(
            "account",
            "left",
            "stays",
            "place",
            "moment",
            "above",
            "below",
            "up",
            "boss",
            "lifting",
            "base",
            "released",
        ),
        writes=_writes(),
    )


def _fact(key: str) -> str:
    return f"CASE WHEN '{key}' IN $input.keys THEN $input.values.{key} ELSE base.{key} END"


def _writes() -> tuple[str, ...]:
    # A report is under the manager no longer than the person would have been: so no line can close a cycle.
    until = "CASE WHEN line.validTo < up.validTo OR up.validTo IS NULL THEN line.validTo ELSE up.validTo END"
    return (
        TOUCH,
        each("left", "SET job.validTo = moment", "job"),
        each(
            "account",
            "CREATE (n)-[job:WORKS_AT]->(one)\n"
            "  SET job = base SET job += $input.values, job.validFrom = moment, job.createdAt = $now",
        ),
        *released_writes(*_WORK, "place"),
        f"FOREACH (line IN lifting | FOREACH (one IN [startNode(line)] | {touch('one')}))",
        "WITH *",
        "CALL (up, boss, lifting, moment) {",
        "  UNWIND lifting AS line",
        "  WITH up, boss, line, startNode(line) AS report, moment",
        "  CREATE (report)-[lifted:REPORTS_TO {kind: 'SOLID', confidence: 'ASSUMED', createdAt: $now}]->(boss)",
        f"  SET lifted.validFrom = {_ENDED}, lifted.validTo = {until}, lifted.scopeAccountId = line.scopeAccountId",
        "}",
        f"FOREACH (line IN above + below | SET line.validTo = {_ENDED})",
    )


Command(
    name="moveContact",
    label="Contact",
    description=(
        "Changes a person's job: ends one employment, starts another and keeps both. The person's reporting lines "
        "within the old account end, and the reports there move to the person's manager. At the same account, the "
        "mutation changes the position: reporting lines and omitted properties are kept."
    ),
    takes=_inputs,
    does=_move,
    waits_for=("REPORTS_TO",),
)
