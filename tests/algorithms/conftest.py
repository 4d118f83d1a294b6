"""Where the real data is, for the golden figures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("kith", deadline=None, max_examples=150)
settings.load_profile("kith")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; skips where it is absent, since the golden figures cannot be checked without."""
    root = Path(__file__).parents[2]
    folder = (root / os.environ.get("KITH_SHARED_DATA", "../shared/data")).resolve()
    if not (folder / "EXPECTED.json").is_file():
        pytest.skip(f"GOLDEN FIGURES NOT CHECKED: no EXPECTED.json in {folder}; set KITH_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> Callable[[str], Any]:
    """What is published about one of the data sets."""
    answers = json.loads((shared_data / "EXPECTED.json").read_text(encoding="utf-8"))
    return lambda name: answers[name]
