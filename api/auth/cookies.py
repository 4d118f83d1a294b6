"""The cookies of a browser: its session, and the request to an identity provider that it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from api.auth.credentials import Credentials
from api.auth.rules import SignInRules

_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that scripts cannot read and that other sites send only when they link to Kith."""

    name: str
    secure: bool

    @classmethod
    def named(cls, name: str, rules: SignInRules) -> Cookie:
        """Returns the cookie with a name; over encrypted connections it belongs to this host alone."""
        return cls(f"__Host-{name}" if rules.secure else name, rules.secure)

    def value(self, credentials: Credentials) -> str | None:
        """Returns the value in a request; None without one. A repeated name is not a value."""
        found = [
            value
            for name, _, value in (
                pair.strip().partition("=")
                # HTTP/2 may split the header, and a combined one is joined with a comma.
                for pair in credentials.headers.get(b"cookie", b"").decode("latin-1").replace(", ", "; ").split(";")
            )
            if name == self.name
        ]
        return found[0] if len(found) == 1 and 0 < len(found[0]) <= _LONGEST else None

    def set(self, value: str, seconds: int) -> tuple[bytes, bytes]:
        """Returns the header that sets the cookie for a time."""
        more = "; Secure" if self.secure else ""
        return b"set-cookie", f"{self.name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{more}".encode()

    def clear(self) -> tuple[bytes, bytes]:
        """Returns the header that removes the cookie."""
        return self.set("", 0)
