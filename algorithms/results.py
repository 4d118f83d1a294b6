"""Markers for the results of algorithms.

A result is a frozen dataclass. A field that is annotated with a description, as in
`score: Annotated[float, "The confidence, 0 to 1."]`, is a GraphQL field; a field without one is internal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """The values of the field are uids of records of a label; GraphQL returns the records."""

    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The values of the field are names of members of an enumeration of the models."""

    name: str


@dataclass(frozen=True, slots=True)
class Id:
    """The values of the field are uids, and GraphQL returns them as ids."""


ID = Id()


@dataclass(frozen=True, slots=True)
class Amount:
    """The values of the field are minor units of the base currency, and GraphQL returns amounts of money."""


MONEY = Amount()


@dataclass(frozen=True, slots=True)
class Shared:
    """A field that refers to the same records in many places: the cost of a request counts `records` for all of them.

    All places of a result read a record once, however often they refer to it.
    """

    records: int


@dataclass(frozen=True, slots=True)
class First:
    """The list takes the argument `first`, the maximum number of its items: its default, and the greatest value."""

    default: int
    most: int
