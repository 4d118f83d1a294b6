"""Pages of the accounts below an account from columns, in the order of their ids."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Descendants:
    """A page of descendants: their ids and levels below the account, and the number of all descendants.

    `earlier` and `later` tell whether others precede or follow the page.
    """

    uids: Sequence[str]
    levels: Sequence[int]
    total: int
    earlier: bool
    later: bool


def descendants(
    snapshot: Snapshot, uid: str, hierarchy: str, at: int, *, levels: int | None, size: int, after: str | None
) -> Descendants | None:
    """Up to `size` descendants whose ids are greater than `after`, at most `levels` below the account.

    None for what the columns cannot answer.
    """
    forest = snapshot.forest(hierarchy, at)
    if forest is None:
        return None
    record = snapshot.account(uid)
    if record is None:
        return Descendants((), (), 0, earlier=False, later=False)
    below = forest.order[forest.slice(record)][1:]
    if levels is not None:
        below = below[forest.level[below] - forest.level[record] <= levels]
    order = snapshot.account_order()
    ranks = order.rank[below]
    wanted = ranks if after is None else ranks[ranks >= bisect_right(order.keys, order.key(after))]
    nearest = np.sort(np.partition(wanted, size)[: size + 1] if len(wanted) > size + 1 else wanted)
    shown = nearest[:size]
    return Descendants(
        [order.uids[rank] for rank in shown.tolist()],
        (forest.level[order.records[shown]] - forest.level[record]).tolist(),
        len(below),
        earlier=len(wanted) < len(below),
        later=len(nearest) > size,
    )
