"""The properties of the edges of a page that it shows or filters by, so that a traversal computes no others."""

from __future__ import annotations

from collections.abc import Iterator

from graph.query.selection import AllOf, AnyOf, Edges, EdgeTest, Labelled, Leaf, MoneyLeaf, Not, Page, Where


def edge_properties(asked: Page) -> frozenset[str]:
    """Returns the names of the properties."""
    fields = (field for one in asked.shows if isinstance(one, Edges) for field in one.fields)
    shown = {field.property for field in fields if isinstance(field, Leaf | MoneyLeaf) and field.edge}
    return frozenset({*shown, *_tested(asked.where)})


def _tested(condition: Where | None) -> Iterator[str]:
    match condition:
        case EdgeTest():
            yield condition.test.property
        case AllOf() | AnyOf():
            for one in condition.of:
                yield from _tested(one)
        case Not():
            yield from _tested(condition.of)
        case Labelled():
            yield from _tested(condition.where)
