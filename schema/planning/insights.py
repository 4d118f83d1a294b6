"""Computes the insights within a response, and reads the records that their results refer to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from graph.errors import Invalid, NotFound
from graph.query import Compiled
from graph.query import compile as compiled_for
from graph.query.access_shape import AccessShape
from graph.query.builder import ComputedField
from graph.query.selection import INSIGHT, Part, Records, Row, Slot
from graph.query.values import Argument
from graph.vocabulary import Link
from schema.columns.registry import ColumnAnswer, NotInColumnsError
from schema.insights.registry import Gathered, Gathering, Insight, SharedRead
from schema.planning.arguments import Getter, Variables
from schema.planning.results import MISSING, Shape
from schema.request import Request
from schema.workers import INSIGHTS, run_in

_FEW = 10


@dataclass(frozen=True, slots=True)
class InsightField:
    """An insight that is selected in one place of a document."""

    insight: Insight | ComputedField | Link
    arguments: tuple[tuple[Argument, Getter | None], ...]
    shape: Shape
    parts: tuple[Part, ...] = ()
    columns: ColumnAnswer | None = None

    def values(self, variables: Variables) -> dict[str, Any]:
        """Returns the arguments by their Python names. Raises Invalid when a number is out of bounds."""
        return {
            f"{declared.name}_" if iskeyword(declared.name) else declared.name: _checked(declared, get, variables)
            for declared, get in self.arguments
        }

    def result(self, found: Any, request: Request, shared: tuple[Any, ...], arguments: Mapping[str, Any]) -> Any:
        """Calls the function with the data that was read, and the values that all parents share.

        Raises NotInColumnsError when the columns cannot answer.
        """
        if self.columns is not None:
            assert request.snapshot is not None
            value = self.columns.function(request.snapshot, found, request, self.parts, **arguments)
            if value is None:
                raise NotInColumnsError
            return value
        assert isinstance(self.insight, Insight)
        return self.insight.function(found, request, *shared, **arguments)

    def takes_long(self, found: Any, arguments: Mapping[str, Any]) -> bool:
        """Returns True if the result is computed outside the event loop."""
        if self.columns is not None:
            return True
        return isinstance(self.insight, Insight) and self.insight.threaded(found, **arguments)

    @property
    def gathers(self) -> Gathering | None:
        """The records that it gathers."""
        return self.insight.gathers if isinstance(self.insight, Insight) else None

    @property
    def shares(self) -> SharedRead | None:
        """The read that all parents of a request share."""
        return self.insight.shares if self.columns is None and isinstance(self.insight, Insight) else None


def _checked(declared: Argument, get: Getter | None, variables: Variables) -> Any:
    value = None if get is None else get(variables)
    low, high = declared.minimum, declared.maximum
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return value
    bounds = f"between {low} and {high}" if high is not None else f"at least {low}"
    raise Invalid(
        f"`{declared.name}` must be {bounds}; got {value}.",
        remedy=f"Use a number that is {bounds}.",
        field=declared.name,
    )


async def _shared(shares: SharedRead, request: Request) -> Any:
    """Returns the value that all parents of a request share; the first that needs it starts the read."""
    if shares not in request.shared:

        async def read() -> Any:
            columns = shares.columns
            if columns is not None and columns.tables <= request.tables:
                answer = await request.reads.ask(columns.read(request))
                return await run_in(INSIGHTS, columns.function, request.snapshot, answer)
            return await run_in(INSIGHTS, shares.function, await request.reads.ask(shares.read(request)))

        request.shared[shares] = asyncio.ensure_future(read())
    return await request.shared[shares]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document where a result refers to records: their label, the slot of their uids, and their row."""

    label: str
    uids: Slot
    row: Row


