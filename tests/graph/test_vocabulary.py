"""The vocabulary: what the models declare, as plain data that agrees with itself."""

from __future__ import annotations

import pytest

from graph.models.properties import Kind
from graph.vocabulary import ENDPOINTS, ENTITIES, SUPERS, concrete, endpoint, entity


@pytest.mark.parametrize("label", [*ENTITIES, *SUPERS])
def test_every_link_leads_somewhere_and_back(label: str) -> None:
    for link in entity(label).links.values():
        assert concrete(link.target), link
        if link.traversal is not None:
            continue
        here, there = concrete(label), link.targets
        for one in here if link.outgoing else there:
            for other in there if link.outgoing else here:
                found = endpoint(link.edge, one, other)
                assert found is not None, (link.name, one, other)
                assert one in concrete(found.start)
                assert other in concrete(found.end)


@pytest.mark.parametrize("label", ENTITIES)
def test_every_entity_is_a_record_with_an_id_and_moments(label: str) -> None:
    found = entity(label)
    assert found.concrete
    assert found.labels[0] == label
    assert "Record" in found.labels
    assert concrete(label) == (label,)
    assert found.properties["uid"].unique
    assert {"uid", "createdAt", "modifiedAt", "source", "sourceKey"} <= found.properties.keys()
    assert found.properties["createdAt"].kind is Kind.DATETIME
    assert found.plural
    assert found.description


def test_the_names_of_lists_are_told_apart() -> None:
    plurals = [one.plural for one in ENTITIES.values()]
    ones = [label[0].lower() + label[1:] for label in ENTITIES]
    assert len({*plurals, *ones}) == len(plurals) + len(ones)


def test_everything_is_described_in_a_sentence() -> None:
    for one in (*ENTITIES.values(), *SUPERS.values()):
        for said in (
            one.description,
            *(p.description for p in one.properties.values()),
            *(k.description for k in one.links.values()),
        ):
            assert said.endswith("."), (one.label, said)


def test_a_choice_has_members_and_nothing_else_has() -> None:
    models = [*(one.properties for one in ENTITIES.values()), *(one.model.properties for one in ENDPOINTS)]
    for properties in models:
        for one in properties.values():
            assert (one.kind is Kind.CHOICE) is (one.members is not None), one


def test_the_narrowest_endpoint_is_found() -> None:
    found = endpoint("CHILD_OF", "Account", "Account")
    assert found is not None
    assert (found.start, found.end, found.model.hierarchical) == ("Account", "Account", True)
    other = endpoint("CHILD_OF", "Opportunity", "Opportunity")
    assert other is not None
    assert not other.model.hierarchical


@pytest.mark.parametrize(
    ("edge", "start", "end"),
    [("CHILD_OF", "Account", "Contact"), ("WORKS_AT", "Account", "Contact"), ("NOTHING", "Account", "Account")],
)
def test_what_may_not_be_joined_has_no_endpoint(edge: str, start: str, end: str) -> None:
    assert endpoint(edge, start, end) is None


def test_an_unknown_label_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        entity("Acount")
