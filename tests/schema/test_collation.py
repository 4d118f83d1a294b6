"""Lists in the order of a text ignore case and accents and order numbers by value, however the text was written."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize

import pytest

from graph.bulk.create import create_nodes, node_row
from graph.bulk.nodes import merge_nodes
from graph.collation import LENGTH, SUFFIX, sort_key
from graph.migrations.registry import ConvertedChange, Step
from graph.migrations.steps.to_5_sort_keys import collation
from graph.migrations.steps.to_6_numbers_by_value import numbers_by_value
from graph.query.cypher import letters
from graph.store import Bound
from graph.vocabulary import ENTITIES, READ_ONLY, SUPERS, entity
from tests.schema.mutations.stage import Stage

NAMES = ["Ähre", "apple", "Birch", "Éclair 9", "Éclair 10", "Zebra"]


ORDERED = (
    NAMES,
    ["oÄhre AG", "oapple Inc", "oBirch Ltd", "oÉclair SA", "oZebra Corp"],
    ["", "a", "A b", "ab", "Ab c", "abc"],
    ["Lodz", "Łódź", "Lodzi"],
    ["Strasse", "Straße", "Strasser"],
    ["Ærø", "aft"],
    ["Oslo", "Østfold", "Otta"],
    ["Άγιος", "αγορά"],
    ["Ёлка", "ель"],
    ["İzmir", "Izola"],
    ["\ufb01n", "finch", "fine"],
    ["Team", "Team 0", "Team 2", "Team 007", "Team 10", "Team 10a", "Team 10b2", "Team 10b12", "Team 99", "Team 100"],
    ["1 a", "2 a", "10 a", "\uff11\uff12 a", "9" * 9, "1" + "0" * 9, "9" * 18, "1" + "0" * 18, "a 1"],
    ["Äon 3.9", "Äon 3.10", "Aon 20", "Äon 100", "Äon-1"],
)


@pytest.mark.parametrize("ordered", ORDERED)
def test_texts_are_ordered_by_their_letters(ordered: list[str]) -> None:
    for texts in itertools.islice(itertools.permutations(ordered), 24):
        assert sorted(texts, key=sort_key) == ordered


def test_normal_forms_have_one_key_and_equal_letters_are_ordered_by_the_text() -> None:
    for text in ("Éclair", "Ähre", "Łódź", "가나다", "Ω"):
        assert sort_key(normalize("NFC", text)) == sort_key(normalize("NFD", text))
    assert sorted(["resume", "Résumé", "résumé", "Resume"], key=sort_key) == ["Resume", "Résumé", "resume", "résumé"]
    assert len(sort_key("x" * 10_000)) == 2 * LENGTH + 1


def test_texts_are_collated_unless_declared_otherwise_and_have_a_key_if_an_index_serves_their_order() -> None:
    names: dict[str, bool] = {}
    keyed = {name for one in (*ENTITIES.values(), *SUPERS.values(), *READ_ONLY.values()) for name in one.sort_keys}
    assert keyed == {"name", "title"}, "a further name needs a migration"
    named = {label: one for label, one in ENTITIES.items() if keyed & one.properties.keys()}
    keyless = {label for label, one in named.items() if not keyed & set(one.sort_keys)}
    assert keyless == {"SalesOrder"}, "step 6 of the migrations finds records without a key by their name"
    for one in (*ENTITIES.values(), *SUPERS.values(), *READ_ONLY.values()):
        for declared in one.properties.values():
            assert not (declared.collated and declared.unique)
            assert names.setdefault(declared.name, declared.collated) is declared.collated, declared.name
            assert f"{declared.name}{SUFFIX}" not in one.properties
    assert names["name"]
    assert names["city"]
    assert not names["uid"]


def check(found: dict[str, Any], label: str) -> None:
    """Fails unless every text of a node has its key, and no other text has one."""
    expected = {f"{name}{SUFFIX}": sort_key(found[name]) for name in entity(label).sort_keys if name in found}
    assert {name: value for name, value in found.items() if name.endswith(SUFFIX)} == expected


async def in_city(stage: Stage, city: str) -> dict[str, dict[str, Any]]:
    """The stored properties of the records in a city, by name."""
    text = "MATCH (n:Record|Deleted) WHERE n.city = $city RETURN collect(properties(n))"
    return {one["name"]: one for one in await stage.store.reads.ask(Bound("keys", text, {"city": city}))}


async def test_every_way_to_write_stores_the_same_keys(stage: Stage) -> None:
    now = datetime.now(UTC)
    new = {"uid": "collation-1", "name": "Éclair", "city": "Ulmé", "relationship": "OTHER", "createdAt": now}
    await create_nodes(stage.store.writes, [node_row("Account", {**new, "modifiedAt": now})])
    await merge_nodes(stage.store.writes, "Account", [{"uid": "collation-2", "name": "Ähre", "city": "Ulmé"}])
    made = await stage.do("createContact", {"firstName": "Ömer", "lastName": "Łuk", "city": "Ulmé"})
    await stage.do("updateContact", {"id": made["id"], "jobTitle": "Économe", "department": "Övrigt"})
    await stage.do("updateContact", {"id": made["id"], "department": None})
    await stage.do("createLead", {"companyName": "Ærø", "subject": "Ö", "city": "Ulmé"})
    found = await in_city(stage, "Ulmé")
    labels = {"Éclair": "Account", "Ähre": "Account", "Ömer Łuk": "Contact", "Ærø": "Lead"}
    assert set(found) == set(labels)
    for name, label in labels.items():
        check(found[name], label)
    assert found["Ömer Łuk"][f"name{SUFFIX}"].startswith("omer luk")
    await merge_nodes(stage.store.writes, "Account", [{"uid": "collation-2", "name": "Zoé"}])
    await stage.do("deleteContact", {"id": made["id"]})
    for name, values in (await in_city(stage, "Ulmé")).items():
        check(values, {**labels, "Zoé": "Account"}[name])
    changed = await stage.ask("{ events(last: 9) { nodes { changes { field } } } }")
    assert SUFFIX not in str(changed)


async def test_an_update_changes_the_key(stage: Stage) -> None:
    made = await stage.do("createOpportunity", {"name": "Épicerie"})
    await stage.do("updateOpportunity", {"id": made["id"], "name": "Ölgasse"})
    text = "MATCH (n:Opportunity {uid: $uid}) RETURN properties(n)"
    check(await stage.store.reads.ask(Bound("keys", text, {"uid": made["id"]})), "Opportunity")


async def test_the_database_computes_the_same_order_for_texts_without_a_key(stage: Stage) -> None:
    texts = [one for ordered in ORDERED for one in ordered]
    text = f"UNWIND $texts AS text RETURN collect([text, {letters('text')}])"
    chance = random.Random("letters")
    mixed = ["".join(chance.choices("0019 aBÄé-", k=chance.randint(0, 70))) for _ in range(300)]
    found = dict(await stage.store.reads.ask(Bound("letters", text, {"texts": [*texts, *mixed]})))
    for ordered in ORDERED:
        assert sorted(ordered, key=lambda one: found[one]) == ordered
    assert [found[one] for one in ("apple", "", *mixed)] == [sort_key(one) for one in ("apple", "", *mixed)]


async def test_the_migration_computes_the_same_keys(stage: Stage) -> None:
    text = """CREATE (:Account:Party:Record {uid: 'old-1', name: 'Éclair', city: 'Oslo', country: 'Österreich'})
    CREATE (:DeletedContact:Deleted {uid: 'old-2', name: 'Ähre', city: 'Oslo', jobTitle: 'Économe'}) RETURN 1"""
    await stage.store.writes.change(Bound("old", text, {}))
    await apply(stage, collation)
    migrated = await in_city(stage, "Oslo")
    check(migrated["Éclair"], "Account")
    check(migrated["Ähre"], "Contact")


async def test_keys_of_an_earlier_form_are_computed_again(stage: Stage) -> None:
    text = """CREATE (:Account:Party:Record {uid: 'old-3', name: 'Filiale 10', city: 'Odda',
      nameSortKey: 'filiale 10\\u0001Filiale 10'}),
      (:DeletedAccount:Deleted {uid: 'old-4', name: 'Depot 2', city: 'Odda'}) RETURN 1"""
    await stage.store.writes.change(Bound("old", text, {}))
    await apply(stage, numbers_by_value)
    migrated = await in_city(stage, "Odda")
    assert len(migrated) == 2
    for one in migrated.values():
        check(one, "Account")


async def apply(stage: Stage, step: Step) -> None:
    """Applies a migration step, which has something to do."""
    for change in step.changes:
        assert isinstance(change, ConvertedChange)
        assert await stage.store.reads.ask(change.pending.bind())
        found = await stage.store.reads.ask(change.read.bind(after="", rows=10_000))
        batch = [{"uid": one["uid"], "values": change.convert(one)} for one in found]
        await stage.store.writes.change(change.apply.bind(batch=batch))
        assert not await stage.store.reads.ask(change.pending.bind())


@pytest.mark.parametrize(
    ("mutation", "plural", "field", "more"),
    [
        ("createAccount", "accounts", "name", {}),
        ("createAccount", "accounts", "industry", {"name": "x"}),
        ("createContact", "contacts", "lastName", {"name": "x"}),
        ("createContact", "contacts", "description", {"name": "x"}),
        ("createCase", "cases", "title", {}),
        ("createProduct", "products", "name", {}),
        ("createLead", "parties", "name", {}),
        ("logActivity", "activities", "subject", {"kind": "TASK"}),
    ],
)
async def test_lists_and_their_cursors_are_in_this_order(
    mutation: str, plural: str, field: str, more: dict[str, Any], stage: Stage
) -> None:
    mark = f"{mutation}.{field}"
    texts = random.Random(mark).sample([f"{mark} {name}" for name in NAMES], len(NAMES))
    for text in texts:
        await stage.do(mutation, {**more, field: text})
    pages = f"""query ($after: String, $before: String, $first: Int, $last: Int) {{ {plural}(
      first: $first, after: $after, last: $last, before: $before,
      orderBy: [{{ {field}: ORDER }}], where: {{ {field}: {{ startsWith: "{mark}" }} }})
      {{ nodes {{ {field} }} pageInfo {{ startCursor endCursor }} }} }}"""
    for order, wanted in (("ASC", NAMES), ("DESC", NAMES[::-1])):
        for size, position, cursor in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
            seen: list[str] = []
            variables: dict[str, Any] = {size: 2, position: None}
            for _ in range(3):
                page = (await stage.ask(pages.replace("ORDER", order), **variables))[plural]
                shown = [one[field] for one in page["nodes"]]
                seen = [*shown, *seen] if size == "last" else [*seen, *shown]
                variables[position] = page["pageInfo"][cursor]
            assert seen == [f"{mark} {name}" for name in wanted], (order, size)
