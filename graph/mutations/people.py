"""What becomes of people: a first job with the record of them, and whom they report to."""

from __future__ import annotations

from graph.mutations.frame import (
    MOMENT,
    TOUCH,
    begins,
    begun,
    circle,
    doing,
    fact,
    facts,
    lasting,
    missing,
    refusing,
    sought,
    why,
)
from graph.mutations.records import More, created
from graph.mutations.registry import verb
from graph.query.builder import CypherBuilder

_SOLID = "coalesce(steps.kind, 'SOLID') = 'SOLID'"


@verb("createContact")
def create_contact(builder: CypherBuilder) -> str:
    """Makes a person, with a job at `$input.account` (`$input.job` says what it is) where one is given."""
    hired = "FOREACH (one IN [one IN [employer] WHERE one IS NOT NULL] |"
    more = More(
        seeks=(sought(builder, "employer", "Account", "$input.account"),),
        refuses=(("$input.account IS NOT NULL AND employer IS NULL", missing("account", "$input.account")),),
        writes=(
            f"{hired} CREATE (n)-[job:WORKS_AT]->(one)",
            "  SET job = $input.job, job.validFrom = coalesce($input.validFrom, $now), job.createdAt = $now)",
        ),
        after=(fact("account", "employer.uid"), facts("$input.jobKeys", "$input.job")),
    )
    return created(builder, "Contact", "createContact", more)


@verb("setManager")
def set_manager(builder: CypherBuilder) -> str:
    """From a moment on a person reports to another, or to nobody; the lines before are kept as history."""
    which = (
        "boss = manager OR boss = former OR $input.kind = 'SOLID' OR ($input.former IS NULL AND $input.manager IS NULL)"
    )
    line = f"MATCH (n)-[line:REPORTS_TO]->(boss) WHERE coalesce(line.kind, 'SOLID') = $input.kind AND {lasting('line')}"
    refuses = (
        ("n IS NULL", missing("contact", "$input.contact")),
        ("$input.manager IS NOT NULL AND manager IS NULL", missing("manager", "$input.manager")),
        ("$input.former IS NOT NULL AND former IS NULL", missing("former manager", "$input.former")),
        ("$input.account IS NOT NULL AND account IS NULL", missing("account", "$input.account")),
        ("manager = n", why("own", what="'manager'")),
        ("begins IS NOT NULL", why("later", begins="toString(begins)")),
        ("former IS NOT NULL AND NOT any(line IN lines WHERE endNode(line) = former)", why("line")),
        (
            f"$input.kind = 'SOLID' AND {circle('manager', 'REPORTS_TO', '$input.contact', _SOLID, lasting('steps'))}",
            why("circle", what="'manager'"),
        ),
    )
    scoped = "($input.account IS NULL OR line.scopeAccountId = $input.account)"
    kept = f"endNode(line) = manager AND line.validTo IS NULL AND {scoped}"
    return "\n".join(
        [
            begun(),
            sought(builder, "n", "Contact", "$input.contact"),
            sought(builder, "manager", "Contact", "$input.manager"),
            sought(builder, "former", "Contact", "$input.former"),
            sought(builder, "account", "Account", "$input.account"),
            MOMENT,
            f"WITH *, COLLECT {{ {line} AND ({which}) RETURN line }} AS lines",
            f"WITH *, {begins('lines')} AS begins",
            f"WITH *, {refusing(*refuses)}",
            f"WITH *, [line IN lines WHERE NOT coalesce({kept}, false)] AS ending",
            "WITH *, CASE WHEN size(ending) = size(lines) THEN manager END AS boss",
            "WITH *, [line IN ending | 'manager=' + endNode(line).uid] AS before,",
            f"  {fact('manager', 'boss.uid')} AS after",
            "WITH *, CASE WHEN size(before) + size(after) = 0 THEN [] ELSE",
            f"  after + ['kind=' + $input.kind] + {fact('validFrom', 'moment')} END AS after",
            doing(
                "setManager",
                ["boss", "ending", "moment"],
                f"FOREACH (line IN ending | SET line.validTo = moment) {TOUCH}",
                "FOREACH (one IN [one IN [boss] WHERE one IS NOT NULL] |",
                "  CREATE (n)-[line:REPORTS_TO {kind: $input.kind, validFrom: moment, createdAt: $now}]->(one)",
                "  SET line.scopeAccountId = $input.account)",
            ),
        ]
    )
