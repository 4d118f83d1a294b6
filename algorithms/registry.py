"""The registry of algorithms: the data that each reads, and the source of its definition."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A registered algorithm: its name, the attributes it reads, the source of its definition and its function."""

    name: str
    reads: tuple[str, ...]
    reference: str
    function: Callable[..., Any]

    @property
    def description(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


ALGORITHMS: dict[str, Algorithm] = {}


def algorithm(*, reads: tuple[str, ...], reference: str) -> Callable[[Function], Function]:
    """Registers a function as an algorithm and returns it unchanged.

    Args:
        reads: the node and edge attributes, or the columns, that it reads.
        reference: the publication, standard or decision that defines it.

    Raises:
        TypeError: another function has the same name.
    """

    def register(function: Function) -> Function:
        known = ALGORITHMS.get(function.__name__)
        if known is not None and known.function.__module__ != function.__module__:
            raise TypeError(f"two algorithms have the name {function.__name__}")
        ALGORITHMS[function.__name__] = Algorithm(function.__name__, reads, reference, function)
        return function

    return register


def every() -> dict[str, Algorithm]:
    """Imports every module of the package, and returns all algorithms by name."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    return dict(sorted(ALGORITHMS.items()))