@dataclass(frozen=True, slots=True)
class RecordsPlan:
    """The statement that reads the records of several places by their uids at once, and the insights on them."""

    places: tuple[Place, ...]
    statement: Compiled | None
    getters: tuple[Getter, ...]
    insights: InsightPlan | None

    def check(self, variables: Variables) -> None:
        """Raises KithError when an argument within the places is not valid."""
        for getter in self.getters:
            getter(variables)
        if self.insights is not None:
            self.insights.check(variables)

    async def rows(
        self, ids: Sequence[Iterable[str]], variables: Variables, request: Request
    ) -> list[dict[str, dict[str, Any]]]:
        """Returns the records of each place by uid; those that the caller may not read are missing."""
        if self.statement is None or not any(ids):
            return [{} for _ in ids]
        values = [getter(variables) for getter in self.getters]
        for place, uids in zip(self.places, ids, strict=True):
            values[place.uids.index] = list(uids)
        request.masked |= self.statement.masked
        bound = self.statement.bind(values, access=request.access.values, **request.ambient)
        answer = self.statement.arrange(await request.reads.ask(bound))
        if self.insights is not None:
            await self.insights.fill(answer, variables, request)
        return [dict(pairs) for pairs in answer]


@dataclass(frozen=True, slots=True)
class GatheringPlan:
    """The records that some insights gather, which read the same fields: the numbers of these insights.

    Each label has a statement of its own: the database plans a statement again for lists of another order of magnitude,
    so one for all labels would be planned for each combination.
    """

    numbers: tuple[int, ...]
    records: tuple[RecordsPlan, ...]


