"""Coordinates of the nodes of a map: ours in columns on the left, theirs in the circles of their accounts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import networkx as nx
import numpy as np

from algorithms.registry import algorithm

_SEED = 1
_SPACE = 2.0
"""The distance between two people; the unit of all lengths is half of it."""
_MARGIN = 0.9
_GAP = 1.8
_COLUMN = 4.0
_OURS_IN_COLUMN = 24
_MOST_IN_FORCES = 250
_PASSES = 400
_STRETCH = 0.5, 0.56
"""The standard deviations of the centres in both directions, as parts of the extent of all circles."""

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = tuple[str, str, float | None]


class Member(NamedTuple):
    """A node: its uid, whether it is ours, the account it belongs to, and whether it is that account."""

    uid: str
    ours: bool
    group: str | None
    is_group: bool = False


class MapLayout(NamedTuple):
    """The positions of the nodes, and the circles of the accounts: centre and radius."""

    places: Mapping[str, Point]
    circles: Mapping[str, tuple[float, float, float]]


@algorithm(
    reads=("knows.strength", "child_of", "works_at"),
    reference="design explorer §7.8; Fruchterman and Reingold 1991, Graph drawing by force-directed placement",
)
def map_layout(members: Iterable[Member], lines: Iterable[Line]) -> MapLayout:
    """Returns the same positions for the same nodes and lines, in whatever order they are given.

    Circles do not overlap, records are inside the circle of their account, and ours are left of all circles. Accounts
    with a line between them, or between their people, are near each other, those with ties to us nearer to the left. In
    a circle, people with the strongest ties to us are on the side towards us.

    Args:
        members: the nodes.
        lines: two nodes, and the strength of their tie, or None for another relationship.

    >>> layout = map_layout([Member("u", True, None), Member("c", False, "a")], [("u", "c", 90.0)])
    >>> layout.places["u"][0] < layout.places["c"][0], sorted(layout.circles)
    (True, ['a'])
    """
    nodes = sorted(members)
    ours = [node.uid for node in nodes if node.ours]
    circle_of = {node.uid: node.group or node.uid for node in nodes if not node.ours}
    inside: dict[str, list[str]] = {circle: [] for circle in circle_of.values()}
    for node in nodes:
        if not node.ours and not (node.is_group and node.group == node.uid):
            inside[circle_of[node.uid]].append(node.uid)
    edges = sorted((min(a, b), max(a, b), 0.0 if strength is None else strength) for a, b, strength in lines)
    near = _strengths_to(set(ours), edges)
    radii = {circle: _radius(len(people)) for circle, people in inside.items()}
    centres = _centres(radii, circle_of, edges, near)
    places = {circle: centres[circle] for circle in inside if circle_of.get(circle) == circle}
    for circle, people in inside.items():
        if people != [circle]:
            people.sort(key=lambda uid: (-near.get(uid, 0.0), uid))
            places |= _inside(people, centres[circle], radii[circle])
    places |= _columns(ours, edges, places)
    grouped = {node.group for node in nodes if not node.ours and node.group is not None}
    circles = {uid: (*centres[uid], round(radii[uid], 3)) for uid in sorted(grouped)}
    return MapLayout({uid: places[uid] for uid in sorted(places)}, circles)


def _strengths_to(ours: set[str], edges: Sequence[tuple[str, str, float]]) -> dict[str, float]:
    """Returns the strength of the strongest tie of each node to one of ours."""
    found: dict[str, float] = {}
    for one, other, strength in edges:
        for uid, partner in ((one, other), (other, one)):
            if partner in ours and strength:
                found[uid] = max(found.get(uid, 0.0), strength)
    return found


def _ring(number: int) -> float:
    """Returns the radius of the ring on which some people are, or of the disc that holds them."""
    if number < 2:
        return 0.0
    return max(1.2, _SPACE * number / math.tau) if number <= 9 else 0.62 * _SPACE * math.sqrt(number)


def _radius(number: int) -> float:
    return _ring(number) + (_MARGIN if number != 1 else 1.2)


def _inside(people: Sequence[str], centre: Point, radius: float) -> dict[str, Point]:
    """Returns positions in a circle: on a ring, from the left alternately up and down, or like seeds of a sunflower."""
    number, ring = len(people), _ring(len(people))
    found = {}
    for at, uid in enumerate(people):
        if number <= 9:
            side = (at + 1) // 2 * (1 if at % 2 else -1)
            angle, far = math.pi + side * math.tau / number, ring
        else:
            angle, far = at * math.pi * (3 - math.sqrt(5)), ring * math.sqrt((at + 0.5) / number)
        assert far <= radius
        found[uid] = _point(centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle))
    return found


def _point(x: float, y: float) -> Point:
    return round(x, 3), round(y, 3)


def _centres(
    radii: Mapping[str, float],
    circle_of: Mapping[str, str],
    edges: Sequence[tuple[str, str, float]],
    near: Mapping[str, float],
) -> dict[str, Point]:
    """Returns the centres of the circles, which are right of x = 0."""
    uids = sorted(radii)
    if not uids:
        return {}
    reach: defaultdict[str, float] = defaultdict(float)
    for uid, strength in near.items():
        if uid in circle_of:
            reach[circle_of[uid]] = max(reach[circle_of[uid]], strength)
    pulls: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one, other, strength in edges:
        a, b = circle_of.get(one), circle_of.get(other)
        if a is not None and b is not None and a != b:
            pulls[min(a, b), max(a, b)] += 0.5 + strength / 100
    sizes = np.array([radii[uid] for uid in uids])
    points = _forced(uids, sizes, pulls, reach) if len(uids) <= _MOST_IN_FORCES else _rows(uids, sizes, reach)
    points[:, 0] += _COLUMN - (points[:, 0] - sizes).min()
    points[:, 1] -= (points[:, 1].max() + points[:, 1].min()) / 2
    return {uid: _point(float(x), float(y)) for uid, (x, y) in zip(uids, points, strict=True)}


def _forced(
    uids: Sequence[str], sizes: np.ndarray, pulls: Mapping[tuple[str, str], float], reach: Mapping[str, float]
) -> np.ndarray:
    """Returns centres by forces between accounts, then moves overlapping circles apart."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(uids)
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in sorted(pulls.items()))
    start = {
        uid: (1 - reach.get(uid, 0.0) / 100 + 0.01 * (at % 7), ((at * 0.618) % 1.0) * 1.2)
        for at, uid in enumerate(uids)
    }
    found = nx.spring_layout(graph, pos=start, seed=_SEED, iterations=80, k=1.6 / math.sqrt(len(uids)))
    points = np.array([found[uid] for uid in uids], dtype=float)
    points = (points - points.mean(axis=0)) / np.maximum(1e-9, points.std(axis=0))
    # Accounts that we know stand nearer to us.
    points[:, 0] -= np.array([reach.get(uid, 0.0) / 100 for uid in uids]) * 1.5
    extent = math.sqrt(float(((sizes + _GAP) ** 2).sum()))
    points *= extent * np.array(_STRETCH) / np.maximum(1e-9, points.std(axis=0))
    return _apart(points, sizes)


