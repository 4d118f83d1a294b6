"""The GraphiQL page and its assets, from `explorer/dist`; the page loads nothing from another host."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.build import EXPLORER
from api.content_negotiation import MediaType
from api.reply import Reply

if TYPE_CHECKING:
    from starlette.requests import Request

# The editor creates <style> elements, which needs 'unsafe-inline' for styles; scripts come from files only.
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{directive} {sources}" for directive, sources in _SOURCES.items())

_SECURITY_HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_IMMUTABLE = "public, max-age=31536000, immutable"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Kith</title>
<p>The API is available, but this page has not been built. Run <code>python -m api.build</code>, then restart Kith.</p>
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """A built file: its media type, its content, and its compressed content by content coding."""

    media_type: str
    content: bytes
    encoded: dict[str, bytes]


class Page:
    """The page and its assets, about ten megabytes, loaded into memory at start.

    A later build removes the files that the page of this process refers to, so they are not read from disk again.
    """

    def __init__(self, dist: Path = EXPLORER / "dist") -> None:
        index = dist / "index.html"
        self.built = index.is_file()
        self._status = 200 if self.built else 503
        self._html = index.read_bytes() if self.built else _NOT_BUILT.encode()
        self._assets = _assets(dist / "assets") if self.built else {}
        # The Accept header selects the page or an execution result, so a cache must revalidate every time.
        headers = _SECURITY_HEADERS | {"cache-control": "no-cache", "vary": "accept"}
        del headers["x-content-type-options"]
        self._headers = tuple((name.encode(), value.encode()) for name, value in headers.items())

    def reply(self) -> Reply:
        """Returns the HTML of the page, or 503 with a short explanation when it has not been built."""
        return Reply(self._status, MediaType.HTML, self._html, self._headers, "page")

    async def asset(self, request: Request) -> Response:
        """Serves one asset; its name contains a hash of its content, so clients may cache it without revalidation."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        headers = _SECURITY_HEADERS | {"cache-control": _IMMUTABLE, "vary": "accept-encoding"}
        accepted = {
            coding.strip()
            for coding, _, weight in (
                each.partition(";") for each in request.headers.get("accept-encoding", "").lower().split(",")
            )
            if weight.replace(" ", "") not in ("q=0", "q=0.0")
        }
        coding = next((each for each in asset.encoded if each in accepted), None)
        if coding is None:
            return Response(asset.content, media_type=asset.media_type, headers=headers)
        return Response(
            asset.encoded[coding], media_type=asset.media_type, headers=headers | {"content-encoding": coding}
        )


def _assets(folder: Path) -> dict[str, Asset]:
    return {
        path.name: Asset(
            _MEDIA_TYPES[path.suffix],
            path.read_bytes(),
            {
                coding: encoded.read_bytes()
                for coding, suffix in _ENCODINGS.items()
                if (encoded := path.with_name(path.name + suffix)).is_file()
            },
        )
        for path in sorted(folder.iterdir())
        if path.suffix in _MEDIA_TYPES
    }
