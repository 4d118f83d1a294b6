"""What a run prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.measure import Measured, Spread, medians, rates, times_faster
from bench.questions import Question

BARE_ALLOWED, BARE_LATER = 1.3, 1.15


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, the others to the right."""
    body = [heads, *rows]
    widths = [max(len(row[at]) for row in body) for at in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "| " + " | ".join([first, *others]) + " |"

    rule = "|" + "|".join("-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)) + "|"
    return "\n".join([line(body[0]), rule, *(line(row) for row in body[1:])])


def comparison(questions: Sequence[Question], names: Sequence[str], found: Measured) -> str:
    """One row for each question and server: rate and latency at 8 connections, latency at 1, ratios, processor time."""
    heads = (
        "question", "server", "req/s (8)", "p50 ms (8)", "p50 ms (1)", "x peer (8)", "time ÷ bare (8)", "CPU ms/req",
    )  # fmt: skip
    rows = []
    for question in questions:
        for name in names:
            mine = found[question.key, name]
            peer, bare = found.get((question.key, "peer")), found.get((question.key, "bare"))
            faster = _span(times_faster(mine, peer), "{:.2f}") if peer and name != "peer" else ""
            slower = _span(_inverse(times_faster(mine, bare)), "{:.2f}") if bare and name == "kith" else ""
            burnt = f"{Spread.of(mine.burnt).median * 1e3:.2f}" if mine.burnt else ""
            rows.append(
                (
                    question.title,
                    name,
                    _span(rates(mine), "{:.0f}"),
                    f"{medians(mine, many=True).median:.2f}",
                    f"{medians(mine).median:.2f}",
                    faster,
                    slower,
                    burnt,
                )
            )
    return table(heads, rows)


def verdict(questions: Sequence[Question], found: Measured) -> list[str]:
    """A line for each goal: whether the medians reach it."""
    lines = []
    for question in questions:
        mine = found[question.key, "kith"]
        if peer := found.get((question.key, "peer")):
            ratio = times_faster(mine, peer).median
            lines.append(
                f"{_mark(ratio >= question.goal_peer)} {question.title}: {ratio:.2f} x the peer"
                f" (wanted {question.goal_peer:g}, later {question.later_peer:g})"
            )
        if bare := found.get((question.key, "bare")):
            ratio = 1 / times_faster(mine, bare).median
            lines.append(
                f"{_mark(ratio <= BARE_ALLOWED)} {question.title}: {ratio:.2f} x the bare driver's time"
                f" (at most {BARE_ALLOWED:g}, later {BARE_LATER:g})"
            )
    return lines


def _mark(good: bool) -> str:
    return "reached" if good else "MISSED "


def _inverse(spread: Spread) -> Spread:
    return Spread(1 / spread.median, 1 / spread.most, 1 / spread.least)


def _span(spread: Spread, form: str) -> str:
    low, high = form.format(spread.least), form.format(spread.most)
    return f"{form.format(spread.median)} ({low} - {high})"
