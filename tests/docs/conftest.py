"""The executor to the demo world that the examples of the docs are asked at."""

from __future__ import annotations

from tests.schema.conftest import executor, world

__all__ = ["executor", "world"]
