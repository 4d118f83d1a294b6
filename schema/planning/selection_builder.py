"""A root field of an operation, read once for a shape of its variables: a question, and how its values are got."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from graph.errors import Invalid, TooExpensive
from graph.models.properties import Kind
from graph.query.selection import (
    AllOf,
    Branch,
    Computed,
    Constant,
    Cursor,
    Edges,
    Field,
    Leaf,
    Many,
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
from graph.vocabulary import Link, Property, concrete, entity
from schema.exposure import EXPOSED_TYPES, LABELS, ExposedType, connection_name
from schema.planning.arguments import ArgumentValue, VariableUsage, argument, literal
from schema.planning.filters import Filters

Fields = Mapping[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may ask for: the largest page, and the product of pages inside pages."""

    page: int = 1000
    cost: int = 200_000


class SelectionBuilder:
    """Reads selections; `typed` adds `__typename` where graphql-core has to tell concrete types apart."""

    def __init__(
        self,
        core: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        usage: VariableUsage,
        *,
        base: str,
        limits: Limits,
        typed: bool,
    ) -> None:
        self._core = core
        self._fragments = fragments
        self.usage = usage
        self._filters = Filters(usage, base)
        self._limits = limits
        self._typed = typed
        self.python = False
        self._pages = 1
        self.cost = 0

    # ---------- what is asked ----------------------------------------------------------------------------------------

    def collected(self, nodes: Iterable[FieldNode], type_name: str) -> Fields:
        """The fields selected under these nodes on a concrete type, by response key, in order."""
        return self.selected([node.selection_set for node in nodes if node.selection_set is not None], type_name)

    def selected(self, sets: Iterable[SelectionSetNode], type_name: str) -> Fields:
        """The fields of these selections on a concrete type, by response key, in order."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for one in sets:
            self._collect(one, type_name, found, spread)
        return found

    def _collect(
        self, chosen: SelectionSetNode, type_name: str, found: dict[str, list[FieldNode]], spread: set[str]
    ) -> None:
        """Each fragment is read once: spreads of spreads would multiply."""
        for one in chosen.selections:
            if not self._included(one.directives):
                continue
            if isinstance(one, FieldNode):
                key = one.alias.value if one.alias else one.name.value
                found.setdefault(key, []).append(one)
            elif isinstance(one, InlineFragmentNode):
                if one.type_condition is None or self._applies(one.type_condition.name.value, type_name):
                    self._collect(one.selection_set, type_name, found, spread)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in spread:
                spread.add(one.name.value)
                fragment = self._fragments[one.name.value]
                if self._applies(fragment.type_condition.name.value, type_name):
                    self._collect(fragment.selection_set, type_name, found, spread)

    def _applies(self, condition: str, type_name: str) -> bool:
        if condition == type_name:
            return True
        wanted, here = self._core.type_map[condition], self._core.type_map[type_name]
        return (
            isinstance(wanted, GraphQLInterfaceType)
            and isinstance(here, GraphQLObjectType)
            and (self._core.is_sub_type(wanted, here))
        )

    def _included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        for one in directives or ():
            if one.name.value in ("skip", "include"):
                value = literal(self.usage, GraphQLNonNull(GraphQLBoolean), (one.arguments or ())[0].value).value()
                if value is (one.name.value == "skip"):
                    return False
        return True

    def arguments(self, declared: GraphQLField, node: FieldNode) -> Callable[[str], ArgumentValue | None]:
        """A look-up of the arguments of a field, as given or by default."""
        given = {one.name.value: one.value for one in node.arguments or ()}
        return lambda name: (
            argument(self.usage, declared.args[name], given.get(name)) if name in declared.args else None
        )

    def declared(self, type_name: str, node: FieldNode) -> GraphQLField:
        """The declaration of a field."""
        owner = self._core.type_map[type_name]
        assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
        found: GraphQLField = owner.fields[node.name.value]
        return found

    # ---------- rows -------------------------------------------------------------------------------------------------

    def row(self, nodes: Sequence[FieldNode], label: str) -> Row:
        """What is shown of a record of that label (or super-label) under these nodes."""
        branches: dict[tuple[Field, ...], list[str]] = {}
        alone: list[Branch] = []
        several = len(concrete(label)) > 1
        shared = entity(label).properties
        for one in concrete(label):
            fields = self._fields(nodes, EXPOSED_TYPES[one], several)
            if several and all(_shared(field, shared) for field in fields):
                branches.setdefault(fields, []).append(one)
            else:
                alone.append(Branch((one,), fields))
        return Row((*alone, *(Branch(tuple(labels), fields) for fields, labels in branches.items())))

    def _fields(self, nodes: Sequence[FieldNode], face: ExposedType, several: bool) -> tuple[Field, ...]:
        found: list[Field] = []
        for key, same in self.collected(nodes, face.name).items():
            found.append(self._field(key, same, face))
        if several and self._typed and not any(isinstance(one, Typename) and one.key == "__typename" for one in found):
            found.append(Typename("__typename"))
        return tuple(found)

    def _field(self, key: str, nodes: list[FieldNode], face: ExposedType) -> Field:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key)
        if name == "id":
            return Leaf(key, "uid")
        if name in face.links:
            return self._link(key, nodes, face, face.model.links[name])
        if name in face.fields:
            return self._computed(key, nodes, face)
        return self._leaf(key, nodes, face.model.properties[name], False)

    def _leaf(self, key: str, nodes: list[FieldNode], stored: Property, edge: bool) -> Leaf | MoneyLeaf:
        if stored.kind is not Kind.MONEY:
            return Leaf(key, stored.name, edge)
        return MoneyLeaf(key, stored.name, self._names(nodes, "Money"), edge)

    def _names(self, nodes: list[FieldNode], type_name: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, same[0].name.value) for key, same in self.collected(nodes, type_name).items())

    def _link(self, key: str, nodes: list[FieldNode], face: ExposedType, link: Link) -> One | Many:
        get = self.arguments(self.declared(face.name, nodes[0]), nodes[0])
        at, hierarchy = _slot(get("asOf")), _slot(get("hierarchy"))
        if link.one:
            return One(key, link.name, self.row(nodes, link.target), at, hierarchy)
        page = self.page(
            nodes, link.target, f"{connection_name(link)}Edge", get, link if link.connection else None, link
        )
        return Many(key, page)

    def _computed(self, key: str, nodes: list[FieldNode], face: ExposedType) -> Computed:
        declared = self.declared(face.name, nodes[0])
        get = self.arguments(declared, nodes[0])
        name = nodes[0].name.value
        arguments = tuple((one, given.slot()) for one in declared.args if (given := get(one)) is not None)
        fragment = f"{face.model.label}.{name}"
        python = PYTHON.get(fragment)
        if python is not None:
            self.python = True
            return Computed(key, f"{face.model.label}.{name}", arguments, python(self, nodes))
        return Computed(
            key, f"{face.model.label}.{name}", arguments, self._parts(nodes, str(get_named_type(declared.type)))
        )

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
        told: Link | None,
        link: Link | None,
    ) -> Page:
        """A connection: `told` is the link whose own facts its edges show."""
        face = EXPOSED_TYPES[label]
        first = self._first(get("first"))
        outer, self._pages = self._pages, self._pages * max(first.value(), 1)
        self.cost += self._pages
        fixed = link.order if link is not None else ()
        order = () if fixed else self._filters.order(get("orderBy"), face)
        order = order or tuple(Order(name, descending) for name, descending in fixed or face.model.order)
        after = self._filters.after(get("after"), order, face)
        shows = tuple(
            self._shown(key, same, label, edge_type, told) for key, same in self._connection(nodes, edge_type)
        )
        self._pages = outer
        return Page(
            label, link.name if link else None, first.slot(), shows, self._narrowed(get, face), order, after,
            _slot(get("asOf")), _slot(get("hierarchy")), _slot(get("maxDepth")),
        )  # fmt: skip

    def _connection(self, nodes: list[FieldNode], edge_type: str) -> list[tuple[str, list[FieldNode]]]:
        return list(self.collected(nodes, edge_type.removesuffix("Edge") + "Connection").items())

    def _narrowed(self, get: Callable[[str], ArgumentValue | None], face: ExposedType) -> Where | None:
        where = self._filters.where(get("where"), face)
        kinds = get("kinds")
        if kinds is None:
            return where
        only = OfKind(kinds.slot())
        return only if where is None else AllOf((only, where))

    def first(self, given: ArgumentValue) -> Slot:
        """The slot of a page's size, within the limit."""
        return self._first(given).slot()

    def _first(self, given: ArgumentValue | None) -> ArgumentValue:
        assert given is not None
        first = given.value()
        if first < 0:
            raise Invalid(f"`first` must not be negative: {first}.", remedy="Give a number from 0 to 1000.")
        if first > self._limits.page:
            raise TooExpensive(
                f"`first` is {first}; a page holds at most {self._limits.page}.",
                remedy="Ask for a smaller page and follow endCursor.",
                limit=self._limits.page,
            )
        return given

    def _shown(
        self, key: str, nodes: list[FieldNode], label: str, edge_type: str, told: Link | None
    ) -> Nodes | Edges | PageInfo | Total | Constant:
        match nodes[0].name.value:
            case "nodes":
                return Nodes(key, self.row(nodes, label))
            case "edges":
                fields = [self._edge(k, n, label, edge_type, told) for k, n in self.collected(nodes, edge_type).items()]
                return Edges(key, tuple(fields))
            case "pageInfo":
                return PageInfo(key, self._names(nodes, "PageInfo"))
            case "totalCount":
                return Total(key)
            case _:
                return Constant(key, edge_type.removesuffix("Edge") + "Connection")

    def _edge(
        self, key: str, nodes: list[FieldNode], label: str, edge_type: str, told: Link | None
    ) -> Cursor | Node | Leaf | MoneyLeaf | Constant:
        name = nodes[0].name.value
        if name == "cursor":
            return Cursor(key)
        if name == "node":
            return Node(key, self.row(nodes, label))
        if name == "__typename":
            return Constant(key, edge_type)
        assert told is not None
        return self._leaf(key, nodes, told.model.properties[name], True)


def _shared(field: Field, shared: Mapping[str, Property]) -> bool:
    return isinstance(field, Typename) or (isinstance(field, Leaf | MoneyLeaf) and field.property in shared)


def _slot(given: ArgumentValue | None) -> Slot | None:
    return None if given is None else given.slot()


Python = Callable[[SelectionBuilder, Sequence[FieldNode]], tuple[Part, ...]]
PYTHON: dict[str, Python] = {}
