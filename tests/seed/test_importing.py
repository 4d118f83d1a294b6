"""The guide to importing: its example does what it says, and it names every option there is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from graph.money import Rates
from graph.store import Store
from seed.__main__ import COMMANDS, parser
from seed.load.plan import shipped
from seed.mapping import parse, rules
from seed.mapping.model import KINDS, OPERATORS
from tests.seed import conftest
from tests.seed.conftest import Desk, totals

BLOCK = re.compile(r"^`([\w.]+)`:\n\n```\w*\n(.*?)```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"python -m seed (\w[^`\n|]*)")


@pytest.fixture(scope="module")
def guide(project: Path) -> str:
    return (project / "docs" / "importing.md").read_text("utf-8")


@pytest.fixture
async def shop(store: Store, guide: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """The example of the guide, its files in a folder."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in BLOCK.findall(guide):
        place = folder if name.endswith((".tsv", "customers.csv")) else tmp_path
        (place / name).write_text(text, "utf-8")
    one = Desk(store, folder, tmp_path / "mine.csv", "shop")
    yield one
    await one.clear()


async def test_the_example_loads_and_rejects_as_the_guide_says(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "RATES", Rates("USD", {"EUR": Decimal("1.08")}))
    mapping = str(shop.folder.parent / "shop.toml")
    lines = await shop.by(mapping, shop.folder)
    assert shop.rejects.read_text("utf-8") == (shop.folder.parent / "rejects.csv").read_text("utf-8")
    assert (lines["CHILD_OF (customers.csv)"].created, lines["CHILD_OF (customers.csv)"].rejected) == (1, 1)
    first = "MATCH (:SalesOrder {source: $source, sourceKey: '1'})-[r:HAS_LINE]->(:Product {sourceKey: 'Drill'})"
    amounts = f"{first} RETURN r.extendedAmount, r.extendedAmountCurrency ORDER BY r.sourceKey"
    assert await shop.ask(amounts) == [[24273, "EUR"], [8000, "EUR"]]
    assert totals(await shop.by(mapping, shop.folder))[:2] == (0, 0)


def test_the_guide_names_every_option_test_and_kind(guide: str) -> None:
    options = parse.TOP | parse.NODES | parse.EDGES | rules.RULE | {"create_missing"}
    missing = [name for name in (*options, *OPERATORS, *KINDS) if f"`{name}`" not in guide and f".{name}]" not in guide]
    assert [name for name in missing if f"[[{name}]]" not in guide] == []
    assert [name for name in shipped() if f"`{name}`" not in guide] == []


def test_every_command_of_the_guide_is_one(guide: str) -> None:
    said = COMMAND.findall(guide)
    assert {line.split()[0] for line in said} == set(COMMANDS)
    for line in said:
        parser().parse_args(line.split())
