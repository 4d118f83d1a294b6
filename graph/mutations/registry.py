"""The texts of the verbs: each leaves the written record `n`, and `refused`, null or why it may not be."""

from __future__ import annotations

from collections.abc import Callable

from graph.query.builder import Writer

Verb = Callable[[Writer], str]
VERBS: dict[str, Verb] = {}


def verb(name: str) -> Callable[[Verb], Verb]:
    """Registers the text of a verb."""

    def register(write: Verb) -> Verb:
        VERBS[name] = write
        return write

    return register
