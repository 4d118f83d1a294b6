"""Mutations: declared as data, compiled to one statement each, executed in one transaction.

Every module of the package is imported with it, so that the mutations of a subject file are registered on import.
"""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
