"""Plans: an operation with a plan for each root field, for variables of one shape."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution import execute_sync
from graphql.language import FormattedSourceLocation

from graph.errors import KithError, TooExpensive
from graph.joining import Join
from graph.query import compile as compiled_for
from graph.query.access_shape import AccessShape, Fields
from graph.query.key_order import Arrange
from graph.query.selection import INSIGHT
from graph.store import Bound
from schema.insights.registry import INSIGHTS, QUERY, Insight
from schema.limits import Limits, Meter
from schema.planning.arguments import Getter, Guard, Path, Probe, Variables, VariableUsage
from schema.planning.insights import InsightPlan
from schema.planning.record_roots import RecordRoot, record_root
from schema.planning.roots import root_selection
from schema.planning.selection_builder import SelectionBuilder
from schema.request import Request
from schema.workers import DOCUMENTS, run_in

Locations = list[FormattedSourceLocation]

# The statements of one request that run at the same time.
CONCURRENT_ROOTS = 6
# No further statement of a request begins after so many times the limit of one.
_MOST_STATEMENTS = 3


@dataclass(frozen=True, slots=True)
class Root:
    """A root field that one statement reads: its key, its statement, and a getter for each parameter."""

    key: str
    nullable: bool
    locations: Locations
    name: str
    text: str
    parameters: tuple[tuple[str, Getter], ...]
    restricted: bool
    ambient: frozenset[str]
    arrange: Arrange
    insights: InsightPlan | None = None
    join: Join | None = None
    masked: Fields = frozenset()

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes."""
        more = 0 if self.insights is None else self.insights.weight
        return 2000 + 4 * len(self.text) + 200 * len(self.parameters) + more

    def bound(self, variables: Variables, request: Request) -> Bound:
        """Binds the statement to variables. Raises KithError when a value is not valid."""
        request.masked |= self.masked
        values: dict[str, Any] = {name: get(variables) for name, get in self.parameters}
        if self.restricted:
            values["access"] = request.access.values
        if self.ambient:
            ambient = request.ambient
            for name in self.ambient:
                values[name] = ambient[name]
        return Bound(self.name, self.text, values, self.join)

    async def answer(self, variables: Variables, request: Request) -> Any:
        """Returns the value of the field."""
        if self.insights is None:
            return self.arrange(await request.reads.ask(self.bound(variables, request)))
        arguments = self.insights.arguments(variables)
        answer = self.arrange(await request.reads.ask(self.bound(variables, request)))
        return await self.insights.fill(answer, variables, request, arguments)


@dataclass(frozen=True, slots=True)
class InsightRoot:
    """A root field that is an insight."""

    key: str
    nullable: bool
    locations: Locations
    insights: InsightPlan

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes."""
        return self.insights.weight

    async def answer(self, variables: Variables, request: Request) -> Any:
        """Returns the value of the field."""
        (field,) = self.insights.fields
        arguments = self.insights.arguments(variables)
        found = None
        assert isinstance(field.insight, Insight)
        if field.insight.reads is not None:
            assert callable(field.insight.reads)
            found = await request.reads.ask(field.insight.reads(request, field.parts, **arguments[0]))
        material = {self.key: {INSIGHT: 0, "of": found}}
        return (await self.insights.fill(material, variables, request, arguments))[self.key]


@dataclass(frozen=True, slots=True)
class OfRecord:
    """A root field that is an insight on a record: the root field that reads the record, and the way to the value."""

    root: Root
    record: RecordRoot

    @property
    def key(self) -> str:
        """The response key."""
        return self.root.key

    @property
    def nullable(self) -> bool:
        """Whether the field can be null."""
        return self.root.nullable

    @property
    def locations(self) -> Locations:
        """The locations of the field in the document."""
        return self.root.locations

    @property
    def insights(self) -> InsightPlan | None:
        """The insights below the field."""
        return self.root.insights

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes."""
        return self.root.weight

    async def answer(self, variables: Variables, request: Request) -> Any:
        """Returns the value of the field."""
        return self.record.value(await self.root.answer(variables, request))


