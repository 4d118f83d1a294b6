"""A record of which only the key is known is created with the key as its name, whatever its label."""

from __future__ import annotations

import pytest

from graph.collation import SUFFIX
from graph.vocabulary import IMPORTABLE, entity
from seed.rows.tables import named
from tests.seed.conftest import Desk, totals
from tests.seed.load.test_load import ACCOUNTS, PARENTS, again


@pytest.mark.parametrize("label", sorted(IMPORTABLE))
def test_a_record_of_every_label_can_be_named_by_its_key_alone(label: str) -> None:
    values = named(label, "key")
    automatic = ("uid", "createdAt", "modifiedAt")
    required = {name for name, one in entity(label).properties.items() if one.required and name not in automatic}
    assert {name for name in required if values.get(name) is None} == set()
    for name, value in values.items():
        members = entity(label).properties[name].members
        assert value == "key" if members is None else value in members.__members__


async def test_a_log_of_bare_numbers_makes_its_mails_and_cases(desk: Desk) -> None:
    desk.write("log.csv", "mail,sender,case\n17,ann,C-1\n17,bob,C-1\n18,ann,C-2\n")
    text = """
[[edges]]
file = "log.csv"
type = "PARTICIPATED_IN"
from = { label = "User", key = "sender", create_missing = true }
to = { label = "Email", key = "mail", create_missing = true }
[edges.fields]
role = { value = "TO" }

[[edges]]
file = "log.csv"
type = "REGARDING"
from = { label = "Email", key = "mail" }
to = { label = "Case", key = "case", create_missing = true }
"""
    assert totals(await desk.load(text)) == (2 + 2 + 3 + 2 + 2, 0, 0)
    found = await desk.ask("MATCH (n:Record {source: $source}) RETURN properties(n) ORDER BY n.sourceKey")
    own = ("uid", "source", "createdAt", "modifiedAt", "provenance")
    kept = [
        {k: v for k, v in one.items() if k not in own and not k.endswith(SUFFIX) and not k.startswith("search")}
        for (one,) in found
    ]
    assert kept == [
        {"sourceKey": "17", "status": "COMPLETED"},
        {"sourceKey": "18", "status": "COMPLETED"},
        {"sourceKey": "C-1", "state": "ACTIVE", "title": "C-1", "ticketNumber": "C-1"},
        {"sourceKey": "C-2", "state": "ACTIVE", "title": "C-2", "ticketNumber": "C-2"},
        {"sourceKey": "ann", "name": "ann"},
        {"sourceKey": "bob", "name": "bob"},
    ]
    await again(desk, text)


async def test_a_key_that_cannot_be_a_name_makes_no_record(desk: Desk) -> None:
    desk.write("accounts.csv", f"id,name,parent\nA,a,{'x' * 500}\nB,b,C\n")
    text = ACCOUNTS + PARENTS.replace('key = "parent" }', 'key = "parent", create_missing = true }')
    assert totals(await desk.load(text)) == (2 + 2, 0, 1)
    ((_, line, column, _, reason),) = desk.rejected()
    assert (line, column, reason) == (2, "parent", "Account.name must have at most 400 characters")
