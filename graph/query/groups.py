"""Links of an account followed from all accounts below it, too."""

from __future__ import annotations

from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.traversals import climb
from graph.vocabulary import Link


def followed(builder: CypherBuilder, link: Link, label: str, way: EdgePattern, more: list[str]) -> str:
    """Returns a MATCH that binds the targets and edges of a link, also from the accounts below if `way` says so.

    Each record is then bound once. Of several edges to it, the one of the account with the lowest id is kept.
    """
    if way.below is None:
        return builder.follow(link, label, way, more)
    member = builder.fresh("m")
    tree = climb(builder, False, EdgePattern(way.start, builder.fresh("r"), member, way.at, way.below))
    found = builder.follow(link, label, way._replace(start=member, below=None), more)
    lines = [f"MATCH {tree}", f"WITH DISTINCT {member}", found]
    if link.connection is None or link.traversal is not None:
        return "\n".join([*lines, f"WITH DISTINCT {way.end}", f"WITH {way.end}, {{}} AS {way.edge}"])
    edges, other = builder.fresh("s"), builder.fresh("e")
    account = "startNode" if link.outgoing else "endNode"
    first = f"CASE WHEN {account}({other}).uid < {account}({way.edge}).uid THEN {other} ELSE {way.edge} END"
    kept = f"reduce({way.edge} = head({edges}), {other} IN tail({edges}) | {first})"
    return "\n".join(
        [*lines, f"WITH {way.end}, collect({way.edge}) AS {edges}", f"WITH {way.end}, {kept} AS {way.edge}"]
    )
