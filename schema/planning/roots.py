"""Translates root fields that one statement reads into selections."""

from __future__ import annotations

import re

from graphql import FieldNode

from graph.errors import Invalid
from graph.query.selection import ById, Connection, Search, Selection
from graph.vocabulary import concrete
from schema.exposure import EXPOSED_TYPES
from schema.planning.arguments import included
from schema.planning.selection_builder import SelectionBuilder

_WORD = re.compile(r"\w+")
_BY_ONE = {face.one: face for face in EXPOSED_TYPES.values() if face.model.concrete}
_BY_MANY = {face.model.plural: face for face in EXPOSED_TYPES.values() if face.model.plural}
STATEMENT_ROOTS = frozenset({*_BY_ONE, *_BY_MANY, "node", "search"})


def root_selection(selection_builder: SelectionBuilder, nodes: list[FieldNode]) -> Selection:
    """Returns the selection of a root field. Raises KithError when an argument is not valid."""
    name = nodes[0].name.value
    get = selection_builder.arguments(selection_builder.declared("Query", nodes[0]), nodes[0])
    if name in _BY_MANY:
        face = _BY_MANY[name]
        return Connection(selection_builder.page(nodes, face.model.label, f"{face.name}Edge", get, None, None))
    if name == "search":
        return _search(selection_builder, nodes)
    label = "Record" if name == "node" else _BY_ONE[name].model.label
    given = get("id")
    assert given is not None
    deleted = included(get("includeDeleted"))
    return ById(label, given.slot(str), selection_builder.row(nodes, label), deleted)


def _search(selection_builder: SelectionBuilder, nodes: list[FieldNode]) -> Search:
    get = selection_builder.arguments(selection_builder.declared("Query", nodes[0]), nodes[0])
    text, kinds, first = get("text"), get("kinds"), get("first")
    assert text is not None
    assert first is not None
    labels = concrete("Record") if kinds is None else tuple(sorted(set(kinds.value())))
    unknown = [label for label in labels if label not in concrete("Record")]
    if unknown:
        raise Invalid(
            f"`kinds` has unknown record types: {', '.join(unknown)}.",
            remedy=f"Use any of {', '.join(concrete('Record'))}.",
        )
    parts = selection_builder.collected(nodes, "SearchHit")
    shown = next((same for same in parts.values() if same[0].name.value == "node"), None)
    size = selection_builder.first(first)
    with selection_builder.paged(first):
        row = selection_builder.row(shown, "Record") if shown is not None else None
    return Search(
        labels,
        text.slot(lucene),
        text.slot(lambda given: words(str(given))),
        size,
        tuple((key, same[0].name.value) for key, same in parts.items()),
        row,
    )


def words(text: str) -> list[str]:
    """Returns the words of a text in lower case.

    >>> words("Kan-code: Ltd.")
    ['kan', 'code', 'ltd']
    """
    return [one.lower() for one in _WORD.findall(text)]


def lucene(text: object) -> str:
    """Returns a full-text query that requires every word of a text, as a whole word or as a prefix.

    >>> lucene("Acme co")
    '+(acme OR acme*) +(co OR co*)'
    """
    return " ".join(f"+({one} OR {one}*)" for one in words(str(text))) or "+nothingtofind"
