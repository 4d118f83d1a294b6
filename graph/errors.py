"""The errors of Kith; each has a stable code, a message and a remedy.

* KithError
  + NotFound        NOT_FOUND        the record does not exist or is not visible to the caller
  + Conflict        CONFLICT         the current state of the graph does not allow the change
  + Refused         REFUSED          a rule forbids the operation, whatever the state of the graph
  + Unauthenticated UNAUTHENTICATED  the request has no valid credentials
  + Invalid         INVALID          the request is malformed or a value in it is not allowed
  + Unavailable     UNAVAILABLE      the database cannot be reached or did not answer in time
  + TooExpensive    TOO_EXPENSIVE    the request exceeds a limit on size, cost or time
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class KithError(Exception):
    """An error with a code, a message of one sentence, a remedy for the caller and optional details."""

    code: ClassVar[str] = "ERROR"

    def __init__(self, message: str, *, remedy: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    @property
    def extensions(self) -> dict[str, object]:
        """The `extensions` of the GraphQL error: code, remedy and details."""
        return {"code": self.code, "remedy": self.remedy, **self.details}


class KithErrors(KithError):
    """Several errors of one request field, such as all the errors of an input; each becomes an error of its own."""

    def __init__(self, errors: Sequence[KithError]) -> None:
        super().__init__(errors[0].message, remedy=errors[0].remedy)
        self.errors = tuple(errors)


class NotFound(KithError):
    """The record does not exist or is not visible to the caller."""

    code = "NOT_FOUND"


class Conflict(KithError):
    """The current state of the graph does not allow the change; another write may have come first."""

    code = "CONFLICT"


class Refused(KithError):
    """A rule forbids the operation, whatever the state of the graph."""

    code = "REFUSED"


class Unauthenticated(KithError):
    """The request has no credentials, or credentials that are not valid."""

    code = "UNAUTHENTICATED"


class Invalid(KithError):
    """The request is malformed or a value in it is not allowed."""

    code = "INVALID"


class Unavailable(KithError):
    """The database cannot be reached or did not answer in time."""

    code = "UNAVAILABLE"


class NotSent(Unavailable):
    """The request was not sent to the database, which is known not to answer."""


class Busy(NotSent):
    """The request was not sent to the database, because too many others are before it."""


class OverBudget(Busy):
    """The request was not executed, because its caller has spent their budget; `seconds` later it would be."""

    def __init__(self, message: str, *, remedy: str, seconds: int, **details: object) -> None:
        super().__init__(message, remedy=remedy, retryAfterSeconds=seconds, **details)
        self.seconds = seconds


class TooExpensive(KithError):
    """The request exceeds a limit on size, cost or time."""

    code = "TOO_EXPENSIVE"
