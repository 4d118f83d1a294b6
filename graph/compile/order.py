"""Answers in the order they were asked for: the server gives maps in an order of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from graph.selection import (
    ById,
    Computed,
    Constant,
    Cursor,
    Edges,
    Field,
    Found,
    Leaf,
    Listing,
    Many,
    MoneyLeaf,
    Node,
    Nodes,
    One,
    Page,
    PageInfo,
    Part,
    Question,
    Records,
    Row,
    Total,
    Typename,
    Written,
)

Tree = dict[str, "Tree"]
Arrange = Callable[[Any], Any]


def arranged(question: Question) -> Arrange:
    """A function that puts the keys of an answer to the question in the order they were asked for."""
    match question:
        case ById() | Written():
            return _arrange(_row(question.row))
        case Listing():
            return _arrange(_page(question.page))
        case Found():
            shown = _row(question.row) if question.row is not None else {}
            return _arrange({key: shown if part == "node" else {} for key, part in question.parts})
        case Records():
            orders = [_arrange(_row(row)) for _, _, row in question.of]
            return lambda answer: [
                [[uid, order(one)] for uid, one in pairs] for order, pairs in zip(orders, answer, strict=True)
            ]


def _row(row: Row) -> Tree:
    tree: Tree = {}
    for branch in row.branches:
        _merge(tree, {field.key: _field(field) for field in branch.fields})
    return tree


def _merge(tree: Tree, more: Tree) -> None:
    for key, below in more.items():
        _merge(tree.setdefault(key, {}), below)


def _field(field: Field) -> Tree:
    match field:
        case Leaf() | Typename() | Constant():
            return {}
        case MoneyLeaf():
            return {key: {} for key, _ in field.parts}
        case One():
            return _row(field.row)
        case Many():
            return _page(field.page)
        case Computed():
            return _parts(field.parts)


def _parts(parts: Iterable[Part]) -> Tree:
    return {part.key: _row(part.row) if part.row is not None else _parts(part.parts) for part in parts}


def _page(page: Page) -> Tree:
    tree: Tree = {}
    for one in page.shows:
        match one:
            case Nodes():
                tree[one.key] = _row(one.row)
            case Edges():
                tree[one.key] = {part.key: _edge(part) for part in one.fields}
            case PageInfo():
                tree[one.key] = {key: {} for key, _ in one.parts}
            case Total() | Constant():
                tree[one.key] = {}
    return tree


def _edge(part: Cursor | Node | Leaf | MoneyLeaf | Constant) -> Tree:
    match part:
        case Node():
            return _row(part.row)
        case MoneyLeaf():
            return {key: {} for key, _ in part.parts}
        case _:
            return {}


def _same(answer: Any) -> Any:
    return answer


def _arrange(tree: Tree) -> Arrange:
    """A tree's order for a map, for each map of a list, and for whatever is below."""
    if not tree:
        return _same
    keys = tuple(tree)
    below = {key: _arrange(more) for key, more in tree.items() if more}
    if not below and len(keys) > 1:
        values = itemgetter(*keys)

        def flat(answer: Any) -> Any:
            if isinstance(answer, list):
                try:
                    return [dict(zip(keys, values(one), strict=True)) for one in answer]
                except KeyError:
                    return [nested(one) for one in answer]
            return nested(answer)

    def nested(answer: Any) -> Any:
        if isinstance(answer, dict):
            return {key: below[key](answer[key]) if key in below else answer[key] for key in keys if key in answer}
        if isinstance(answer, list):
            return [nested(one) for one in answer]
        return answer

    return nested if below or len(keys) == 1 else flat
