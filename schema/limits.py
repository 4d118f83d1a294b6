"""The limits of a request that are checked before execution: of its document, its variables and its selections."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.errors import TooExpensive

_READ_AT_MOST = 50_000
_MOST_INPUT_FIELDS = 200


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The limits of a document.

    They are its depth, its aliases, its tokens, its pairs of fields under one name, its characters, and the number of
    fields `__schema` and `__type` with the aliases below them.
    """

    depth: int = 15
    aliases: int = 60
    tokens: int = 4000
    pairs: int = 5000
    characters: int = 200_000
    introspection: int = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of what one request may select, filter and sort by.

    They are the records of a page, the records of all pages, the root fields, the fields selected in one root field
    and in all of them, the conditions of all filters, the levels of a filter, the keys of an order, and the values in
    the variables.
    """

    page: int = 1000
    cost: int = 200_000
    roots: int = 60
    fields: int = 2000
    all_fields: int = 5000
    conditions: int = 100
    nesting: int = 12
    keys: int = 8
    values: int = 100_000


# A condition on a linked record or a computed field is a subquery, as is a linked record or computed field that is
# selected: the database plans each of them.
SUBQUERY_CONDITIONS = 5
SUBQUERY_FIELDS = 10
# The number of records that each list in the result of an insight counts as, if no argument bounds it.
UNBOUNDED_LIST = 100

_DEEPEST_VARIABLE = 64


class Meter:
    """Counts the fields and conditions of a request while it is planned.

    Its methods raise TooExpensive as soon as a limit is exceeded.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._fields = self._all_fields = self._conditions = self._level = 0

    def root(self) -> None:
        """Begins a root field."""
        self._fields = 0

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Counts nothing within: for what a declaration selects, not the request."""
        counted = self.limits, self._fields, self._all_fields, self._conditions
        self.limits = replace(self.limits, fields=sys.maxsize, all_fields=sys.maxsize, conditions=sys.maxsize)
        yield
        self.limits, self._fields, self._all_fields, self._conditions = counted

    def field(self, weight: int = 1) -> None:
        """Counts a field that is selected on one type of record."""
        self._fields += weight
        self._all_fields += weight
        if self._fields > self.limits.fields:
            raise self._too_many_fields("A root field", self.limits.fields)
        if self._all_fields > self.limits.all_fields:
            raise self._too_many_fields("The request", self.limits.all_fields)

    def _too_many_fields(self, what: str, limit: int) -> TooExpensive:
        return TooExpensive(
            f"{what} selects more than {limit} fields. A field of an interface counts once for each type of record, "
            f"and a linked record, connection or computed field counts {SUBQUERY_FIELDS}.",
            remedy="Select fewer fields, or use several requests.",
            limit=limit,
            field="query",
        )

    def condition(self, weight: int = 1) -> None:
        """Counts a condition of a filter."""
        self._conditions += weight
        if self._conditions > self.limits.conditions:
            raise TooExpensive(
                f"The filters of the request have more than {self.limits.conditions} conditions; a condition on a "
                f"linked record or a computed field counts {SUBQUERY_CONDITIONS}.",
                remedy="Use fewer conditions; `in` takes a list of values.",
                limit=self.limits.conditions,
                field="where",
            )

    @contextmanager
    def level(self) -> Iterator[None]:
        """Counts a level of a filter."""
        self._level += 1
        if self._level > self.limits.nesting:
            raise TooExpensive(
                f"The filter is nested more than {self.limits.nesting} levels deep.",
                remedy="Use fewer levels of `and`, `or`, `not` and links.",
                limit=self.limits.nesting,
                field="where",
            )
        yield
        self._level -= 1

    def keys(self, number: int) -> None:
        """Checks the number of keys of an order."""
        if number > self.limits.keys:
            raise TooExpensive(
                f"`orderBy` has {number} keys; {self.limits.keys} are allowed.",
                remedy="Use fewer keys.",
                limit=self.limits.keys,
                field="orderBy",
            )

    def roots(self, number: int) -> None:
        """Checks the number of root fields."""
        if number > self.limits.roots:
            raise TooExpensive(
                f"The request has {number} root fields; {self.limits.roots} are allowed.",
                remedy="Use several requests.",
                limit=self.limits.roots,
                field="query",
            )


# An object costs as much as so many values to coerce: each field that it could have is looked up.
_OBJECT_VALUES = 10


def check_variables(variables: Mapping[str, Any], limits: Limits) -> int:
    """Returns the number of values in the lists and objects of the variables; an object counts ten more.

    Raises TooExpensive when there are too many of them, or when they are nested too deeply.
    """
    left = limits.values
    waiting = [(value, 1) for value in variables.values() if isinstance(value, dict | list)]
    while waiting:
        value, level = waiting.pop()
        left -= len(value) + _OBJECT_VALUES * isinstance(value, dict)
        if left < 0:
            raise TooExpensive(
                f"The variables have more than {limits.values} values; an object counts {_OBJECT_VALUES} more.",
                remedy="Send long lists in several requests.",
                limit=limits.values,
                field="variables",
            )
        if level > _DEEPEST_VARIABLE:
            raise TooExpensive(
                f"A variable is nested more than {_DEEPEST_VARIABLE} levels deep.",
                remedy="Use fewer levels.",
                limit=_DEEPEST_VARIABLE,
                field="variables",
            )
        items = value.values() if isinstance(value, dict) else value
        waiting += [(item, level + 1) for item in items if isinstance(item, dict | list)]
    return limits.values - left


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
        field="query",
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


def check_literals(document: DocumentNode) -> None:
    """Raises TooExpensive when an object in a document has so many fields that the errors of each would be too long."""
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ObjectValueNode) and len(node.fields) > _MOST_INPUT_FIELDS:
            raise TooExpensive(
                f"An object in the document has {len(node.fields)} fields; {_MOST_INPUT_FIELDS} are allowed.",
                remedy="Send it in `variables`.",
                limit=_MOST_INPUT_FIELDS,
                field="query",
            )
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                waiting.append(value)
            elif isinstance(value, list | tuple):
                waiting += [one for one in value if isinstance(one, Node)]


def check(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raises TooExpensive when an operation is deeper or has more aliases than allowed; the document must be valid."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            _check_introspection(one, fragments, limits)
            depth, aliases = _measure(one.selection_set, fragments, {})
            if depth > limits.depth:
                raise TooExpensive(
                    f"The operation is {depth} levels deep; {limits.depth} are allowed.",
                    remedy="Select fewer levels, or use several requests.",
                    limit=limits.depth,
                    field="query",
                )
            if aliases > limits.aliases:
                raise TooExpensive(
                    f"The operation has {aliases} aliases; {limits.aliases} are allowed.",
                    remedy="Use several requests.",
                    limit=limits.aliases,
                    field="query",
                )


def _check_introspection(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], limits: DocumentLimits
) -> None:
    """Raises TooExpensive when an operation has too many fields about the schema, or too many aliases below them.

    The depth of introspection is bounded by a rule of graphql-core.
    """
    number = 0
    waiting, seen = [operation.selection_set], set[str]()
    while waiting:
        for one in waiting.pop().selections:
            if isinstance(one, InlineFragmentNode):
                waiting.append(one.selection_set)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                waiting.append(fragments[one.name.value].selection_set)
            elif isinstance(one, FieldNode) and one.selection_set and one.name.value.startswith("__"):
                number += 1 + _measure(one.selection_set, fragments, {})[1]
    if number > limits.introspection:
        raise TooExpensive(
            f"The operation has {number} introspection fields with their aliases; {limits.introspection} are allowed.",
            remedy="Select `__schema` once, and without aliases.",
            limit=limits.introspection,
            field="query",
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
