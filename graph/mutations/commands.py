"""Commands: mutations with their own Cypher, for changes of several records, in the frame that all mutations share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.errors import KithError
from graph.mutations.declarations import READ, WRITE, Body, Document, Input, Mutation, Returned, once
from graph.query.builder import CypherBuilder


def _nothing(_: Mapping[str, Any]) -> Iterator[KithError]:
    """No further errors."""
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Command(Mutation):
    """A mutation with its own `Body`.

    Without a `new` record the subject is the record input that is bound to `n`. `new` names ids of records that it
    creates, which arrive as `$input.<name>`; the first one is the subject's and is called `id`. `returns` are further
    records of the payload, `documents` its documents. `needs` is the privilege on an existing subject, and `everywhere`
    has the labels for each privilege that the caller needs on all their records. The subject of an `own` one is the
    user who represents the caller: it changes what other callers do not see, so the version stays. `waits_for` names
    locks, `parameters` are constants beside `$input`, `checks` finds further errors in the input.
    """

    takes: Callable[[], tuple[Input, ...]]
    does: Callable[[CypherBuilder], Body]
    new: tuple[str, ...] = ()
    returns: tuple[Returned, ...] = ()
    documents: tuple[Document, ...] = ()
    needs: str = WRITE
    everywhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: bool = False
    waits_for: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    checks: Callable[[Mapping[str, Any]], Iterator[KithError]] = _nothing

    @property
    def creates(self) -> bool:
        """Whether the subject is new."""
        return "id" in self.new

    @property
    def privilege(self) -> str:
        """Callers may change what is only for them."""
        if self.creates:
            return super().privilege
        return READ if self.own else self.needs

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The declared inputs."""
        return self.takes()

    def returned(self) -> tuple[Returned, ...]:
        """The subject, then the further records."""
        return (*super().returned(), *self.returns)

    def texts(self) -> tuple[Document, ...]:
        """The declared documents."""
        return self.documents

    def needed_everywhere(self) -> Mapping[str, tuple[str, ...]]:
        """The declared privileges."""
        return self.everywhere

    def body(self, builder: CypherBuilder) -> Body:
        """The declared body."""
        return self.does(builder)

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The declared locks."""
        del values
        return self.waits_for

    def errors(self, values: Mapping[str, Any]) -> Iterator[KithError]:
        """The errors that `checks` finds."""
        return self.checks(values)

    @property
    def ids(self) -> tuple[str, ...]:
        """The declared new ids."""
        return self.new

    def constants(self) -> Mapping[str, Any]:
        """The declared parameters."""
        return self.parameters
