"""Charts as SVG. Each has a title that says what it shows, and marks whose shapes differ without colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from algorithms.strength import KNOWN, WELL_KNOWN
from reports.tokens import TOKENS

GOOD, FAIR = WELL_KNOWN, KNOWN
"""The notches of a gauge: from these on a score is good, or fair."""

FUNCTIONS: dict[str, Callable[..., Markup]] = {}
"""The charts that templates use, by name."""


def chart(function: Callable[..., Markup]) -> Callable[..., Markup]:
    """Registers a chart for templates."""
    FUNCTIONS[function.__name__] = function
    return function


class Span(NamedTuple):
    """A part of a bar: its start and its length as shares of the whole, and the name of its fill."""

    start: float
    length: float
    fill: str


def _svg(title: str, width: float, height: float, *parts: str, cls: str = "") -> Markup:
    name = f' class="{cls}"' if cls else ""
    return Markup(  # noqa: S704  (the title is escaped, the rest is made here)
        f'<svg{name} xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "", radius: float = 1.5) -> str:
    line = f' stroke="{TOKENS[stroke]}" stroke-width="0.75"' if stroke else ""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{height:g}" rx="{radius:g}" '
        f'fill="{TOKENS.get(fill, fill)}"{line}/>'
    )


def _hatched(x: float, y: float, width: float, height: float) -> str:
    """A hatched box as lines, because not every viewer draws patterns alike."""
    lines, step = [], 3.0
    start = x - height
    while start < x + width:
        x1, x2 = max(start, x), min(start + height, x + width)
        if x2 > x1:
            lines.append(f"M{x1:.2f} {y + height - (x1 - start):.2f}L{x2:.2f} {y + height - (x2 - start):.2f}")
        start += step
    return (
        _rect(x, y, width, height, fill="hatch-off", stroke="us-fill")
        + f'<path d="{"".join(lines)}" stroke="{TOKENS["us-fill"]}" stroke-width="0.75" fill="none"/>'
    )


_FILLS: dict[str, Callable[[float, float, float, float], str]] = {
    "own": lambda x, y, width, height: _rect(x, y, width, height, fill="us-fill"),
    "below": lambda x, y, width, height: _rect(x, y, width, height, fill="us-soft", stroke="us-mid"),
    "open": _hatched,
    "expected": lambda x, y, width, height: _rect(x, y, width, height, fill="opp-tint", stroke="opp-fill"),
}


@chart
def bar(title: str, spans: Sequence[tuple[float, float, str]], width: float = 120, height: float = 10) -> Markup:
    """A bar of parts on a hairline; a part without length is left out."""
    middle = height / 2
    line = f'<path d="M0 {middle:g}H{width:g}" stroke="{TOKENS["line-2"]}" stroke-width="0.75"/>'
    parts = [
        _FILLS[fill](start * width + 0.4, 0.4, max(length * width - 0.8, 1.0), height - 0.8)
        for start, length, fill in spans
        if length > 0
    ]
    return _svg(title, width, height, line, *parts, cls="bar")


@chart
def gauge(value: float | None, width: float = 56) -> Markup:
    """A score from 0 to 100 with notches at 40 and 60; a dashed outline without a score."""
    height = 7.0
    if value is None:
        outline = (
            f'<rect x="0.5" y="1" width="{width - 1:g}" height="{height - 2:g}" rx="1.5" fill="none" '
            f'stroke="{TOKENS["edge"]}" stroke-width="0.75" stroke-dasharray="2 2"/>'
        )
        return _svg("Not judged", width, height, outline, cls="gauge")
    word = "good" if value >= GOOD else "fair" if value >= FAIR else "poor"
    filled = "us-fill" if value >= GOOD else "us-mid"
    parts = [
        _rect(0, 0.5, width, height - 1, fill="line-2"),
        _rect(0, 0.5, width * value / 100, height - 1, fill=filled),
    ]
    parts += [_rect(width * notch / 100 - 0.75, 0, 1.5, height, fill="paper", radius=0) for notch in (FAIR, GOOD)]
    return _svg(f"{value:.0f} of 100, {word}", width, height, *parts, cls="gauge")


@chart
def dots(known: float, of: int, most: int = 12) -> Markup:
    """One dot for each person: filled if we know them; at most twelve."""
    size = 8.0
    parts = []
    for at in range(min(of, most)):
        x = at * (size + 2) + size / 2
        fill = TOKENS["us-fill"] if at < known else TOKENS["paper"]
        parts.append(
            f'<circle cx="{x:g}" cy="{size / 2:g}" r="{size / 2 - 0.75:g}" fill="{fill}" '
            f'stroke="{TOKENS["us-fill"] if at < known else TOKENS["edge"]}" stroke-width="1"/>'
        )
    return _svg(f"{known:g} of {of} people known", max(min(of, most), 1) * (size + 2), size, *parts, cls="dots")


@chart
def line(title: str, values: Sequence[float | None], width: float = 120, height: float = 24) -> Markup:
    """A series from 0 to 100 with its threshold at 40; an absent value is a gap."""
    step = width / max(len(values) - 1, 1)
    drawn, pen = [], "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{at * step:.2f} {height - 1 - value / 100 * (height - 2):.2f}")
        pen = "L"
    level = height - 1 - FAIR / 100 * (height - 2)
    threshold = (
        f'<path d="M0 {level:.2f}H{width:g}" stroke="{TOKENS["edge"]}" stroke-width="0.5" stroke-dasharray="2 2"/>'
    )
    path = f'<path d="{"".join(drawn)}" fill="none" stroke="{TOKENS["us-fill"]}" stroke-width="1.5"/>'
    return _svg(title, width, height, threshold, path, cls="line")


def _person(x: float, y: float, initials: str, *, ours: bool) -> str:
    fill, ink = ("us-fill", "paper") if ours else ("paper", "ink")
    edge = "us-fill" if ours else "ink-2"
    return (
        f'<circle cx="{x:.2f}" cy="{y:g}" r="13" fill="{TOKENS[fill]}" stroke="{TOKENS[edge]}" stroke-width="1.25"/>'
        f'<text x="{x:.2f}" y="{y + 3.2:g}" text-anchor="middle" font-family="Inter" font-size="9" font-weight="600" '
        f'fill="{TOKENS[ink]}">{escape(initials)}</text>'
    )


class Stop(NamedTuple):
    """A person on a chain, and the strength of the tie that leads there; the first one has none."""

    name: str
    ours: bool
    strength: float | None = None


@chart
def chain(stops: Sequence[tuple[str, bool, float | None]], width: float = 360) -> Markup:
    """People in a row with the ties between them: the stronger, the thicker; ours are discs, theirs are rings."""
    people = [Stop(*one) for one in stops]
    step = (width - 30) / max(len(people) - 1, 1)
    y, parts, words = 15.0, [], []
    for at, one in enumerate(people):
        x = 15 + at * step
        if one.strength is not None:
            colour = "us-fill" if people[at - 1].ours else "ink-2"
            middle = x - step / 2
            parts.append(
                f'<path d="M{x - step + 13:.2f} {y:g}H{x - 13:.2f}" stroke="{TOKENS[colour]}" '
                f'stroke-width="{1 + one.strength * 0.06:.2f}"/>'
                f'<rect x="{middle - 12:.2f}" y="{y - 7:g}" width="24" height="14" fill="{TOKENS["paper"]}"/>'
                f'<text x="{middle:.2f}" y="{y + 3.4:g}" text-anchor="middle" font-family="Inter" font-size="9.5" '
                f'font-weight="600" fill="{TOKENS["ink" if one.strength >= FAIR else "risk"]}">'
                f"{one.strength:.0f}</text>"
            )
            words.append(f"tie {one.strength:.0f}")
        words.append(one.name)
    parts += [_person(15 + at * step, y, initials(one.name), ours=one.ours) for at, one in enumerate(people)]
    return _svg(", ".join(words), width, 30, *parts, cls="chain")


def initials(name: str) -> str:
    """Returns the first letters of the first and the last word of a name.

    >>> initials("Olmar Stenstig"), initials("Kith"), initials("")
    ('OS', 'K', '')
    """
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@chart
def mark(kind: str) -> Markup:
    """The mark of a record or a finding: a double square for a group, a dashed one for a prospect, and so on."""
    ink = f'fill="none" stroke="{TOKENS["ink-2"]}" stroke-width="1"'
    square = f'<rect x="1" y="1" width="9" height="9" rx="1.5" {ink}'
    shapes = {
        "group": f'{square}/><rect x="3.5" y="3.5" width="4" height="4" rx="0.5" {ink}/>',
        "account": f"{square}/>",
        "prospect": f'{square} stroke-dasharray="2 1.5"/>',
        "deal": f'<path d="M5.5 0.8L10.2 5.5L5.5 10.2L0.8 5.5Z" {ink}/>',
        "act": f'<path d="M5.5 1L10.3 9.8H0.7Z" fill="{TOKENS["risk-fill"]}"/>',
        "watch": f'<path d="M5.5 1.4L10 9.6H1Z" fill="none" stroke="{TOKENS["risk-fill"]}" stroke-width="1.1"/>',
        "opening": f'<path d="M5.5 0.5L10.5 5.5L5.5 10.5L0.5 5.5Z" fill="{TOKENS["opp-fill"]}"/>'
        f'<path d="M5.5 3V8M3 5.5H8" stroke="{TOKENS["paper"]}" stroke-width="1"/>',
        "note": f'<circle cx="5.5" cy="5.5" r="4.3" {ink}/>',
    }
    return _svg(kind, 11, 11, shapes[kind], cls="mark")
