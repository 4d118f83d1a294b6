"""Long addresses of maps, kept under a hash of their text, so that links to them stay short."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from api.imports import error_response
from graph.access import require_write
from graph.errors import Invalid, KithError, NotFound, TooExpensive

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES = 65_536
MOST_LINKS = 10_000
_ADDRESS = re.compile(r"/map/[a-z0-9]+(/[A-Za-z0-9._~%-]*)?\?[!-~]+")
_HASH_DIGITS = 32
# A browser asks first before it sends this to another site.
_TYPE = "application/json"
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def link_routes(folder: Path, *, most_links: int = MOST_LINKS) -> list[Route]:
    """Returns the routes that keep addresses in a folder, and return them."""
    links = _Links(folder, most_links)
    return [
        Route("/links", links.store, methods=["POST"]),
        Route("/links/{digits}", links.read),
    ]


class _Links:
    def __init__(self, folder: Path, most: int) -> None:
        self._folder, self._most = anyio.Path(folder), most

    async def store(self, request: Request) -> Response:
        """Keeps an address, and answers with its hash; the same address has the same hash."""
        try:
            require_write(request.scope["principal"])
            address = _address_of(request, await _body_of(request))
            digits = hashlib.sha256(address.encode()).hexdigest()[:_HASH_DIGITS]
            await self._keep(digits, address)
        except KithError as error:
            return error_response(error)
        except ClientDisconnect:
            return Response(status_code=400, headers=_HEADERS)
        return Response(orjson.dumps({"hash": digits}), 201, _HEADERS, _TYPE)

    async def _keep(self, digits: str, address: str) -> None:
        path = self._folder / digits
        if await path.is_file():
            return
        await self._folder.mkdir(parents=True, exist_ok=True)
        if len([one async for one in self._folder.iterdir()]) >= self._most:
            raise TooExpensive(
                f"{self._most} links are stored, and no more are kept.",
                remedy="Use the long address, or delete files of the folder `links` in the data folder.",
                limit=self._most,
            )
        written = path.with_suffix(".new")
        await written.write_text(address, encoding="ascii")
        await written.replace(path)

    async def read(self, request: Request) -> Response:
        """Returns the address with a hash."""
        digits = request.path_params["digits"]
        path = self._folder / digits
        if not re.fullmatch(f"[0-9a-f]{{{_HASH_DIGITS}}}", digits) or not await path.is_file():
            return error_response(NotFound("No address is stored under this hash.", remedy="Ask for the link again."))
        address = await path.read_text(encoding="ascii")
        return Response(orjson.dumps({"address": address}), 200, _HEADERS, _TYPE)


async def _body_of(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooExpensive(
                f"The address is longer than {MOST_BYTES} bytes.", remedy="Expand less of the map.", limit=MOST_BYTES
            )
    return body


def _address_of(request: Request, body: bytes) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _TYPE:
        raise Invalid(f"The Content-Type {kind[:80]!r} is not supported.", remedy=f"Send {_TYPE}.")
    try:
        address = orjson.loads(body)["address"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        address = None
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise Invalid(
            "`address` must be the address of a map.", remedy="Send the path, such as `/map/ID?ties=40`.",
            field="address",
        )  # fmt: skip
    return address
