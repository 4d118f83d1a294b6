"""The columns, fields, rejected rows and samples of an import job, from what is stored of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from graph.import_targets import importable, targets
from graph.query.computed.import_jobs import job_columns, job_rejects, job_samples, sources
from graph.query.values import Argument
from graph.vocabulary import ENTITIES
from schema.insights.registry import QUERY, insight
from schema.request import Request

_ON = "ImportJob"
_FIRST = Argument("first", int, "The maximum number of rows.", 50, 0, 1000, page=True)


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column of an uploaded file."""

    name: Annotated[str, "The name of the column, with a number if the file has it more than once."]
    samples: Annotated[list[str], "Three different values, shortened."]
    field: Annotated[str | None, "The field that the column becomes; null for none."]


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """A field that a column can become: a property, or a link whose column has the key of a record of the source."""

    name: Annotated[str, "The name of the field."]
    description: Annotated[str, "What the field means."]
    kind: Annotated[str, "The kind of its values, such as `text` or `money`, or the type of the linked records."]
    required: Annotated[bool, "True if every record needs it."]


@dataclass(frozen=True, slots=True)
class ImportReject:
    """A row that was rejected, or a value that stays because both the source and people changed it."""

    row: Annotated[int, "The line in the file."]
    column: Annotated[str, "The column; empty if the whole row is concerned."]
    value: Annotated[str, "The value."]
    reason: Annotated[str, "Why it was rejected."]


@dataclass(frozen=True, slots=True)
class ImportChange:
    """A value that a load changes."""

    field: Annotated[str, "The field."]
    before: Annotated[str | None, "The stored value; null if it is missing."]
    after: Annotated[str | None, "The value in the file; null if it has none."]


@dataclass(frozen=True, slots=True)
class ImportSample:
    """A new or changed record that a check found."""

    is_new: Annotated[bool, "True for a new record."]
    title: Annotated[str, "The name of the record."]
    record_id: Annotated[str | None, "The id of a record that exists already."]
    changes: Annotated[list[ImportChange], "What changes in a record that exists already."]


@insight(on=_ON, reads=job_columns)
def columns(found: Mapping[str, Any], _: Request, **__: Any) -> list[ImportColumn]:
    """The columns of the file, with three values each and the field that each becomes."""
    stored = zip(map(json.loads, found["columns"]), found["fields"], strict=True)
    return [ImportColumn(one["name"], one["samples"], field or None) for one, field in stored]


@insight(on=_ON, reads=job_columns, args=())
def target_fields(found: Mapping[str, Any], _: Request, **__: Any) -> list[ImportTarget]:
    """The fields that a column can become, required ones first."""
    return [
        ImportTarget(one.name, one.description, one.kind, one.required) for one in targets(found["target"]).values()
    ]


@insight(on=_ON, reads=job_columns)
def target_types(_: Mapping[str, Any], __: Request, **___: Any) -> list[str]:
    """The types of records that the rows of a file can become."""
    return list(importable())


@insight(on=_ON, reads=job_rejects, args=(_FIRST,))
def rejects(found: Mapping[str, Any], _: Request, *, first: int) -> list[ImportReject]:
    """The first 1,000 rejected rows and conflicts of the latest check or load; a file has all of them."""
    return [ImportReject(**json.loads(one)) for one in found["rejects"][:first]]


@insight(on=_ON, reads=job_samples)
def samples(found: Mapping[str, Any], _: Request, **__: Any) -> list[ImportSample]:
    """Some of the new and of the changed records that the latest check found."""
    return [
        ImportSample(one["isNew"], one["title"], one["recordId"], [ImportChange(**each) for each in one["changes"]])
        for one in map(json.loads, found["samples"])
    ]


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A source that was imported, by files or by `python -m seed load`."""

    name: Annotated[str, "The name of the source."]
    last_load_at: Annotated[datetime, "When a load last changed something."]
    loads: Annotated[int, "The number of loads that changed something and were not undone."]
    records: Annotated[int, "The number of records that they created."]
    rejected: Annotated[int | None, "The number of rows that the latest import job of the source rejected."]
    conflicts: Annotated[int | None, "The number of values that it left because people changed them too."]


@insight(
    on=QUERY,
    reads=lambda request, _, **__: request.bound(
        "import_sources", sources(request.access.shape), entities=sorted(ENTITIES)
    ),
)
def import_sources(found: list[list[Any]], _: Request, **__: Any) -> list[ImportSource]:
    """The sources that were imported, the one that was loaded last first. You must be allowed to read every record."""
    return [ImportSource(name, datetime.fromisoformat(at), *counts) for name, at, *counts in found]
