"""Executes GraphQL requests: takes a document with variables and returns a response that is ready to be sent."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal, Self

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution import execute as execute_document
from graphql.execution import get_variable_values

from graph.access import Policy, Principal, require_write
from graph.admission import Budget
from graph.bounded_cache import BoundedCache
from graph.columns import Columns, Snapshot
from graph.errors import Invalid, KithError, OverBudget, TooExpensive
from graph.known import Outdated
from graph.money import Rates, exponent
from graph.query.access_shape import AccessShape
from graph.settings import Settings
from graph.store import Reads, Writes
from graph.unrecorded import position
from schema.build import build
from schema.columns.registry import NotInColumnsError
from schema.context import Context
from schema.documents import Document, operation_of, parsed
from schema.error_format import formatted, formatted_errors, rejected
from schema.imports import ImportJobs
from schema.limits import DocumentLimits, Limits, check_variables
from schema.planning.plan import Plan, planned, run
from schema.request import Request
from schema.workers import DOCUMENTS, run_in, to_the_end

_INVALID_VARIABLE = re.compile(
    r"Variable '\$(?P<variable>\w+)' has invalid value(?: at (?P<path>[^:]+))?: "
    r"(?:.* to include (?:required|unknown) field '(?P<field>\w+)')?"
)

_CACHE_BYTES = 64 * 1024 * 1024
_PLANS = 16
# Longer documents are parsed, validated and planned in a thread, and more variables are coerced in one.
_SHORT = 2000
_FEW_VALUES = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a request: `ok` (executed), `invalid` (not executed), `not_allowed` (a mutation by GET)."""

    status: Literal["ok", "invalid", "not_allowed"]
    body: dict[str, Any]
    mutation: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """The limits, the base currency with the rates to it, and the tie constant of an executor."""

    documents: DocumentLimits = field(default_factory=DocumentLimits)
    questions: Limits = field(default_factory=Limits)
    currency: str = "USD"
    tie_k: float = 1.15
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    beyond_access: bool = False
    """Whether callers learn of paths through people whom they may not read, without their names."""


def options_of(settings: Settings) -> Options:
    """Returns the options that the settings of a process state."""
    return Options(
        documents=DocumentLimits(settings.max_depth, settings.max_aliases, settings.max_tokens),
        questions=Limits(cost=settings.max_cost, conditions=settings.max_conditions),
        currency=settings.currency,
        rates=settings.rates,
        tie_k=settings.tie_k,
        beyond_access=settings.beyond_access,
    )


async def _require(confirmed: Callable[[], Awaitable[bool]] | None) -> None:
    """Raises Outdated if what is known of the caller is not confirmed."""
    if confirmed is not None and not await confirmed():
        raise Outdated


