"""Reports over HTTP: the list at `/reports`, and each report at `/reports/NAME` in the format that a client accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from anyio import to_thread
from starlette.responses import Response
from starlette.routing import Route

from api.content_negotiation import preferred
from graph.errors import Invalid, KithError, NotFound, Unavailable
from reports import formats
from reports.catalog import catalog, find
from reports.execution import ReportRequest, moment_of, run
from reports.formats import FORMATS, Format, Options
from reports.formats.json import schema_of
from reports.pages import list_page
from reports.rendering import Renderer

if TYPE_CHECKING:
    from starlette.requests import Request

    from schema.execution import Executor

# A report is a document without scripts, which loads nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'self'; "
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY + "frame-ancestors 'self'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "vary": "accept",
    "x-content-type-options": "nosniff",
}
_MOST_IDS = 200
_SCHEMA = ".schema.json"
_LIST = (("html", "text", "html", False), ("json", "application", "json", True))


def report_routes(executor: Executor, renderer: Renderer) -> list[Route]:
    """Returns the routes of the reports."""
    endpoint = _Reports(executor, renderer)
    return [Route("/reports", endpoint.list), Route("/reports/{name}", endpoint.report)]


class _Reports:
    def __init__(self, executor: Executor, renderer: Renderer) -> None:
        self._executor, self._renderer = executor, renderer

    async def list(self, request: Request) -> Response:
        """Lists the reports with their subjects and formats, as JSON or as a page."""
        chosen = preferred(_accept(request), _LIST)
        if chosen == "html":
            return _response(list_page(catalog().values(), FORMATS).encode(), FORMATS["html"].media_type)
        if chosen is None:
            return _not_acceptable()
        shown = [
            {"name": name, "title": one.title, "description": one.description, "about": one.about,
             "aboutRequired": not one.optional, "formats": list(FORMATS), "tables": [each.name for each in one.tables]}
            for name, one in catalog().items()
        ]  # fmt: skip
        return _response(orjson.dumps({"reports": shown}), "application/json")

    async def report(self, request: Request) -> Response:
        """Runs a report for the caller, or returns its JSON schema."""
        try:
            return await self._report(request)
        except KithError as error:
            return _error(error)

    async def _report(self, request: Request) -> Response:
        path: str = request.path_params["name"]
        if path.endswith(_SCHEMA):
            schema = await to_thread.run_sync(schema_of, find(path.removesuffix(_SCHEMA)))
            return _response(orjson.dumps(schema), "application/schema+json")
        name, _, suffix = path.partition(".")
        report = find(name)
        chosen = formats.find(suffix) if suffix else _negotiated(request)
        if chosen is None:
            return _not_acceptable()
        query = request.query_params
        about = tuple(query.getlist("about"))
        if len(about) > _MOST_IDS:
            raise Invalid(f"`about` has {len(about)} ids; {_MOST_IDS} are allowed.", remedy="Name fewer records.")
        options = Options(query.get("paper", "a4"), query.get("table"))
        principal = request.scope["principal"]
        result = await run(
            report, self._executor, ReportRequest(principal, about, moment_of(query.get("as-of") or None))
        )
        content = await self._renderer.write(chosen, result, options)
        kind = "attachment" if chosen.attachment else "inline"
        disposition = f'{kind}; filename="{formats.file_name(result, chosen.name)}"'
        return _response(content, chosen.media_type, **{"content-disposition": disposition})


def _accept(request: Request) -> bytes:
    return request.headers.get("accept", "*/*").encode("latin-1")


def _negotiated(request: Request) -> Format | None:
    offers = []
    for one in FORMATS.values():
        main, _, subtype = one.media_type.partition(";")[0].partition("/")
        offers.append((one, main, subtype, True))
    return preferred(_accept(request), offers)


def _response(content: bytes, media_type: str, **headers: str) -> Response:
    # The header is set here, because Starlette would add a charset to text types that have one.
    return Response(content, headers=_HEADERS | {"content-type": media_type, **headers})


def _not_acceptable() -> Response:
    types = ", ".join(one.media_type.partition(";")[0] for one in FORMATS.values())
    error = Invalid("The Accept header names no format of the report.", remedy=f"Accept one of {types}.")
    return _error(error, 406)


def _error(error: KithError, status: int = 0) -> Response:
    code = status or (404 if isinstance(error, NotFound) else 503 if isinstance(error, Unavailable) else 400)
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return Response(orjson.dumps(body), code, _HEADERS, "application/json")
