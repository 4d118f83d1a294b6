"""The page a browser opens: the built explorer, from `explorer/dist`, and nothing from anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.build import EXPLORER
from api.content_negotiation import Media
from api.reply import Reply

if TYPE_CHECKING:
    from starlette.requests import Request

# The editor writes its own <style> elements, hence 'unsafe-inline' for styles; scripts come from files only.
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

_GUARDED = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_FOREVER = "public, max-age=31536000, immutable"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}
_PACKED = {"br": ".br", "gzip": ".gz"}

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Kith</title>
<p>The API answers here, but this page is not built. Run <code>python -m api.build</code>, then start Kith again.</p>
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file: what it is, its content, and the same content packed, by content coding."""

    kind: str
    plain: bytes
    packed: dict[str, bytes]


class Page:
    """The page and its assets, some ten megabytes, held as they were when Kith started.

    A build meanwhile would take away the files that the page of this process names.
    """

    def __init__(self, dist: Path = EXPLORER / "dist") -> None:
        index = dist / "index.html"
        self.built = index.is_file()
        self._status = 200 if self.built else 503
        self._html = index.read_bytes() if self.built else _NOT_BUILT.encode()
        self._assets = _assets(dist / "assets") if self.built else {}
        # Which of Accept's types decides between the page and an answer, so a cache must ask again every time.
        guarded = _GUARDED | {"cache-control": "no-cache", "vary": "accept"}
        del guarded["x-content-type-options"]
        self._headers = tuple((name.encode(), value.encode()) for name, value in guarded.items())

    def reply(self) -> Reply:
        """The HTML of the page; 503 and a sentence when it was not built."""
        return Reply(self._status, Media.PAGE, self._html, self._headers, "page")

    async def asset(self, request: Request) -> Response:
        """One file of the page; its name holds a hash of its content, so it may be kept for ever."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        headers = _GUARDED | {"cache-control": _FOREVER, "vary": "accept-encoding"}
        accepted = {
            coding.strip()
            for coding, _, weight in (
                each.partition(";") for each in request.headers.get("accept-encoding", "").lower().split(",")
            )
            if weight.replace(" ", "") not in ("q=0", "q=0.0")
        }
        coding = next((each for each in asset.packed if each in accepted), None)
        if coding is None:
            return Response(asset.plain, media_type=asset.kind, headers=headers)
        return Response(asset.packed[coding], media_type=asset.kind, headers=headers | {"content-encoding": coding})


def _assets(folder: Path) -> dict[str, Asset]:
    return {
        path.name: Asset(
            _KINDS[path.suffix],
            path.read_bytes(),
            {
                coding: packed.read_bytes()
                for coding, end in _PACKED.items()
                if (packed := _beside(path, end)).is_file()
            },
        )
        for path in sorted(folder.iterdir())
        if path.suffix in _KINDS
    }


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
