"""The sign-in page: a form without scripts, which loads nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response

from api.auth.next_path import relative

_STYLE = Path(__file__).with_name("page.css")

MESSAGES = {
    "wrong": "The email address or the password is wrong.",
    "waiting": "Too many attempts failed. Try again in {seconds} seconds.",
    "busy": "Too many people sign in at the same time. Try again in a few seconds.",
    "unavailable": "Kith cannot be reached at the moment. Try again in a few seconds.",
    "provider": "The sign-in with your organization did not succeed. Try again.",
    "unknown": "You are signed in at your organization, but you are no user of Kith. Ask your administrator.",
}
"""The messages of the page by their code."""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The parts of the page that depend on the settings: whether it offers a provider, and whether it is required."""

    provider: bool
    required: bool

    def response(
        self, next_path: str, *, email: str = "", message: str = "", status: int = 200, headers: dict[str, str]
    ) -> Response:
        """Returns the page, with a message above the form."""
        return Response(self._html(next_path, email, message), status, headers | _headers(), "text/html; charset=utf-8")

    def _html(self, next_path: str, email: str, message: str) -> str:
        alert = f'<p role="alert" id="message">{escape(message)}</p>' if message else ""
        wrong = ' aria-invalid="true" aria-describedby="message"' if message and email else ""
        organization = (
            f'<a class="button" href="./sign-in/oidc?next={escape(quote(next_path, safe="/"))}">'
            "Sign in with your organization</a>"
            if self.provider
            else ""
        )
        optional = (
            ""
            if self.required
            else f'<p><a href="{escape(relative(next_path, 0))}">Continue without signing in</a>: on this machine, '
            "Kith signs you in automatically.</p>"
        )
        # The reader continues where the page expects them: at the password once the email address is there.
        focus = (" autofocus", "") if not email else ("", " autofocus")
        return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Kith</title>
<style>{_style()}</style>
</head>
<body>
<main>
<h1>Sign in to Kith</h1>
{alert}{organization}<form method="post" action="./sign-in">
<input type="hidden" name="next" value="{escape(next_path)}">
<label for="email">Email address</label>
<input id="email" name="email" type="email" autocomplete="username" required{focus[0]} value="{escape(email)}"{wrong}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{focus[1]}{wrong}>
<button type="submit">Sign in</button>
</form>
{optional}</main>
</body>
</html>
"""


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


@cache
def _headers() -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "cache-control": "no-store",
        "content-security-policy": policy,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
