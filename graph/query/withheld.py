"""Counts the records that access rules hide at a place of a statement (decision 0030)."""

from __future__ import annotations

from collections.abc import Callable

from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.cypher import call
from graph.query.groups import followed
from graph.query.selection import Page
from graph.vocabulary import Link

Found = Callable[[CypherBuilder, str], str]
"""Returns clauses that bind a record of the place in each row, under the rules of the builder and with that name."""


def place_of(page: Page, link: Link | None, label: str, way: EdgePattern) -> Found:
    """Returns the place of a page: the records of its label, or those to which a link leads, without conditions."""

    def found(builder: CypherBuilder, record: str) -> str:
        if link is None:
            return f"MATCH {(builder.with_deleted if page.deleted else builder.node)(record, page.label)}"
        there = way._replace(edge=builder.fresh("e"), end=record, facts=frozenset())
        return followed(builder, link, label, there, [])

    return found


def hides(builder: CypherBuilder, text: Callable[[CypherBuilder], str]) -> bool:
    """Returns True if access rules change a text."""
    if not builder.access.rules:
        return False
    ours, whole = (text(CypherBuilder(one)) for one in (builder.access, builder.unrestricted().access))
    return ours != whole


def withheld(builder: CypherBuilder, imports: str, found: Found) -> tuple[list[str], str]:
    """Returns subqueries that count the records of a place, and the expression of the number of the hidden ones.

    These are all records less those that the caller may read. The number is constant if no rule concerns the place.
    """
    if not hides(builder, lambda each: found(each, "n")):
        return [], "0"
    counts, clauses = [], []
    for each in (builder.unrestricted(), builder):
        record, number = each.fresh("n"), each.fresh("f")
        # Without imports, each record is bound once.
        counted = f"count(DISTINCT {record})" if imports else f"count({record})"
        clauses.append(call(imports, f"{found(each, record)}\nRETURN {counted} AS {number}"))
        counts.append(number)
    return clauses, " - ".join(counts)
