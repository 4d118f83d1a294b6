"""The version of Kith."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def kith_version() -> str:
    """The version of Kith that runs: Kith is never installed, so it is read where it is written."""
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
