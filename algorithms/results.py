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
