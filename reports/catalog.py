"""The reports of the library, by name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from graph.errors import NotFound
from reports.declaration import Report

LIBRARY = Path(__file__).parent / "library"


@cache
def catalog() -> Mapping[str, Report]:
    """Returns every report by its name, which is the name of its folder with hyphens."""
    folders = sorted(one.parent for one in LIBRARY.glob("*/report.py"))
    return {one.name.replace("_", "-"): _read(one) for one in folders}


def _read(folder: Path) -> Report:
    declared: Report = importlib.import_module(f"reports.library.{folder.name}.report").REPORT
    query = (folder / "query.graphql").read_text(encoding="utf-8")
    each = (folder / declared.each.query).read_text(encoding="utf-8") if declared.each else ""
    return replace(declared, name=folder.name.replace("_", "-"), query=query, each_query=each)


def find(name: str) -> Report:
    """Returns a report. Raises NotFound when the library does not have it."""
    known = catalog()
    if name not in known:
        raise NotFound(f"There is no report {name[:80]!r}.", remedy=f"Use one of {', '.join(known)}.")
    return known[name]
