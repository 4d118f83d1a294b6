"""Settings: read once, refused with a sentence when wrong."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from graph.errors import Invalid
from graph.settings import MEBIBYTE, SettingLine, Settings

NAMES = [line.name for line in Settings.table()]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("KITH_", "NEO4J_")):
            monkeypatch.delenv(name)


def test_defaults_are_what_the_table_says() -> None:
    settings = Settings.read()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8000, Path(".kith"))
    assert (settings.world, settings.memory, settings.currency) == ("small", 640 * MEBIBYTE, "USD")
    assert (settings.neo4j_uri, settings.neo4j_password, settings.caller) == (None, None, None)
    lines = {line.name: line for line in Settings.table()}
    assert lines["KITH_MEMORY"].default == "640m"
    assert lines["KITH_RATES"].default == ""


def test_every_default_and_the_page_of_memory_fit_in_one_gigabyte() -> None:
    assert Settings.read().memory + 300 * MEBIBYTE < 1024 * MEBIBYTE


@pytest.mark.parametrize("line", Settings.table(), ids=lambda line: line.name)
def test_every_setting_says_what_it_does_and_what_is_allowed(line: SettingLine) -> None:
    assert line.name.startswith(("KITH_", "NEO4J_"))
    assert line.description.endswith(".")
    assert line.allowed


@pytest.mark.parametrize("line", Settings.table(), ids=lambda line: line.name)
def test_every_setting_is_in_the_operators_guide(line: SettingLine, project: Path) -> None:
    guide = (project / "docs" / "operating.md").read_text(encoding="utf-8")
    default = f"`{line.default}`" if line.default else ""
    assert f"| `{line.name}` | {default} | {line.allowed} | {line.description} |" in guide


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KITH_PORT": "0",
        "KITH_MEMORY": "2G",
        "KITH_RATES": "EUR=1.08, SEK=0.095",
        "KITH_TIE_K": "2.5",
        "NEO4J_URI": "neo4j+s://example.org",
        "NEO4J_PASSWORD": "secret",
        "KITH_WORLD": "",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.read()
    assert settings.port == 0
    assert settings.memory == 2048 * MEBIBYTE
    assert settings.rates == {"EUR": Decimal("1.08"), "SEK": Decimal("0.095")}
    assert settings.tie_k == 2.5
    assert settings.world == "small"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KITH_PORT", "eighty"),
        ("KITH_PORT", "65536"),
        ("KITH_WORLD", "huge"),
        ("KITH_MEMORY", "100m"),
        ("KITH_MEMORY", "much"),
        ("KITH_TIE_K", "0"),
        ("KITH_TIE_K", "nan"),
        ("KITH_CURRENCY", "usd"),
        ("KITH_CURRENCY", "ZZZZ"),
        ("KITH_RATES", "EUR"),
        ("KITH_RATES", "EUR=-1"),
        ("KITH_RATES", "EUR=0"),
        ("KITH_RATES", "EUR=NaN"),
        ("KITH_RATES", "QQQ=1"),
        ("KITH_STATEMENT_SECONDS", "0"),
        ("KITH_STATEMENT_SECONDS", "1e9"),
        ("KITH_MAX_DEPTH", "0"),
        ("KITH_MAX_ALIASES", "-1"),
        ("KITH_MAX_TOKENS", "1"),
        ("KITH_MAX_COST", "0"),
        ("KITH_MAX_BODY", "10"),
        ("NEO4J_URI", "http://localhost:7474"),
        ("NEO4J_URI", "localhost"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_the_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    allowed = next(line.allowed for line in Settings.table() if line.name == name)
    with pytest.raises(Invalid) as refused:
        Settings.read()
    assert refused.value.message == f"{name} is {value!r}; allowed is {allowed}."


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"KITH_PORT": "x", "KITH_WORLD": "y", "NEO4J_URI": "z"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Invalid) as refused:
        Settings.read()
    assert [line.partition(" ")[0] for line in refused.value.message.splitlines()] == list(wrong)


def test_a_chosen_value_goes_before_the_environment_and_is_checked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_PORT", "1234")
    assert Settings.read(port=99).port == 99
    with pytest.raises(Invalid, match="KITH_PORT is -1"):
        Settings.read(port=-1)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(Exception, match="frozen"):
        Settings.read().__setattr__("port", 1)


def test_the_environment_is_read_in_one_place_only(project: Path) -> None:
    readers = {
        str(path.relative_to(project))
        for room in ("graph", "schema", "api", "algorithms", "seed")
        for path in (project / room).rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    # these pass it on to a process they start, or ask the operating system where caches go
    assert readers <= {"graph/engine/supervisor.py", "graph/engine/jars.py", "api/build.py"}
