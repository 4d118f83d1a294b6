"""The references are complete and as generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from api.reference import reference as settings_page
from graph.settings import Settings
from schema.build import build
from schema.mutations.reference import reference as mutations_page


@pytest.fixture(scope="module")
def core() -> GraphQLSchema:
    """The schema."""
    return build()[1]


def described(core: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every type, field, argument and enumeration member of the schema, with what describes it."""
    for name, one in core.type_map.items():
        if name.startswith("__"):
            continue
        yield name, one.description
        if isinstance(one, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in one.fields.items():
                yield f"{name}.{key}", field.description
                yield from ((f"{name}.{key}({each})", given.description) for each, given in field.args.items())
        elif isinstance(one, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", each.description) for key, each in one.fields.items())
        elif isinstance(one, GraphQLEnumType):
            yield from ((f"{name}.{key}", value.description) for key, value in one.values.items())


def test_everything_in_the_schema_is_described(core: GraphQLSchema) -> None:
    everything = dict(described(core))
    assert len(everything) > 1000
    assert [name for name, says in everything.items() if not (says or "").strip()] == []


def test_the_committed_settings_equal_the_generated_ones(project: Path) -> None:
    committed = (project / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    same = committed == settings_page() + "\n"
    assert same, "run: python -m api.reference > docs/reference/settings.md"


def test_the_committed_mutations_are_current(project: Path) -> None:
    committed = (project / "docs" / "reference" / "mutations.md").read_text(encoding="utf-8")
    same = committed == mutations_page() + "\n"
    assert same, "run: python -m schema.mutations.reference > docs/reference/mutations.md"


@pytest.mark.parametrize("line", Settings.table(), ids=lambda line: line.name)
def test_every_setting_is_in_the_reference(line: object, project: Path) -> None:
    page = (project / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert f"| `{getattr(line, 'name')}` |" in page  # noqa: B009


def test_every_command_is_in_the_reference(project: Path) -> None:
    from graph.__main__ import COMMANDS as GRAPH
    from seed.__main__ import COMMANDS as SEED

    page = (project / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    commands = [*(f"graph {name}" for name in GRAPH), *(f"seed {name}" for name in SEED), "api", "api.build", "schema"]
    assert [name for name in commands if f"| `python -m {name}` |" not in page] == []


def test_every_guide_is_in_the_index_of_the_docs(project: Path) -> None:
    docs = project / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    missing = [page.name for page in docs.glob("*.md") if page.name != "README.md" and f"({page.name})" not in index]
    assert missing == []


def test_every_excerpt_in_the_architecture_guide_is_current(project: Path) -> None:
    page = (project / "docs" / "architecture.md").read_text(encoding="utf-8")
    excerpts = re.findall(r"^```python\n(.*?)\n```$", page, re.DOTALL | re.MULTILINE)
    packages = ("algorithms", "api", "graph", "reports", "schema", "seed")
    code = [path.read_text(encoding="utf-8") for package in packages for path in (project / package).rglob("*.py")]
    assert excerpts
    assert [excerpt for excerpt in excerpts if not any(excerpt in text for text in code)] == []
