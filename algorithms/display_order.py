"""The rows of a hierarchy in the order in which they are displayed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

from algorithms.registry import algorithm


class Member(NamedTuple):
    """An account of a group, and the account above it; siblings are in the order of their names."""

    uid: str
    above: str | None


@algorithm(reads=("account.children",), reference="explorer design §7.3: rows in display order")
def display_order(members: Sequence[Member]) -> list[tuple[str, int]]:
    """Returns each account once with its depth: each below its parent, siblings in the order given.

    The first member is the top. An account with several parents is below the one with the fewest levels.

    >>> display_order([Member("a", None), Member("b", "a"), Member("d", "a"), Member("c", "b"), Member("a", "c")])
    [('a', 0), ('b', 1), ('c', 2), ('d', 1)]
    """
    if not members:
        return []
    top = next(one.uid for one in members if one.above is None)
    below: defaultdict[str, list[str]] = defaultdict(list)
    for one in members:
        if one.above is not None:
            below[one.above].append(one.uid)
    children: dict[str, list[str]] = {}
    seen, waiting = {top}, deque([top])
    while waiting:
        account = waiting.popleft()
        children[account] = [one for one in dict.fromkeys(below[account]) if one not in seen]
        seen.update(children[account])
        waiting.extend(children[account])
    found, stack = [], [(top, 0)]
    while stack:
        account, depth = stack.pop()
        found.append((account, depth))
        stack += [(one, depth + 1) for one in reversed(children[account])]
    return found
