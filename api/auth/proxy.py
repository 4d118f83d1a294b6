"""Users whom a reverse proxy has signed in, and names in a header."""

from __future__ import annotations

from collections.abc import Sequence

from api.auth.authentication import Authenticator
from api.auth.credentials import Credentials, is_within
from api.auth.origins import OwnOrigin
from api.auth.refusals import invalid_credentials
from api.auth.subjects import Subjects
from graph.access import Principal
from graph.known import Moment
from graph.sign_in.identities import Identity
from graph.sign_in_settings import Network

ISSUER = "proxy"
"""The issuer of the identities that a proxy names."""


def by_proxy(header: str, networks: Sequence[Network], subjects: Subjects, origin: OwnOrigin) -> Authenticator:
    """Recognizes the users that a reverse proxy at one of the addresses names; the header is ignored from others."""
    name = header.lower().encode()

    async def authenticate(credentials: Credentials, _: Moment) -> Principal | None:
        value = credentials.headers.get(name)
        if value is None or not is_within(credentials.peer, networks):
            return None
        origin.check(credentials)
        try:
            email = value.decode("utf-8").strip()
        except UnicodeDecodeError:
            email = ""
        user = None
        if email and "," not in email:
            claims = {"email": email, "email_verified": True}
            user = await subjects.user(Identity(ISSUER, email.lower()), claims)
        if user is None:
            raise invalid_credentials(
                f"The header {header} does not name a user of Kith who may sign in.",
                remedy="Ask the administrator of Kith to add the user.",
            )
        return Principal(user)

    return authenticate
