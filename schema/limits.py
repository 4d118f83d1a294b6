"""What a document may ask for before anything runs: depth and aliases; other limits are held where they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.errors import TooExpensive


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The largest depth, number of aliases and number of tokens of a document."""

    depth: int = 15
    aliases: int = 60
    tokens: int = 4000


def check(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raises TooExpensive when an operation is deeper or has more aliases than allowed; the document must be valid."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            depth, aliases = _measured(one.selection_set, fragments, {})
            if depth > limits.depth:
                raise TooExpensive(
                    f"The operation is {depth} levels deep; {limits.depth} are allowed.",
                    remedy="Ask for fewer levels, or in several requests.",
                    limit=limits.depth,
                )
            if aliases > limits.aliases:
                raise TooExpensive(
                    f"The operation has {aliases} aliases; {limits.aliases} are allowed.",
                    remedy="Ask in several requests.",
                    limit=limits.aliases,
                )


def _measured(
    chosen: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, tuple[int, int]]
) -> tuple[int, int]:
    """The depth below a selection and its aliases; a fragment counts as often as it is spread, but is read once.

    Introspection is bounded by the schema, not by the data, and does not count.
    """
    deepest = aliases = 0
    for one in chosen.selections:
        if isinstance(one, FragmentSpreadNode):
            name = one.name.value
            if name not in known:
                known[name] = _measured(fragments[name].selection_set, fragments, known)
            depth, more = known[name]
        elif isinstance(one, InlineFragmentNode):
            depth, more = _measured(one.selection_set, fragments, known)
        elif isinstance(one, FieldNode):
            depth, more = (0, 0)
            if one.selection_set is not None and not one.name.value.startswith("__"):
                depth, more = _measured(one.selection_set, fragments, known)
            depth, more = depth + 1, more + (one.alias is not None)
        deepest, aliases = max(deepest, depth), aliases + more
    return deepest, aliases
