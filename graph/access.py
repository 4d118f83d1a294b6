"""The caller of a request and the records that the caller may read.

A policy turns a principal into an `Access`: a shape, which is a condition per label and becomes predicates in every
statement, and the values that the conditions name, which travel in the parameter `$access`. Two callers of the same
shape share statements and plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.query.access_shape import AccessShape
from graph.rights import Rights


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request: the id of a User, or None for an anonymous caller, and what the caller may do.

    An `operator` may do everything: whoever uses the server on the machine that it runs on, without signing in.
    """

    user: str | None = None
    rights: Rights = field(default_factory=Rights)
    operator: bool = False


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
