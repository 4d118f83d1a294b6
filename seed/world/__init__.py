"""Generates a company world: a vendor, its customers, their people and activities."""

from __future__ import annotations

from seed.world.generate import World, you
from seed.world.writing import WriteResult, ensure, write

__all__ = ["World", "WriteResult", "ensure", "write", "you"]
