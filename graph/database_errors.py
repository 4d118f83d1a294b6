"""Translates errors of the Neo4j driver and server into errors of Kith."""

from __future__ import annotations

import re

from neo4j.exceptions import ClientError, ConstraintError, DatabaseError, TransientError

from graph.errors import Conflict, Invalid, TooExpensive, Unavailable

_UNIQUE = re.compile(r"label `(?P<label>\w+)` and property `(?P<property>\w+)` = (?P<value>.+)", re.DOTALL)
_INTERNAL = frozenset({"Record", "IdempotencyKey", "Lock", "Sequence"})
_STOPPED = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.LockClientStopped",
    "Neo.ClientError.Transaction.Terminated",
)
OUT_OF_MEMORY = (
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
    "Neo.TransientError.General.TransactionOutOfMemoryError",
    "Neo.TransientError.General.OutOfMemory",
)
_TOO_MANY_CLAUSES = ("TooManyClauses", "TooManyNestedClauses", "maxClauseCount")
NOT_REPRESENTABLE = (OverflowError, UnicodeError)


def translate(error: Exception, seconds: float, *, writes: bool = False) -> Exception:
    """Translates an error of the driver or server into a KithError; an error in the Cypher itself is returned as is."""
    code = str(getattr(error, "code", ""))
    if code.startswith(_STOPPED):
        return too_slow(seconds, writes=writes)
    if code.startswith(OUT_OF_MEMORY):
        return TooExpensive(
            "The request needs more memory than the database allows and was stopped.",
            remedy="Request less at once: a smaller page, fewer levels or a narrower filter.",
        )
    if isinstance(error, NOT_REPRESENTABLE):
        return Invalid("A value in the request cannot be stored.", remedy="Use smaller numbers and valid Unicode text.")
    if isinstance(error, ConstraintError):
        return _taken(error)
    if isinstance(error, TransientError) and code.startswith("Neo.TransientError.Transaction."):
        return Conflict(
            "The transaction conflicted with other writes and was rolled back; nothing was changed.",
            remedy="Send the request again.",
        )
    if "Statement.ArithmeticError" in code:
        return Invalid("A number in the request is out of range.", remedy="Use smaller numbers.")
    if any(one in str(error) for one in _TOO_MANY_CLAUSES):
        return TooExpensive("The search text has too many words.", remedy="Search for fewer words.", field="text")
    if isinstance(error, ClientError | DatabaseError) and any(
        part in code for part in (".Statement.", ".Procedure.", ".Request.", ".Schema.")
    ):
        return error
    return Unavailable("The database did not answer.", remedy="Try again in a few seconds.")


def too_slow(seconds: float, *, writes: bool = False) -> TooExpensive:
    """The error of a statement that was stopped because of its time limit."""
    if writes:
        return TooExpensive(
            f"The change took longer than {seconds:g} seconds and was rolled back; nothing was changed.",
            remedy="Send it again, because another change may have held a lock, or change fewer records at once.",
            limit=seconds,
        )
    return TooExpensive(
        f"The request took longer than {seconds:g} seconds in the database and was stopped.",
        remedy="Request less at once: a smaller page, fewer levels or a narrower filter.",
        limit=seconds,
    )


def _taken(error: ConstraintError) -> Conflict:
    """The error of a value that must be unique; the server names its property in the message."""
    found = _UNIQUE.search(error.message or "")
    remedy = "Use another value, or update the existing record."
    if found is None or found["label"] in _INTERNAL:
        return Conflict("A value in the input must be unique, and another record already has it.", remedy=remedy)
    return Conflict(
        f"`{found['property']}` must be unique, and another record already has the value {found['value']}.",
        remedy=remedy, field=f"input.{found['property']}",
    )  # fmt: skip
