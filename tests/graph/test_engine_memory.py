"""The memory of the local server follows that of the machine or container, within bounds."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from graph.engine.memory import Memory, automatic, memory_of, memory_of_machine
from graph.settings import MEBIBYTE, Settings

GIBIBYTE = 1024 * MEBIBYTE


@pytest.mark.parametrize(
    ("machine", "server"),
    [(512, 256), (1024, 341), (2048, 640), (4096, 640), (8192, 1024), (16_384, 2048), (65_536, 4096)],
)
def test_the_memory_of_the_server_follows_the_machine(machine: int, server: int) -> None:
    assert automatic(machine * MEBIBYTE) // MEBIBYTE == server


def test_server_and_kith_fit_into_one_gigabyte() -> None:
    assert automatic(GIBIBYTE) + 500 * MEBIBYTE < GIBIBYTE


def test_a_setting_decides_before_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KITH_MEMORY", raising=False)
    assert memory_of(Settings.read(memory="1GiB")) == Memory(GIBIBYTE)
    for settings in (Settings.read(), Settings.read(memory="auto")):
        machine = memory_of_machine()
        assert memory_of(settings) == Memory(automatic(machine), machine)


def test_what_was_chosen_is_stated_with_its_reason() -> None:
    assert str(Memory(2 * GIBIBYTE)) == "1,536 MiB of heap and 512 MiB of page cache"
    assert str(Memory(GIBIBYTE, 8 * GIBIBYTE)).endswith("256 MiB of page cache, for a machine with 8,192 MiB")


@pytest.mark.parametrize(
    ("groups", "files", "limit"),
    [
        ("0::/", {"memory.max": "1000000\n"}, 1_000_000),
        ("0::/a/b", {"a/memory.max": "2000000", "a/b/memory.max": "max"}, 2_000_000),
        ("0::/a/b", {"a/memory.max": "2000000", "a/b/memory.max": "1000"}, 1000),
        ("3:cpu:/a\n4:hugetlb,memory:/a", {"memory/a/memory.limit_in_bytes": "3000000"}, 3_000_000),
        ("4:memory:/elsewhere", {"memory/memory.limit_in_bytes": "4000000"}, 4_000_000),
        ("0::/", {"memory.max": "max"}, None),
        ("0::/", {"memory.max": str(2**62)}, None),
        ("", {}, None),
    ],
)
def test_the_limit_of_a_control_group_counts_as_the_memory_of_the_machine(
    tmp_path: Path, groups: str, files: dict[str, str], limit: int | None
) -> None:
    own = tmp_path / "cgroup"
    own.write_text(groups)
    for name, text in files.items():
        (tmp_path / "fs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fs" / name).write_text(text)
    expected = psutil.virtual_memory().total if limit is None else limit
    assert memory_of_machine(own, tmp_path / "fs") == expected
    assert memory_of_machine(tmp_path / "none", tmp_path / "fs") == psutil.virtual_memory().total
