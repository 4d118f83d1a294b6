"""Paths that a new relationship would turn into a cycle, against a brute-force evaluation of every instant."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.query.cycles import cycle
from graph.store import Bound, Store

Period = tuple[int | None, int | None]
Line = tuple[int, int, Period]

OVERLAP = (
    "(steps.validFrom IS NULL OR $until IS NULL OR steps.validFrom < $until)",
    "(steps.validTo IS NULL OR $since IS NULL OR $since < steps.validTo)",
)
LINES = """UNWIND $lines AS line
MERGE (below:Contact:Record {uid: line.below}) MERGE (above:Contact:Record {uid: line.above})
CREATE (below)-[:REPORTS_TO {validFrom: line.since, validTo: line.until}]->(above) RETURN count(*)"""
CLEAR = "MATCH (n:Contact) WHERE n.uid STARTS WITH $prefix DETACH DELETE n RETURN count(*)"


def day(number: int | None) -> datetime | None:
    return None if number is None else datetime(2020, 1, number + 1, tzinfo=UTC)


async def closes(store: Store, lines: Sequence[Line], new: Line, *, dated: bool = True) -> bool:
    """What the statement says of a graph that holds only these reporting lines."""
    prefix = "cycles-"
    rows = [
        {"below": f"{prefix}{below}", "above": f"{prefix}{above}", "since": day(since), "until": day(until)}
        for below, above, (since, until) in lines
    ]
    await store.writes.change(Bound("cycles.clear", CLEAR, {"prefix": prefix}))
    await store.writes.change(Bound("cycles.lines", LINES, {"lines": rows}))
    below, above, (since, until) = new
    rules, begins = (OVERLAP, "$since") if dated else ((), None)
    found = cycle("above", "REPORTS_TO", "$below", *rules, since=begins)
    text = f"OPTIONAL MATCH (above:Contact {{uid: $above}}) RETURN {found}"
    given: dict[str, Any] = {
        "above": f"{prefix}{above}",
        "below": f"{prefix}{below}",
        "since": day(since),
        "until": day(until),
    }
    answer: bool = await store.reads.ask(Bound("cycles.ask", text, given))
    await store.writes.change(Bound("cycles.clear", CLEAR, {"prefix": prefix}))
    return answer


def reaches(lines: Sequence[Line], new: Line, instant: float) -> bool:
    """Whether the lines that are valid at an instant lead from above to below."""

    def valid(period: Period) -> bool:
        since, until = period
        return (since is None or since <= instant) and (until is None or instant < until)

    if not valid(new[2]):
        return False
    known, waiting = set(), [new[1]]
    while waiting:
        member = waiting.pop()
        for below, above, period in lines:
            if below == member and above not in known and valid(period):
                known.add(above)
                waiting.append(above)
    return new[0] in known


def oracle(lines: Sequence[Line], new: Line) -> bool:
    return any(reaches(lines, new, instant / 2) for instant in range(-1, 60))


@pytest.mark.parametrize("seed", range(30))
async def test_a_cycle_is_found_exactly_if_its_lines_have_a_time_in_common(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    people = rng.randrange(2, 8)

    def line() -> Line:
        since, until = sorted(rng.sample(range(28), 2))
        period = (rng.choice((None, since, since)), rng.choice((None, until, until)))
        return rng.randrange(people), rng.randrange(people), period

    lines = [line() for _ in range(rng.randrange(14))]
    new = line()
    assert await closes(store, lines, new) is oracle(lines, new)
    always = [(below, above, (None, None)) for below, above, _ in lines]
    assert await closes(store, lines, new, dated=False) is reaches(always, (*new[:2], (None, None)), 0)


@pytest.mark.parametrize("dated", [True, False])
async def test_a_history_with_very_many_paths_is_searched_once(store: Store, dated: bool) -> None:
    lines = [(below, above, (None, 20)) for above in range(40) for below in range(above)]
    assert not await closes(store, lines, (40, 0, (None, None)), dated=dated)
    assert await closes(store, lines, (39, 0, (None, None)), dated=dated)


@pytest.mark.parametrize("dated", [True, False])
async def test_a_chain_of_a_thousand_is_followed_to_its_end(store: Store, dated: bool) -> None:
    lines = [(at, at + 1, (at % 20, None)) for at in range(1000)]
    assert await closes(store, lines, (1000, 0, (None, None)), dated=dated)
    assert not await closes(store, lines, (1001, 0, (None, None)), dated=dated)