def _apart(points: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Moves circles apart until no two are nearer than the gap; a row of them, if that does not end."""
    least = sizes[:, None] + sizes[None, :] + _GAP
    np.fill_diagonal(least, 0.0)
    for _ in range(_PASSES):
        away = points[:, None, :] - points[None, :, :]
        distance = np.sqrt((away**2).sum(axis=2))
        missing = np.maximum(least - distance, 0.0)
        if missing.max() < _GAP / 4:
            return points
        same = distance < 1e-9
        away[same] = (0.0, 1.0)
        distance[same] = 1.0
        points = points + (away / distance[:, :, None] * missing[:, :, None]).sum(axis=1) * 0.35
    return _rows([str(at) for at in range(len(sizes))], sizes, {})


def _rows(uids: Sequence[str], sizes: np.ndarray, reach: Mapping[str, float]) -> np.ndarray:
    """Returns centres in columns, those that we know best first, the largest first in each."""
    order = sorted(range(len(uids)), key=lambda at: (-round(reach.get(uids[at], 0.0), -1), -sizes[at], uids[at]))
    height = math.sqrt(float(((2 * sizes + _GAP) ** 2).sum()))
    points = np.zeros((len(uids), 2))
    left = width = top = 0.0
    for at in order:
        size = float(2 * sizes[at] + _GAP)
        if top + size > height and top > 0:
            left, top, width = left + width, 0.0, 0.0
        points[at] = left + size / 2, top + size / 2
        top, width = top + size, max(width, size)
    return points


def _columns(
    ours: Sequence[str], edges: Sequence[tuple[str, str, float]], places: Mapping[str, Point]
) -> dict[str, Point]:
    """Returns positions of ours in columns left of x = 0, each as near as possible to the height of those they know."""
    weights: defaultdict[str, float] = defaultdict(float)
    heights: defaultdict[str, float] = defaultdict(float)
    for one, other, strength in edges:
        for uid, partner in ((one, other), (other, one)):
            if partner in places:
                weights[uid] += strength
                heights[uid] += strength * places[partner][1]
    wanted = {uid: heights[uid] / weights[uid] if weights[uid] else 0.0 for uid in ours}
    order = sorted(ours, key=lambda uid: (wanted[uid], uid))
    columns = max(1, math.ceil(len(order) / _OURS_IN_COLUMN))
    found: dict[str, Point] = {}
    for column in range(columns):
        people = order[column::columns]
        tops = _spread([wanted[uid] for uid in people], _SPACE * 1.6)
        shift = [0.0 if at % 2 == 0 or columns > 1 else -1.5 for at in range(len(people))]
        found |= {uid: _point(-column * _COLUMN + more, y) for uid, y, more in zip(people, tops, shift, strict=True)}
    return found


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Returns ascending positions at least `gap` apart with the least sum of squared distances from ascending ones.

    >>> _spread([0.0, 0.0, 10.0], 2.0)
    [-1.0, 1.0, 10.0]
    """
    blocks: list[tuple[float, int]] = []  # the mean of what is left of each position without the gaps, and the number
    for at, one in enumerate(wanted):
        mean, number = one - at * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, number = (before * many + mean * number) / (many + number), many + number
        blocks.append((mean, number))
    means = [mean for mean, number in blocks for _ in range(number)]
    return [mean + at * gap for at, mean in enumerate(means)]
