"""The complaints of the field, read from their folders: each comes out right, or is refused with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.store import Store
from seed.load.plan import build_plan
from tests.seed.conftest import RATES, Desk, totals


@pytest.fixture
def cases(shared_data: Path) -> Path:
    """The folder of the cases; skips where it is absent."""
    folder = shared_data / "cases"
    if not folder.is_dir():
        pytest.skip(f"The cases are not in {shared_data}.")
    return folder


@pytest.fixture
async def loaded(cases: Path, store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on the folder of the cases."""
    desk = Desk(store, cases, tmp_path / "rejects.csv")
    yield desk
    await desk.clear()


async def load(desk: Desk, folder: str, mapping: str = "mapping.toml") -> tuple[int, int, int]:
    """Created, changed and rejected by the mapping of a case; a second load changes nothing."""
    where = desk.folder / folder
    found = totals(await desk.by(str(where / mapping), where))
    assert totals(await desk.by(str(where / mapping), where)) == (0, 0, found[2])
    return found


def refused(folder: Path, mapping: str = "mapping.toml") -> list[str]:
    """The complaints about the mapping of a case."""
    return [str(one) for one in build_plan(str(folder / mapping), folder, RATES)[1]]


def adapted(desk: Desk, case: str, old: str, new: str) -> str:
    """The mapping of a case with one change, as an operator makes it."""
    text = (desk.folder / case / "mapping.toml").read_text("utf-8")
    assert old in text
    path = desk.rejects.parent / "mapping.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return str(path)


def test_zone_names_and_two_digit_years_are_refused(cases: Path) -> None:
    (wrong,) = refused(cases / "11-import-zone-name/input")
    assert "startedAt.format: %Z is refused" in wrong
    (wrong,) = refused(cases / "12-import-two-digit-year/input")
    assert "birthDate.format: %y is refused" in wrong


async def test_one_product_on_two_lines_is_two_lines_with_a_key_and_a_rejected_row_without(loaded: Desk) -> None:
    folder = "14-import-same-item-two-lines/input"
    total = "MATCH (:SalesOrder {source: $source})-[r:HAS_LINE]->() RETURN sum(r.extendedAmount)"
    assert (await load(loaded, folder))[2] == 1
    ((file, line, column, value, reason),) = loaded.rejected()
    assert (file, line, column, value) == ("lines.csv", 3, "qty", "2")
    assert reason.startswith("an earlier row (line 2) gives it another quantity and another pricePerUnit; ")
    await loaded.clear()
    assert (await load(loaded, folder, "mapping_with_key.toml"))[2] == 0
    assert await loaded.ask(total) == [[27_000]]


async def test_the_second_of_two_rows_with_one_key_is_rejected(loaded: Desk) -> None:
    assert await load(loaded, "15-import-same-key-twice/input") == (1, 0, 1)
    ((file, line, column, value, reason),) = loaded.rejected()
    assert (file, line, column, value) == ("accounts.csv", 3, "name", "Birch Tools")
    assert reason.startswith("an earlier row (line 2) gives it another name; ")
    await loaded.clear()
    assert await load(loaded, "15-import-same-key-twice/interests") == (3, 0, 1)
    ((file, line, column, value, reason),) = loaded.rejected()
    assert (file, line, column, value) == ("owns.csv", 3, "kind", "votingRights")
    assert reason.startswith(
        "an earlier row (line 2) gives it another interestType and another sharePct and no votingPct;"
    )


async def test_a_blank_currency_is_that_of_the_mapping(loaded: Desk) -> None:
    folder = "17-import-blank-currency/input"
    assert await load(loaded, folder) == (2, 0, 1)
    assert loaded.rejected()[0][:4] == ("accounts.csv", 4, "cur", "eur")
    mapped = adapted(loaded, folder, '{ column = "cur" }', '{ column = "cur", map = { eur = "EUR" } }')
    assert totals(await loaded.by(mapped, loaded.folder / folder)) == (1, 0, 0)
    found = "MATCH (n:Account {source: $source}) RETURN n.revenueCurrency ORDER BY n.sourceKey"
    assert await loaded.ask(found) == [["EUR"], ["USD"], ["EUR"]]


async def test_many_in_a_cell_are_split(loaded: Desk) -> None:
    folder = "27-import-many-in-a-cell/input"
    (wrong,) = refused(loaded.folder / folder)
    assert 'each = { column = "accounts", split = ";" }' in wrong
    split = adapted(loaded, folder, 'each = "accounts"', 'each = { column = "accounts", split = ";" }')
    assert totals(await loaded.by(split, loaded.folder / folder)) == (5, 0, 0)
    declared = adapted(
        loaded,
        folder,
        'key = "accounts" }',
        ('key = "accounts" }\n[edges.fields]\naccounts = { column = "accounts", split = ";" }'),
    )
    assert totals(await loaded.by(declared, loaded.folder / folder)) == (0, 0, 0)


@pytest.mark.parametrize("mapping", ["mapping.toml", "mapping_header.toml"])
async def test_a_line_that_names_the_separator_is_read_as_excel_reads_it(loaded: Desk, mapping: str) -> None:
    assert await load(loaded, "28-import-lines-before-the-header/input", mapping) == (1, 0, 0)


async def test_impossible_shares_are_rejected(loaded: Desk) -> None:
    assert await load(loaded, "23-share-out-of-range/input") == (3, 0, 3)
    assert sorted(loaded.rejected()) == [
        ("owns.csv", 2, "pct", "150", "OWNS.sharePct must be between 0 and 100"),
        ("owns.csv", 3, "pct", "-10", "OWNS.sharePct must be between 0 and 100"),
        ("owns.csv", 4, "hi", "25.0", "OWNS.maxPct must not be below `minPct`, 75"),
    ]


async def test_a_birthday_after_today_is_rejected(loaded: Desk) -> None:
    folder = "12-import-two-digit-year/input"
    text = (loaded.folder / folder / "contacts.csv").read_text("utf-8")
    source = loaded.rejects.parent / "source"
    source.mkdir()
    (source / "contacts.csv").write_text(text.replace(".45", ".2045").replace(".71", ".1971"), "utf-8")
    mapping = adapted(loaded, folder, "%d.%m.%y", "%d.%m.%Y")
    assert totals(await loaded.by(mapping, source)) == (1, 0, 2)
    assert [line for _, line, *_ in loaded.rejected()] == [2, 4]
    assert loaded.rejected()[0][4].startswith("Contact.birthDate must not be after today, ")
    assert loaded.rejected()[1][4].startswith("the value is not a date in the format '%d.%m.%Y'")
