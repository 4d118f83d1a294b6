"""A generated company world of its own: a vendor, its customers, the people in them and what happens between them."""

from __future__ import annotations

from seed.world.generate import World, you
from seed.world.writing import Written, ensure, write

__all__ = ["World", "Written", "ensure", "write", "you"]
