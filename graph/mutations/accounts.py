"""Where an account stands and who looks after it: its parents, its primary manager, its team."""

from __future__ import annotations

from graph.mutations.frame import (
    MOMENT,
    TOUCH,
    at,
    begins,
    begun,
    circle,
    doing,
    fact,
    lasting,
    missing,
    refusing,
    sought,
    why,
)
from graph.mutations.registry import verb
from graph.query.builder import CypherBuilder


@verb("reparentAccount")
def reparent(builder: CypherBuilder) -> str:
    """From a moment on an account has another parent in a hierarchy, or none; the parent before is kept as history."""
    steps = ("steps.hierarchy = $input.hierarchy", lasting("steps"))
    refuses = (
        ("n IS NULL", missing("account", "$input.account")),
        ("$input.parent IS NOT NULL AND parent IS NULL", missing("parent", "$input.parent")),
        ("parent = n", why("own", what="'parent'")),
        ("begins IS NOT NULL", why("later", begins="toString(begins)")),
        (circle("parent", "CHILD_OF", "$input.account", *steps), why("circle", what="'parent'")),
    )
    placed = "edge.hierarchy = $input.hierarchy AND " + lasting("edge")
    return "\n".join(
        [
            begun(),
            sought(builder, "n", "Account", "$input.account"),
            sought(builder, "parent", "Account", "$input.parent"),
            MOMENT,
            f"WITH *, COLLECT {{ MATCH (n)-[edge:CHILD_OF]->() WHERE {placed} RETURN edge }} AS edges",
            f"WITH *, {begins('edges')} AS begins",
            f"WITH *, {refusing(*refuses)}",
            "WITH *, size(edges) = CASE WHEN parent IS NULL THEN 0 ELSE 1 END",
            "  AND all(edge IN edges WHERE endNode(edge) = parent AND edge.validTo IS NULL) AS same",
            "WITH *, CASE WHEN same THEN [] ELSE",
            "  ['hierarchy=' + $input.hierarchy] + [edge IN edges | 'parent=' + endNode(edge).uid] END AS before,",
            "  CASE WHEN same THEN [] ELSE",
            f"  ['hierarchy=' + $input.hierarchy] + {fact('parent', 'parent.uid')}",
            f"  + {fact('validFrom', 'moment')} END AS after",
            doing(
                "reparentAccount",
                ["parent", "edges", "moment"],
                f"FOREACH (edge IN edges | SET edge.validTo = moment) {TOUCH}",
                "FOREACH (one IN [one IN [parent] WHERE one IS NOT NULL] |",
                "  CREATE (n)-[:CHILD_OF {hierarchy: $input.hierarchy, validFrom: moment, createdAt: $now}]->(one))",
            ),
        ]
    )


@verb("assignManager")
def assign_manager(builder: CypherBuilder) -> str:
    """From a moment on a user is the one primary manager of an account; the one before is so until then."""
    either = f"(edge.isPrimary OR one.uid = $input.user AND edge.role = $input.role) AND {lasting('edge')}"
    refuses = (
        ("n IS NULL", missing("account", "$input.account")),
        ("user IS NULL", missing("user", "$input.user")),
        ("begins IS NOT NULL", why("overlap", begins="toString(begins)")),
    )
    same = "startNode(edge) = user AND edge.isPrimary AND edge.role = $input.role AND edge.validTo IS NULL"
    return "\n".join(
        [
            begun(),
            sought(builder, "n", "Account", "$input.account"),
            sought(builder, "user", "User", "$input.user"),
            MOMENT,
            f"WITH *, COLLECT {{ MATCH (n)<-[edge:MANAGES]-(one) WHERE {either} RETURN edge }} AS edges",
            f"WITH *, {begins('[edge IN edges WHERE edge.isPrimary]')} AS begins",
            f"WITH *, {refusing(*refuses)}",
            f"WITH *, [edge IN edges WHERE {at('edge')}] AS former",
            f"WITH *, size(former) = 1 AND all(edge IN former WHERE {same}) AS same",
            "WITH *, CASE WHEN same THEN [] ELSE",
            "  [edge IN former WHERE edge.isPrimary | 'manager=' + startNode(edge).uid] END AS before,",
            "  CASE WHEN same THEN [] ELSE",
            "  ['manager=' + $input.user, 'role=' + $input.role, 'validFrom=' + toString(moment)] END AS after",
            doing(
                "assignManager",
                ["user", "former", "moment"],
                f"FOREACH (edge IN former | SET edge.validTo = moment) {TOUCH}",
                "CREATE (user)-[edge:MANAGES {validFrom: moment, createdAt: $now}]->(n)",
                "SET edge.role = $input.role, edge.isPrimary = true",
            ),
        ]
    )


