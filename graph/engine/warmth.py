"""What makes the server start faster the next time: an ahead-of-time cache of the Java machine, gathered once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph.engine.jars import Shelf


@dataclass(frozen=True)
class Warmth:
    """The ahead-of-time cache of one shelf of jars."""

    shelf: Shelf

    def options(self) -> tuple[str, ...]:
        """The options that make a server use the cache, where there is one."""
        return ()

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Gather the cache beside a running server, where there is none yet."""
        yield
