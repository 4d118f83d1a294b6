"""Runs reports: executes their queries for a caller at a point in time, and fills their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

import anyio

from graph.access import Principal
from graph.errors import Invalid, KithError, NotFound
from reports.declaration import Report, at, rows_at
from reports.tables import FilledTable, fill
from schema.execution import Executor
from schema.selected_fields import SelectedFields, selected_fields

FRESHNESS = """query Freshness {
  me { user { id name } }
  events(last: 1) { nodes { at mutation source } }
}"""
MOST_PAGES = 100
SECONDS = 60.0
"""The least time limit of a statement: readers of a report wait longer, and its first run plans its statements."""
_TOGETHER = 4
"""The number of queries for rows that run at the same time."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The caller of a report, the ids of its subjects, and the point in time."""

    principal: Principal
    about: tuple[str, ...]
    moment: datetime
    known: bool = True
    """Whether a user represents the caller; without one, nothing in a report can start from the caller."""


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a measure, and the field of the schema that it comes from."""

    title: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """A report that has run."""

    report: Report
    subject: str
    moment: datetime
    caller: str | None
    changed: str | None
    """The time of the last change in the data."""
    hidden: str
    data: Mapping[str, Any]
    values: Mapping[str, Any]
    tables: Mapping[str, FilledTable]
    definitions: tuple[Definition, ...]
    historical: tuple[str, ...]
    """The fields that the point in time applies to."""
    variables: Mapping[str, Any]
    limits: tuple[str, ...] = ()
    """What the report leaves out."""


@cache
def fields_of(report: Report) -> SelectedFields:
    """Returns the fields of the query of a report, and those of its query for each row below `each`."""
    fields = selected_fields(report.query)
    if report.each is None:
        return fields
    below = selected_fields(report.each_query)
    found = {f"{report.each.rows}.each.{path}": one for path, one in below.by_path.items()}
    return SelectedFields({**fields.by_path, **found}, fields.variables, (*fields.historical, *below.historical))


def moment_of(text: str | None, now: datetime | None = None) -> datetime:
    """Returns the point in time of a report: a time with an offset, a day, which means its end, or now.

    >>> now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    >>> moment_of("2026-06-30", now).isoformat(), moment_of(None, now).isoformat()
    ('2026-06-30T23:59:59+00:00', '2026-11-26T12:00:00+00:00')
    """
    present = (now or datetime.now(UTC)).replace(microsecond=0)
    if text is None:
        return present
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid_time(text) from None
    if len(text) == len("2026-01-31"):
        found = datetime.combine(found.date(), time(23, 59, 59), UTC)
        if found.date() == present.date():
            return present
    if found.tzinfo is None or found > present:
        raise _invalid_time(text)
    return found.astimezone(UTC)


def _invalid_time(text: str) -> Invalid:
    return Invalid(
        f"`as-of` must be a date such as 2026-01-31, or a time such as 2026-01-31T09:30:00Z, and not in the future; "
        f"got {text[:40]!r}.",
        remedy="Correct the date, or omit it for the current state.",
        field="as-of",
    )


async def run(report: Report, executor: Executor, request: ReportRequest) -> Result:
    """Runs a report. Raises the errors of its query, and NotFound when the caller cannot read the subject."""
    executor = executor.limited(max(executor.reads.seconds, SECONDS))
    fresh = await _ask(executor, FRESHNESS, {}, request)
    user = fresh["me"]["user"]
    request = replace(request, known=user is not None)
    fields = fields_of(report)
    about = _subjects(report, request)
    data = await _pages(executor, report.query, fields, request, about)
    root = report.subject.partition(".")[0]
    if data[root] is None:
        raise NotFound(
            f"No {report.about.lower()} has the id {about!r}.", remedy=f"Use the id of a record of type {report.about}."
        )
    limits = await _for_each(report, executor, request, data) if report.each is not None else ()
    values = report.prepare(data) if report.prepare else {}
    tables = {one.name: fill(one, data, fields) for one in report.tables}
    events = fresh["events"]["nodes"]
    return Result(
        report=report,
        subject=at(data, report.subject) or "",
        moment=request.moment,
        caller=user and user["name"],
        changed=events[0]["at"] if events else None,
        hidden=_hidden(executor, request, data),
        data=data,
        values=values,
        tables=tables,
        definitions=tuple(_definitions(report, tables, fields)),
        historical=fields.historical,
        variables=_variables(fields, request, about),
        limits=limits,
    )


def _subjects(report: Report, request: ReportRequest) -> str:
    if len(request.about) == 1:
        return request.about[0]
    if not request.about and report.optional and request.known and request.principal.user is not None:
        return request.principal.user
    raise Invalid(
        f"The report {report.name} is about one record of type {report.about}; got {len(request.about)} ids.",
        remedy=f"Set `about` to the id of a record of type {report.about}.",
        field="about",
    )


def _variables(fields: SelectedFields, request: ReportRequest, about: str, **more: Any) -> dict[str, Any]:
    moment = request.moment.isoformat().replace("+00:00", "Z")
    known = {"about": about, "asOf": moment, "known": request.known, **more}
    return {name: known[name] for name in known if name in fields.variables}


async def _ask(executor: Executor, query: str, variables: Mapping[str, Any], request: ReportRequest) -> dict[str, Any]:
    """Returns the data of a query. Raises its first error: a report with a figure missing is not printed."""
    answer = await executor.execute(
        query, variables, None, principal=request.principal, reads_only=True, now=request.moment
    )
    for error in answer.body.get("errors", ()):
        raise _error(error)
    data: dict[str, Any] = answer.body["data"]
    return data


def _error(shown: Mapping[str, Any]) -> KithError:
    extensions = dict(shown.get("extensions") or {})
    code, remedy = extensions.pop("code", KithError.code), extensions.pop("remedy", "Report it.")
    kind = next((one for one in KithError.__subclasses__() if one.code == code), KithError)
    return kind(shown["message"], remedy=remedy, **extensions)


async def _pages(
    executor: Executor, query: str, fields: SelectedFields, request: ReportRequest, about: str
) -> dict[str, Any]:
    """Returns the answer; with `$after` in the query, with all pages of the connection that has `pageInfo`."""
    data = await _ask(executor, query, _variables(fields, request, about), request)
    paged = next((one.removesuffix(".pageInfo") for one in fields.by_path if one.endswith(".pageInfo")), None)
    if paged is None or "after" not in fields.variables:
        return data
    first = last = at(data, paged)
    for _ in range(MOST_PAGES):
        if last is None or not last["pageInfo"]["hasNextPage"]:
            break
        after = last["pageInfo"]["endCursor"]
        last = at(await _ask(executor, query, _variables(fields, request, about, after=after), request), paged)
        for key in ("nodes", "edges"):
            if last is not None and key in first:
                first[key] += last[key]
    return data


async def _for_each(
    report: Report, executor: Executor, request: ReportRequest, data: dict[str, Any]
) -> tuple[str, ...]:
    """Runs the second query for each row, and adds its answer to the row as `each`; returns what it left out."""
    each = report.each
    assert each is not None
    below, limiter = selected_fields(report.each_query), anyio.CapacityLimiter(_TOGETHER)

    async def ask(row: dict[str, Any]) -> None:
        async with limiter:
            variables = _variables(below, request, at(row, each.path))
            row["each"] = await _ask(executor, report.each_query, variables, request)

    rows = rows_at(data, each.rows)
    try:
        async with anyio.create_task_group() as group:
            for row in rows[: each.most]:
                group.start_soon(ask, row)
    except* KithError as several:
        raise next(_leaves(several)) from several
    if len(rows) <= each.most:
        return ()
    return (f"The query for each row ran for the first {each.most} of {len(rows)} rows.",)


def _leaves(several: BaseExceptionGroup[KithError]) -> Iterator[KithError]:
    for one in several.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


def _hidden(executor: Executor, request: ReportRequest, data: Mapping[str, Any]) -> str:
    withheld = sum(_withheld(data))
    if withheld:
        return f"{withheld:,} records are hidden from you. Figures leave them out."
    if executor.restricts(request.principal):
        return "Records that you may not read are left out, also from sums."
    return "Nothing is hidden from you."


def _withheld(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key == "withheld" and isinstance(one, int):
                yield one
            else:
                yield from _withheld(one)
    elif isinstance(value, list):
        for one in value:
            yield from _withheld(one)


def _definitions(report: Report, tables: Mapping[str, FilledTable], fields: SelectedFields) -> Iterator[Definition]:
    """Yields the definition of each measure once: those of the sentences, then those of the tables."""
    seen = set()
    for title, path in report.facts.items():
        one = fields.by_path[path]
        seen.add((title, one.description))
        yield Definition(title, one.description, f"{one.parent}.{one.name}")
    for table in tables.values():
        for column in table.columns:
            measure = column.kind_name not in ("text", "id") or column.declared.value is not None
            if measure and (column.title, column.definition) not in seen:
                seen.add((column.title, column.definition))
                yield Definition(column.title, column.definition, column.source)
