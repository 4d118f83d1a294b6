"""The limits of a document that are checked before execution: repeated fields, depth and aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.errors import TooExpensive

_READ_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The largest depth, number of aliases, tokens and pairs of fields under one name of a document."""

    depth: int = 15
    aliases: int = 60
    tokens: int = 4000
    pairs: int = 5000


def check_repeats(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raises TooExpensive when so many fields share a response name that validation would take seconds.

    Validation compares each pair of fields with the same response name, and then each pair below those. The document
    does not have to be valid.
    """
    pairs = 0
    for group in _repeated(document, limits):
        pairs += len(group) * (len(group) - 1) // 2
        if pairs > limits.pairs:
            raise _repeats(limits)


def _repeats(limits: DocumentLimits) -> TooExpensive:
    return TooExpensive(
        f"Fields are repeated under the same name in more than {limits.pairs} pairs.",
        remedy="Select each field once in each selection set.",
        limit=limits.pairs,
    )


def _repeated(document: DocumentNode, limits: DocumentLimits) -> Iterator[list[FieldNode]]:
    """Yields each group of fields that share a response name once.

    Raises TooExpensive when nested fragment spreads make the document too large to read.
    """
    left = _READ_AT_MOST
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    waiting: list[tuple[SelectionSetNode, ...]] = [
        (one.selection_set,) for one in document.definitions if isinstance(one, ExecutableDefinitionNode)
    ]
    seen: set[tuple[int, ...]] = set()
    while waiting:
        merged = waiting.pop()
        if (key := tuple(sorted(map(id, merged)))) in seen:
            continue
        seen.add(key)
        named: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        within = list(merged)
        while within:
            chosen = within.pop().selections
            left -= len(chosen)
            if left < 0:
                raise _repeats(limits)
            for one in chosen:
                if isinstance(one, FieldNode):
                    named.setdefault((one.alias or one.name).value, []).append(one)
                elif isinstance(one, InlineFragmentNode):
                    within.append(one.selection_set)
                elif isinstance(one, FragmentSpreadNode) and (name := one.name.value) not in spread:
                    spread.add(name)
                    within += [fragments[name].selection_set] if name in fragments else []
        for group in named.values():
            below = tuple(one.selection_set for one in group if one.selection_set)
            waiting += [(one,) for one in below]
            if len(group) > 1:
                yield group
                waiting += [below] if below else []


def check(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raises TooExpensive when an operation is deeper or has more aliases than allowed; the document must be valid."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            depth, aliases = _measure(one.selection_set, fragments, {})
            if depth > limits.depth:
                raise TooExpensive(
                    f"The operation is {depth} levels deep; {limits.depth} are allowed.",
                    remedy="Select fewer levels, or use several requests.",
                    limit=limits.depth,
                )
            if aliases > limits.aliases:
                raise TooExpensive(
                    f"The operation has {aliases} aliases; {limits.aliases} are allowed.",
                    remedy="Use several requests.",
                    limit=limits.aliases,
                )


def _measure(
    chosen: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, tuple[int, int]]
) -> tuple[int, int]:
    """Returns the depth and the number of aliases of a selection; a fragment counts each time it is spread.

    Introspection is bounded by the schema, not by the data, and does not count.
    """
    deepest = aliases = 0
    for one in chosen.selections:
        if isinstance(one, FragmentSpreadNode):
            name = one.name.value
            if name not in known:
                known[name] = _measure(fragments[name].selection_set, fragments, known)
            depth, more = known[name]
        elif isinstance(one, InlineFragmentNode):
            depth, more = _measure(one.selection_set, fragments, known)
        elif isinstance(one, FieldNode):
            depth, more = (0, 0)
            if one.selection_set is not None and not one.name.value.startswith("__"):
                depth, more = _measure(one.selection_set, fragments, known)
            depth, more = depth + 1, more + (one.alias is not None)
        deepest, aliases = max(deepest, depth), aliases + more
    return deepest, aliases
