"""Documents: parsed, validated and checked against the limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.language.ast import Node

from graph.errors import Invalid, KithError, TooExpensive
from graph.query.access_shape import AccessShape
from schema.error_format import formatted, rejected
from schema.limits import DocumentLimits, check, check_literals, check_repeats
from schema.planning.plan import Plan

_BYTES_PER_CHARACTER = 70  # of a parsed document, measured


@dataclass(slots=True)
class Document:
    """A parsed and validated document: its operations or its errors, and its plans."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    node: DocumentNode | None = None
    plans: dict[tuple[str | None, AccessShape, bool], list[Plan]] = field(default_factory=dict)
    characters: int = 0

    @property
    def weight(self) -> int:
        """The approximate size of the document and its plans in bytes."""
        plans = sum(plan.weight for plans in self.plans.values() for plan in plans)
        return 1000 + _BYTES_PER_CHARACTER * self.characters + plans


def parsed(query: str, core: GraphQLSchema, limits: DocumentLimits) -> Document:
    """Returns the document of a text, with its errors if it is not valid."""
    document = Document(characters=len(query))
    try:
        if len(query) > limits.characters:
            raise TooExpensive(
                f"The document has {len(query)} characters; {limits.characters} are allowed.",
                remedy="Send long values in `variables`.",
                limit=limits.characters,
                field="query",
            )
        document.node = parse(query, max_tokens=limits.tokens)
        check_repeats(document.node, limits)
        check_literals(document.node)
        found = validate(core, document.node)
        if found and found[-1].message == "Validation aborted.":
            raise _too_long(limits)
        document.errors = [rejected(error) for error in found]
        if not found:
            check(document.node, limits)
    except GraphQLError as error:
        long = "tokens" in error.message or "too deeply" in error.message
        document.errors = [formatted(_too_long(limits)) if long else rejected(error)]
    except KithError as error:
        document.errors = [formatted(error)]
    if document.node is not None and not document.errors:
        _forget_tokens(document.node)
        for one in document.node.definitions:
            if isinstance(one, OperationDefinitionNode):
                document.operations[one.name.value if one.name else None] = one
            elif isinstance(one, FragmentDefinitionNode):
                document.fragments[one.name.value] = one
    return document


def _forget_tokens(node: Node) -> None:
    """Removes the tokens from the locations, which need a third of the memory of a document only for its validation."""
    if node.loc is not None:
        node.loc.start_token = node.loc.end_token = None  # type: ignore[assignment]
    for key in node.keys:
        value = getattr(node, key, None)
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Node):
                _forget_tokens(one)


def _too_long(limits: DocumentLimits) -> TooExpensive:
    return TooExpensive(
        f"The document has more than {limits.tokens} tokens, or its fields or fragments are nested too deeply.",
        remedy="Select fewer fields, or use several requests.",
        limit=limits.tokens,
        field="query",
    )


def operation_of(document: Document, name: str | None) -> OperationDefinitionNode:
    """Returns the operation to execute. Raises Invalid when the document does not have it."""
    if name is None and len(document.operations) == 1:
        return next(iter(document.operations.values()))
    if name is None or name not in document.operations:
        known = ", ".join(sorted(one for one in document.operations if one)) or "a single operation without a name"
        raise Invalid(
            "The document has several operations." if name is None else f"The document has no operation {name!r}.",
            remedy=f"Set operationName; the document has {known}.",
            field="operationName",
        )
    return document.operations[name]
