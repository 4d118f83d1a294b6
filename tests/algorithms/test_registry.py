"""The register: everything public in the room is in it, described and doctested."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import algorithms
from algorithms.registry import algorithm, every


def modules() -> list[ModuleType]:
    return [
        importlib.import_module(f"algorithms.{found.name}")
        for found in pkgutil.iter_modules(algorithms.__path__)
        if found.name != "registry"
    ]


def public_functions() -> list[str]:
    return sorted(
        name
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    )


def test_every_public_function_is_registered() -> None:
    assert public_functions() == sorted(every())


@pytest.mark.parametrize("name", public_functions())
def test_an_algorithm_says_what_it_answers_what_it_reads_and_where_it_is_defined(name: str) -> None:
    known = every()[name]
    assert known.description.endswith(".")
    assert known.reference
    assert isinstance(known.reads, tuple)
    assert all(part and part == part.strip() for part in known.reads)


@pytest.mark.parametrize("name", public_functions())
def test_an_algorithm_shows_an_example_that_runs(name: str) -> None:
    function = every()[name].function
    found = doctest.DocTestFinder(recurse=False).find(function, name, globs=vars(inspect.getmodule(function)))
    assert any(example.examples for example in found)


@pytest.mark.parametrize("name", public_functions())
def test_an_algorithm_that_refuses_says_so_in_its_docstring(name: str) -> None:
    function = every()[name].function
    raises = "raise " in inspect.getsource(function)
    assert not raises or "Raises:" in (function.__doc__ or "")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_no_algorithm_reads_a_clock_a_database_or_the_environment(module: ModuleType) -> None:
    source = inspect.getsource(module)
    for forbidden in ("neo4j", "strawberry", "os.environ", "import time", ".now(", ".today(", "import random"):
        assert forbidden not in source


def test_two_algorithms_of_one_name_are_refused() -> None:
    def introductions() -> None:
        """Not the one."""

    with pytest.raises(TypeError, match="two algorithms have the name introductions"):
        algorithm(reads=(), reference="none")(introductions)


DOCS = Path(__file__).parents[2] / "docs" / "algorithms.md"


def test_every_algorithm_appears_in_the_docs() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert [name for name in public_functions() if f"`{name}`" not in page] == []


def test_the_examples_in_the_docs_run() -> None:
    page = DOCS.read_text(encoding="utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(page, {}, DOCS.name, str(DOCS), 0)
    ran = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples)
    assert ran.attempted > 10
    assert ran.failed == 0
