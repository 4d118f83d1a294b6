"""The one door: a GraphQL request goes in, an answer ready for the wire comes out."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution import execute as execute_document
from graphql.execution import get_variable_values

from graph.access import Policy, Principal
from graph.errors import Invalid, KithError, KithErrors, TooExpensive
from graph.money import Rates, exponent
from graph.query.selection import AccessShape
from graph.store import Reads, Writes
from schema.build import build
from schema.context import Context
from schema.limits import DocumentLimits, check, check_repeats
from schema.planning.plan import Plan, planned, run
from schema.planning.selection_builder import Limits
from schema.request import Request

log = logging.getLogger("kith.schema")

_INVALID_VARIABLE = re.compile(
    r"Variable '\$(?P<variable>\w+)' has invalid value(?: at (?P<path>[^:]+))?: "
    r"(?:.* to include (?:required|unknown) field '(?P<field>\w+)')?"
)

_DOCUMENTS = 1024
_LONGEST_KEPT = 50_000
_PLANS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: `ok` (executed), `invalid` (refused before), `not_allowed` (a mutation by GET)."""

    status: Literal["ok", "invalid", "not_allowed"]
    body: dict[str, Any]


@dataclass(slots=True)
class Document:
    """A document read once: its operations, or the errors it has; and the plans made for it."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    node: DocumentNode | None = None
    plans: dict[tuple[str | None, AccessShape], list[Plan]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """The limits, the base currency with the rates to it, and the tie constant of a door."""

    documents: DocumentLimits = field(default_factory=DocumentLimits)
    questions: Limits = field(default_factory=Limits)
    currency: str = "USD"
    tie_k: float = 1.15
    rates: Mapping[str, Decimal] = field(default_factory=dict)


class Executor:
    """Executes GraphQL requests on an open store; `policy` decides what each caller may read."""

    def __init__(self, reads: Reads, writes: Writes, options: Options, *, policy: Policy) -> None:
        self.options = options
        self.strawberry, self.core = build()
        self._reads, self._writes, self._policy = reads, writes, policy
        currency = self.options.currency
        self._constants = {"currency": currency, "unit": float(10 ** exponent(currency))}
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def document(self, query: str) -> Document:
        """The document of that text, parsed and validated on first sight."""
        known = self._documents.get(query)
        if known is not None:
            self._documents.move_to_end(query)
            return known
        made = _read(query, self.core, self.options.documents)
        if len(query) > _LONGEST_KEPT:
            return made
        self._documents[query] = made
        if len(self._documents) > _DOCUMENTS:
            self._documents.popitem(last=False)
        return made

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
    ) -> Answer:
        """The answer to a request; `ordinary` forces graphql-core's own execution, which is the oracle of the plans."""
        document = self.document(query)
        if document.errors:
            return Answer("invalid", {"errors": document.errors})
        try:
            operation = _operation(document, operation_name)
        except Invalid as error:
            return Answer("invalid", {"errors": [_shown(error)]})
        if reads_only and operation.operation is not OperationType.QUERY:
            refused = Invalid("A GET request may only query.", remedy="Send mutations by POST.")
            return Answer("not_allowed", {"errors": [_shown(refused)]})
        coerced = _coerced(self.core, operation, variables or {})
        if isinstance(coerced, list):
            return Answer("invalid", {"errors": coerced})
        access = self._policy(principal)
        request = Request(self._reads, access, principal, self.options.tie_k, self._constants, variables or {})
        if ordinary or operation.operation is not OperationType.QUERY:
            return await self._executed(document, operation, request, request_id, idempotency_key)
        try:
            plan = self._plan(document, operation_name, operation, coerced, access.shape)
        except KithError as error:
            return Answer("invalid", {"errors": [_shown(error)]})
        return _assembled(plan, await run(plan, coerced, request), request_id)

    def _plan(
        self,
        document: Document,
        name: str | None,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        access: AccessShape,
    ) -> Plan:
        plans = document.plans.setdefault((name, access), [])
        for at, plan in enumerate(plans):
            if plan.fits(variables):
                if at:
                    plans.insert(0, plans.pop(at))
                return plan
        made = planned(
            self.core, operation, document.fragments, variables,
            access=access, base=self.options.currency, limits=self.options.questions,
        )  # fmt: skip
        plans.insert(0, made)
        del plans[_PLANS:]
        return made

    async def _executed(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        request: Request,
        request_id: str,
        idempotency_key: str | None,
    ) -> Answer:
        rates = Rates(self.options.currency, self.options.rates)
        context = Context(self.core, request, self._writes, self.options.questions, rates, request_id, idempotency_key)
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
            body["errors"] = [one for error in result.errors for one in _each(error, request_id)]
        return Answer("ok", body)


