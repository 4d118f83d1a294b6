"""Builds the selection of a field, once for each shape of the variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from graphql import FieldNode, GraphQLInt, get_named_type

from graph.errors import Invalid, TooExpensive
from graph.models.properties import Kind
from graph.query.builder import COMPUTED
from graph.query.figures import Groups, Withheld
from graph.query.selection import (
    Aggregation,
    AllOf,
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
    OfKind,
    One,
    Order,
    Page,
    PageInfo,
    Part,
    Row,
    Slot,
    Total,
    Typename,
    Where,
)
from graph.query.values import Argument, ValueType, value_fields
from graph.vocabulary import Entity, Link, Property, concrete, entity
from schema.columns.registry import COLUMN_ANSWERS
from schema.exposure import EXPOSED_TYPES, LABELS, VERSION, ExposedType, connection_name
from schema.insights.registry import INSIGHTS
from schema.limits import SUBQUERY_FIELDS
from schema.planning.aggregates import Aggregates, group_limit
from schema.planning.arguments import ArgumentValue, included, labels_with_deleted, plain
from schema.planning.filters import Filters
from schema.planning.insight_builder import InsightBuilder
from schema.planning.insights import InsightField
from schema.planning.shared_fields import is_shared, is_shared_link
from schema.values import DEFAULT_PAGE


class SelectionBuilder(InsightBuilder):
    """Builds selections; `typed` adds `__typename` where graphql-core has to resolve a concrete type."""

    @cached_property
    def _filters(self) -> Filters:
        return Filters(self.usage, self._base, self._meter)

    @cached_property
    def _aggregates(self) -> Aggregates:
        return Aggregates(self, self._filters, self._meter, self.row)

    # ---------- rows -------------------------------------------------------------------------------------------------

    def row(self, nodes: Sequence[FieldNode], label: str) -> Row:
        """Returns the fields selected below nodes on records of a label or super-label."""
        branches: dict[tuple[Field, ...], list[str]] = {}
        alone: list[Branch] = []
        several = len(concrete(label)) > 1
        once: dict[object, Field] | None = {} if several else None
        model = entity(label)
        for one in concrete(label):
            fields = self._fields(nodes, EXPOSED_TYPES[one], model, once)
            if several and all(is_shared(field, model, entity(one)) for field in fields):
                branches.setdefault(fields, []).append(one)
            else:
                alone.append(Branch((one,), fields))
        return Row((*alone, *(Branch(tuple(labels), fields) for fields, labels in branches.items())))

    def _fields(
        self, nodes: Sequence[FieldNode], face: ExposedType, model: Entity, once: dict[object, Field] | None
    ) -> tuple[Field, ...]:
        """The fields on a type; `once` keeps the links that all types of a super-label share."""
        found: list[Field] = []
        for key, same in self.collected(nodes, face.name).items():
            if once is None or not is_shared_link(same[0].name.value, model, face.model):
                found.append(self._field(key, same, face))
                continue
            place = (key, *map(id, same))
            if place not in once:
                once[place] = self._field(key, same, face)
            found.append(once[place])
        several = once is not None and self._typed
        if several and not any(isinstance(one, Typename) and one.key == "__typename" for one in found):
            found.append(Typename("__typename"))
        return tuple(found)

    def _field(self, key: str, nodes: list[FieldNode], face: ExposedType) -> Field:
        name = nodes[0].name.value
        self._meter.field(SUBQUERY_FIELDS if nodes[0].selection_set else 1)
        if name == "__typename":
            return Typename(key)
        if name == "id":
            return Leaf(key, "uid")
        if name == "version":
            return Leaf(key, VERSION)
        if name in face.links:
            return self._link(key, nodes, face, face.model.links[name])
        if name in face.fields:
            computed = COMPUTED[f"{face.model.label}.{name}"]
            return self._from_columns(key, nodes, face, computed) or self._computed(key, nodes, face)
        insight = INSIGHTS.get((face.model.label, name))
        if insight is not None:
            return self._material(key, nodes, insight, face)
        return self._leaf(key, nodes, face.model.properties[name], False)

    def _leaf(self, key: str, nodes: list[FieldNode], stored: Property, edge: bool) -> Leaf | MoneyLeaf:
        if stored.kind is not Kind.MONEY:
            return Leaf(key, stored.name, edge)
        return MoneyLeaf(key, stored.name, self._names(nodes, "Money"), edge)

    def _names(self, nodes: list[FieldNode], type_name: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, same[0].name.value) for key, same in self.collected(nodes, type_name).items())

    def _link(self, key: str, nodes: list[FieldNode], face: ExposedType, link: Link) -> One | Many | Material:
        get = self.arguments(self.declared(face.name, nodes[0]), nodes[0])
        at, hierarchy = _slot(get("asOf")), _slot(get("hierarchy"))
        if link.one:
            return One(key, link.name, self.row(nodes, link.target), at, hierarchy)
        found = self._page_from_columns(key, nodes, face, link, get)
        if found is not None:
            return found
        page = self.page(
            nodes, link.target, f"{connection_name(link)}Edge", get, link if link.connection else None, link
        )
        return Many(key, page)

    def _page_from_columns(
        self,
        key: str,
        nodes: list[FieldNode],
        face: ExposedType,
        link: Link,
        get: Callable[[str], ArgumentValue | None],
    ) -> Material | None:
        """Returns a page that columns answer, as an insight; None if they do not."""
        answer = COLUMN_ANSWERS.get((face.model.label, link.name)) if self._columns else None
        if answer is None or answer.page is None or not self._covers(nodes, answer.page):
            return None
        if any(get(name) is not None for name in ("where", "orderBy", "last", "before")):
            return None
        size, _ = self._size(get)
        after = self._filters.position("after", get("after"), (), EXPOSED_TYPES[link.target])
        given = {
            name: None if (one := get(name)) is None else one.getter() for name in ("hierarchy", "asOf", "maxDepth")
        }
        given |= {"first": size.getter(), "after": None if after is None else self.usage.getters[after.uid.index]}
        with self.paged(size):
            shape = self._columns_shape(nodes, ValueType(answer.page))
        arguments = tuple((Argument(name, object, ""), getter) for name, getter in given.items())
        parts = self._part_names(nodes, answer.page)
        return self._of_columns(key, face, InsightField(link, arguments, shape, parts, answer))

    def _covers(self, nodes: Sequence[FieldNode], of: type) -> bool:
        """Whether a dataclass declares all selected fields."""
        fields = value_fields(of)
        return all(
            name == "__typename"
            or (name in fields and (not (one := fields[name].type).nested or self._covers(same, one.of)))
            for same in self.collected(nodes, of.__name__).values()
            for name in (same[0].name.value,)
        )

    def _computed(self, key: str, nodes: list[FieldNode], face: ExposedType) -> Computed:
        declared = self.declared(face.name, nodes[0])
        get = self.arguments(declared, nodes[0])
        name = nodes[0].name.value
        arguments = tuple((one, given.slot()) for one in declared.args if (given := get(one)) is not None)
        parts = self._parts(nodes, str(get_named_type(declared.type)))
        return Computed(key, f"{face.model.label}.{name}", arguments, parts)

    def _parts(self, nodes: list[FieldNode], type_name: str) -> tuple[Part, ...]:
        found = []
        for key, same in self.collected(nodes, type_name).items():
            name = same[0].name.value
            inner = "" if name == "__typename" else str(get_named_type(self.declared(type_name, same[0]).type))
            if inner in LABELS:
                found.append(Part(key, name, (), self.row(same, LABELS[inner])))
            else:
                found.append(Part(key, name, self._parts(same, inner) if same[0].selection_set else ()))
        return tuple(found)

    # ---------- pages ------------------------------------------------------------------------------------------------

    def page(
        self,
        nodes: list[FieldNode],
        label: str,
        edge_type: str,
        get: Callable[[str], ArgumentValue | None],
        edge_link: Link | None,
        link: Link | None,
    ) -> Page:
        """Returns the page of a connection; `edge_link` is the link whose relationship properties the edges have."""
        face = EXPOSED_TYPES[label]
        size, backward = self._size(get)
        fixed = link.order if link is not None else ()
        order = () if fixed else self._filters.order(get("orderBy"), face)
        order = order or tuple(Order(name, descending) for name, descending in fixed or face.model.order)
        after, before = (self._filters.position(one, get(one), order, face) for one in ("after", "before"))
        with self.paged(size):
            shows = tuple(
                self._page_field(key, same, label, edge_type, edge_link, size)
                for key, same in self.collected(nodes, _connection(edge_type)).items()
            )
        return Page(
            label, link.name if link else None, size.slot(), shows, self._narrowed(get, face), order, after, before,
            backward, _slot(get("asOf")), _slot(get("hierarchy")), _slot(get("maxDepth")), _slot(get("below")),
            included(get("includeDeleted")),
        )  # fmt: skip

    def _size(self, get: Callable[[str], ArgumentValue | None]) -> tuple[ArgumentValue, bool]:
        """Returns the size of a page, and whether it is counted from the end."""
        first, last = get("first"), get("last")
        if last is None:
            return self._within_page("first", first or ArgumentValue(self.usage, GraphQLInt, DEFAULT_PAGE)), False
        if first is not None and not first.default:
            raise Invalid(
                "`first` and `last` cannot be combined.",
                remedy="Use `first` with `after` to page forward, or `last` with `before` to page backward.",
                field="last",
            )
        return self._within_page("last", last), True

    def _narrowed(self, get: Callable[[str], ArgumentValue | None], face: ExposedType) -> Where | None:
        where = self._filters.where(get("where"), face)
        kinds = get("kinds")
        if kinds is None:
            return where
        deleted = included(get("includeDeleted"))
        only = OfKind(kinds.slot(labels_with_deleted if deleted else plain))
        return only if where is None else AllOf((only, where))

    @contextmanager
    def paged(self, first: ArgumentValue) -> Iterator[None]:
        """Counts what is selected within as a page of `first` records."""
        outer, self._pages = self._pages, self._pages * max(first.value(), 1)
        self.cost += self._pages
        yield
        self._pages = outer

    def first(self, given: ArgumentValue) -> Slot:
        """The slot of a page's size, within the limit."""
        return self._within_page("first", given).slot()

    def _within_page(self, name: str, given: ArgumentValue) -> ArgumentValue:
        size, most = given.value(), self._limits.page
        if size < 0:
            raise Invalid(
                f"`{name}` must not be negative; got {size}.", remedy=f"Use a number from 0 to {most}.", field=name
            )
        if size > most:
            raise TooExpensive(
                f"`{name}` is {size}; a page has at most {most} records.",
                remedy=f"Use a smaller page, and read the next one with `{'before' if name == 'last' else 'after'}`.",
                limit=most,
                field=name,
            )
        return given

    def _page_field(
        self, key: str, nodes: list[FieldNode], label: str, edge_type: str, edge_link: Link | None, size: ArgumentValue
    ) -> Nodes | Edges | PageInfo | Total | Constant | Aggregation:
        match nodes[0].name.value:
            case "nodes":
                return Nodes(key, self.row(nodes, label))
            case "edges":
                fields = [
                    self._edge(k, n, label, edge_type, edge_link) for k, n in self.collected(nodes, edge_type).items()
                ]
                return Edges(key, tuple(fields))
            case "pageInfo":
                return PageInfo(key, self._names(nodes, "PageInfo"))
            case "totalCount":
                return Total(key)
            case "withheld":
                return Withheld(key)
            case "aggregate":
                return self._aggregates.aggregate(key, nodes, label)
            case "groups":
                return self._groups(key, nodes, label, _connection(edge_type), size)
            case _:
                return Constant(key, _connection(edge_type))

    def _groups(self, key: str, nodes: list[FieldNode], label: str, type_name: str, size: ArgumentValue) -> Groups:
        """Returns the groups of a connection, which count as a page beside the page of `size` records."""
        get = self.arguments(self.declared(type_name, nodes[0]), nodes[0])
        inner, self._pages = self._pages, self._pages // max(size.value(), 1)
        with self.paged(group_limit(get, self._limits.page)):
            found = self._aggregates.groups(key, nodes, label, get)
        self._pages = inner
        return found

    def _edge(
        self, key: str, nodes: list[FieldNode], label: str, edge_type: str, edge_link: Link | None
    ) -> Cursor | Node | Leaf | MoneyLeaf | Constant:
        name = nodes[0].name.value
        if name == "cursor":
            return Cursor(key)
        if name == "node":
            return Node(key, self.row(nodes, label))
        if name == "__typename":
            return Constant(key, edge_type)
        assert edge_link is not None
        return self._leaf(key, nodes, edge_link.model.properties[name], True)


def _connection(edge_type: str) -> str:
    return edge_type.removesuffix("Edge") + "Connection"


def _slot(given: ArgumentValue | None) -> Slot | None:
    return None if given is None else given.slot()
