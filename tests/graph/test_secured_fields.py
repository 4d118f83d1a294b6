"""Which properties can be secured, and that statements which a person wrote use none of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.models.choices import AccountCategory
from graph.models.properties import Bool, Choice, Date, Int, ModelProperty, Text, Texts
from graph.secured_fields import SECURED, check, covered
from graph.vocabulary import properties

# The packages whose statements and figures are written by hand, or are compiled from selections.
WRITTEN = ("algorithms", "graph/columns", "graph/mutations", "graph/query", "graph/search", "graph/ties",
           "graph/valuation", "reports", "schema")  # fmt: skip


@pytest.mark.parametrize(
    "declared",
    [
        Text("A text.", secured=True, required=True),
        Text("A text.", secured=True, unique=True),
        Text("A text.", secured=True, identifying=True),
        Text("A text.", secured=True, search="title"),
        Text("A text.", secured=True, numbered="A"),
        Texts("Texts.", secured=True),
        Date("A date.", secured=True, not_below="low"),
        Choice(AccountCategory, "A choice.", secured=True, default=next(iter(AccountCategory))),
        Bool("A boolean.", secured=True, initial=lambda: True),
    ],
)
def test_a_property_whose_value_is_told_in_another_way_cannot_be_secured(declared: ModelProperty) -> None:
    found = properties({"value": declared})
    with pytest.raises(TypeError, match="cannot be secured"):
        check(found["value"], found.values())


def test_a_property_that_another_one_is_compared_with_cannot_be_secured() -> None:
    found = properties({"low": Int("A bound.", secured=True), "high": Int("A number.", not_below="low")})
    with pytest.raises(TypeError, match="cannot be secured"):
        check(found["low"], found.values())


def test_a_plain_property_can_be_secured() -> None:
    found = properties({"value": Date("A date.", secured=True)})
    check(found["value"], found.values())


def test_a_permission_covers_a_field_or_all_of_an_entity_or_group() -> None:
    assert covered("Account", "creditLimit") == {("Account", "creditLimit")}
    assert covered("Record", "*") == SECURED
    assert covered("Party", "birthDate") == {("Contact", "birthDate")}
    assert not covered("Lead", "*")


def test_no_statement_that_a_person_wrote_uses_a_secured_field(project: Path) -> None:
    """Such a use would be neither masked nor refused."""
    name = re.compile(rf"\b({'|'.join(sorted({name for _, name in SECURED}))})\b")
    files = [path for folder in WRITTEN for path in (project / folder).rglob("*") if path.suffix in (".py", ".graphql")]
    assert len(files) > 200
    found = [f"{path}: {one[0]}" for path in files if (one := name.search(path.read_text(encoding="utf-8")))]
    assert not found