class Executor:
    """Executes GraphQL requests on an open store; `policy` decides what each caller may read."""

    def __init__(
        self,
        reads: Reads,
        writes: Writes,
        options: Options,
        *,
        policy: Policy,
        columns: Columns | None = None,
        imports: ImportJobs | None = None,
    ) -> None:
        self.options, self._imports = options, imports
        self._columns = columns
        self.strawberry, self.core = build()
        self.reads, self._writes, self._policy = reads, writes, policy
        currency = self.options.currency
        self._constants = {
            "currency": currency, "unit": float(10 ** exponent(currency)), "tieK": self.options.tie_k,
        }  # fmt: skip
        self._documents: BoundedCache[str, Document] = BoundedCache(_CACHE_BYTES)

    def limited(self, seconds: float) -> Self:
        """A copy with another time limit for each statement that reads; it has the same documents and plans."""
        one = copy(self)
        one.reads = self.reads.limited(seconds)
        return one

    async def columns_loaded(self, seconds: float) -> None:
        """Waits until the columns are loaded, if there are any, but no longer than this."""
        if self._columns is not None:
            await self._columns.loaded(seconds)

    def document(self, query: str) -> Document:
        """Returns the document of a text, from the cache or parsed and validated."""
        known = self._documents.get(query)
        return self._kept(query, parsed(query, self.core, self.options.documents)) if known is None else known

    def _kept(self, query: str, document: Document) -> Document:
        """Keeps a valid document, and returns it."""
        if not document.errors:
            self._documents.put(query, document, document.weight)
        return document

    async def _parsed(self, query: str) -> Document:
        """Returns the document of a text like `document`, without delaying other requests."""
        if len(query) <= _SHORT or self._documents.get(query) is not None:
            return self.document(query)
        return self._kept(query, await run_in(DOCUMENTS, parsed, query, self.core, self.options.documents))

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        *,
        principal: Principal,
        reads_only: bool = False,
        request_id: str = "",
        idempotency_key: str | None = None,
        ordinary: bool = False,
        explain: bool = False,
        now: datetime | None = None,
        budget: Budget | None = None,
        confirmed: Callable[[], Awaitable[bool]] | None = None,
    ) -> Answer:
        """Executes a request; `ordinary` uses graphql-core's own execution, which tests compare the plans with.

        `now` is the time of the request; the default is the clock. `explain` adds `extensions.explain` to the answer to
        a query: the position of the last event before the request, which is in the answer, and the fields that columns
        answered.

        The cost of the request is taken from the `budget` of the caller. Raises OverBudget when that does not suffice.

        A mutation is executed only if `confirmed` says that the caller is as the principal states. Raises Outdated.
        """
        document = await self._parsed(query)
        if document.errors:
            return Answer("invalid", {"errors": document.errors})
        try:
            operation = operation_of(document, operation_name)
            _check_scopes(operation, principal)
        except KithError as error:
            return Answer("invalid", {"errors": [formatted(error)]})
        if reads_only and operation.operation is not OperationType.QUERY:
            refused = Invalid("A GET request must be a query.", remedy="Send mutations with POST.", field="query")
            return Answer("not_allowed", {"errors": [formatted(refused)]})
        try:
            coerced = await self._coerced(operation, variables)
        except KithError as error:
            return Answer("invalid", {"errors": [formatted(error)]})
        if isinstance(coerced, list):
            return Answer("invalid", {"errors": coerced})
        request = self._request(principal, variables, now)
        if ordinary or operation.operation is not OperationType.QUERY:
            await _require(confirmed)
            executed = self._execute_with_core(document, operation, request, request_id, idempotency_key, budget)
            return await (executed if ordinary else to_the_end(executed))
        plan_for = partial(self._plan, query, document, operation_name, operation, coerced, request.access.shape)
        try:
            last_event = (await position(self.reads)).event if explain else None
            plan, answers = await self._answers(plan_for, coerced, request, budget)
        except OverBudget:
            raise
        except (KithError, GraphQLError) as error:
            return Answer("invalid", {"errors": [formatted(error)]})
        answer = _assemble(plan, answers, request, request_id)
        if explain:
            _explain(answer, plan, last_event)
        return answer

    def _request(self, principal: Principal, variables: Mapping[str, Any] | None, now: datetime | None) -> Request:
        access, beyond = self._policy(principal), self.options.beyond_access
        request = Request(self.reads, access, principal, self._constants, variables or {}, beyond_access=beyond)
        if now is not None:
            request.set_time(now)
        return request

    def restricts(self, principal: Principal) -> bool:
        """Returns whether there may be records, or fields of them, that the caller cannot read or change."""
        return not self._policy(principal).shape.unrestricted

    async def _answers(
        self,
        plan_for: Callable[[bool], Awaitable[Plan]],
        variables: Mapping[str, Any],
        request: Request,
        budget: Budget | None,
    ) -> tuple[Plan, dict[str, Any]]:
        """Returns the plan that was used, with columns if they can answer, and the value of each root field."""
        columns = self._columns is not None and self._columns.ready and not request.access.shape.rules
        plan = await plan_for(columns)
        if budget is not None:
            budget.take(plan.cost)
        if columns and plan.column_tables:
            request.snapshot = await self._snapshot(plan.column_tables)
            if request.snapshot is None:
                plan = await plan_for(False)
            else:
                request.tables = plan.column_tables
        answers = await run(plan, variables, request)
        if any(isinstance(one, NotInColumnsError) for one in answers.values()):
            plan = await plan_for(False)
            answers = await run(plan, variables, request)
        return plan, answers

    async def _snapshot(self, tables: AbstractSet[str]) -> Snapshot | None:
        """The state of the columns; None if the database has to answer, which then reports its errors."""
        try:
            return None if self._columns is None else await self._columns.current(tables)
        except KithError:
            return None

    async def _coerced(
        self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None
    ) -> Mapping[str, Any] | list[dict[str, Any]]:
        """Returns the coerced variables, or errors. Raises TooExpensive when they have too many values."""
        if not variables:
            return _coerce_variables(self.core, operation, {})
        if check_variables(variables, self.options.questions) > _FEW_VALUES:
            return await run_in(DOCUMENTS, _coerce_variables, self.core, operation, variables)
        return _coerce_variables(self.core, operation, variables)

    async def _plan(
        self,
        query: str,
        document: Document,
        name: str | None,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        access: AccessShape,
        columns: bool,
    ) -> Plan:
        plans = document.plans.setdefault((name, access, columns), [])
        for at, plan in enumerate(plans):
            if plan.fits(variables):
                if at:
                    plans.insert(0, plans.pop(at))
                return plan
        plan_query = partial(
            planned, self.core, operation, document.fragments, variables,
            access=access, base=self.options.currency, limits=self.options.questions, columns=columns,
        )  # fmt: skip
        new_plan = await run_in(DOCUMENTS, plan_query) if len(query) > _SHORT else plan_query()
        plans.insert(0, new_plan)
        del plans[_PLANS:]
        self._documents.put(query, document, document.weight)
        return new_plan

    async def _execute_with_core(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        request: Request,
        request_id: str,
        idempotency_key: str | None,
        budget: Budget | None,
    ) -> Answer:
        if budget is not None:
            budget.take(0)
        rates = Rates(self.options.currency, self.options.rates)
        context = Context(
            self.core, request, self._writes, self.options.questions, rates, request_id, idempotency_key, self._imports
        )
        assert document.node is not None
        result: Any = execute_document(
            self.core,
            document.node,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=operation.name.value if operation.name else None,
        )
        if hasattr(result, "__await__"):
            result = await result
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [one for error in result.errors for one in formatted_errors(error, request_id)]
        if budget is not None:  # The cost of what a mutation returns is known only after its execution.
            budget.charge(context.cost)
        return replace(_answer(body, request), mutation=operation.operation is OperationType.MUTATION)


