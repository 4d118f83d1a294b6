"""Formats the results of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.measure import Results, Spread, cpu, medians, rates, speedup
from bench.queries import Query

BARE_GOAL = 1.15
SCOPED_GOAL = 1.3
SCOPED, SCOPED_PEER = "kith scoped", "peer scoped"
"""The servers for a caller who may read the records of one unit: by roles, and with `@authorization`."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a Markdown table; the first column is left-aligned, the others are right-aligned."""
    body = [heads, *rows]
    widths = [max(len(row[index]) for row in body) for index in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "| " + " | ".join([first, *others]) + " |"

    rule = "|" + "|".join("-" * (width + 1) + ("-" if index == 0 else ":") for index, width in enumerate(widths)) + "|"
    return "\n".join([line(body[0]), rule, *(line(row) for row in body[1:])])


def comparison(queries: Sequence[Query], names: Sequence[str], results: Results) -> str:
    """Returns a table of rates, latencies, ratios and CPU time with one row per query and server."""
    heads = (
        "query", "server", "req/s (8)", "p50 ms (8)", "p50 ms (1)", "x peer (8)", "time ÷ bare (8)", "CPU ms/req",
    )  # fmt: skip
    rows = []
    for query in queries:
        for name in names:
            rounds = results[query.key, name]
            peer, bare = results.get((query.key, "peer")), results.get((query.key, "bare"))
            faster = span(speedup(rounds, peer), "{:.2f}") if peer and name != "peer" else ""
            slower = span(_inverse(speedup(rounds, bare)), "{:.2f}") if bare and name not in ("bare", "peer") else ""
            rows.append(
                (
                    query.title,
                    name,
                    span(rates(rounds), "{:.0f}"),
                    f"{medians(rounds, many=True).median:.2f}",
                    f"{medians(rounds).median:.2f}",
                    faster,
                    slower,
                    f"{cpu(rounds).median:.2f}",
                )
            )
    return table(heads, rows)


def verdict(queries: Sequence[Query], results: Results) -> list[str]:
    """Returns one line per goal: whether the median reaches it."""
    lines = []
    for query in queries:
        rounds = results[query.key, "kith"]
        if peer := results.get((query.key, "peer")):
            ratio = speedup(rounds, peer).median
            lines.append(f"{mark(ratio >= query.goal)} {query.title}: {ratio:.2f} x the peer (goal {query.goal:g})")
        if bare := results.get((query.key, "bare")):
            ratio = 1 / speedup(rounds, bare).median
            lines.append(
                f"{mark(ratio <= BARE_GOAL)} {query.title}: {ratio:.2f} x the bare driver's time"
                f" (goal at most {BARE_GOAL:g})"
            )
    return lines


def scoped(queries: Sequence[Query], results: Results) -> list[str]:
    """Returns lines about what the rules of access cost, and how many times as fast as the peer Kith is with them."""
    lines = []
    for query in queries:
        found = {name: results.get((query.key, name)) for name in ("kith", SCOPED, "peer", SCOPED_PEER)}
        plain, ruled, peer, ruled_peer = found.values()
        if plain and ruled:
            ratio = 1 / speedup(ruled, plain).median
            lines.append(
                f"{mark(ratio <= SCOPED_GOAL)} {query.title}: {ratio:.2f} x the time for a scoped caller"
                f" (goal at most {SCOPED_GOAL:g})"
            )
        if peer and ruled and ruled_peer:
            ratio, own = speedup(ruled, ruled_peer).median, 1 / speedup(ruled_peer, peer).median
            lines.append(
                f"        {query.title}: {ratio:.2f} x the peer with @authorization, which takes {own:.2f} x its time"
            )
    return lines


def mark(good: bool) -> str:
    """Returns the beginning of a line about a goal."""
    return "reached" if good else "MISSED "


def _inverse(spread: Spread) -> Spread:
    return Spread(1 / spread.median, 1 / spread.maximum, 1 / spread.minimum)


def span(spread: Spread, form: str) -> str:
    """Returns the median with the minimum and the maximum in brackets."""
    low, high = form.format(spread.minimum), form.format(spread.maximum)
    return f"{form.format(spread.median)} ({low} - {high})"
