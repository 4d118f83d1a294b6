"""Headlines as declarations: what a headline reads of a record, and the pure function that concludes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schema.findings.finding import Viewpoint
from schema.sentences.sentence import Sentence

Conclude = Callable[[Mapping[str, Any], Viewpoint], Iterable[Sentence]]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline on the records of a label: its field, the fields that it reads as GraphQL, and its function."""

    field: str
    on: str
    reads: str
    description: str
    conclude: Conclude


HEADLINES: list[Headline] = []


def headline(field: str, *, on: str, reads: str) -> Callable[[Conclude], Conclude]:
    """Declares a headline; its description is that of the decorated function."""

    def register(function: Conclude) -> Conclude:
        HEADLINES.append(Headline(field, on, reads, " ".join((function.__doc__ or "").split()), function))
        return function

    return register
