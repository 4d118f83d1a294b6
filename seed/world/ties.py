"""Computes the ties of a world from its activities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from algorithms.ties_columns import KnowsColumns, knows_from_columns, scores_from_columns
from seed.world.scene import Meetings, Parties
from seed.world.sheet import Edges, Relationship, moment

MODEL_VERSION = 1
ACTIVE_DAYS = 180


def ties_of(parties: Parties, meetings: Meetings) -> KnowsColumns:
    """Computes the ties as columns."""
    return knows_from_columns(
        meetings.kinds,
        np.array(meetings.at),
        np.array(meetings.activity),
        np.array(meetings.party),
        meetings.role,
        parties.uids,
        parties.ours,
    )


def relationships(parties: Parties, ties: KnowsColumns, most: int = 10_000) -> Iterator[Edges]:
    """Yields the ties as relationships, by the labels of their ends."""
    held: dict[tuple[str, str], list[Relationship]] = {}
    columns = (
        ties.source, ties.target, ties.both, ties.inbound, ties.outbound, ties.meetings, ties.calls, ties.in_count,
        ties.out_count, ties.first_at, ties.last_at,
    )  # fmt: skip
    for start in range(0, len(ties), most):
        rows = zip(*(column[start : start + most].tolist() for column in columns), strict=True)
        for source, target, both, inbound, outbound, meetings, calls, in_count, out_count, first, last in rows:
            latest = moment(last)
            values = {
                "both": both, "in": inbound, "out": outbound, "meetings": meetings, "calls": calls, "inCount": in_count,
                "outCount": out_count, "firstAt": moment(first), "lastAt": latest, "asOf": latest,
                "modelVersion": MODEL_VERSION,
            }  # fmt: skip
            ends = ("User" if parties.ours[source] else "Contact", "User" if parties.ours[target] else "Contact")
            batch = held.setdefault(ends, [])
            batch.append((parties.uids[source], parties.uids[target], values))
            if len(batch) == most:
                yield Edges("KNOWS", *ends, held.pop(ends))
    for ends, batch in held.items():
        yield Edges("KNOWS", *ends, batch)


def halfway(ties: KnowsColumns, now: datetime) -> float:
    """The K at which the median tie with a contact in the last half year scores 50 (formulas §1)."""
    active = ties.last_at > now.timestamp() - ACTIVE_DAYS * 86_400
    columns = (ties.both[active], ties.inbound[active], ties.outbound[active], ties.last_at[active])
    low, high = 1e-3, 1e3
    for _ in range(60):
        middle = (low * high) ** 0.5
        score = float(np.median(scores_from_columns(*columns, now, middle)))
        low, high = (middle, high) if score > 50.0 else (low, middle)
    return float((low * high) ** 0.5)
