"""The lines of all orders from columns."""

from __future__ import annotations

import numpy as np

from graph.columns.snapshot import Snapshot
from graph.columns.tables import ABSENT, LINES, ORDERS

SOLD = (LINES, ORDERS)
"""The tables that the lines of all orders are in."""
_NOT_SOLD = (b"CANCELED", b"")

Order = tuple[str | None, list[tuple[str, int | None]]]


def orders(snapshot: Snapshot) -> list[Order]:
    """The account and the lines of each order that was not canceled, as `holdings.sold` reads them."""
    uids, lines, of = snapshot.ids.uids, snapshot.tables[LINES.name], snapshot.tables[ORDERS.name]
    accounts: dict[int, str] = {}
    for order, account in zip(of.start.tolist(), of.end.tolist(), strict=True):
        uid = uids[account]
        accounts[order] = min(uid, accounts.get(order, uid))
    found: dict[int, list[tuple[str, int | None]]] = {}
    sold = np.flatnonzero(~np.isin(lines.columns["state"], _NOT_SOLD))
    columns = (one[sold].tolist() for one in (lines.start, lines.end, lines.columns["amount"]))
    for order, product, amount in zip(*columns, strict=True):
        found.setdefault(order, []).append((uids[product], None if amount == ABSENT else amount))
    return [(accounts.get(order), sold_lines) for order, sold_lines in found.items()]
