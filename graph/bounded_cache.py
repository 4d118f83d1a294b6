"""A cache that is bounded by the weight of its values, such as their bytes, and not by their number."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

# A value that is heavier than this share of the cache would displace too many others, and is not kept.
_LARGEST_SHARE = 8


class BoundedCache(Generic[Key, Value]):
    """Keeps the values that were used last, up to a total weight."""

    def __init__(self, weight: int) -> None:
        self._limit = weight
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """Returns a value, or None."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Keeps a value, or replaces it, and drops those that were not used for the longest time."""
        before = self._values.pop(key, None)
        if before is not None:
            self.weight -= before[1]
        if weight * _LARGEST_SHARE > self._limit:
            return
        self._values[key] = (value, weight)
        self.weight += weight
        while self.weight > self._limit:
            _, (_, dropped) = self._values.popitem(last=False)
            self.weight -= dropped
