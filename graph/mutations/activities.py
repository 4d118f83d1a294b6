"""What happened between parties: an activity with who took part, and the ties that follow from it."""

from __future__ import annotations

from graph.mutations.frame import begun, event, facts, missing, refusing, sought, why
from graph.mutations.records import kinds, settable
from graph.mutations.registry import verb
from graph.query.builder import CypherBuilder
from graph.query.cypher import call, name, quoted, where
from graph.ties import statements
from graph.vocabulary import Link, concrete


def activity_links() -> dict[str, Link]:
    """The undated links to at most one record that some kind of activity has, by name."""
    return {link.name: link for label in concrete("Activity") for link in settable(label)}


@verb("logActivity")
def log_activity(builder: CypherBuilder) -> str:
    """Makes an activity of `$input.kind` with `$input.participants`, and counts it for the ties between them."""
    links = [(link, builder.fresh("to"), f"$input.links.{name(link.name)}") for link in activity_links().values()]
    sight = where(["party:Party", *builder.access_predicates("party", "Party")])
    parts = (
        f"UNWIND $input.participants AS part\nOPTIONAL MATCH (party:Record {{uid: part.party}}){sight}\n"
        "RETURN collect({party: party, role: part.role, addressUsed: part.addressUsed}) AS parts,\n"
        "  collect(CASE WHEN party IS NULL THEN part.party END) AS strangers"
    )
    joins = (
        "WITH * WHERE refused IS NULL\nUNWIND parts AS part\nWITH n, part, part.party AS party\n"
        "CREATE (party)-[took:PARTICIPATED_IN {role: part.role, createdAt: $now}]->(n)\n"
        "SET took.addressUsed = part.addressUsed"
    )
    refuses = (
        ("size(strangers) > 0", missing("party", "strangers[0]")),
        *((f"{given} IS NOT NULL AND {to} IS NULL", missing(link.name, given)) for link, to, given in links),
        ("status = 'COMPLETED' AND startedAt > $now", why("future")),
        ("$input.stored.endedAt < startedAt", why("reversed")),
    )
    named = [f"[one IN [{to}] WHERE one IS NOT NULL | {quoted(link.name + '=')} + one.uid]" for link, to, _ in links]
    after = [
        "['kind=' + $input.kind, 'startedAt=' + toString(startedAt), 'status=' + status]",
        facts("[key IN $input.keys WHERE NOT key IN ['startedAt', 'status']]", "$input.stored"),
        *named,
        "[part IN parts WHERE part.party IS NOT NULL | part.role + '=' + part.party.uid]",
    ]
    return "\n".join(
        [
            begun(),
            call("", parts),
            *(sought(builder, to, link.target, given, kinds(link)) for link, to, given in links),
            "WITH *, coalesce($input.stored.startedAt, $now) AS startedAt",
            "WITH *, coalesce($input.stored.status,",
            "  CASE WHEN startedAt > $now THEN 'SCHEDULED' ELSE $input.done END) AS status",
            f"WITH *, {refusing(*refuses)}",
            "CREATE (n:Activity:Record:$($input.kind))",
            "SET n = $input.stored, n.uid = $input.id, n.createdAt = $now, n.modifiedAt = $now",
            "SET n.startedAt = startedAt, n.status = status",
            *(
                f"FOREACH (one IN [one IN [{to}] WHERE one IS NOT NULL] | "
                f"CREATE (n)-[:{link.edge} {{createdAt: $now}}]->(one))"
                for link, to, _ in links
            ),
            "WITH *",
            call("n, parts, refused", joins),
            call("", statements.joined()),
            f"WITH *, [] AS before, {' + '.join(after)} AS after",
            event("logActivity"),
            "WITH n, refused",
        ]
    )
