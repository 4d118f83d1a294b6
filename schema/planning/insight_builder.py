"""Builds the insights of a selection: fields that a pure function computes from what was read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence

from graphql import FieldNode, FragmentDefinitionNode, GraphQLSchema

from algorithms.results import MONEY, Shared
from graph.errors import Invalid
from graph.money import exponent
from graph.query.access_shape import AccessShape
from graph.query.builder import ComputedField
from graph.query.selection import Computed, Material, Part, Row
from graph.query.values import Argument, ValueType, value_fields
from graph.vocabulary import concrete
from schema.columns.registry import COLUMN_ANSWERS, ColumnAnswer
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.insights.registry import Gathering, Insight
from schema.limits import UNBOUNDED_LIST, Limits, Meter
from schema.planning.arguments import ArgumentValue, Getter, VariableUsage
from schema.planning.field_collector import FieldCollector, fields_of_record
from schema.planning.insights import (
    GatheringPlan,
    InsightField,
    InsightPlan,
    Place,
    RecordsPlan,
    records_statement,
)
from schema.planning.results import (
    Amount,
    Fields,
    Identified,
    ListOf,
    Nullable,
    Plain,
    Reference,
    Shape,
    Text,
    generated,
)
from schema.values import page_of, record_label

ID_ALONE = "id"


class InsightBuilder(FieldCollector):
    """Collects the insights of a selection, and the records that their results refer to."""

    def __init__(
        self,
        core: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        usage: VariableUsage,
        *,
        base: str,
        limits: Limits,
        typed: bool,
        meter: Meter | None = None,
        columns: bool = False,
    ) -> None:
        super().__init__(core, fragments, usage)
        self._base = base
        self._meter = meter or Meter(limits)
        self._limits = limits
        self._typed = typed
        self._pages = self._parents = 1
        self.cost = 0
        self._insights: list[InsightField] = []
        self._places: list[Place] = []
        self._records: InsightBuilder | None = None
        self._gathered: list[tuple[Gathering, list[tuple[InsightBuilder, Place]], list[int]]] = []
        self._columns = columns
        self._known = False

    @abstractmethod
    def row(self, nodes: Sequence[FieldNode], label: str) -> Row:
        """Returns the fields selected below nodes on records of a label or super-label."""

    def insight(self, nodes: list[FieldNode], insight: Insight, type_name: str) -> int:
        """Adds an insight that is selected on a type, and returns its number."""
        get = self.arguments(self.declared(type_name, nodes[0]), nodes[0])
        arguments = _getters(insight.arguments, get)
        size = self._insight_size(insight, get)
        self._parents = self._pages
        # The page of an insight that returns one value is a list within it.
        paged = any(declared.page for declared in insight.arguments)
        inner = size if paged and not insight.returns.many else UNBOUNDED_LIST
        self.cost += self._pages * size if insight.returns.many or paged else 0
        shape = self._generated(nodes, insight.returns, size, inner, known=insight.reads is not None)
        parts = self._part_names(nodes, insight.returns.of) if insight.returns.nested else ()
        answer = self._column_answer(insight.on, insight.name, parts)
        self._insights.append(InsightField(insight, arguments, shape, parts, answer))
        return len(self._insights) - 1

    def _column_answer(self, on: str, name: str, parts: tuple[Part, ...]) -> ColumnAnswer | None:
        """Returns how columns answer a field with these parts; None if they do not, or are not to be used."""
        answer = COLUMN_ANSWERS.get((on, name)) if self._columns else None
        return answer if answer is not None and answer.has(parts) else None

    def _from_columns(
        self, key: str, nodes: list[FieldNode], face: ExposedType, computed: ComputedField
    ) -> Material | None:
        """Returns a computed field that columns answer, as an insight; None if they do not."""
        if not self._columns or computed.returns is None:
            return None
        parts = self._part_names(nodes, computed.returns)
        answer = self._column_answer(computed.label, computed.name, parts)
        if answer is None:
            return None
        get = self.arguments(self.declared(face.name, nodes[0]), nodes[0])
        arguments = _getters(computed.arguments, get)
        # The database does not count the records of a computed list, so neither does this.
        shape = self._columns_shape(nodes, ValueType(computed.returns, computed.many))
        return self._of_columns(key, face, InsightField(computed, arguments, shape, parts, answer))

    def _of_columns(self, key: str, face: ExposedType, field: InsightField) -> Material:
        self._insights.append(field)
        return Material(key, len(self._insights) - 1, self.row([fields_of_record(ID_ALONE)], face.model.label))

    def _columns_shape(self, nodes: Sequence[FieldNode], value: ValueType) -> Shape:
        """Returns the shape of a value from columns."""
        return self._generated(nodes, value, 1, 1, known=True)

    def _generated(
        self, nodes: Sequence[FieldNode], value: ValueType, size: int, inner: int = UNBOUNDED_LIST, *, known: bool
    ) -> Shape:
        """Returns the shape of a value; its records are `known` if they exist and the caller may read them."""
        self._known = known
        return generated(self._shape(nodes, value, size, inner))

    def _insight_size(self, insight: Insight, get: Callable[[str], ArgumentValue | None]) -> int:
        """Returns the number of results that an insight counts as."""
        # A number out of bounds is refused later, with the bounds.
        sizes = [
            min(int(given.value()), int(declared.maximum or 0))
            for declared in insight.arguments
            if declared.page and (given := get(declared.name)) is not None
        ]
        return max(sum(sizes), 1) if sizes else UNBOUNDED_LIST

    def _material(self, key: str, nodes: list[FieldNode], insight: Insight, face: ExposedType) -> Material:
        number = self.insight(nodes, insight, face.name)
        reads = insight.reads if self._insights[number].columns is None else ID_ALONE
        if isinstance(reads, str):
            if insight.gathers is not None:
                return Material(key, number, self._gathering(number, reads, insight.gathers, face.model.label))
            return Material(key, number, self._read(reads, face.model.label))
        assert isinstance(reads, ComputedField)
        get = self.arguments(self.declared(face.name, nodes[0]), nodes[0])
        slots = tuple((one.name, given.slot()) for one in reads.arguments if (given := get(one.name)) is not None)
        parts = self._part_names(nodes, insight.returns.of) if insight.returns.nested else ()
        return Material(key, number, Computed("", reads.key, slots, parts))

    def _read(self, reads: str, label: str) -> Row:
        """Returns the row that an insight reads. The database answers all of it: columns answer after the read."""
        columns, self._columns = self._columns, False
        try:
            return self.row([fields_of_record(reads)], label)
        finally:
            self._columns = columns

    def _gathering(self, number: int, reads: str, gathers: Gathering, label: str) -> Row:
        """Adds the records that an insight gathers, and returns the row that names them.

        Both count as one list, since the declaration bounds them.
        """
        cost = self.cost + self._pages * UNBOUNDED_LIST
        with self._meter.suspended():
            row = self._read(reads, label)
            same = next((numbers for one, _, numbers in self._gathered if one.reads == gathers.reads), None)
            if same is None:
                same = []
                reading = [(self._of_records(), on, text) for on, text in gathers.reads.items()]
                places = [(records, records.place([fields_of_record(text)], on, 1)) for records, on, text in reading]
                self._gathered.append((gathers, places, same))
            same.append(number)
        self.cost = cost
        return row

    def _part_names(self, nodes: Sequence[FieldNode], of: type) -> tuple[Part, ...]:
        """Returns the selected parts of a result by name, so that the read can omit data that no part needs."""
        found: dict[Part, None] = {}
        for same in self.collected(nodes, of.__name__).values():
            declared = value_fields(of).get(same[0].name.value)
            if declared is not None:
                inner = self._part_names(same, declared.type.of) if declared.type.nested else ()
                found[Part(declared.name, declared.name, inner)] = None
        return tuple(found)

    def _shape(
        self, nodes: Sequence[FieldNode], value: ValueType, size: int = UNBOUNDED_LIST, inner: int = UNBOUNDED_LIST
    ) -> Shape:
        """Returns the shape of a value; records below a list count `size` times, those of a list within it `inner`."""
        shape: Shape
        outer, self._pages = self._pages, self._pages * (size if value.many else 1)
        label = record_label(value)
        if label is not None:
            shared = next((marker.records for marker in value.markers if isinstance(marker, Shared)), None)
            if shared is not None:
                self._pages = min(self._pages, self._parents * shared)
            shape = self._reference(nodes, label)
        elif MONEY in value.markers:
            shape = self._amount(nodes)
        elif value.nested:
            shape = Fields(
                tuple(
                    (key, *self._value_field(value.of, same, inner))
                    for key, same in self.collected(nodes, value.of.__name__).items()
                )
            )
        else:
            self._meter.field()
            shape = Plain(value.of)
        self._pages = outer
        shape = ListOf(shape) if value.many else shape
        return Nullable(shape) if value.nullable else shape

    def _value_field(self, of: type, nodes: list[FieldNode], size: int) -> tuple[str | None, Shape]:
        """Returns the attribute and the shape of a field of a dataclass."""
        name = nodes[0].name.value
        if name == "__typename":
            return None, Text(of.__name__)
        declared = value_fields(of)[name]
        page = page_of(declared.type)
        if page is None:
            return declared.attribute, self._shape(nodes, declared.type, size, size)
        given = self.arguments(self.declared(of.__name__, nodes[0]), nodes[0])("first")
        assert given is not None
        first = int(given.value())
        if not 0 <= first <= page.most:
            raise Invalid(
                f"`first` must be between 0 and {page.most}; got {first}.",
                remedy=f"Use a number that is between 0 and {page.most}.",
                field="first",
            )
        shape = self._shape(nodes, declared.type, max(first, 1), size)
        assert isinstance(shape, ListOf)
        return declared.attribute, ListOf(shape.item, first)

    def _amount(self, nodes: Sequence[FieldNode]) -> Amount:
        fields = self.collected(nodes, "Money")
        for _ in fields:
            self._meter.field()
        parts = tuple((key, same[0].name.value) for key, same in fields.items())
        return Amount(parts, float(10 ** exponent(self._base)), self._base)

    def _reference(self, nodes: Sequence[FieldNode], label: str) -> Reference | Identified:
        identified = self._identified(nodes, label) if self._known else None
        if identified is not None:
            for _ in identified.of:
                self._meter.field()
            return identified
        if self._records is None:
            self._records = self._of_records()
        before = self._records.cost
        self._places.append(self._records.place(nodes, label, self._pages))
        self.cost += self._records.cost - before
        return Reference(len(self._places) - 1)

    def _identified(self, nodes: Sequence[FieldNode], label: str) -> Identified | None:
        """Returns the shape of a record of which the id and a type that is certain are selected; else None."""
        labels = concrete(label)
        if self._typed and len(labels) > 1:
            return None
        shapes = set()
        for name in (EXPOSED_TYPES[one].name for one in labels):
            fields = {key: same[0].name.value for key, same in self.collected(nodes, name).items()}
            if not fields or not all(field in (ID_ALONE, "__typename") for field in fields.values()):
                return None
            shapes.add(tuple((key, None if field == ID_ALONE else name) for key, field in fields.items()))
        return Identified(shapes.pop()) if len(shapes) == 1 else None

    def _of_records(self) -> InsightBuilder:
        """Returns a builder for a statement that reads records by their uids."""
        usage = VariableUsage(self.usage.variables, guards=self.usage.guards)
        return type(self)(
            self._core, self._fragments, usage, base=self._base, limits=self._limits, typed=self._typed,
            meter=self._meter, columns=self._columns,
        )  # fmt: skip

    def place(self, nodes: Sequence[FieldNode], label: str, pages: int) -> Place:
        """A place of records that are read by their uids; `pages` is the product of the pages that it is in."""
        self._pages = pages
        return Place(label, self.usage.constant(None), self.row(nodes, label))

    def insight_plan(self, access: AccessShape) -> InsightPlan | None:
        """The plan of the insights that were selected; None without any."""
        if not self._insights:
            return None
        gatherings = tuple(
            GatheringPlan(tuple(numbers), tuple(records.records_plan((place,), access) for records, place in places))
            for _, places, numbers in self._gathered
        )
        places = tuple(self._places)
        read = RecordsPlan((), None, (), None) if self._records is None else self._records.records_plan(places, access)
        return InsightPlan(tuple(self._insights), read, gatherings)

    def records_plan(self, places: tuple[Place, ...], access: AccessShape) -> RecordsPlan:
        """The plan of the statement that reads the records of some places of this builder."""
        statement = records_statement(places, access)
        return RecordsPlan(places, statement, tuple(self.usage.getters), self.insight_plan(access))


def _getters(
    declared: tuple[Argument, ...], get: Callable[[str], ArgumentValue | None]
) -> tuple[tuple[Argument, Getter | None], ...]:
    return tuple((one, None if (given := get(one.name)) is None else given.getter()) for one in declared)
