"""Cypher that looks for a path which a new relationship would turn into a cycle."""

from __future__ import annotations

from graph.query.cypher import indented

# Before every `validFrom` that can be stored.
_FIRST = "datetime({epochSeconds: -62135596800})"


def cycle(start: str, edge: str, end: str, *rules: str, since: str | None = None) -> str:
    """Whether a path leads from one record up to the id of another, whose steps are all valid at a common time.

    `rules` are conditions on `steps`, a relationship of the path. `since` is when the new relationship begins, for a
    type with periods; the rules then also say that the two periods overlap. A common time of several periods, if there
    is one, is the latest of their beginnings: so each beginning above `start` is looked at, one after the other, of the
    steps that obey the rules.
    Shortest paths are searched, because the number of all paths grows exponentially with the history of a hierarchy;
    within an expression, Neo4j follows all of them even where only their ends matter.
    """
    if since is None:
        return _reaches(start, edge, end, rules)
    begins = f"coalesce({since}, {_FIRST})"
    near = f"MATCH SHORTEST 1 ({start}) {_steps(edge, rules)}* (near)"
    beginnings = (
        f"{near}\nWITH DISTINCT near\nMATCH (near)-[steps:{edge}]->()\n"
        f"WHERE {' AND '.join([f'steps.validFrom > {begins}', *rules])}\nRETURN DISTINCT steps.validFrom"
    )
    valid = (
        "(steps.validFrom IS NULL OR steps.validFrom <= instant)",
        "(steps.validTo IS NULL OR instant < steps.validTo)",
    )
    each = f"UNWIND [{begins}] + COLLECT {{\n{indented(beginnings)}\n}} AS instant\n"
    return _reaches(start, edge, end, (*rules, *valid), each)


def _reaches(start: str, edge: str, end: str, rules: tuple[str, ...], each: str = "") -> str:
    path = f"({start}) {_steps(edge, rules)}+ (:Record {{uid: {end}}})"
    return f"EXISTS {{\n{indented(f'{each}MATCH SHORTEST 1 {path}')}\n  RETURN 1\n}}"


def _steps(edge: str, rules: tuple[str, ...]) -> str:
    kept = f" WHERE {' AND '.join(rules)}" if rules else ""
    return f"(()-[steps:{edge}{kept}]->())"
