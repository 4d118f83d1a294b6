"""The check that a request with the session of a browser comes from a page of Kith."""

from __future__ import annotations

from urllib.parse import urlsplit

from api.auth.credentials import Credentials
from api.auth.refusals import foreign_origin
from api.auth.rules import SignInRules

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = (b"same-origin", b"none")


class OwnOrigin:
    """Checks the headers by which a browser tells where a request comes from: `Sec-Fetch-Site`, else `Origin`."""

    def __init__(self, rules: SignInRules) -> None:
        public = urlsplit(rules.public) if rules.public else None
        self._public = f"{public.scheme}://{public.netloc}".lower().encode() if public else b""

    def check(self, credentials: Credentials) -> None:
        """Raises RejectedRequest with 403 for a request that changes something, from a page of another origin.

        A program sends neither header; it has no session that another page could use.
        """
        if credentials.method in _SAFE:
            return
        headers = credentials.headers
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if site is not None:
            own = site in _OWN_SITES
        elif origin is not None:
            host = headers.get(b"host", b"").lower()
            own = origin.lower() in (self._public, b"http://" + host, b"https://" + host)
        else:
            own = True
        if not own:
            raise foreign_origin()
