"""The context value that graphql-core passes to resolvers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema

from graph.access import Access, Principal
from graph.money import Rates
from graph.query import Compiled
from graph.query import compile as compiled_for
from graph.query.selection import Selection
from graph.store import Bound, Reads, Writes
from schema.imports import ImportJobs
from schema.limits import Limits, Meter
from schema.planning.arguments import VariableUsage
from schema.planning.selection_builder import SelectionBuilder
from schema.request import Request


@dataclass(slots=True)
class Context:
    """A request with the schema, the writes and the limits."""

    core: GraphQLSchema
    request: Request
    writes: Writes
    limits: Limits
    rates: Rates = field(default_factory=Rates)
    request_id: str = ""
    idempotency_key: str | None = None
    imports: ImportJobs | None = None
    cost: int = 0
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits)

    @property
    def reads(self) -> Reads:
        """The reads of the request."""
        return self.request.reads

    @property
    def access(self) -> Access:
        """The caller's read access."""
        return self.request.access

    @property
    def principal(self) -> Principal:
        """The caller."""
        return self.request.principal

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.request.now

    def selection_builder(self, info: GraphQLResolveInfo[Any]) -> SelectionBuilder:
        """A builder for the fields of one resolver."""
        self.meter.root()
        usage = VariableUsage(info.variable_values.coerced)
        base = self.request.constants["currency"]
        return SelectionBuilder(
            self.core, dict(info.fragments), usage, base=base, limits=self.limits, typed=True, meter=self.meter
        )

    def bound(self, selection_builder: SelectionBuilder, selection: Selection, **more: Any) -> Bound:
        """Returns the statement of a selection with its values."""
        return self.bind(compiled_for(selection, self.access.shape), selection_builder, **more)

    def bind(self, compiled: Compiled, selection_builder: SelectionBuilder, **more: Any) -> Bound:
        """Binds a compiled statement to the values of the selection, the caller and the settings."""
        self.request.masked |= compiled.masked
        values = [getter(selection_builder.usage.variables) for getter in selection_builder.usage.getters]
        return compiled.bind(values, access=self.access.values, **self.request.ambient, **more)

    async def ask(self, selection_builder: SelectionBuilder, selection: Selection) -> Any:
        """Reads a selection, and computes its insights."""
        answer = await self.reads.ask(self.bound(selection_builder, selection))
        return await self.fill(selection_builder, compiled_for(selection, self.access.shape).unlist(answer))

    async def fill(self, selection_builder: SelectionBuilder, answer: Any) -> Any:
        """Computes the insights that were selected below an answer."""
        insights = selection_builder.insight_plan(self.access.shape)
        if insights is None:
            return answer
        return await insights.fill(answer, selection_builder.usage.variables, self.request)
