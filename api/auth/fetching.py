"""Requests to identity providers: encrypted, with a limit on their time and on the size of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson

from graph.errors import Unavailable
from graph.sign_in_settings import is_loopback

SECONDS = 5.0
MOST_BYTES = 262_144


class FetchError(Exception):
    """The answer of a provider is missing or wrong."""


async def fetch_json(
    url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None, bearer: str | None = None
) -> Any:
    """Returns the JSON object at a URL, or the answer to a form. Raises FetchError."""
    require_encryption(url)
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    if bearer is not None:
        headers["authorization"] = f"Bearer {bearer}"
    try:
        async with asyncio.timeout(2 * SECONDS), httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
            request = client.build_request(
                "GET" if form is None else "POST",
                url,
                data=form,
                headers=headers,
            )
            auth = None if basic is None else httpx2.BasicAuth(*basic)
            response = await client.send(request, auth=auth, stream=True)
            try:
                body = await _limited(response)
            finally:
                await response.aclose()
            if response.status_code != 200:
                raise FetchError(f"{url} answered with status {response.status_code}")
            found = orjson.loads(body)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError, orjson.JSONDecodeError) as error:
        raise FetchError(f"{url}: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise FetchError(f"{url} did not answer with an object")
    return found


async def _limited(response: httpx2.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FetchError(f"{response.url} answered with more than {MOST_BYTES} bytes")
    return body


def require_encryption(url: str) -> None:
    """Raises FetchError for a URL that is not encrypted, unless it leads to this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise FetchError(f"{url} is not encrypted")


def unreachable(issuer: str) -> Unavailable:
    """Returns the error for a provider that does not answer as it should; the log has the reason."""
    return Unavailable(f"The identity provider {issuer} cannot be reached.", remedy="Try again in a few seconds.")
