"""The register of algorithms: what each one reads, and where its definition comes from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One registered algorithm: its name, the attributes it reads, the source of its definition, the function."""

    name: str
    reads: tuple[str, ...]
    reference: str
    function: Callable[..., Any]

    @property
    def description(self) -> str:
        """The first line of the function's docstring: what it answers."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


ALGORITHMS: dict[str, Algorithm] = {}


def algorithm(*, reads: tuple[str, ...], reference: str) -> Callable[[Function], Function]:
    """Register a function as an algorithm and hand it back unchanged.

    Args:
        reads: the node and edge attributes, or the columns, that it reads.
        reference: the publication, standard or decision that defines it.

    Raises:
        TypeError: the name is taken by another function.
    """

    def register(function: Function) -> Function:
        known = ALGORITHMS.get(function.__name__)
        if known is not None and known.function.__module__ != function.__module__:
            raise TypeError(f"two algorithms are called {function.__name__}")
        ALGORITHMS[function.__name__] = Algorithm(function.__name__, reads, reference, function)
        return function

    return register


def every() -> dict[str, Algorithm]:
    """Import every module of the room; returns the full register, by name."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    return dict(sorted(ALGORITHMS.items()))
