"""Root fields that are an insight on a record, which an argument names: `insights(about: …)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import ArgumentNode, FieldNode, InlineFragmentNode, NamedTypeNode, NameNode, SelectionSetNode

from graph.errors import NotFound
from schema.exposure import EXPOSED_TYPES
from schema.insights.registry import record_roots


@dataclass(frozen=True, slots=True)
class RecordRoot:
    """A field that reads the record, as it is selected, and the response key of the insight on it."""

    key: str
    fields: list[FieldNode]

    def value(self, row: Any) -> Any:
        """Returns the insight in the record as it was read. Raises NotFound without a record."""
        if row is None:
            raise NotFound("No record has this id.", remedy="Use an id from a query.")
        return row.get(self.key, [])


def record_root(key: str, nodes: list[FieldNode]) -> RecordRoot | None:
    """Returns a root field as the field `node` with the insight on the record; None for other root fields."""
    insights = record_roots().get(nodes[0].name.value)
    if insights is None:
        return None
    types = [EXPOSED_TYPES[one.on].name for one in insights]
    return RecordRoot(key, [_on_record(key, node, types, str(insights[0].about)) for node in nodes])


def _on_record(key: str, node: FieldNode, types: list[str], about: str) -> FieldNode:
    given = node.arguments or ()
    insight = FieldNode(
        alias=NameNode(value=key),
        name=node.name,
        loc=node.loc,
        arguments=tuple(one for one in given if one.name.value != about),
        directives=(),
        selection_set=node.selection_set,
    )
    return FieldNode(
        alias=None,
        name=NameNode(value="node"),
        loc=node.loc,
        arguments=tuple(
            ArgumentNode(name=NameNode(value="id"), value=one.value) for one in given if one.name.value == about
        ),
        directives=(),
        selection_set=SelectionSetNode(
            selections=tuple(
                InlineFragmentNode(
                    type_condition=NamedTypeNode(name=NameNode(value=name)),
                    directives=(),
                    selection_set=SelectionSetNode(selections=(insight,)),
                )
                for name in types
            )
        ),
    )
