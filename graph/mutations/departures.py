"""What ends with a relationship: an account's primary contact, say, when that person no longer works there.

A link declares it by `follows`. Only a departure that has taken effect counts: one that is planned may not happen.
"""

from __future__ import annotations

from graph.mutations.frame import change, each, remove, touch
from graph.mutations.periods import PRESENT
from graph.query.cypher import call, quoted, where
from graph.query.periods import holds
from graph.vocabulary import Link, entity


def following(edge: str, place: str) -> tuple[Link, ...]:
    """The links of a label that follow a relationship type."""
    return tuple(link for link in entity(place).links.values() if link.follows == edge)


def released(edge: str, label: str, job: str, place: str) -> str:
    """Binds `released`: the relationships at `place` that end because the relationship `job` of `n` ends."""
    types = "|".join(dict.fromkeys(link.edge for link in following(edge, label)))
    still = f"EXISTS {{ MATCH (n)-[remaining:{edge}]->({place}) WHERE remaining <> {job} AND {holds('remaining')} }}"
    rules = [f"moment <= {PRESENT}", f"NOT {still}", holds("link")]
    return call(
        f"n, {job}, {place}, moment",
        f"MATCH (n)-[link:{types}]-({place}){where(rules)}\nRETURN collect(link) AS released",
    )


def released_changes(edge: str, label: str, place: str) -> list[str]:
    """The changes of what is released, on the record at `place`."""
    return [
        change(
            link.name,
            f"CASE WHEN any(link IN released WHERE type(link) = {quoted(link.edge)}) THEN n END",
            record=place,
        )
        for link in following(edge, label)
    ]


def released_writes(edge: str, label: str, place: str) -> tuple[str, ...]:
    """Ends or deletes what is released, and gives the record at `place` a new version."""
    dated = sorted({link.edge for link in following(edge, label) if link.dated})
    listed = f"type(link) IN [{', '.join(map(quoted, dated))}]"
    return (
        each(f"CASE WHEN size(released) > 0 THEN {place} END", touch("one")),
        f"FOREACH (link IN [link IN released WHERE {listed}] | SET link.validTo = moment)",
        f"FOREACH (link IN [link IN released WHERE NOT {listed}] | {remove('link')})",
    )
