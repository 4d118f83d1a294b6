"""The committed schema equals the printed one, and the changelog names every change that breaks a client."""

from __future__ import annotations

import gzip
import re
from fnmatch import fnmatchcase
from pathlib import Path

from graphql import build_schema, find_breaking_changes, is_interface_type, is_object_type

from schema.execution import Executor

# The schema of the last release; replaced when a version is released.
RELEASED = Path(__file__).parent / "released" / "0.1.0.graphql.gz"


def test_the_committed_schema_equals_the_printed_one(executor: Executor, project: Path) -> None:
    committed = (project / "schema.graphql").read_text(encoding="utf-8")
    assert committed.rstrip() == executor.strawberry.as_str().rstrip(), "Run `make schema`."


def coordinate(description: str) -> str:
    """The type, field, argument or input field that a breaking change is about, such as `Mutation.winOpportunity`."""
    named = re.search(r"[A-Z]\w*\.\w+", description) or re.search(r"[A-Z]\w+(?= was removed)", description)
    assert named is not None, description
    return named[0]


def test_every_breaking_change_is_in_the_changelog(project: Path) -> None:
    released = build_schema(gzip.decompress(RELEASED.read_bytes()).decode())
    current = build_schema((project / "schema.graphql").read_text(encoding="utf-8"))
    changelog = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    since = changelog.partition("\n## [0.1.0]")[0]
    patterns = set(re.findall(r"`([A-Z][\w*]*(?:\.[\w*]+)?)`", since))
    missing = {
        coordinate(change.description): change.description
        for change in find_breaking_changes(released, current)
        if not any(fnmatchcase(coordinate(change.description), pattern) for pattern in patterns)
    }
    assert not missing, "\n".join(missing.values())


def test_a_breaking_change_that_the_changelog_does_not_name_is_found() -> None:
    before, after = build_schema("type Query { a: Int b: Int }"), build_schema("type Query { a: Int }")
    assert [coordinate(change.description) for change in find_breaking_changes(before, after)] == ["Query.b"]


def test_every_type_with_an_id_is_a_record_an_event_or_an_import_job(executor: Executor) -> None:
    """A cache of a client takes two objects with one id for the same object."""
    types = [one for one in executor.core.type_map.values() if is_object_type(one) or is_interface_type(one)]
    other = {one.name for one in types if "id" in one.fields and "Node" not in {face.name for face in one.interfaces}}
    assert other == {"Event", "ImportJob", "Node"}
