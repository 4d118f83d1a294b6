"""The state that all statements and insights of a request share: the store, the caller, the time and shared reads."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from graph.access import Access, Principal
from graph.columns import Snapshot
from graph.store import Bound, Reads, parameters_of


@dataclass(slots=True)
class Request:
    """One request; `constants` are the ambient parameters that are the same in every request."""

    reads: Reads
    access: Access
    principal: Principal
    constants: Mapping[str, Any]
    variables: Mapping[str, Any]
    shared: dict[Any, Any] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    tables: AbstractSet[str] = frozenset()
    """The tables of the snapshot that have every change that was committed before the request."""
    beyond_access: bool = False
    """Whether callers learn of paths through people whom they may not read, without their names."""
    masked: set[tuple[str, str]] = field(default_factory=set)
    """The selected fields that the caller may not read."""
    _ambient: dict[str, Any] | None = None
    _started: float = field(default_factory=perf_counter)

    @property
    def tie_k(self) -> float:
        """The constant of the strength of ties."""
        k: float = self.constants["tieK"]
        return k

    @property
    def seconds(self) -> float:
        """The time since the request began."""
        return perf_counter() - self._started

    def set_time(self, now: datetime) -> None:
        """Sets the time of the request."""
        self._ambient = {**self.constants, "now": now}

    @property
    def ambient(self) -> Mapping[str, Any]:
        """The values of `$currency`, `$unit`, `$tieK` and `$now`, the same for all statements of the request."""
        if self._ambient is None:
            self._ambient = {**self.constants, "now": datetime.now(UTC)}
        return self._ambient

    def bound(self, name: str, text: str, **values: Any) -> Bound:
        """Binds a text to the values, ambient values and access values that it names as parameters."""
        known = {**self.ambient, "access": self.access.values, **values}
        return Bound(name, text, {parameter: known[parameter] for parameter in parameters_of(text)})

    @property
    def now(self) -> datetime:
        """The time of the request."""
        now: datetime = self.ambient["now"]
        return now
