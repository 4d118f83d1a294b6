"""JSON: the sentences, tables and definitions of a report, and the schema that they follow."""

from __future__ import annotations

import json as json_format
from typing import Any

from reports import kinds
from reports.declaration import Report
from reports.execution import Result, fields_of
from reports.formats.registry import Options, report_format
from reports.pages import verdict
from reports.tables import described

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@report_format("json", "application/json; charset=utf-8", order=5)
def json(result: Result, _: Options) -> bytes:
    """Returns the report as JSON."""
    content = {
        "$schema": f"{result.report.name}.schema.json",
        "report": result.report.name,
        "title": result.report.title,
        "subject": result.subject,
        "asOf": result.variables.get("asOf") or result.moment.isoformat().replace("+00:00", "Z"),
        "lastChangeAt": result.changed,
        "caller": result.caller,
        "hidden": result.hidden,
        "historicalFields": list(result.historical),
        "verdict": " ".join(verdict(result).split()),
        "tables": {
            name: {
                "title": table.declared.title,
                "rows": [dict(row) for row in table.rows],
                "totals": dict(table.totals),
                "repeated": dict(table.repeated),
                "missingRows": table.missing,
            }
            for name, table in result.tables.items()
        },
        "definitions": [
            {"title": one.title, "text": one.text, "field": one.source or None} for one in result.definitions
        ],
        "notes": [*result.limits, *result.report.notes],
        "queries": [one for one in (result.report.query, result.report.each_query) if one],
        "variables": dict(result.variables),
    }
    return json_format.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def schema_of(report: Report) -> dict[str, Any]:
    """Returns the JSON schema of a report, derived from its declaration and its query."""
    text: dict[str, Any] = {"type": "string"}
    texts = {"type": "array", "items": text}
    tables, fields = {}, fields_of(report)
    for table in report.tables:
        columns = {}
        for one in table.columns:
            kind, description, _ = described(table, one, fields)
            columns[one.name] = {"title": one.title, "description": description, **kinds.KINDS[kind].schema}
        figures = {one.name: columns[one.name] for one in table.columns if one.total is not None}
        tables[table.name] = _object(
            title=text,
            rows={"type": "array", "items": _object(**columns)},
            totals=_object(**figures),
            repeated={**_object(**figures), "required": []},
            missingRows={"type": "integer", "minimum": 0},
        )
    definition = _object(title=text, text=text, field={"type": ["string", "null"]})
    return {
        "$schema": DIALECT,
        "title": report.title,
        "description": report.description,
        **_object(
            **{"$schema": text},
            report={"const": report.name},
            title=text,
            subject=text,
            asOf={"type": "string", "format": "date-time"},
            lastChangeAt={"type": ["string", "null"], "format": "date-time"},
            caller={"type": ["string", "null"]},
            hidden=text,
            historicalFields=texts,
            verdict=text,
            tables=_object(**tables),
            definitions={"type": "array", "items": definition},
            notes=texts,
            queries=texts,
            variables={"type": "object"},
        ),
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
