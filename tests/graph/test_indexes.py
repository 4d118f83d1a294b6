"""Constraints and indexes: installed once, and any difference from the models is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph import indexes
from graph.indexes import SEARCH, definitions
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES

LOST = "range_Lead_companyName"
OTHER = "CREATE RANGE INDEX proof_unasked IF NOT EXISTS FOR (n:Account) ON (n.city)"


@pytest.fixture
async def installed(store: Store) -> AsyncIterator[Store]:
    """A store with every constraint and index, before and after."""
    await indexes.install(store.writes)
    yield store
    await store.writes.change(Bound("drop", "DROP INDEX proof_unasked IF EXISTS", {}))
    await indexes.install(store.writes)


async def test_installing_again_changes_nothing(installed: Store) -> None:
    assert not await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


async def test_a_lost_index_is_told_and_made_again(installed: Store) -> None:
    await installed.writes.change(Bound("drop", f"DROP INDEX {LOST}", {}))
    found = await indexes.drift(installed.reads)
    assert found
    assert (found.missing, found.different, found.undeclared) == ((LOST,), (), ())
    assert (await indexes.install(installed.writes)).missing == (LOST,)
    assert not await indexes.drift(installed.reads)


async def test_a_lost_constraint_is_told_and_made_again(installed: Store) -> None:
    await installed.writes.change(Bound("drop", "DROP CONSTRAINT unique_Lead_uid", {}))
    assert (await indexes.drift(installed.reads)).missing == ("unique_Lead_uid",)
    await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


async def test_an_index_nobody_asked_for_is_told_and_left(installed: Store) -> None:
    await installed.writes.change(Bound("other", OTHER, {}))
    await installed.writes.autocommit(Bound("await", "CALL db.awaitIndexes(60)", {}))
    found = await indexes.drift(installed.reads)
    assert (found.missing, found.different, found.undeclared) == ((), (), ("proof_unasked",))
    assert (await indexes.install(installed.writes)).undeclared == ("proof_unasked",)
    assert (await indexes.drift(installed.reads)).undeclared == ("proof_unasked",)


async def test_an_index_on_something_else_is_told_and_remade(installed: Store) -> None:
    await installed.writes.change(Bound("drop", f"DROP INDEX {LOST}", {}))
    await installed.writes.change(Bound("wrong", f"CREATE RANGE INDEX {LOST} FOR (n:Lead) ON (n.city)", {}))
    found = await indexes.drift(installed.reads)
    assert (found.missing, found.different) == ((), (LOST,))
    await indexes.install(installed.writes)
    assert not await indexes.drift(installed.reads)


def test_every_entity_has_its_id_unique_and_every_declared_index() -> None:
    asked = {(one.kind, label, name) for one in definitions() for label in one.labels for name in one.properties}
    for label, entity in ENTITIES.items():
        assert ("UNIQUENESS", label, "uid") in asked
        for one in entity.properties.values():
            if one.indexed and not one.unique:
                assert ("RANGE", label, one.name) in asked
            if one.searched:
                assert ("FULLTEXT", label, one.name) in asked
    assert [one.name for one in definitions() if one.kind == "FULLTEXT"] == [SEARCH]