def _check_scopes(operation: OperationDefinitionNode, principal: Principal) -> None:
    """Raises Refused for a mutation of a caller whose credentials permit only reading."""
    if operation.operation is OperationType.MUTATION:
        require_write(principal)


def _coerce_variables(
    core: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Mapping[str, Any] | list[dict[str, Any]]:
    if not operation.variable_definitions:
        return {}
    values = get_variable_values(core, operation.variable_definitions, dict(variables), max_errors=20)
    if isinstance(values, list):
        return [rejected(_with_field(error)) for error in values]
    return values.coerced


def _with_field(error: GraphQLError) -> GraphQLError:
    """Adds `extensions.field` to the error of a variable: the path to the value, such as `input.employment.account`."""
    found = _INVALID_VARIABLE.match(error.message)
    if found is not None:
        parts = (found["variable"], *re.findall(r"\w+", found["path"] or ""), found["field"])
        error.extensions = {"field": ".".join(part for part in parts if part)}
    return error


def _explain(answer: Answer, plan: Plan, last_event: int | None) -> None:
    """Adds `extensions.explain` to an answer."""
    explained = {"position": last_event, "columns": plan.column_fields}
    answer.body.setdefault("extensions", {})["explain"] = explained


def _assemble(plan: Plan, answers: dict[str, Any], request: Request, request_id: str) -> Answer:
    errors = []
    lost = False
    for root in plan.roots:
        answer = answers[root.key]
        if isinstance(answer, Exception):
            errors.append({**formatted(answer, request_id), "locations": root.locations, "path": [root.key]})
            answers[root.key] = None
            lost = lost or not root.nullable
    body: dict[str, Any] = {"data": None if lost else answers}
    if errors:
        body["errors"] = errors
    return _answer(body, request)


def _answer(body: dict[str, Any], request: Request) -> Answer:
    """Returns the answer of an executed request; without any data because of a limit, it is one that was refused."""
    errors, data = body.get("errors"), body["data"]
    if (
        errors
        and (data is None or all(value is None for value in data.values()))
        and all(error["extensions"].get("code") == TooExpensive.code for error in errors)
    ):
        return Answer("invalid", {"errors": errors})
    if request.masked:
        masked = [{"entity": entity, "field": field} for entity, field in sorted(request.masked)]
        body["extensions"] = {"masked": masked}
    return Answer("ok", body)