@dataclass(frozen=True, slots=True)
class InsightPlan:
    """The insights within one response, the records that they gather, and those that their results refer to."""

    fields: tuple[InsightField, ...]
    references: RecordsPlan
    gatherings: tuple[GatheringPlan, ...] = ()

    def arguments(self, variables: Variables) -> list[dict[str, Any]]:
        """Returns the arguments of each insight. Raises Invalid when a number is out of bounds."""
        return [field.values(variables) for field in self.fields]

    def check(self, variables: Variables) -> None:
        """Raises KithError when an argument is not valid, here or on the records that the results refer to."""
        self.arguments(variables)
        self.references.check(variables)

    async def fill(
        self, answer: Any, variables: Variables, request: Request, arguments: list[dict[str, Any]] | None = None
    ) -> Any:
        """Replaces every material in a response with the result of its insight."""
        found: list[tuple[dict[str, Any], str, int, Any]] = []
        _find(answer, found)
        values = self.arguments(variables) if arguments is None else arguments
        reads = (self._gather(plan, found, variables, request) for plan in self.gatherings)
        gathered = [
            (plan.numbers, rows) for plan, rows in zip(self.gatherings, await asyncio.gather(*reads), strict=True)
        ]
        results = await self._results([(number, of) for _, _, number, of in found], request, values, gathered)
        await self._follow_up([number for _, _, number, _ in found], results, request)
        ids: list[dict[str, None]] = [{} for _ in self.references.places]
        for (_, _, number, _), result in zip(found, results, strict=True):
            self.fields[number].shape.collect(result, ids)
        rows = await self.references.rows(ids, variables, request)
        for (holder, key, number, _), result in zip(found, results, strict=True):
            holder[key] = self.fields[number].shape.project(result, rows)
            if holder[key] is MISSING:
                raise NotFound(
                    "A record in the response was deleted while the request ran.", remedy="Send the request again."
                )
        return answer

    async def _follow_up(self, numbers: list[int], results: list[Any], request: Request) -> None:
        """Adds what the second reads find to the results, in place; one statement for each insight that has one."""
        for number, field in enumerate(self.fields):
            follow_up = field.insight.follow_up if isinstance(field.insight, Insight) else None
            at = [index for index, same in enumerate(numbers) if same == number]
            bound = follow_up.read(request, field.parts, [results[index] for index in at]) if follow_up and at else None
            if follow_up and bound is not None:
                answer = await request.reads.ask(bound)
                for index in at:
                    results[index] = follow_up.function(results[index], answer)

    async def _gather(
        self,
        plan: GatheringPlan,
        found: list[tuple[dict[str, Any], str, int, Any]],
        variables: Variables,
        request: Request,
    ) -> Gathered:
        """Reads the records that some insights gather, for all their parents at once; each record once."""
        ids: dict[str, dict[str, None]] = {place.label: {} for records in plan.records for place in records.places}
        for _, _, number, of in found:
            gathers = self.fields[number].gathers
            if number in plan.numbers and gathers is not None:
                for label, uid in gathers.ids(of):
                    ids[label][uid] = None
        reads = (
            records.rows([uids], variables, request) for records, uids in zip(plan.records, ids.values(), strict=True)
        )
        return {label: rows for label, (rows,) in zip(ids, await asyncio.gather(*reads), strict=True)}

    @property
    def _below(self) -> list[InsightPlan]:
        plans = (self.references, *(records for gathering in self.gatherings for records in gathering.records))
        return [plan.insights for plan in plans if plan.insights is not None]

    @property
    def column_fields(self) -> frozenset[str]:
        """The fields that columns answer, here or on the records that are read for the insights."""
        here = frozenset(field.columns.name for field in self.fields if field.columns is not None)
        return here.union(*(plan.column_fields for plan in self._below))

    @property
    def column_tables(self) -> frozenset[str]:
        """The tables of columns that insights need, here or on the records that are read for them."""
        here = (field.columns.tables(field.parts) for field in self.fields if field.columns is not None)
        shared = (field.shares.columns.tables for field in self.fields if field.shares and field.shares.columns)
        return frozenset().union(*here, *shared, *(plan.column_tables for plan in self._below))

    @property
    def weight(self) -> int:
        """The approximate size of the plan in bytes."""
        plans = (self.references, *(records for gathering in self.gatherings for records in gathering.records))
        texts = sum(4 * len(plan.statement.text) for plan in plans if plan.statement is not None)
        return 1000 * len(self.fields) + texts + sum(plan.weight for plan in self._below)

    async def _results(
        self,
        found: list[tuple[int, Any]],
        request: Request,
        arguments: list[dict[str, Any]],
        gathered: list[tuple[tuple[int, ...], Gathered]],
    ) -> list[Any]:
        """Computes the insights: in a thread if one of them may take long, or if there are many."""
        shared: dict[int, tuple[Any, ...]] = {}
        for number in {number for number, _ in found}:
            shares = self.fields[number].shares
            shared[number] = () if shares is None else (await _shared(shares, request),)
            shared[number] += tuple(rows for numbers, rows in gathered if number in numbers)

        def compute() -> list[Any]:
            return [self.fields[number].result(of, request, shared[number], arguments[number]) for number, of in found]

        if len(found) > _FEW or any(self.fields[number].takes_long(of, arguments[number]) for number, of in found):
            return await run_in(INSIGHTS, compute)
        return compute()


def fail_unfilled(answer: Any, error: Exception) -> None:
    """Replaces every material that is left in a response with an error, which is reported at its place."""
    found: list[tuple[dict[str, Any], str, int, Any]] = []
    _find(answer, found)
    for holder, key, _, _ in found:
        holder[key] = error


def _find(answer: Any, found: list[tuple[dict[str, Any], str, int, Any]]) -> None:
    """Finds the materials in a response: the map and key of each, the number of its insight, and its data."""
    if isinstance(answer, list):
        for item in answer:
            _find(item, found)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            if isinstance(value, dict) and INSIGHT in value:
                found.append((answer, key, value[INSIGHT], value["of"]))
            elif isinstance(value, dict | list):
                _find(value, found)


def records_statement(places: tuple[Place, ...], access: AccessShape) -> Compiled | None:
    """Returns the statement that reads the records of all places at once."""
    if not places:
        return None
    return compiled_for(Records(tuple((place.label, place.uids, place.row) for place in places)), access)
