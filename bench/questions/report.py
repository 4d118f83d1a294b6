"""Formats the results of the questions."""

from __future__ import annotations

from collections.abc import Sequence

from bench.measure import Results, Rounds, cpu, medians, rates, speedup, stretch, tails
from bench.questions.questions import QUESTIONS
from bench.report import mark, span, table

KITH, NO_COLUMNS, POSTGRAPHILE, ASYNCPG = SERVERS = ("kith", "no-columns", "postgraphile", "asyncpg")
MOST_STRETCH = 4.0


def rates_table(results: Results) -> str:
    """Returns a table of rates at 8 connections, ratios within the rounds, and CPU time with that of the database."""
    heads = (
        "question", "Kith req/s", "without columns", "PostGraphile", "asyncpg", "Kith ÷ PostGraphile", "÷ asyncpg",
        "CPU ms/req: Kith + Neo4j", "PostGraphile + PostgreSQL",
    )  # fmt: skip
    rows = []
    for question in QUESTIONS:
        every = [results.get((question.key, name)) for name in SERVERS]
        rows.append(
            [
                question.title,
                *(_number(rates(one).median) if one else "" for one in every),
                *(_ratio(results[question.key, KITH], results.get((question.key, peer))) for peer in SERVERS[2:]),
                *(f"{cpu(one).median:.2f}" if one else "" for one in (every[0], every[2])),
            ]
        )
    return table(heads, rows)


def latency_table(results: Results) -> str:
    """Returns a table of the latencies of Kith and PostGraphile."""
    heads = (
        "question", "server", "p50 ms (1)", "p50 ms (8)", "p99 ms (8)", "p99 ÷ p50",
    )  # fmt: skip
    rows = [
        _latencies(question.title, name, results[question.key, name])
        for question in QUESTIONS
        for name in (KITH, POSTGRAPHILE)
        if (question.key, name) in results
    ]
    return table(heads, rows)


def _latencies(title: str, name: str, rounds: Rounds) -> list[str]:
    spreads = (medians(rounds), medians(rounds, many=True), tails(rounds), stretch(rounds))
    return [title, name, *(_number(one.median) for one in spreads)]


def verdict(results: Results) -> Sequence[str]:
    """Returns one line per goal: whether the median reaches it; at the end, how many goals are reached."""
    lines = []
    for question in QUESTIONS:
        kith, peer = results[question.key, KITH], results.get((question.key, POSTGRAPHILE))
        if peer and question.goal is not None:
            ratio = speedup(kith, peer).median
            text = f"{question.title}: {ratio:.2f} x PostGraphile (goal {question.goal:g})"
            lines.append((ratio >= question.goal, text))
        spread = stretch(kith).median
        text = f"{question.title}: p99 is {spread:.1f} x p50 at 8 connections (goal at most {MOST_STRETCH:g})"
        lines.append((spread <= MOST_STRETCH, text))
    reached = sum(good for good, _ in lines)
    return [*(f"{mark(good)} {text}" for good, text in lines), f"{reached} of {len(lines)} goals are reached."]


def _ratio(rounds: Rounds, peer: Rounds | None) -> str:
    return span(speedup(rounds, peer), "{:.2f}") if peer else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
