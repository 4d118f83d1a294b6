"""How hard the property tests of the algorithms look."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("kith", deadline=None, max_examples=150)
settings.load_profile("kith")
