"""Translates root fields that one statement reads into selections."""

from __future__ import annotations

import re

from graphql import FieldNode

from graph.errors import Invalid
from graph.query.search import CURSOR
from graph.query.selection import ById, Connection, Search, Selection, Slot
from graph.search.lucene import search_query
from graph.vocabulary import concrete
from schema.exposure import EXPOSED_TYPES
from schema.planning.arguments import ArgumentValue, included
from schema.planning.selection_builder import SelectionBuilder

_CURSOR = re.compile(rf"{re.escape(CURSOR)}(-?[0-9]{{1,5}})\|([a-z0-9]{{1,64}})")
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
    text, kinds, first, fuzzy = get("text"), get("kinds"), get("first"), included(get("fuzzy"))
    assert text is not None
    assert first is not None
    labels = concrete("Record") if kinds is None else tuple(sorted(set(kinds.value())))
    if not labels:
        raise Invalid(
            "`kinds` must name at least one kind; got an empty list.",
            remedy="Omit `kinds` to search all kinds.",
            field="kinds",
        )
    parts = selection_builder.collected(nodes, "SearchHit")
    shown = next((same for same in parts.values() if same[0].name.value == "node"), None)
    size = selection_builder.first(first)
    with selection_builder.paged(first):
        row = selection_builder.row(shown, "Record") if shown is not None else None

    def slot(part: str) -> Slot:
        return text.slot(lambda given: getattr(search_query(str(given), fuzzy), part))

    return Search(
        labels,
        query=slot("lucene"),
        phrase=slot("phrase"),
        words=slot("words"),
        marks=slot("marks"),
        misspelled=slot("misspelled") if fuzzy else None,
        first=size,
        after=_after(get("after")),
        parts=tuple((key, same[0].name.value) for key, same in parts.items()),
        row=row,
    )


def _after(cursor: ArgumentValue | None) -> tuple[Slot, Slot] | None:
    if cursor is None:
        return None
    return cursor.slot(lambda given: int(_position(given)[1])), cursor.slot(lambda given: _position(given)[2])


def _position(cursor: object) -> re.Match[str]:
    found = _CURSOR.fullmatch(str(cursor))
    if found is None:
        raise Invalid(
            "`after` is not a cursor of `search`.",
            remedy="Send the `cursor` of a hit of the same search.",
            field="after",
        )
    return found
