"""Constraints and indexes are installed once, and drift from the models is reported."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph import indexes
from graph.indexes import SEARCH, definitions
from graph.search.analysis import WORDS
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES

DECLARED = "range_Lead_companyName"
UNDECLARED = "CREATE RANGE INDEX proof_undeclared IF NOT EXISTS FOR (n:Account) ON (n.city)"


@pytest.fixture
async def installed(store: Store) -> AsyncIterator[Store]:
    """A store with every constraint and index, before and after."""
    await indexes.install(store.writes)
    yield store
    await store.writes.change(Bound("drop", "DROP INDEX proof_undeclared IF EXISTS", {}))
    await indexes.install(store.writes)


async def test_a_second_installation_changes_nothing(installed: Store) -> None:
    assert not await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


async def test_a_missing_index_is_reported_and_created(installed: Store) -> None:
    await installed.writes.change(Bound("drop", f"DROP INDEX {DECLARED}", {}))
    found = await indexes.drift(installed.reads)
    assert found
    assert (found.missing, found.different, found.undeclared) == ((DECLARED,), (), ())
    assert (await indexes.install(installed.writes)).missing == (DECLARED,)
    assert not await indexes.drift(installed.reads)


async def test_a_missing_constraint_is_reported_and_created(installed: Store) -> None:
    await installed.writes.change(Bound("drop", "DROP CONSTRAINT unique_Lead_uid", {}))
    assert (await indexes.drift(installed.reads)).missing == ("unique_Lead_uid",)
    await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


async def test_an_undeclared_index_is_reported_and_kept(installed: Store) -> None:
    await installed.writes.change(Bound("other", UNDECLARED, {}))
    await installed.writes.autocommit(Bound("await", "CALL db.awaitIndexes(60)", {}))
    found = await indexes.drift(installed.reads)
    assert (found.missing, found.different, found.undeclared) == ((), (), ("proof_undeclared",))
    assert (await indexes.install(installed.writes)).undeclared == ("proof_undeclared",)
    assert (await indexes.drift(installed.reads)).undeclared == ("proof_undeclared",)


async def test_a_different_index_is_reported_and_recreated(installed: Store) -> None:
    await installed.writes.change(Bound("drop", f"DROP INDEX {DECLARED}", {}))
    await installed.writes.change(Bound("wrong", f"CREATE RANGE INDEX {DECLARED} FOR (n:Lead) ON (n.city)", {}))
    found = await indexes.drift(installed.reads)
    assert (found.missing, found.different) == ((), (DECLARED,))
    await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


def test_every_entity_has_its_id_unique_and_every_declared_index() -> None:
    declared = {(one.kind, label, name) for one in definitions() for label in one.labels for name in one.properties}
    for label, entity in ENTITIES.items():
        assert ("UNIQUENESS", label, "uid") in declared
        for one in entity.properties.values():
            if one.indexed and not one.unique:
                assert ("RANGE", label, one.name) in declared
            if one.search is not None:
                assert ("FULLTEXT", label, WORDS) in declared
    assert [one.name for one in definitions() if one.kind == "FULLTEXT"] == [SEARCH]
