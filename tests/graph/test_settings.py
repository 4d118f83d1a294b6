"""Settings: read once, refused with a sentence when wrong."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from graph.errors import Invalid
from graph.setting import SettingLine
from graph.settings import MEBIBYTE, Settings

NAMES = [line.name for line in Settings.table()]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("KITH_", "NEO4J_")):
            monkeypatch.delenv(name)


def test_defaults_match_the_table() -> None:
    settings = Settings.read()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8000, Path(".kith"))
    assert (settings.world, settings.memory, settings.currency) == ("small", None, "USD")
    assert (settings.neo4j_uri, settings.neo4j_password, settings.caller) == (None, None, None)
    lines = {line.name: line for line in Settings.table()}
    assert lines["KITH_MEMORY"].default == "auto"
    assert lines["KITH_RATES"].default == ""


@pytest.mark.parametrize("line", Settings.table(), ids=lambda line: line.name)
def test_every_setting_has_a_description_and_allowed_values(line: SettingLine) -> None:
    assert line.name.startswith(("KITH_", "NEO4J_"))
    assert line.description.endswith(".")
    assert line.allowed


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KITH_PORT": "0",
        "KITH_MEMORY": "2GiB",
        "KITH_RATES": "EUR=1.08, SEK=0.095",
        "KITH_TIE_K": "2.5",
        "NEO4J_URI": "neo4j+s://example.org",
        "NEO4J_PASSWORD": "hidden-text",
        "KITH_WORLD": "",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.read()
    assert settings.port == 0
    assert settings.memory == 2048 * MEBIBYTE
    assert settings.rates == {"EUR": Decimal("1.08"), "SEK": Decimal("0.095")}
    assert settings.tie_k == 2.5
    assert settings.world == "small"
    assert "hidden-text" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KITH_PORT", "eighty"),
        ("KITH_PORT", "65536"),
        ("KITH_WORLD", "huge"),
        ("KITH_MEMORY", "100m"),
        ("KITH_MEMORY", "much"),
        ("KITH_HEAVY_STATEMENTS", "0"),
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
def test_an_invalid_value_is_refused_with_name_value_and_allowed_values(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    allowed = next(line.allowed for line in Settings.table() if line.name == name)
    with pytest.raises(Invalid) as refused:
        Settings.read()
    assert refused.value.message.startswith(f"{name} must be {allowed}; got {value!r}")


def test_all_invalid_values_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"KITH_PORT": "x", "KITH_WORLD": "y", "NEO4J_URI": "z"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Invalid) as refused:
        Settings.read()
    assert [line.partition(" ")[0] for line in refused.value.message.splitlines()] == list(wrong)


def test_an_override_takes_precedence_and_is_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_PORT", "1234")
    assert Settings.read(port=99).port == 99
    with pytest.raises(Invalid, match=r"KITH_PORT must be .*; got -1"):
        Settings.read(port=-1)


def test_settings_are_immutable() -> None:
    with pytest.raises(Exception, match="frozen"):
        Settings.read().__setattr__("port", 1)


def test_only_settings_read_the_environment(project: Path) -> None:
    readers = {
        str(path.relative_to(project))
        for package in ("graph", "schema", "api", "algorithms", "seed")
        for path in (project / package).rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    # These pass the environment to a child process, or look up the cache folder of the operating system.
    assert readers <= {"graph/engine/supervisor.py", "graph/engine/jars.py", "api/build.py"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("EUR=1.08,SEK=0.095,EUR=1.09", "EUR is there twice"),
        ("USD=1", "USD is the base currency (KITH_CURRENCY), whose rate is 1"),
        ("XXX=1", "XXX is not the code of a currency that is legal tender"),
        ("XAU=1", "XAU is not the code of a currency that is legal tender"),
        ("EUR=1e400", "the rate of EUR is wrong"),
        ("EUR=1e-400", "the rate of EUR is wrong"),
        ("EUR=sNaN", "the rate of EUR is wrong"),
        ("EUR=" + "9" * 5000, "the rate of EUR is wrong"),
        ("EUR", "the rate of EUR is wrong"),
    ],
)
def test_a_wrong_rate_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch, value: str, reason: str) -> None:
    monkeypatch.setenv("KITH_RATES", value)
    with pytest.raises(Invalid) as refused:
        Settings.read()
    assert refused.value.message.endswith(f": {reason}.")
