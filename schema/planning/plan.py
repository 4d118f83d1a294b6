"""Plans: an operation whose every root field is one statement, ready to be sent for variables of a known shape."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLNonNull, GraphQLSchema, OperationDefinitionNode

from graph.errors import TooExpensive
from graph.query import compile as compiled_for
from graph.query.key_order import Arrange
from graph.query.selection import AccessShape
from graph.store import Bound, Reads
from schema.planning.arguments import Getter, Guard, Variables, VariableUsage
from schema.planning.roots import SHAPED_ROOTS, question
from schema.planning.selection_builder import Limits, SelectionBuilder


@dataclass(frozen=True, slots=True)
class Ambient:
    """What statements may name beside their own values: the base currency, its minor units, and the moment."""

    currency: str
    unit: float

    def values(self, names: frozenset[str]) -> dict[str, Any]:
        """The values of these names now."""
        every = {"currency": self.currency, "unit": self.unit, "now": datetime.now(UTC)}
        return {name: every[name] for name in names}


@dataclass(frozen=True, slots=True)
class Root:
    """One root field: its key, its statement, and how each parameter is got."""

    key: str
    nullable: bool
    name: str
    text: str
    parameters: tuple[tuple[str, Getter], ...]
    restricted: bool
    ambient: frozenset[str]
    arrange: Arrange

    def bound(self, variables: Variables, ambient: Ambient, access: Mapping[str, Any]) -> Bound:
        """The statement for these variables; KithError when a value is not right."""
        values: dict[str, Any] = {name: get(variables) for name, get in self.parameters}
        if self.restricted:
            values["access"] = access
        if self.ambient:
            values.update(ambient.values(self.ambient))
        return Bound(self.name, self.text, values)


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation, ready for variables that look like its guards."""

    guards: tuple[Guard, ...]
    roots: tuple[Root, ...]

    def fits(self, variables: Variables) -> bool:
        """Whether the plan is for variables of this shape."""
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
) -> Plan | None:
    """The plan of a query for variables of this shape; None when a field of it is not one statement's work.

    Raises KithError when an argument is not right or the question is too expensive.
    """
    guards: list[Guard] = []
    roots = []
    cost = 0
    query = core.query_type
    assert query is not None
    reading = VariableUsage(variables)
    selection_builder = SelectionBuilder(core, fragments, reading, base=base, limits=limits, typed=False)
    for key, nodes in selection_builder.selected([operation.selection_set], "Query").items():
        name = nodes[0].name.value
        if name not in SHAPED_ROOTS:
            return None
        usage = VariableUsage(variables)
        selection_builder = SelectionBuilder(core, fragments, usage, base=base, limits=limits, typed=False)
        asked = question(selection_builder, nodes)
        if selection_builder.python:
            return None
        cost += selection_builder.cost
        done = compiled_for(asked, access)
        parameters = tuple(
            (f"p{index}", getter) for index, getter in enumerate(usage.getters) if f"p{index}" in done.parameters
        )
        nullable = not isinstance(query.fields[name].type, GraphQLNonNull)
        roots.append(
            Root(
                key, nullable, done.name, done.text, parameters, "access" in done.parameters, done.ambient, done.arrange
            )
        )
        guards += usage.guards
    within(cost, limits)
    return Plan((*reading.guards, *guards), tuple(roots))


def within(cost: int, limits: Limits) -> None:
    """Raises TooExpensive when the pages of a question multiply to more than is allowed."""
    if cost > limits.cost:
        raise TooExpensive(
            f"The pages asked for could hold {cost} records; {limits.cost} are allowed in one request.",
            remedy="Lower `first` on the outer or the inner connections, or ask in several requests.",
            cost=cost,
            limit=limits.cost,
        )


async def run(
    plan: Plan, variables: Variables, reads: Reads, ambient: Ambient, access: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers of a plan's root fields under their keys; an answer that failed is its error."""
    if len(plan.roots) == 1:
        root = plan.roots[0]
        return {root.key: await _asked(root, variables, reads, ambient, access)}
    answers = await asyncio.gather(*(_asked(root, variables, reads, ambient, access) for root in plan.roots))
    return {root.key: answer for root, answer in zip(plan.roots, answers, strict=True)}


async def _asked(root: Root, variables: Variables, reads: Reads, ambient: Ambient, access: Mapping[str, Any]) -> Any:
    try:
        return root.arrange(await reads.ask(root.bound(variables, ambient, access)))
    except Exception as error:  # noqa: BLE001  the other root fields still have answers; the door logs what is no KithError
        return error
