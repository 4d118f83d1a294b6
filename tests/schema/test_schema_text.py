"""The committed schema is the schema."""

from __future__ import annotations

from pathlib import Path

from schema.execution import Executor


def test_the_committed_schema_equals_the_printed_one(executor: Executor, project: Path) -> None:
    committed = (project / "schema.graphql").read_text(encoding="utf-8")
    assert committed.rstrip() == executor.strawberry.as_str().rstrip(), "Run `make schema`."
