"""Uploads of files to import, and the file of the rejected rows of an import job."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from graph.access import Principal, require_write
from graph.errors import Invalid, KithError, NotFound, Refused, TooExpensive, Unavailable
from schema.imports import hidden_records

if TYPE_CHECKING:
    from starlette.requests import Request

    from schema.execution import Executor
    from seed.jobs.runner import ImportRunner

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
# A browser asks first before it sends one of these to another site.
_TYPES = ("text/csv", "text/tab-separated-values", "application/octet-stream")
_STATUS = {NotFound: 404, Refused: 403, TooExpensive: 413, Unavailable: 503}
_READABLE = "query ImportJob($id: ID!) { importJob(id: $id) { fileName } }"


def import_routes(imports: ImportRunner, executor: Executor, folder: Path, limit: int) -> list[Route]:
    """Returns the routes of the imports; files are kept in a folder, and are at most `limit` bytes long."""
    endpoint = _Imports(imports, executor, folder, limit)
    return [
        Route("/imports", endpoint.upload, methods=["POST"]),
        Route("/imports/{id}/rejects.csv", endpoint.rejects),
    ]


class _Imports:
    def __init__(self, imports: ImportRunner, executor: Executor, folder: Path, limit: int) -> None:
        self._imports, self._executor = imports, executor
        self._folder, self._limit = folder, limit

    async def upload(self, request: Request) -> Response:
        """Stores the body as the file of a new import job, and answers with the id of the job."""
        try:
            principal: Principal = request.scope["principal"]
            require_write(principal)
            if self._executor.restricts(principal):
                raise hidden_records()
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in _TYPES:
                message = f"The Content-Type {kind[:80]!r} is not supported."
                return error_response(Invalid(message, remedy=f"Send the file with {' or '.join(_TYPES)}."), 415)
            path = self._folder / f"{secrets.token_hex(16)}.csv"
            try:
                await self._receive(request, path)
                uid = await self._imports.upload(path, request.query_params.get("name", "file.csv"), principal.user)
            finally:
                await anyio.Path(path).unlink(missing_ok=True)
        except KithError as error:
            return error_response(error)
        except ClientDisconnect:
            return Response(status_code=400, headers=_HEADERS)
        return Response(orjson.dumps({"id": uid}), 201, _HEADERS, "application/json")

    async def _receive(self, request: Request, path: Path) -> None:
        """Writes the body to a file as it arrives. Raises TooExpensive."""
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limit:
            raise self._too_large()
        await anyio.Path(self._folder).mkdir(parents=True, exist_ok=True)
        size = 0
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > self._limit:
                    raise self._too_large()
                await file.write(chunk)
        if not size:
            raise Invalid("The file is empty.", remedy="Upload a CSV file with a header and rows.")

    async def rejects(self, request: Request) -> Response:
        """The rejected rows of the latest check or load as a CSV file."""
        uid, principal = request.path_params["id"], request.scope["principal"]
        answer = await self._executor.execute(_READABLE, {"id": uid}, None, principal=principal)
        job = (answer.body.get("data") or {}).get("importJob")
        path = None if job is None else anyio.Path(self._imports.file_of(uid, "rejects.csv"))
        if job is None or path is None or not await path.is_file():
            return error_response(
                NotFound("The import job has no list of rejected rows.", remedy="Check the job first.")
            )
        name = f"{Path(job['fileName']).stem}-rejects.csv"
        return FileResponse(path, headers=_HEADERS, media_type="text/csv; charset=utf-8", filename=name)

    def _too_large(self) -> TooExpensive:
        return TooExpensive(
            f"The file is larger than the limit of {self._limit} bytes.",
            remedy="Split the file, or use `python -m seed load`.",
            limit=self._limit,
        )


def error_response(error: KithError, status: int = 0) -> Response:
    """Returns a response with an error in the form of GraphQL."""
    code = status or _STATUS.get(type(error), 400)
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return Response(orjson.dumps(body), code, _HEADERS, "application/json")
