"""The caller of a request and the records that the caller may read.

A policy turns a principal into an `Access`: a shape, which is a condition per label and becomes predicates in every
statement, and the values that the conditions name, which travel in the parameter `$access`. Two callers of the same
shape share statements and plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.errors import Refused
from graph.query.access_shape import AccessShape
from graph.rights import Rights

READ_AND_WRITE = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request: the id of a User, or None for an anonymous caller, and what the caller may do.

    `scopes` are what the credentials permit: `read`, and `write` for mutations. An `operator` may do everything: it is
    whoever uses this machine, and sent a request without credentials to a server that only this machine reaches.
    """

    user: str | None = None
    rights: Rights = field(default_factory=Rights)
    scopes: frozenset[str] = READ_AND_WRITE
    operator: bool = False


def require_write(principal: Principal) -> None:
    """Raises Refused for a caller whose credentials permit only reading."""
    if "write" not in principal.scopes:
        raise Refused(
            "The API key permits only reading, and the request changes something.",
            remedy="Send an API key with the scope `write`.",
        )


@dataclass(frozen=True, slots=True)
class Access:
    """The access of one caller: its shape, and the values for `$access`."""

    shape: AccessShape
    values: Mapping[str, Any]

    @property
    def may_read_deleted(self) -> bool:
        """Whether the caller may read and restore deleted records."""
        return self.shape.may_read_deleted


Policy = Callable[[Principal], Access]

UNRESTRICTED = Access(AccessShape((), may_read_deleted=True), {})


def unrestricted(_: Principal) -> Access:
    """The policy under which every caller may read every record."""
    return UNRESTRICTED
