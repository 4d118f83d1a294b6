"""The explorer and GraphiQL with their assets, from `explorer/dist`; they load nothing from another host."""

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


def _policy(*, styles: str, base: str) -> str:
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        "connect-src": "'self'",
        "style-src": styles,
        "font-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": base,
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{directive} {sources}" for directive, sources in directives.items())


@dataclass(frozen=True, slots=True)
class PageDeclaration:
    """A page: its file in the build, and its content security policy."""

    file: str
    policy: str


# The editor creates <style> elements, which needs 'unsafe-inline' for styles; scripts come from files only.
GRAPHIQL = PageDeclaration("graphql.html", _policy(styles="'self' 'unsafe-inline'", base="'none'"))
EXPLORER_PAGE = PageDeclaration("index.html", _policy(styles="'self'", base="'self'"))

_SECURITY_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
# A page with this element has many addresses: it names the root of the application relative to the address, so that
# assets are found, also below a path of a reverse proxy, which the server does not know.
_BASE = b'<base href="./" />'
_DEEPEST = 16
_IMMUTABLE = "public, max-age=31536000, immutable"
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".md": "text/markdown; charset=utf-8",
}
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
    """A page, loaded into memory at start."""

    def __init__(self, dist: Path, declaration: PageDeclaration) -> None:
        path = dist / declaration.file
        built = path.is_file()
        self._status = 200 if built else 503
        html = path.read_bytes() if built else _NOT_BUILT.encode()
        deepest = _DEEPEST if _BASE in html else 0
        self._html = tuple(html.replace(_BASE, _BASE.replace(b"./", _up(depth))) for depth in range(deepest + 1))
        # The Accept header selects the page or an execution result, so a cache must revalidate every time.
        headers = _SECURITY_HEADERS | {
            "content-security-policy": declaration.policy,
            "cache-control": "no-cache",
            "vary": "accept",
        }
        del headers["x-content-type-options"]
        self._headers = tuple((name.encode(), value.encode()) for name, value in headers.items())

    def reply(self, path: str = "/") -> Reply:
        """Returns the HTML of the page at a path, or 503 with a short explanation when it has not been built."""
        depth = path.count("/") - 1
        if depth >= _DEEPEST:
            raise HTTPException(404)
        return Reply(self._status, MediaType.HTML, self._html[min(depth, len(self._html) - 1)], self._headers, "page")

    async def response(self, request: Request) -> Response:
        """Serves the page at the path of a request."""
        reply = self.reply(request.scope["raw_path"].decode("latin-1"))
        headers = {name.decode(): value.decode() for name, value in reply.headers}
        headers["x-content-type-options"] = "nosniff"
        return Response(reply.body, reply.status, headers, MediaType.HTML.value.decode())


class Pages:
    """The pages and their assets, about ten megabytes, loaded into memory at start.

    A later build removes the files that the pages of this process refer to, so they are not read from disk again.
    """

    def __init__(self, dist: Path = EXPLORER / "dist") -> None:
        self.built = (dist / EXPLORER_PAGE.file).is_file()
        self.explorer = Page(dist, EXPLORER_PAGE)
        self.graphiql = Page(dist, GRAPHIQL)
        self._assets = _assets(dist / "assets") if self.built else {}

    async def asset(self, request: Request) -> Response:
        """Serves one asset; its name contains a hash of its content, so clients may cache it without revalidation."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        headers = _SECURITY_HEADERS | {
            # The policy of a worker is that of its script.
            "content-security-policy": GRAPHIQL.policy,
            "cache-control": _IMMUTABLE,
            "vary": "accept-encoding",
        }
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


def _up(depth: int) -> bytes:
    return b"../" * depth or b"./"


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
