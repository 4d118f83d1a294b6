"""Restores the order of the selected keys in results, because the server returns maps in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from graph.query.figures import Aggregate, FigureField, FigureMap, Groups, KeyField, KeyMap
from graph.query.selection import (
    Branch,
    ById,
    Computed,
    Connection,
    Constant,
    Cursor,
    Edges,
    Field,
    Leaf,
    Many,
    Material,
    MoneyLeaf,
    Node,
    Nodes,
    One,
    Page,
    PageInfo,
    Part,
    Records,
    Row,
    Search,
    Selection,
    Typename,
    flat,
)

Arrange = Callable[[Any], Any]
Tree = dict[str, "Shape"]


# The key of the number of its branch in a map whose keys do not tell; no response key can equal it.
BRANCH = "#branch"


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a value: the keys of a map in order, each with its shape; several maps where labels differ.

    `numbered` maps name their position in `trees`; others differ in their keys.
    """

    trees: tuple[Tree, ...] = ()
    numbered: bool = False


def numbered(row: Row) -> bool:
    """Returns True if the keys of a record do not tell which branch of a row it belongs to, and that matters."""
    seen: dict[frozenset[str], Branch] = {}
    for branch in row.branches:
        other = seen.setdefault(frozenset(one.key for one in branch.fields), branch)
        if other is not branch and (
            [one.key for one in other.fields] != [one.key for one in branch.fields]
            or not all(isinstance(one, Leaf | Typename | Constant) for one in (*other.fields, *branch.fields))
        ):
            return True
    return False


NOTHING = Shape()


def unlisted(selection: Selection) -> Arrange:
    """Returns a function that converts the flat rows of a root page from lists into maps."""
    if not isinstance(selection, Connection):
        return _unchanged
    makers = {
        one.key: _maker(tuple(field.key for field in one.row.branches[0].fields))
        for one in selection.page.shows
        if isinstance(one, Nodes) and flat(one.row)
    }
    if not makers:
        return _unchanged

    def mapped(answer: Any) -> Any:
        for key, make_rows in makers.items():
            answer[key] = make_rows(answer[key])
        return answer

    return mapped


@lru_cache(maxsize=1024)
def _maker(keys: tuple[str, ...]) -> Arrange:
    """Returns a function that converts a list of lists of values into a list of maps with the keys.

    The function is generated as text, as the standard library generates named tuples: `dict(zip(…))` takes three times
    as long, and a large response consists mostly of rows. Keys are literals in the text.
    """
    values = "".join(f"v{at}, " for at in range(len(keys)))
    pairs = ", ".join(f"{key!r}: v{at}" for at, key in enumerate(keys))
    make_rows: Arrange = eval(f"lambda rows: [{{{pairs}}} for {values} in rows]")  # noqa: S307  only literals and numbers
    return make_rows


def arranged(selection: Selection) -> Arrange:
    """Returns a function that restores the order of the keys in the result of a selection."""
    match selection:
        case ById():
            return _arrange(_row(selection.row))
        case Connection():
            order, mapped = _arrange(_page(selection.page, root=True)), unlisted(selection)
            return lambda answer: order(mapped(answer))
        case Search():
            shown = _row(selection.row) if selection.row is not None else NOTHING
            return _arrange(_map({key: shown if part == "node" else NOTHING for key, part in selection.parts}))
        case Records():
            orders = [_arrange(_row(row)) for _, _, row in selection.of]
            return lambda answer: [
                [[uid, order(one)] for uid, one in pairs] for order, pairs in zip(orders, answer, strict=True)
            ]


def _map(tree: Tree) -> Shape:
    return Shape((tree,))


def _flat(keys: Iterable[tuple[str, str]]) -> Shape:
    return _map({key: NOTHING for key, _ in keys})


def _row(row: Row) -> Shape:
    trees = [{one.key: _field(one) for one in branch.fields} for branch in row.branches]
    if numbered(row):
        return Shape(tuple(trees), numbered=True)
    return Shape(tuple({frozenset(tree): tree for tree in trees}.values()))


def _field(one: Field) -> Shape:
    match one:
        case Leaf() | Typename() | Constant() | Material():
            return NOTHING
        case MoneyLeaf():
            return _flat(one.parts)
        case One():
            return _row(one.row)
        case Many():
            return _page(one.page)
        case Computed():
            return _parts(one.parts)


def _parts(parts: tuple[Part, ...]) -> Shape:
    if not parts:
        return NOTHING
    return _map({part.key: _row(part.row) if part.row is not None else _parts(part.parts) for part in parts})


def _page(page: Page, *, root: bool = False) -> Shape:
    tree: Tree = {}
    for one in page.shows:
        match one:
            case Nodes():
                tree[one.key] = NOTHING if root and flat(one.row) else _row(one.row)
            case Edges():
                tree[one.key] = _map({part.key: _edge(part) for part in one.fields})
            case PageInfo():
                tree[one.key] = _flat(one.parts)
            case Aggregate() | Groups():
                tree[one.key] = _map({field.key: _figures(field) for field in one.fields})
            case _:
                tree[one.key] = NOTHING
    return _map(tree)


def _figures(field: FigureField | FigureMap | KeyMap | KeyField | Constant) -> Shape:
    match field:
        case FigureField():
            return _flat(field.parts)
        case FigureMap() | KeyMap():
            return _map({one.key: _figures(one) for one in field.fields})
        case KeyField() if field.row is not None and field.of is not None:
            return _row(field.row)
        case _:
            return NOTHING


def _edge(part: Cursor | Node | Leaf | MoneyLeaf | Constant) -> Shape:
    match part:
        case Node():
            return _row(part.row)
        case MoneyLeaf():
            return _flat(part.parts)
        case _:
            return NOTHING


def _unchanged(answer: Any) -> Any:
    return answer


def _arrange(shape: Shape) -> Arrange:
    """Returns a function for a map of a shape, a list of such maps, or null."""
    if not any(shape.trees):
        return _unchanged
    arrangers = [_arrange_map(tree) for tree in shape.trees]
    by_keys = {frozenset(tree): arranger for tree, arranger in zip(shape.trees, arrangers, strict=True)}
    arrange_map: Arrange
    if shape.numbered:
        arrange_map = lambda answer: arrangers[answer[BRANCH]](answer)  # noqa: E731
    elif len(arrangers) == 1:
        arrange_map = arrangers[0]
    else:
        arrange_map = lambda answer: by_keys[frozenset(answer)](answer)  # noqa: E731

    def each(answer: Any) -> Any:
        if isinstance(answer, dict):
            return arrange_map(answer)
        return [arrange_map(item) for item in answer] if isinstance(answer, list) else answer

    return each


def _arrange_map(tree: Tree) -> Arrange:
    keys = tuple(tree)
    below = {key: _arrange(shape) for key, shape in tree.items() if any(shape.trees)}
    if not below and len(keys) > 1:
        values = itemgetter(*keys)
        return lambda answer: dict(zip(keys, values(answer), strict=True))
    steps = tuple((key, below.get(key, _unchanged)) for key in keys)
    return lambda answer: {key: step(answer[key]) for key, step in steps}
