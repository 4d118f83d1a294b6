"""The one error tree; every error has a stable code, says what is wrong and what to do.

* KithError
  + NotFound        NOT_FOUND      what was named is not there, or not visible to this caller
  + Conflict        CONFLICT       the graph as it is now does not allow it; another write may have come first
  + Refused         REFUSED        a rule of the domain forbids it, whatever the state
  + Invalid         INVALID        the request itself is malformed
  + Unavailable     UNAVAILABLE    the database cannot be reached or did not answer in time
  + TooExpensive    TOO_EXPENSIVE  the question would cost more than the limits allow
"""

from __future__ import annotations

from typing import ClassVar


class KithError(Exception):
    """An error a caller can act on: a code, a sentence, a remedy and any details."""

    code: ClassVar[str] = "ERROR"

    def __init__(self, message: str, *, remedy: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    @property
    def extensions(self) -> dict[str, object]:
        """What GraphQL shows in `extensions`: code, remedy and details."""
        return {"code": self.code, "remedy": self.remedy, **self.details}


class NotFound(KithError):
    """What was named is not there, or not visible to this caller."""

    code = "NOT_FOUND"


class Conflict(KithError):
    """The graph as it is now does not allow it."""

    code = "CONFLICT"


class Refused(KithError):
    """A rule of the domain forbids it, whatever the state."""

    code = "REFUSED"


class Invalid(KithError):
    """The request itself is malformed."""

    code = "INVALID"


class Unavailable(KithError):
    """The database cannot be reached or did not answer in time."""

    code = "UNAVAILABLE"


class TooExpensive(KithError):
    """The question would cost more than the limits allow."""

    code = "TOO_EXPENSIVE"
