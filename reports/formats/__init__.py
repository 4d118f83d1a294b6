"""The formats of reports: each is a file in this folder with a function that returns the bytes of a report."""

from __future__ import annotations

import importlib
import pkgutil

from reports.formats.registry import FORMATS, PAPERS, Format, Options, file_name, find

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["FORMATS", "PAPERS", "Format", "Options", "file_name", "find"]