def _read(query: str, core: GraphQLSchema, limits: DocumentLimits) -> Document:
    made = Document()
    try:
        made.node = parse(query, max_tokens=limits.tokens)
        check_repeats(made.node, limits)
        found = validate(core, made.node)
        if found and found[-1].message == "Validation aborted.":
            raise _too_long(limits)
        made.errors = [_shown(error) for error in found]
        if not found:
            check(made.node, limits)
    except GraphQLError as error:
        long = "tokens" in error.message or "too deeply" in error.message
        made.errors = [_shown(_too_long(limits) if long else error)]
    except KithError as error:
        made.errors = [_shown(error)]
    if made.node is not None and not made.errors:
        for one in made.node.definitions:
            if isinstance(one, OperationDefinitionNode):
                made.operations[one.name.value if one.name else None] = one
            elif isinstance(one, FragmentDefinitionNode):
                made.fragments[one.name.value] = one
    return made


def _too_long(limits: DocumentLimits) -> TooExpensive:
    return TooExpensive(
        f"The document has more than {limits.tokens} tokens, or its fields or fragments are nested too deeply.",
        remedy="Ask for less, or in several requests.",
        limit=limits.tokens,
    )


def _operation(document: Document, name: str | None) -> OperationDefinitionNode:
    if name is None and len(document.operations) == 1:
        return next(iter(document.operations.values()))
    if name is None or name not in document.operations:
        known = ", ".join(sorted(one for one in document.operations if one)) or "only one without a name"
        raise Invalid(
            "The document has several operations." if name is None else f"The document has no operation {name!r}.",
            remedy=f"Give operationName: there is {known}.",
        )
    return document.operations[name]


def _coerced(
    core: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Mapping[str, Any] | list[dict[str, Any]]:
    if not operation.variable_definitions:
        return {}
    values = get_variable_values(core, operation.variable_definitions, dict(variables), max_errors=20)
    if isinstance(values, list):
        return [_shown(_with_field(error)) for error in values]
    return values.coerced


def _with_field(error: GraphQLError) -> GraphQLError:
    """The error of a variable with the path to the value in `extensions.field`, such as `input.employment.account`."""
    found = _INVALID_VARIABLE.match(error.message)
    if found is not None:
        parts = (found["variable"], *re.findall(r"\w+", found["path"] or ""), found["field"])
        error.extensions = {"field": ".".join(part for part in parts if part)}
    return error


def _assembled(plan: Plan, answers: dict[str, Any], request_id: str) -> Answer:
    errors = []
    lost = False
    for root in plan.roots:
        answer = answers[root.key]
        if isinstance(answer, Exception):
            errors.append({**_shown(answer, request_id), "path": [root.key]})
            answers[root.key] = None
            lost = lost or not root.nullable
    body: dict[str, Any] = {"data": None if lost else answers}
    if errors:
        body["errors"] = errors
    return Answer("ok", body)


def _each(error: GraphQLError, request_id: str) -> list[dict[str, Any]]:
    """The error of a field as GraphQL shows it; several errors of one field become one error each."""
    several = error.original_error
    if isinstance(several, KithErrors):
        return [{**error.formatted, **_shown(one)} for one in several.errors]
    return [_shown(error, request_id)]


def _shown(error: Exception, request_id: str = "") -> dict[str, Any]:
    """An error as GraphQL shows it: message, place, and in `extensions` a code and a remedy."""
    cause = error.original_error if isinstance(error, GraphQLError) and error.original_error else error
    shown: dict[str, Any] = dict(error.formatted) if isinstance(error, GraphQLError) else {}
    if isinstance(cause, KithError):
        shown |= {"message": cause.message, "extensions": cause.extensions}
    elif isinstance(cause, GraphQLError):
        shown["extensions"] = {
            "code": "INVALID",
            "remedy": "Compare the document with the schema: GraphiQL at /graphql shows it.",
            **(shown.get("extensions") or {}),
        }
    else:
        log.error("a resolver failed", exc_info=cause, extra={"request_id": request_id})
        shown["message"] = "Something went wrong inside Kith; the log says what."
        shown["extensions"] = {"code": "UNAVAILABLE", "remedy": f"Try again; quote request {request_id} if it stays."}
    return shown
