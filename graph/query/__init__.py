"""Compiles a selection into one Cypher statement, whose text depends only on the shape of the selection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graph.query.computed
import graph.query.traversals
from graph.bounded_cache import BoundedCache
from graph.joining import Join
from graph.query.access_shape import AccessShape, Fields
from graph.query.builder import CypherBuilder
from graph.query.cypher import call
from graph.query.key_order import Arrange, arranged, unlisted
from graph.query.projection import NodeRef, page, show
from graph.query.search import search
from graph.query.selection import ById, Connection, Records, Search, Selection
from graph.store import PARAMETER, Bound, find_parameters
from graph.vocabulary import entity

AMBIENT = frozenset({"now", "unit", "currency", "tieK"})


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled statement: its text, its parameters, and the functions that restore the order of its result.

    `masked` are the selected fields that the caller may not read: they are null.
    """

    name: str
    text: str
    parameters: frozenset[str]
    arrange: Arrange
    unlist: Arrange
    join: Join | None = None
    masked: Fields = frozenset()

    @property
    def ambient(self) -> frozenset[str]:
        """The ambient parameters in the text: any of `now`, `unit`, `currency` and `tieK`."""
        return self.parameters & AMBIENT

    def bind(self, values: Sequence[Any], **more: Any) -> Bound:
        """Binds values: for the slots in order, and by name for other parameters such as `access`."""
        values_by_name = {f"p{index}": value for index, value in enumerate(values) if f"p{index}" in self.parameters}
        values_by_name.update({key: value for key, value in more.items() if key in self.parameters})
        if values_by_name.keys() != self.parameters:
            raise TypeError(f"{self.name}: missing values for {sorted(self.parameters - values_by_name.keys())}")
        return Bound(self.name, self.text, values_by_name, self.join)


_CACHE_BYTES = 64 * 1024 * 1024
# A subquery sees only the variables that it imports.
_SUBQUERY = re.compile(r"CALL \(([^)*]*)\) \{")
_BYTES_PER_CHARACTER = 6  # of the text, for the text and the selection

compiled_statements: BoundedCache[tuple[Selection, AccessShape], Compiled] = BoundedCache(_CACHE_BYTES)


def compile(selection: Selection, access: AccessShape) -> Compiled:  # noqa: A001  the architecture's word
    """Compiles a selection under an access shape into a statement that returns one value in the requested shape."""
    key = (selection, access)
    known = compiled_statements.get(key)
    if known is None:
        builder = CypherBuilder(access)
        title, text = _statement(builder, selection)
        join = _join(text, selection) if isinstance(selection, ById) else None
        known = Compiled(
            title, text, find_parameters(text), arranged(selection), unlisted(selection), join,
            frozenset(builder.masked),
        )  # fmt: skip
        compiled_statements.put(key, known, 1000 + _BYTES_PER_CHARACTER * len(text))
    return known


def _join(text: str, selection: ById) -> Join:
    """Returns how lookups of this text are joined; only the id, the current time and the caller's access may vary."""
    varying = find_parameters(text) & {selection.uid.name, "now", "access"}
    inner = _SUBQUERY.sub(lambda found: f"CALL ({', '.join(filter(None, ['item', found[1]]))}) {{", text)
    body = PARAMETER.sub(lambda found: f"item.{found[1]}" if found[1] in varying else found[0], inner)
    return Join(f"UNWIND $items AS item\n{call('item', body)}\nRETURN collect([item.at, answer]) AS answers", varying)


def _statement(builder: CypherBuilder, selection: Selection) -> tuple[str, str]:
    match selection:
        case ById():
            return entity(selection.label).label, _by_id(builder, selection)
        case Records():
            return "records", _records(builder, selection)
        case Connection():
            before, expression = page(builder, selection.page, None)
            return f"{selection.page.label} page", "\n".join([*before, f"RETURN {expression} AS answer"])
        case Search():
            return "search", search(builder, selection)


def _by_id(builder: CypherBuilder, selection: ById) -> str:
    before, expression = show(builder, selection.row, NodeRef("n", selection.label, deleted=selection.deleted))
    node = builder.with_deleted if selection.deleted else builder.node
    record = node("n", selection.label, uid=f"${selection.uid.name}")
    return "\n".join([f"MATCH {record}", *before, f"RETURN {expression} AS answer"])


def _records(builder: CypherBuilder, selection: Records) -> str:
    lists, parts = [], []
    for label, uids, row in selection.of:
        node, uid, answer = builder.fresh("n"), builder.fresh("u"), builder.fresh("a")
        before, expression = show(builder, row, NodeRef(node, label, deleted=selection.deleted))
        pattern = builder.with_deleted if selection.deleted else builder.node
        lines = [
            f"UNWIND ${uids.name} AS {uid}",
            f"MATCH {pattern(node, label, uid=uid)}",
            *before,
            f"RETURN collect([{uid}, {expression}]) AS {answer}",
        ]
        parts.append(call("", "\n".join(lines)))
        lists.append(answer)
    return "\n".join([*parts, f"RETURN [{', '.join(lists)}] AS answer"])
