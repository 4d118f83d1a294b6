"""Headers that protect every answer, where the answer does not have its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message, Send

_DEFAULTS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """Adds the headers; over encrypted connections also the one that forbids others."""

    def __init__(self, *, secure: bool) -> None:
        self._headers = (*_DEFAULTS, _STRICT_TRANSPORT) if secure else _DEFAULTS

    def added(self, send: Send) -> Send:
        """Returns a function that adds the missing headers to an answer, and sends it."""
        defaults = self._headers

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                present = {name for name, _ in headers}
                message["headers"] = [*headers, *(one for one in defaults if one[0] not in present)]
            await send(message)

        return send_with_headers
