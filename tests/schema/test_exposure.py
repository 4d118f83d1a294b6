"""What is shown follows from the models: what they lack is an error, what they have comes by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from graph.access import Principal
from graph.identity import new_uid
from graph.indexes import definitions
from graph.models.properties import Kind
from graph.money import Rates
from graph.mutations.declarations import MUTATIONS
from graph.query.builder import COMPUTED
from graph.query.figures import KEY_KINDS
from graph.vocabulary import ENTITIES, Property, entity
from schema.execution import Executor
from schema.exposure import EXPOSED_TYPES
from schema.insights.registry import insights_on
from schema.outputs import SECURED
from schema.scalars import SCALARS
from seed.load.plan import build_plan
from tests.schema.conftest import Ask
from tests.schema.mutations.stage import Stage

BY_THEMSELVES = ("Lead", "Competitor", "Case")
MADE = {
    "Lead": 'name: "Proof" companyName: "Acme" state: OPEN',
    "Competitor": 'name: "Proof"',
    "Case": 'ticketNumber: "TICKET" title: "Proof"',
}


def fields_of(executor: Executor, name: str) -> dict[str, Any]:
    """The fields of a type."""
    found = executor.core.type_map[name]
    assert isinstance(found, GraphQLObjectType | GraphQLInputObjectType)
    return dict(found.fields)


@pytest.mark.parametrize("label", sorted(ENTITIES))
def test_an_entity_has_its_roots_connection_filter_and_order(label: str, executor: Executor) -> None:
    face, model = EXPOSED_TYPES[label], entity(label)
    roots = fields_of(executor, "Query")
    assert str(roots[face.one].type) == label
    assert str(roots[model.plural].type) == f"{label}Connection"
    assert {"first", "after", "last", "before", "where", "orderBy"} <= roots[model.plural].args.keys()
    assert set(fields_of(executor, f"{label}Connection")) == {
        "edges",
        "nodes",
        "pageInfo",
        "totalCount",
        "aggregate",
        "groups",
        "withheld",
    }
    insights = {one.name for one in insights_on(label)}
    assert {*face.properties, *face.links, *face.fields, *insights, "id", "version"} == set(fields_of(executor, label))
    unfiltered = {one for one in face.properties if model.properties[one].kind is Kind.TEXTS}
    unfiltered |= {one for one in face.fields if COMPUTED[f"{label}.{one}"].many}
    where = {"id", *face.properties, *face.links, *face.fields, "and", "or", "not"} - unfiltered
    assert set(fields_of(executor, f"{label}Where")) == where
    assert {"id", *face.properties} - unfiltered <= set(fields_of(executor, f"{label}Order"))
    keys = set(fields_of(executor, f"{label}GroupKey"))
    assert set(fields_of(executor, f"{label}GroupValues")) == keys
    assert keys == {one for one in face.properties if model.properties[one].kind in KEY_KINDS} | {
        one for one in face.links if model.links[one].one
    }
    assert ("UNIQUENESS", (label,), ("uid",)) in {(one.kind, one.labels, one.properties) for one in definitions()}


@pytest.mark.parametrize("label", sorted(ENTITIES))
def test_what_is_shown_is_what_the_model_says(label: str, executor: Executor) -> None:
    shown = fields_of(executor, label)
    for name in EXPOSED_TYPES[label].properties:
        one = entity(label).properties[name]
        assert shown[name].description == one.description + (SECURED if one.secured else "")
        named = get_named_type(shown[name].type)
        if one.members is not None:
            assert isinstance(named, GraphQLEnumType)
            assert set(named.values) == {member.name for member in one.members}


@pytest.mark.parametrize("label", BY_THEMSELVES)
def test_an_entity_has_verbs_by_itself(label: str, executor: Executor) -> None:
    verbs = fields_of(executor, "Mutation")
    for verb in (f"create{label}", f"update{label}"):
        assert verb in verbs
        assert verb in MUTATIONS


@pytest.mark.parametrize("label", BY_THEMSELVES)
async def test_an_entity_is_made_changed_asked_and_ordered_by_itself(label: str, stage: Stage, ask: Ask) -> None:
    face, plural = EXPOSED_TYPES[label], entity(label).plural
    key = "title" if label == "Case" else "name"
    proved = new_uid()  # another run may have left its records
    values = MADE[label].replace("TICKET", proved)
    made = await ask(f"mutation {{ create{label}(input: {{ {values} }}) {{ {face.one} {{ id }} }} }}")
    uid = made[f"create{label}"][face.one]["id"]
    change = (
        f'mutation ($id: ID!) {{ update{label}(input: {{ id: $id, {key}: "{proved}" }}) {{ {face.one} {{ id }} }} }}'
    )
    await ask(change, {"id": uid})
    asked = f"""query ($id: ID!) {{ one: {face.one}(id: $id) {{ {key} createdAt owner {{ id }} }}
      {plural}(where: {{ {key}: {{ eq: "{proved}" }} }}, orderBy: [{{ {key}: DESC }}]) {{ nodes {{ id }} }} }}"""
    data = await ask(asked, {"id": uid}, statements=2)
    assert data["one"][key] == proved
    assert data[plural]["nodes"] == [{"id": uid}]


def example(one: Property) -> str:
    """What a mapping may give for a property."""
    if one.members is not None:
        return f'{{ value = "{next(iter(one.members)).name}" }}'
    return '"name"' if one.kind is Kind.TEXT else ""


@pytest.mark.parametrize("label", BY_THEMSELVES)
def test_a_mapping_may_fill_an_entity_by_itself(label: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n")
    kinds = {name: one for name, one in entity(label).properties.items() if one.kind in (Kind.TEXT, Kind.CHOICE)}
    lines = [
        f"{name} = {example(one)}"
        for name, one in kinds.items()
        if name not in ("uid", "source", "sourceKey") and example(one)
    ]
    text = f'source = "s"\ncurrency = "USD"\n[[nodes]]\nfile = "a.csv"\nlabel = "{label}"\nkey = "id"\n[nodes.fields]\n'
    mapping = tmp_path / "m.toml"
    mapping.write_text(text + "\n".join(lines), "utf-8")
    planned, wrong = build_plan(str(mapping), tmp_path, Rates("USD", {}))
    assert [str(one) for one in wrong] == []
    assert planned is not None


def test_the_scalars_of_every_kind_are_there(executor: Executor) -> None:
    assert SCALARS
    for name in ("ID", "Int", "Float", "Boolean", "String", "Date", "DateTime"):
        assert name in executor.core.type_map
    assert Principal() == Principal()
