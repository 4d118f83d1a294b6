"""The routes on which browsers sign in and out, and learn who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from api.auth.cookies import Cookie
from api.auth.credentials import Credentials, client_address
from api.auth.next_path import local_path, relative
from api.auth.origins import OwnOrigin
from api.auth.page import MESSAGES, SignInPage
from api.auth.throttle import SignInThrottle
from api.content_negotiation import MediaType, negotiate
from graph.access import Principal
from graph.errors import Busy, KithError
from graph.sign_in.passwords import sign_in_name, verify
from graph.sign_in.sessions import Sessions
from graph.sign_in_settings import Network
from graph.store import Store

if TYPE_CHECKING:
    from starlette.requests import Request

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"

_MOST_BYTES = 16_384
_NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class SignInRoutes:
    """The sign-in page, the sign-out, and the description of the caller."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        cookie: Cookie,
        origin: OwnOrigin,
        page: SignInPage,
        proxies: tuple[Network, ...] = (),
        throttle: SignInThrottle | None = None,
    ) -> None:
        self._store, self.sessions, self._cookie, self._origin = store, sessions, cookie, origin
        self._page, self._proxies = page, proxies
        self._throttle = throttle or SignInThrottle()

    def routes(self) -> list[Route]:
        """Returns the routes."""
        return [
            Route(SIGN_IN, self.show, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route(SIGN_OUT, self.sign_out, methods=["POST"]),
            Route("/session", self.session),
        ]

    async def show(self, request: Request) -> Response:
        """Shows the page."""
        message = MESSAGES.get(request.query_params.get("message", ""), "")
        return self._page.response(
            local_path(request.query_params.get("next", "/")), message=message if "{" not in message else "", headers={}
        )

    async def sign_in(self, request: Request) -> Response:
        """Creates a session for the user with an email address and a password, in place of the browser's present one.

        The answer to an unknown user, a disabled one and a wrong password is the same.
        """
        credentials = Credentials(request.scope)
        self._origin.check(credentials)
        try:
            form = parse_qs((await _body_of(request)).decode("utf-8", "replace"), max_num_fields=20)
        except (ValueError, ClientDisconnect):
            return Response(status_code=400, headers=_NO_STORE)
        email, password, next_path = (form.get(name, [""])[0] for name in ("email", "password", "next"))
        next_path = local_path(next_path)
        account, address = sign_in_name(email), client_address(credentials, self._proxies)
        wait = self._throttle.begin(account, address)
        if wait:
            message = MESSAGES["waiting"].format(seconds=wait)
            return self._page.response(
                next_path, email=email, message=message, status=429, headers={"retry-after": str(wait)}
            )
        try:
            secret = await self._new_session(email, password)
        except KithError as error:
            code = "busy" if isinstance(error, Busy) else "unavailable"
            return self._page.response(
                next_path, email=email, message=MESSAGES[code], status=503, headers={"retry-after": "5"}
            )
        if secret is None:
            return self._page.response(next_path, email=email, message=MESSAGES["wrong"], status=401, headers={})
        self._throttle.succeeded(account, address)
        await self.end_present(credentials)
        return self.signed_in(secret, relative(next_path, 0))

    async def _new_session(self, email: str, password: str) -> str | None:
        verified = await verify(self._store.reads, self._store.writes, email, password)
        return None if verified is None else await self.sessions.create(verified.user, password=verified)

    def signed_in(self, secret: str, location: str) -> Response:
        """Returns the answer that gives the browser its session and sends it to a page."""
        response = Response(status_code=303, headers=_NO_STORE | {"location": location})
        name, value = self._cookie.set(secret, int(self.sessions.limits.absolute.total_seconds()))
        response.raw_headers.append((name, value))
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session of the browser. A page is sent to the start, a script gets no content."""
        credentials = Credentials(request.scope)
        self._origin.check(credentials)
        await self.end_present(credentials)
        browses = negotiate(credentials.headers.get(b"accept", b"*/*"), html=True) is MediaType.HTML
        location = {"location": "./sign-in" if self._page.required else "./"} if browses else {}
        response = Response(status_code=303 if browses else 204, headers=_NO_STORE | location)
        response.raw_headers.append(self._cookie.clear())
        return response

    async def end_present(self, credentials: Credentials) -> None:
        """Ends the session that the browser has, if it has one."""
        present = self._cookie.value(credentials)
        if present is not None:
            await self.sessions.end(present)

    async def session(self, request: Request) -> Response:
        """Tells who the caller is: the user's id, whether that was automatic, and whether there is a session to end."""
        principal: Principal = request.scope["principal"]
        has_session = self._cookie.value(Credentials(request.scope)) is not None
        body = {"user": principal.user, "automatic": principal.operator, "session": has_session}
        return Response(orjson.dumps(body), headers=_NO_STORE, media_type="application/json")


async def _body_of(request: Request) -> bytes:
    """Returns the body of a form. Raises ValueError when it is too long or no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ValueError(kind)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ValueError("too long")
    return body
