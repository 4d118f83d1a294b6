"""The version of Kith."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def kith_version() -> str:
    """Returns the version of Kith, read from its source, because Kith is not an installed package."""
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
