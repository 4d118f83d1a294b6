"""The caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from algorithms.results import Ref
from schema.insights.registry import QUERY, insight
from schema.request import Request


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request."""

    user: Annotated[
        str | None, Ref("User"), "The user who represents the caller (setting KITH_CALLER); null without one."
    ]


@insight(on=QUERY)
def me(_: Any, request: Request) -> Caller:
    """The caller of the request."""
    return Caller(request.principal.user)
