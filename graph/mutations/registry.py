"""The texts of the verbs: each leaves the written record `n`, and `refused`, null or why it may not be."""

from __future__ import annotations

from collections.abc import Callable

from graph.query.builder import CypherBuilder

Mutation = Callable[[CypherBuilder], str]
MUTATIONS: dict[str, Mutation] = {}


def verb(name: str) -> Callable[[Mutation], Mutation]:
    """Registers the text of a verb."""

    def register(write: Mutation) -> Mutation:
        MUTATIONS[name] = write
        return write

    return register
