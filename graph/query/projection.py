"""Projects a record: compiles a `Row` into subqueries and one map expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graph.models.properties import Kind
from graph.query.aggregates import Matched, Records, over_all, readers
from graph.query.builder import COMPUTED, CypherBuilder, EdgePattern
from graph.query.cursors import anchor, beyond, bounds, computed_variables, cursor, ordering, sort_keys, sorted_by
from graph.query.cypher import amount, call, literal, name, property_of, quoted, shown, stored, type_of, where
from graph.query.driving import driving
from graph.query.edge_facts import edge_properties
from graph.query.groups import followed
from graph.query.key_order import BRANCH, numbered
from graph.query.selection import (
    INSIGHT,
    Aggregation,
    Branch,
    Computed,
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
    Row,
    Total,
    Typename,
    flat,
)
from graph.query.values import ValueField, value_fields
from graph.query.withheld import place_of
from graph.vocabulary import EdgeModel, Link, deleted_label, entity


class Projection(NamedTuple):
    """The clauses to run first, and the expression of the result."""

    before: list[str]
    expression: str


class NodeRef(NamedTuple):
    """A node: its variable, its label, the variable and model of the edge to it, and whether it may be deleted."""

    variable: str
    label: str
    edge: str = ""
    model: EdgeModel | None = None
    deleted: bool = False


def show(builder: CypherBuilder, row: Row, told: NodeRef) -> Projection:
    """Projects a record as a map; several branches become a subquery with one branch for each group of labels."""
    if len(row.branches) == 1:
        return _branch(builder, row.branches[0], told)
    answer = builder.fresh("a")
    parts = []
    mark = numbered(row)
    for number, branch in enumerate(row.branches):
        projected = _branch(builder, branch, told, number if mark else None)
        labels = "|".join((*branch.labels, *(map(deleted_label, branch.labels) if told.deleted else ())))
        parts.append(
            "\n".join(
                [
                    f"WITH {told.variable} WHERE {told.variable}:{labels}",
                    *projected.before,
                    f"RETURN {projected.expression} AS {answer}",
                ]
            )
        )
    return Projection([call(told.variable, "\nUNION ALL\n".join(parts))], answer)


def _branch(builder: CypherBuilder, branch: Branch, told: NodeRef, number: int | None = None) -> Projection:
    """Projects the fields of a branch, and its number where the keys do not tell the branch."""
    label = branch.labels[0] if len(branch.labels) == 1 else told.label
    told = told._replace(label=label)
    before: list[str] = []
    parts: list[str] = [] if number is None else [f"{name(BRANCH)}: {number}"]
    for field in builder.visible(label, branch.fields):
        if isinstance(field, Leaf) and field.key == field.property and _plain(field, told):
            parts.append(f".{name(field.key)}")
            continue
        subqueries, expression = _field(builder, field, told, branch.labels)
        before += subqueries
        parts.append(f"{name(field.key)}: {expression}")
    return Projection(before, f"{told.variable} {{{', '.join(parts)}}}")


def _plain(leaf: Leaf, told: NodeRef) -> bool:
    kind = property_of(told.label, told.model, leaf.property, leaf.edge).kind
    return not leaf.edge and kind not in (Kind.DATETIME, Kind.DATE, Kind.TEXTS)


def _leaf(leaf: Leaf, told: NodeRef) -> str:
    kind = property_of(told.label, told.model, leaf.property, leaf.edge).kind
    if leaf.edge:
        assert told.model is not None
        value = stored(told.edge, told.model, leaf.property)
    else:
        value = f"{told.variable}.{name(leaf.property)}"
    return f"coalesce({value}, [])" if kind is Kind.TEXTS else shown(kind, value)


def _money(leaf: MoneyLeaf, told: NodeRef) -> str:
    variable = told.edge if leaf.edge else told.variable
    texts = {
        "amount": amount(variable, leaf.property),
        "currency": f"{variable}.{leaf.property}Currency",
        "__typename": quoted("Money"),
    }
    parts = ", ".join(f"{name(key)}: {texts[part]}" for key, part in leaf.parts)
    return f"CASE WHEN {variable}.{leaf.property} IS NULL THEN null ELSE {{{parts}}} END"


def _field(builder: CypherBuilder, field: Field, told: NodeRef, labels: tuple[str, ...]) -> Projection:
    match field:
        case Leaf():
            return Projection([], _leaf(field, told))
        case MoneyLeaf():
            return Projection([], _money(field, told))
        case Constant():
            return Projection([], literal(field.text))
        case Typename():
            return Projection([], type_of(told.variable, labels, told.deleted))
        case One():
            return _one(builder, field, told)
        case Many():
            before, expression = page(builder, field.page, told)
            answer = builder.fresh("a")
            text = "\n".join([*before, f"RETURN {expression} AS {answer}"])
            return Projection([call(told.variable, text)], answer)
        case Computed():
            return _computed(builder, field, told)
        case Material():
            of = field.of
            before, expression = _computed(builder, of, told) if isinstance(of, Computed) else show(builder, of, told)
            return Projection(before, f"{{{name(INSIGHT)}: {field.number}, of: {expression}}}")


def _computed(builder: CypherBuilder, field: Computed, told: NodeRef) -> Projection:
    declared = COMPUTED[field.name]
    figures = declared.compute(builder, field, told.variable)
    if declared.returns is None:
        texts = ", ".join(f"{name(str(key))}: {value}" for key, value in figures.values.items())
        before, expression = Projection([], f"{{{texts}}}")
    else:
        before, expression = project_value(builder, field.parts, declared.returns, figures.values)
    answer = builder.fresh("a")
    returned = f"collect({expression})" if declared.many else expression
    body = "\n".join([*figures.clauses, *before, f"RETURN {returned} AS {answer}"])
    return Projection([call(told.variable, body)], answer)


def project_value(
    builder: CypherBuilder, parts: tuple[Part, ...], of: type, values: Mapping[str | Part, str]
) -> Projection:
    """Projects a value as a map; `values` has the expression of each part, the variable where it is a record."""
    before: list[str] = []
    texts = []
    for part in parts:
        if part.name == "__typename":
            expression = quoted(of.__name__)
        elif part.row is not None:
            label = value_fields(of)[part.name].type.of.__label__
            subqueries, expression = show(builder, part.row, NodeRef(values[part.name], label))
            before += subqueries
        else:
            expression = _part(part, value_fields(of)[part.name], values)
        texts.append(f"{name(part.key)}: {expression}")
    return Projection(before, f"{{{', '.join(texts)}}}")


def _part(part: Part, declared: ValueField, values: Mapping[str | Part, str]) -> str:
    if declared.kind is None:
        return values[part] if part.parts else values[part.name]
    value = values[part.name]
    if declared.kind is Kind.MONEY:
        texts = {"amount": f"{value} / $unit", "currency": "$currency", "__typename": quoted("Money")}
        return f"{{{', '.join(f'{name(inner.key)}: {texts[inner.name]}' for inner in part.parts)}}}"
    return shown(declared.kind, value)


def _one(builder: CypherBuilder, one: One, told: NodeRef) -> Projection:
    link = entity(told.label).links[one.link]
    way = EdgePattern(told.variable, builder.fresh("e"), builder.fresh("n"), one.at, one.hierarchy)
    before, expression = _target(builder, one.row, way.end, link)
    answer = builder.fresh("a")
    text = "\n".join(
        [
            builder.follow(link, told.label, way, []),
            f"WITH {way.end} ORDER BY {way.end}.uid LIMIT 1",
            *before,
            f"RETURN head(collect({expression})) AS {answer}",
        ]
    )
    return Projection([call(told.variable, text)], answer)


def _target(builder: CypherBuilder, row: Row, variable: str, link: Link) -> Projection:
    """Projects the record that a link to one record leads to."""
    deleted = link.keeps_deleted and builder.may_read_deleted
    return show(builder, row, NodeRef(variable, link.target, deleted=deleted))


# ---------- pages ----------------------------------------------------------------------------------------------------


def page(builder: CypherBuilder, asked: Page, told: NodeRef | None) -> Projection:
    """Projects a page: the clauses that collect its rows, and the expression of the connection."""
    link = entity(told.label).links[asked.link] if told is not None and asked.link is not None else None
    way = EdgePattern(
        told.variable if told else "", builder.fresh("e"), builder.fresh("n"), asked.at, asked.hierarchy, asked.depth,
        edge_properties(asked), asked.below,
    )  # fmt: skip
    for order in asked.order:  # checked also where the order does not matter
        sorted_by(builder, asked.label, order)
    target = NodeRef(way.end, asked.label, way.edge, link.model if link else None, asked.deleted)
    start = driving(asked) if link is None and not asked.deleted else None

    def found(more: list[str]) -> str:
        if start is not None:
            rules = [*more, *builder.rules(start.rest, way.end, asked.label)]
            return f"{builder.drive(start.related, way.end, asked.label)}{where(rules)}"
        rules = [*more, *builder.rules(asked.where, way.end, asked.label)]
        if link is None or told is None:
            node = builder.with_deleted if asked.deleted else builder.node
            return f"MATCH {node(way.end, asked.label)}{where(rules)}"
        return followed(builder, link, told.label, way, rules)

    place = place_of(asked, link, told.label if told else "", way)
    if link is None or readers(asked) < 2:
        records = Records(asked, target.variable, way.start, asked.deleted, _target, place)
        return _parts(builder, records, target, found)
    # All parts read one list, so that the relationships are followed once.
    listed, pair, answer = builder.fresh("s"), builder.fresh("w"), builder.fresh("a")

    def unwound(more: list[str]) -> str:
        return f"UNWIND {listed} AS {pair}\nWITH {pair}[0] AS {way.end}, {pair}[1] AS {way.edge}{where(more)}"

    first = f"{found([])}\nWITH collect([{way.end}, {way.edge}]) AS {listed}"
    records = Records(asked, target.variable, f"{way.start}, {listed}", asked.deleted, _target, place, listed)
    before, expression = _parts(builder, records, target, unwound)
    return Projection([first, call(records.start, "\n".join([*before, f"RETURN {expression} AS {answer}"]))], answer)


def _parts(builder: CypherBuilder, records: Records, target: NodeRef, matched: Matched) -> Projection:
    """Projects the parts of a page; `matched` returns the clauses that bind a record in each row."""
    asked, lines = records.page, list[str]()
    if any(isinstance(one, Nodes | Edges | PageInfo) for one in asked.shows):
        lines += _gathered(builder, asked, target, asked.link is not None, matched)
        lines += _outside(builder, asked, target, records.start, matched)
    subqueries, computed = over_all(builder, records, matched)
    parts = [text for one in asked.shows for text in _connection(one, asked, computed)]
    return Projection([*lines, *subqueries], f"{{{', '.join(parts)}}}")


def _connection(
    one: Nodes | Edges | PageInfo | Total | Constant | Aggregation, asked: Page, computed: Mapping[str, str]
) -> list[str]:
    match one:
        case Nodes() | Edges():
            return [f"{name(one.key)}: {name('rows_' + one.key)}"]
        case PageInfo():
            earlier = ["more"] * asked.backward + ["earlier"] * (asked.after is not None)
            later = ["more"] * (not asked.backward) + ["later"] * (asked.before is not None)
            texts = {
                "hasNextPage": " OR ".join(later) or "false",
                "hasPreviousPage": " OR ".join(earlier) or "false",
                "startCursor": "head(cursors)",
                "endCursor": "last(cursors)",
                "__typename": quoted("PageInfo"),
            }
            inner = ", ".join(f"{name(key)}: {texts[part]}" for key, part in one.parts)
            return [f"{name(one.key)}: {{{inner}}}"]
        case Total() | Aggregation():
            return [f"{name(one.key)}: {computed[one.key]}"]
        case Constant():
            return [f"{name(one.key)}: {literal(one.text)}"]


def _gathered(builder: CypherBuilder, asked: Page, target: NodeRef, linked: bool, matched: Matched) -> list[str]:
    infos = _infos(asked)
    peeks = ("hasPreviousPage" if asked.backward else "hasNextPage") in infos
    before, keys = sort_keys(builder, asked, target.variable)
    variables = [target.variable, *([target.edge] if linked else [])]
    values = computed_variables(keys, before, variables)
    carried = [*variables, *values]
    rules = bounds(asked, keys, target.variable)
    early = not any(before)
    first = [matched(anchor(asked, keys, target.variable, linked) + (rules if early else []))]
    if not early:
        first += [text for text in before if text]
        first.append(f"WITH {', '.join(carried)}{where(rules)}")
    order = ordering(keys, target.variable, asked.backward)
    limit = f"${asked.size.name} + 1" if peeks else f"${asked.size.name}"
    first.append(f"WITH {', '.join(carried)} ORDER BY {order} LIMIT {limit}")
    cursor_text = cursor(asked, keys, target.variable)
    keeps_cursors = not infos.isdisjoint(("startCursor", "endCursor"))
    collected, row_clauses = _rows(builder, asked, target, not linked)
    if keeps_cursors:
        collected.append("collect(cursor) AS cursors")
    if keeps_cursors or any(
        isinstance(part, Cursor) for one in asked.shows if isinstance(one, Edges) for part in one.fields
    ):
        row_clauses.insert(0, f"WITH *, {cursor_text} AS cursor")
    if not peeks:
        if asked.backward:
            first.append(f"WITH {', '.join(carried)} ORDER BY {ordering(keys, target.variable)}")
        return [*first, *row_clauses, f"WITH {', '.join(collected) or 'count(*) AS counted'}"]
    kept = {variable: builder.fresh("l") for variable in carried}
    # collect() leaves out null, which a value may be
    lists = ", ".join(
        f"collect({f'[{variable}]' if variable in values else variable}) AS {listed}"
        for variable, listed in kept.items()
    )
    first.append(f"WITH {lists}")
    whole = kept[target.variable]
    first.append(f"WITH *, size({whole}) > ${asked.size.name} AS more")
    index = builder.fresh("i")
    picks = ", ".join(
        f"{listed}[{index}]{'[0]' if variable in values else ''} AS {variable}" for variable, listed in kept.items()
    )
    final = f"CASE WHEN more THEN ${asked.size.name} ELSE size({whole}) END - 1"
    cut = f"UNWIND range({f'{final}, 0, -1' if asked.backward else f'0, {final}'}) AS {index}"
    returned = ", ".join(collected) or "count(*) AS counted"
    inner = "\n".join([cut, f"WITH {picks}", *row_clauses, f"RETURN {returned}"])
    first.append(call(", ".join([*kept.values(), "more"]), inner))
    return first


def _infos(asked: Page) -> set[str]:
    return {part for one in asked.shows if isinstance(one, PageInfo) for _, part in one.parts}


def _outside(builder: CypherBuilder, asked: Page, target: NodeRef, imports: str, matched: Matched) -> list[str]:
    """Returns subqueries that find out whether rows precede the position `after`, or follow the position `before`."""
    found = []
    for info, position, backward, answer in (
        ("hasPreviousPage", asked.after, True, "earlier"),
        ("hasNextPage", asked.before, False, "later"),
    ):
        if position is None or info not in _infos(asked):
            continue
        before, keys = sort_keys(builder, asked, target.variable)
        rules = beyond(keys, position, target.variable, backward=backward, inclusive=True)
        lines = [matched([] if any(before) else rules), *(text for text in before if text)]
        lines.append(f"WITH *{where(rules)}\nWITH 1 AS one LIMIT 1" if any(before) else "WITH 1 AS one LIMIT 1")
        found.append(call(imports, "\n".join([*lines, f"RETURN count(one) > 0 AS {answer}"])))
    return found


def _rows(builder: CypherBuilder, asked: Page, target: NodeRef, root: bool) -> tuple[list[str], list[str]]:
    """Returns the collected expressions and the clauses before them; flat rows of a root page become lists."""
    collected: list[str] = []
    before: list[str] = []
    for one in asked.shows:
        if isinstance(one, Nodes):
            projection = _listed(builder, one.row, target) if root and flat(one.row) else show(builder, one.row, target)
            subqueries, expression = projection
            before += subqueries
            collected.append(f"collect({expression}) AS {name('rows_' + one.key)}")
        elif isinstance(one, Edges):
            parts = []
            for part in one.fields:
                if isinstance(part, Cursor):
                    parts.append(f"{name(part.key)}: cursor")
                elif isinstance(part, Node):
                    subqueries, expression = show(builder, part.row, target)
                    before += subqueries
                    parts.append(f"{name(part.key)}: {expression}")
                elif isinstance(part, Leaf):
                    parts.append(f"{name(part.key)}: {_leaf(part, target)}")
                elif isinstance(part, MoneyLeaf):
                    parts.append(f"{name(part.key)}: {_money(part, target)}")
                else:
                    parts.append(f"{name(part.key)}: {literal(part.text)}")
            collected.append(f"collect({{{', '.join(parts)}}}) AS {name('rows_' + one.key)}")
    return collected, before


def _listed(builder: CypherBuilder, row: Row, told: NodeRef) -> Projection:
    """Projects a flat row as a list of values, which reads all properties of a record at once."""
    values = builder.fresh("v")
    branch = row.branches[0]
    of_map = told._replace(variable=values, label=branch.labels[0])
    fields = builder.visible(of_map.label, branch.fields)
    parts = [_field(builder, one, of_map, branch.labels).expression for one in fields]
    return Projection([f"WITH *, properties({told.variable}) AS {values}"], f"[{', '.join(parts)}]")
