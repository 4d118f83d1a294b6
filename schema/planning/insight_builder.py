"""Builds the insights of a selection: fields that a pure function computes from what was read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence

from graphql import FieldNode, FragmentDefinitionNode, GraphQLSchema

from graph.query.builder import ComputedField
from graph.query.selection import AccessShape, Computed, Material, Part, Row
from graph.query.values import Argument, ValueType, value_fields
from schema.columns.registry import COLUMN_ANSWERS, ColumnAnswer
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.insights.registry import Insight
from schema.limits import UNBOUNDED_LIST, Limits, Meter
from schema.planning.arguments import ArgumentValue, Getter, VariableUsage
from schema.planning.field_collector import FieldCollector, fields_of_record
from schema.planning.insights import InsightField, InsightPlan, Place, records_statement
from schema.planning.results import Fields, Identified, ListOf, Nullable, Plain, Reference, Shape, Text, generated
from schema.values import record_label

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
        self._pages = 1
        self.cost = 0
        self._insights: list[InsightField] = []
        self._places: list[Place] = []
        self._records: InsightBuilder | None = None
        self._columns = columns
        self._exist = False

    @abstractmethod
    def row(self, nodes: Sequence[FieldNode], label: str) -> Row:
        """Returns the fields selected below nodes on records of a label or super-label."""

    def insight(self, nodes: list[FieldNode], insight: Insight, type_name: str) -> int:
        """Adds an insight that is selected on a type, and returns its number."""
        get = self.arguments(self.declared(type_name, nodes[0]), nodes[0])
        arguments = _getters(insight.arguments, get)
        size = self._insight_size(insight, get)
        self.cost += self._pages * size if insight.returns.many else 0
        shape = generated(self._shape(nodes, insight.returns, size))
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
        """Returns the shape of a value from columns, whose records are known to exist."""
        self._exist = True
        shape = generated(self._shape(nodes, value, 1, 1))
        self._exist = False
        return shape

    def _insight_size(self, insight: Insight, get: Callable[[str], ArgumentValue | None]) -> int:
        """Returns the number of results that an insight counts as."""
        for declared in insight.arguments:
            if declared.page and (given := get(declared.name)) is not None:
                # A number out of bounds is refused later, with the bounds.
                return max(min(int(given.value()), int(declared.maximum or 0)), 1)
        return UNBOUNDED_LIST

    def _material(self, key: str, nodes: list[FieldNode], insight: Insight, face: ExposedType) -> Material:
        number = self.insight(nodes, insight, face.name)
        reads = insight.reads if self._insights[number].columns is None else ID_ALONE
        if isinstance(reads, str):
            return Material(key, number, self.row([fields_of_record(reads)], face.model.label))
        assert isinstance(reads, ComputedField)
        get = self.arguments(self.declared(face.name, nodes[0]), nodes[0])
        slots = tuple((one.name, given.slot()) for one in reads.arguments if (given := get(one.name)) is not None)
        return Material(key, number, Computed("", reads.key, slots, self._part_names(nodes, insight.returns.of)))

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
            shape = self._reference(nodes, label)
        elif value.nested:
            fields = value_fields(value.of)
            shape = Fields(
                tuple(
                    (key, None, Text(value.of.__name__))
                    if (name := same[0].name.value) == "__typename"
                    else (key, fields[name].attribute, self._shape(same, fields[name].type, inner, inner))
                    for key, same in self.collected(nodes, value.of.__name__).items()
                )
            )
        else:
            self._meter.field()
            shape = Plain(value.of)
        self._pages = outer
        shape = ListOf(shape) if value.many else shape
        return Nullable(shape) if value.nullable else shape

    def _reference(self, nodes: Sequence[FieldNode], label: str) -> Reference | Identified:
        fields = self.collected(nodes, EXPOSED_TYPES[label].name) if self._exist and label in EXPOSED_TYPES else {}
        if fields and all(same[0].name.value in (ID_ALONE, "__typename") for same in fields.values()):
            for _ in fields:
                self._meter.field()
            names = {key: same[0].name.value for key, same in fields.items()}
            return Identified(
                tuple((key, None if of == ID_ALONE else EXPOSED_TYPES[label].name) for key, of in names.items())
            )
        if self._records is None:
            usage = VariableUsage(self.usage.variables, guards=self.usage.guards)
            self._records = type(self)(
                self._core, self._fragments, usage, base=self._base, limits=self._limits, typed=self._typed,
                meter=self._meter, columns=self._columns,
            )  # fmt: skip
        before = self._records.cost
        self._places.append(self._records.place(nodes, label, self._pages))
        self.cost += self._records.cost - before
        return Reference(len(self._places) - 1)

    def place(self, nodes: Sequence[FieldNode], label: str, pages: int) -> Place:
        """A place of records that are read by their uids; `pages` is the product of the pages that it is in."""
        self._pages = pages
        return Place(label, self.usage.constant(None), self.row(nodes, label))

    def insight_plan(self, access: AccessShape) -> InsightPlan | None:
        """The plan of the insights that were selected; None without any."""
        if not self._insights:
            return None
        places = tuple(self._places)
        records = self._records
        return InsightPlan(
            tuple(self._insights), places, records_statement(places, access),
            tuple(records.usage.getters) if records else (), records.insight_plan(access) if records else None,
        )  # fmt: skip


def _getters(
    declared: tuple[Argument, ...], get: Callable[[str], ArgumentValue | None]
) -> tuple[tuple[Argument, Getter | None], ...]:
    return tuple((one, None if (given := get(one.name)) is None else given.getter()) for one in declared)
