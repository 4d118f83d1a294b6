"""How columns answer a field, beside the statement that answers it from the database."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeVar

from graph.query.selection import Part

# Receives the snapshot, the id of the record in a map, the request, the selected parts, and the arguments by name.
# Returns None if the columns cannot answer.
Function = TypeVar("Function", bound=Callable[..., Any])


class NotInColumnsError(Exception):
    """The columns cannot answer, so the database has to."""


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """The answer to a field on a type: a function that returns its value.

    `name` is the field as `Type.field`. Of some selected parts, `tables` returns the names of the tables they need, and
    `has` tells whether the columns have them. `page` declares the parts of a page of a link.
    """

    name: str
    tables: Callable[[tuple[Part, ...]], AbstractSet[str]]
    has: Callable[[tuple[Part, ...]], bool]
    function: Callable[..., Any]
    page: type | None = None


COLUMN_ANSWERS: dict[tuple[str, str], ColumnAnswer] = {}


def answers(
    on: str,
    name: str,
    *,
    tables: Callable[[tuple[Part, ...]], AbstractSet[str]],
    has: Callable[[tuple[Part, ...]], bool] = lambda _: True,
    page: type | None = None,
) -> Callable[[Function], Function]:
    """Declares that the decorated function answers a field from columns."""

    def register(function: Function) -> Function:
        COLUMN_ANSWERS[on, name] = ColumnAnswer(f"{on}.{name}", tables, has, function, page)
        return function

    return register
