"""The requests of the explorer, as its views send them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

SOURCES = Path(__file__).resolve().parents[2] / "explorer" / "src"
ORDERS = {"opportunities": [{"estimatedCloseDate": "ASC"}], "accounts": [{"rollup": {"openPipeline": "DESC"}}]}
OPEN = {"and": [{"state": {"eq": "OPEN"}}]}


Key = tuple[type[Node], str]


@cache
def _definitions() -> Mapping[Key, Node]:
    """The fragments and the operations of all documents by kind and name."""
    found: dict[Key, Node] = {}
    for path in sorted(SOURCES.rglob("*.graphql")):
        for one in parse(path.read_text(encoding="utf-8")).definitions:
            assert isinstance(one, FragmentDefinitionNode | OperationDefinitionNode)
            assert one.name is not None
            key = type(one), one.name.value
            assert key not in found, f"{path} has a second {one.name.value}"
            found[key] = one
    return found


class _Spreads(Visitor):
    """Collects a definition and the fragments that it spreads, directly and indirectly."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[Key, Node] = {}

    def collect(self, key: Key) -> None:
        """Adds a definition by its kind and name."""
        if key not in self.found:
            self.found[key] = _definitions()[key]
            visit(self.found[key], self)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Adds the fragment of a spread."""
        self.collect((FragmentDefinitionNode, node.name.value))


@cache
def request(name: str) -> str:
    """The text of an operation of the explorer with the fragments that it needs."""
    spreads = _Spreads()
    spreads.collect((OperationDefinitionNode, name))
    return "\n".join(map(print_ast, spreads.found.values()))
