"""What a request carries through the ordinary path."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema

from graph.access import Access, Principal
from graph.money import Rates
from graph.query import compile as compiled_for
from graph.query.selection import Records, Row, Selection
from graph.store import Bound, Reads, Writes
from schema.planning.arguments import VariableUsage
from schema.planning.plan import Ambient
from schema.planning.selection_builder import Limits, SelectionBuilder


@dataclass(slots=True)
class Context:
    """The store, the caller and the settings for one request."""

    core: GraphQLSchema
    reads: Reads
    writes: Writes
    access: Access
    ambient: Ambient
    limits: Limits
    principal: Principal
    tie_k: float
    rates: Rates = field(default_factory=Rates)
    cost: int = 0
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    shared: dict[Any, Any] = field(default_factory=dict)

    def selection_builder(self, info: GraphQLResolveInfo[Any]) -> SelectionBuilder:
        """A selection_builder for the fields of one resolver."""
        variables = info.variable_values.coerced
        fragments = dict(info.fragments)
        return SelectionBuilder(
            self.core, fragments, VariableUsage(variables), base=self.ambient.currency, limits=self.limits, typed=True
        )

    def bound(self, selection_builder: SelectionBuilder, selection: Selection, **more: Any) -> Bound:
        """The statement of a selection with its values."""
        done = compiled_for(selection, self.access.shape)
        values = [getter(selection_builder.usage.variables) for getter in selection_builder.usage.getters]
        return done.bind(values, access=self.access.values, **self.ambient.values(done.ambient), **more)

    async def ask(self, selection_builder: SelectionBuilder, selection: Selection) -> Any:
        """The answer to a selection."""
        answer = await self.reads.ask(self.bound(selection_builder, selection))
        return compiled_for(selection, self.access.shape).unlist(answer)

    async def records(
        self, selection_builder: SelectionBuilder, wanted: list[tuple[str, list[str], Row]]
    ) -> list[dict[str, dict[str, Any]]]:
        """Rows of records by label and ids, each list as a map from id, in one statement; hidden ones are left out."""
        if not any(ids for _, ids, _ in wanted):
            return [{} for _ in wanted]
        asked = Records(tuple((label, selection_builder.usage.constant(ids), row) for label, ids, row in wanted))
        answer = await self.ask(selection_builder, asked)
        return [dict(pairs) for pairs in answer]