@dataclass(frozen=True, slots=True)
class SchemaRoot:
    """A root field about the schema (`__typename`, `__schema`, `__type`), which graphql-core resolves."""

    key: str
    nullable: bool
    locations: Locations
    core: GraphQLSchema
    document: DocumentNode
    constant: str | None

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes; its nodes belong to the document."""
        return 1000

    async def answer(self, _: Variables, request: Request) -> Any:
        """Returns the value of the field."""
        if self.constant is not None:
            return self.constant
        return await run_in(DOCUMENTS, self._execute, dict(request.variables))

    def _execute(self, variables: dict[str, Any]) -> Any:
        result = execute_sync(self.core, self.document, variable_values=variables)
        if result.errors:
            raise result.errors[0]
        return (result.data or {})[self.key]


AnyRoot = Root | InsightRoot | OfRecord | SchemaRoot


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of an operation, for all variables that meet its guards.

    `column_tables` are the tables of columns that root fields need; none if the database answers all of them. `cost` is
    the number of records that its pages could hold.
    """

    guards: tuple[Guard, ...]
    roots: tuple[AnyRoot, ...]
    column_tables: frozenset[str]
    cost: int = 0

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes."""
        return 1000 + 300 * len(self.guards) + sum(root.weight for root in self.roots)

    @property
    def column_fields(self) -> list[str]:
        """The fields that columns answer, as `Type.field`."""
        return sorted({name for plan in _insights(self.roots) for name in plan.column_fields})

    def fits(self, variables: Variables) -> bool:
        """Returns True if the plan is valid for variables of this shape."""
        return all(guard.holds(variables) for guard in self.guards)


def planned(
    core: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Variables,
    *,
    access: AccessShape,
    base: str,
    limits: Limits,
    columns: bool = False,
) -> Plan:
    """Plans a query for variables of one shape, with `columns` so that they answer what they can.

    Raises KithError, or GraphQLError with the location of the root field, when an argument is not valid or the query
    is too expensive.
    """
    guards: dict[tuple[Path, Probe], Guard] = {}
    roots: list[AnyRoot] = []
    cost = 0
    meter = Meter(limits)
    reading = VariableUsage(variables, guards)
    selected = SelectionBuilder(core, fragments, reading, base=base, limits=limits, typed=False)
    fields = selected.selected([operation.selection_set], QUERY)
    meter.roots(len(fields))
    for key, nodes in fields.items():
        if nodes[0].name.value.startswith("__"):
            roots.append(_schema_root(core, operation, fragments, key, nodes))
            continue
        meter.root()
        usage = VariableUsage(variables, guards)
        selection_builder = SelectionBuilder(
            core, fragments, usage, base=base, limits=limits, typed=False, meter=meter, columns=columns
        )
        nullable = not isinstance(selection_builder.declared(QUERY, nodes[0]).type, GraphQLNonNull)
        try:
            roots.append(_root(selection_builder, key, nodes, nullable, access))
        except KithError as error:
            raise GraphQLError(error.message, nodes, original_error=error) from error
        cost += selection_builder.cost
    within(cost, limits)
    tables = frozenset[str]().union(*(plan.column_tables for plan in _insights(roots)))
    return Plan(tuple(guards.values()), tuple(roots), tables, cost)


def _insights(roots: Iterable[AnyRoot]) -> list[InsightPlan]:
    """The plans of the insights below root fields."""
    plans = (root.insights for root in roots if not isinstance(root, SchemaRoot))
    return [plan for plan in plans if plan is not None]


def locations_of(node: FieldNode) -> Locations:
    """Returns the location of a field in the document."""
    return [location.formatted for location in GraphQLError("", node).locations or []]


def _root(
    selection_builder: SelectionBuilder, key: str, nodes: list[FieldNode], nullable: bool, access: AccessShape
) -> Root | InsightRoot | OfRecord:
    record = record_root(key, nodes)
    if record is not None:
        return OfRecord(_read_root(selection_builder, key, record.fields, nullable, access), record)
    insights = insight_root(selection_builder, nodes, access)
    if insights is not None:
        return InsightRoot(key, nullable, locations_of(nodes[0]), insights)
    return _read_root(selection_builder, key, nodes, nullable, access)


def _read_root(
    selection_builder: SelectionBuilder, key: str, nodes: list[FieldNode], nullable: bool, access: AccessShape
) -> Root:
    compiled = compiled_for(root_selection(selection_builder, nodes), access)
    parameters = tuple(
        (f"p{index}", getter)
        for index, getter in enumerate(selection_builder.usage.getters)
        if f"p{index}" in compiled.parameters
    )
    return Root(
        key, nullable, locations_of(nodes[0]), compiled.name, compiled.text, parameters,
        "access" in compiled.parameters, compiled.ambient,
        compiled.arrange, selection_builder.insight_plan(access), compiled.join, compiled.masked,
    )  # fmt: skip


def insight_root(
    selection_builder: SelectionBuilder, nodes: list[FieldNode], access: AccessShape
) -> InsightPlan | None:
    """Returns the plan of a root field that is an insight; None for other fields."""
    insight = INSIGHTS.get((QUERY, nodes[0].name.value))
    if insight is None:
        return None
    selection_builder.insight(nodes, insight, QUERY)
    return selection_builder.insight_plan(access)


def _schema_root(
    core: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    key: str,
    nodes: list[FieldNode],
) -> SchemaRoot:
    alone = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=tuple(nodes)),
    )
    nullable = nodes[0].name.value == "__type"
    constant = QUERY if nodes[0].name.value == "__typename" else None
    document = DocumentNode(definitions=(alone, *fragments.values()))
    return SchemaRoot(key, nullable, locations_of(nodes[0]), core, document, constant)


def within(cost: int, limits: Limits) -> None:
    """Raises TooExpensive when the pages of a selection could hold more records than allowed."""
    if cost > limits.cost:
        raise TooExpensive(
            f"The pages requested could hold {cost} records; {limits.cost} are allowed in one request.",
            remedy="Lower `first` on the outer or the inner connections, or use several requests.",
            cost=cost,
            limit=limits.cost,
            field="first",
        )


async def run(plan: Plan, variables: Variables, request: Request) -> dict[str, Any]:
    """Reads the root fields of a plan, and returns the value or the exception of each under its key."""
    if len(plan.roots) == 1:
        (root,) = plan.roots
        try:
            return {root.key: await root.answer(variables, request)}
        except Exception as error:  # noqa: BLE001  as with several roots; the executor logs the error
            return {root.key: error}
    if len(plan.roots) <= CONCURRENT_ROOTS:
        waiting = [root.answer(variables, request) for root in plan.roots]
    else:
        turns = asyncio.Semaphore(CONCURRENT_ROOTS)
        waiting = [_in_turn(turns, root, variables, request) for root in plan.roots]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    return {root.key: answer for root, answer in zip(plan.roots, answers, strict=True)}


async def _in_turn(turns: asyncio.Semaphore, root: AnyRoot, variables: Variables, request: Request) -> Any:
    """Reads a root field when fewer than CONCURRENT_ROOTS others of the request are being read, and while it has time.

    Raises TooExpensive when the whole request has taken too long.
    """
    async with turns:
        if request.seconds > _MOST_STATEMENTS * request.reads.seconds:
            raise TooExpensive(
                f"The request took longer than {_MOST_STATEMENTS * request.reads.seconds:g} seconds.",
                remedy="Select fewer root fields, or use several requests.",
                limit=_MOST_STATEMENTS * request.reads.seconds,
            )
        return await root.answer(variables, request)