_TEAM = "MATCH (user)-[edge:MANAGES|MEMBER_OF]->(n)"


def _joining(builder: CypherBuilder) -> list[str]:
    return [
        begun(),
        f"{sought(builder, 'n', 'Party', '$input.team', ('Account', 'Team'))} AND $input.kind IN labels(n)",
        sought(builder, "user", "User", "$input.user"),
    ]


_STRANGERS = (
    ("n IS NULL", missing("team", "$input.team")),
    ("user IS NULL", missing("user", "$input.user")),
)


@verb("addTeamMember")
def add_team_member(builder: CypherBuilder) -> str:
    """From a moment on a user has a part in an account's team or is a member of a team."""
    part = f"coalesce(edge.role, '') = coalesce($input.role, '') AND {lasting('edge')}"
    refuses = (
        *_STRANGERS,
        ("begins IS NOT NULL", why("later", begins="toString(begins)")),
        ("any(edge IN edges WHERE edge.validTo IS NOT NULL)", why("ends", ends="toString(edges[0].validTo)")),
    )
    facts = "validFrom: moment, createdAt: $now"
    return "\n".join(
        [
            *_joining(builder),
            MOMENT,
            f"WITH *, COLLECT {{ {_TEAM} WHERE {part} RETURN edge }} AS edges",
            f"WITH *, {begins('edges')} AS begins",
            f"WITH *, {refusing(*refuses)}",
            "WITH *, [] AS before, CASE WHEN size(edges) > 0 THEN [] ELSE",
            f"  ['member=' + $input.user] + {fact('role', '$input.role')} + {fact('validFrom', 'moment')} END AS after",
            doing(
                "addTeamMember",
                ["user", "moment"],
                TOUCH,
                "FOREACH (one IN CASE WHEN n:Account THEN [n] ELSE [] END |",
                f"  CREATE (user)-[edge:MANAGES {{{facts}}}]->(one)",
                "  SET edge.role = $input.role, edge.isPrimary = false)",
                "FOREACH (one IN CASE WHEN n:Team THEN [n] ELSE [] END |",
                f"  CREATE (user)-[edge:MEMBER_OF {{{facts}}}]->(one) SET edge.role = $input.role)",
            ),
        ]
    )


@verb("removeTeamMember")
def remove_team_member(builder: CypherBuilder) -> str:
    """At a moment a user's part in an account's team or membership of a team ends."""
    part = f"($input.role IS NULL OR edge.role = $input.role) AND {at('edge')}"
    refuses = (
        *_STRANGERS,
        ("size(edges) = 0", why("absent")),
        ("any(edge IN edges WHERE edge.isPrimary)", why("primary")),
    )
    return "\n".join(
        [
            *_joining(builder),
            "WITH *, coalesce($input.validTo, $now) AS moment",
            f"WITH *, COLLECT {{ {_TEAM} WHERE {part} RETURN edge }} AS edges",
            f"WITH *, {refusing(*refuses)}",
            "WITH *, [edge IN edges WHERE edge.role IS NOT NULL | 'role=' + edge.role] AS roles",
            f"WITH *, ['member=' + $input.user] + roles AS before, {fact('validTo', 'moment')} AS after",
            doing(
                "removeTeamMember",
                ["edges", "moment"],
                f"FOREACH (edge IN edges | SET edge.validTo = moment) {TOUCH}",
            ),
        ]
    )
