"""The strongest paths from one person to one or several others, through people who know each other."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Annotated, NamedTuple, TypeAlias

import networkx as nx

from algorithms.contacts import MOST_CONTACTS, HopContact
from algorithms.registry import algorithm
from algorithms.results import Choice, First, Ref

MOST_HOPS = 6

# Strengths are compared as whole numbers of 1e-9 points: a product of floats depends on the order of its factors, and
# two equally good paths must tie exactly for the tie-break to hold.
_POINT = 10**9
_FULL = 100 * _POINT

_Ranked: TypeAlias = tuple[tuple[str, ...], int]
"""A path, and the product of the strengths of its hops in units."""

Strengths: TypeAlias = Mapping[str, Mapping[str, float]]
"""The strengths of the ties of each person, by the person at the other end."""


class HopKind(Enum):
    """The reason why two people can introduce each other."""

    KNOWS = "They have activities in common."
    REPORTS_TO = "One reports to the other, and so they are assumed to know each other."


class DistinctBy(Enum):
    """The part that no two introductions may have in common."""

    LAST_HOP = "The last hop: the person who introduces to the target, and the target."


class LeftOutReason(Enum):
    """The reason why a path is not one of the introductions."""

    SAME_LAST_HOP = "A stronger introduction ends with the same hop."
    BELOW_MINIMUM = "It is weaker than the minimum strength."


@dataclass(frozen=True, slots=True)
class Hop:
    """A step of an introduction."""

    from_: Annotated[str, Ref("Party"), "The party who introduces."]
    to: Annotated[str, Ref("Party"), "The party who is introduced."]
    strength: Annotated[float, "The strength of their tie, 0 to 100."]
    last_at: Annotated[datetime | None, "The time of their latest activity."] = None
    interactions: Annotated[int, "The number of meetings, calls and emails between them."] = 0
    reason: Annotated[str, "The activities that the tie is derived from, or the reporting line, in words."] = ""
    kind: Annotated[HopKind, "The reason why they can introduce each other."] = HopKind.KNOWS
    confidence: Annotated[
        str | None, Choice("Confidence"), "The certainty of the reporting line; null for other hops."
    ] = None
    contacts: Annotated[
        tuple[HopContact, ...],
        First(30, MOST_CONTACTS),
        "The activities that the tie is derived from and that you may read, newest first.",
    ] = ()


@dataclass(frozen=True, slots=True)
class Introduction:
    """A path to a person through people who know each other."""

    strength: Annotated[float, "The product of the strengths of the hops, divided by 100^(hops - 1)."]
    people: tuple[str, ...]
    hops: Annotated[tuple[Hop, ...], "The steps, in order."]
    left_out: Annotated[
        LeftOutReason | None, "The reason why it is not one of the introductions; null for those that are."
    ] = None


class _Continuation(NamedTuple):
    """The best continuation from a person: product of strengths, number of hops (negated), next person."""

    value: int
    fewer: int
    next: str


# For r = 0, 1, …: the best continuation from each person in at most r hops, times _FULL for each unused hop.
_Continuations: TypeAlias = list[dict[str, _Continuation]]


@algorithm(
    reads=("knows.strength",),
    reference="design formulas §9: max Π strength; k best in the manner of Lawler 1972 (Management Science 18(7))",
)
def introductions(
    graph: nx.Graph[str] | Strengths,
    source: str,
    targets: Collection[str],
    *,
    first: int = 3,
    max_hops: int = 3,
    exclude: Collection[str] = (),
    min_strength: float = 0.0,
    distinct_by: DistinctBy | None = None,
    left_out: int = 0,
) -> list[Introduction]:
    """Returns the strongest simple paths from one person to any of several, strongest first.

    Exact: a path through more people can beat a shorter one. A path ends at the first target it meets. Equally strong
    paths (to 1e-9 points a hop) are ordered by fewer hops, then by the uids along the path.

    Args:
        graph: people by uid; edges carry `strength`, 0 < strength ≤ 100. A strength of 0 means no tie. The graph is
            undirected, or directed, whose edges are followed forwards only; not a multigraph. Strengths are an
            undirected graph, in which each tie is listed at both of its ends.
        source: the person who needs an introduction; never a target.
        targets: the people to reach, any of them; uids that are not in the graph are ignored.
        first: the maximum number of paths, 1 or more.
        max_hops: the maximum number of hops, 1 to 6.
        exclude: people on no path.
        min_strength: the strength, to 1e-9 points, that a path has at least.
        distinct_by: what no two paths have in common; of those that do, the first one is returned.
        left_out: the maximum number of further paths, strongest first, that are returned after the others: those with
            the last hop of an earlier path where paths are distinct by it, and those below `min_strength`, of which
            one for each last hop where paths are distinct by it.

    Returns:
        at most `first` paths, and those that are left out. Their hops have no details, see `detailed`; strength =
        product of the hops' strengths / 100^(hops - 1). Empty without a path, or if `source` is not in the graph.

    Raises:
        ValueError: `first` or `max_hops` out of range, a multigraph, or a strength outside 0 to 100.

    >>> ties = nx.Graph()
    >>> ties.add_weighted_edges_from(
    ...     [("me", "u1", 90), ("u1", "t", 50), ("me", "u2", 60), ("u2", "x", 95), ("x", "t", 90)], weight="strength")
    >>> [(round(path.strength, 9), path.people) for path in introductions(ties, "me", ["t"])]
    [(51.3, ('me', 'u2', 'x', 't')), (45.0, ('me', 'u1', 't'))]
    """
    if first < 1:
        raise ValueError(f"first must be at least 1; got {first}")
    if not 1 <= max_hops <= MOST_HOPS:
        raise ValueError(f"max_hops must be from 1 to {MOST_HOPS}; got {max_hops}")
    if isinstance(graph, nx.Graph) and graph.is_multigraph():
        raise ValueError("the graph must not be a multigraph")
    search = Search(graph, source, targets, max_hops, exclude)
    chosen, others = _chosen(search, first, _units(min_strength), left_out, distinct=distinct_by is not None)
    return [search.introduction(path) for path, _ in chosen] + [
        replace(search.introduction(path), left_out=reason) for path, reason in others
    ]


def _chosen(
    search: Search, first: int, least: int, left_out: int, *, distinct: bool
) -> tuple[list[_Ranked], list[tuple[tuple[str, ...], LeftOutReason]]]:
    """Returns the paths of an answer, and those that are left out, with the reason."""
    folded: list[_Ranked] = []
    if distinct:
        found = search.distinct(first, least)
        weaker = search.distinct(left_out) if len(found) < first else []
        folded = [other for path, _ in found for other in search.folded(path, left_out)]
    else:
        found = search.ranked(first, least)
        weaker = search.ranked(len(found) + left_out)[len(found) :] if left_out and len(found) < first else []
    reasons = {path: LeftOutReason.SAME_LAST_HOP for path, _ in folded}
    rest = heapq.nsmallest(left_out, [*folded, *weaker], key=search.order)
    return found, [(path, reasons.get(path, LeftOutReason.BELOW_MINIMUM)) for path, _ in rest]


class Search:
    """A best-first search over simple paths, guided by an upper bound on the continuation of each path.

    It searches paths of 1 hop, then of 2, and so on; the paths found so far bound the next round. In each round the
    bound is computed once for walks, by dynamic programming over hops. If that walk would visit a person twice, the
    bound is computed again without the people on the path, once for each such path. So at most `first` · `max_hops`
    paths are extended in a round.
    """

    def __init__(
        self,
        graph: nx.Graph[str] | Strengths,
        source: str,
        targets: Collection[str],
        max_hops: int,
        exclude: Collection[str] = (),
    ) -> None:
        self._graph = graph
        self._exclude = frozenset(exclude)
        self.forward = _without(_strengths(graph) if isinstance(graph, nx.Graph) else graph, self._exclude)
        reverse = _strengths(graph.reverse(copy=False)) if isinstance(graph, nx.DiGraph) else None
        self.backward = self.forward if reverse is None else _without(reverse, self._exclude)
        self.source = source
        self.goals = frozenset(uid for uid in targets if uid in self.forward) - {source}
        self.max_hops = max_hops
        self.extended = 0
        self.recomputed = 0
        self._hops = 0
        self._floor = (0, 0)
        self._barred: dict[str, set[str]] = {}
        self._exact_continuations: dict[tuple[str, ...], _Continuations] = {}

    def best(self, first: int) -> list[Introduction]:
        """Returns the `first` best paths, best first."""
        return [self.introduction(path) for path, _ in self.ranked(first)]

    def ranked(self, first: int, least: int = 0) -> list[_Ranked]:
        """Returns the `first` best paths with their products, best first; their strength is at least `least` units."""
        found: dict[tuple[str, ...], int] = {}
        if self.goals and self.source in self.forward:
            for hops in range(1, self.max_hops + 1):
                self._hops = hops
                self._floor = (least * _FULL ** (hops - 1) - 1, hops) if least else (0, 0)
                if len(found) == first:
                    last, product = list(found.items())[-1]
                    self._floor = product, len(last) - 1
                # A longer path must be stronger than the last one found: of equally strong paths, the shorter one wins.
                stronger = self._round(first)
                found = dict(itertools.islice((stronger | found).items(), first))
        return list(found.items())

    def distinct(self, first: int, least: int = 0) -> list[_Ranked]:
        """Returns the `first` best paths of which no two have the same last hop, nor one with a path found before."""
        found: list[_Ranked] = []
        while len(found) < first and (best := self.ranked(1, least)):
            found += best
            *_, before, goal = best[0][0]
            self._barred.setdefault(goal, set()).add(before)
        return found

    def folded(self, path: tuple[str, ...], first: int) -> list[_Ranked]:
        """Returns the `first` best of the other paths with the same last hop."""
        *_, before, goal = path
        if not first or before == self.source or self.max_hops == 1:
            return []
        hop = _units(self.forward[before][goal])
        others = Search(self._graph, self.source, [before], self.max_hops - 1, self._exclude | self.goals).ranked(
            first + 1
        )
        return [((*other, goal), product * hop) for other, product in others if (*other, goal) != path][:first]

    def order(self, ranked: _Ranked) -> tuple[int, int, tuple[str, ...]]:
        """Returns the sort key of a path: stronger first, then with fewer hops, then by the uids along it."""
        path, product = ranked
        return -product * _FULL ** (self.max_hops - len(path) + 1), len(path), path

    def _round(self, first: int) -> dict[tuple[str, ...], int]:
        """Returns the `first` best of the paths stronger than the floor, with their products, best first."""
        found: dict[tuple[str, ...], int] = {}
        self._exact_continuations.clear()
        heap = list(self._children((self.source,), 1, self._continuations((self.source,), 1)))
        heapq.heapify(heap)
        floor, floor_hops = self._floor
        least = floor * _FULL ** (self._hops - floor_hops)
        while heap and len(found) < first and -heap[0][0] > least:
            _, _, path, product, continuations = heapq.heappop(heap)
            if path[-1] in self.goals:
                found[path] = product
            elif self._is_simple(path, continuations):
                self.extended += 1
                for child in self._children(path, product, continuations):
                    heapq.heappush(heap, child)
            else:
                exact = self._exact(path[:-1])
                if path[-1] in exact[self._hops - len(path) + 1]:
                    heapq.heappush(heap, self._entry(path, product, exact))
        return found

    def _entry(
        self, path: tuple[str, ...], product: int, continuations: _Continuations
    ) -> tuple[int, int, tuple[str, ...], int, _Continuations]:
        """Returns the heap entry of a path: its upper bound, in the sort order of the result."""
        used = len(path) - 1
        rest = continuations[self._hops - used][path[-1]]
        return -product * rest.value, used - rest.fewer, path, product, continuations

    def _children(
        self, path: tuple[str, ...], product: int, continuations: _Continuations
    ) -> Iterator[tuple[int, int, tuple[str, ...], int, _Continuations]]:
        edges = self.forward[path[-1]]
        for uid in edges.keys() & continuations[self._hops - len(path)].keys():
            units = _units(edges[uid])
            if units and uid not in path and not (uid in self._barred and path[-1] in self._barred[uid]):
                yield self._entry((*path, uid), product * units, continuations)

    def _is_simple(self, path: tuple[str, ...], continuations: _Continuations) -> bool:
        """Returns True if the continuation in `continuations` visits no person who is already on the path."""
        uid = path[-1]
        for left in range(self._hops - len(path) + 1, 0, -1):
            if uid in self.goals:
                break
            uid = continuations[left][uid].next
            if uid in path:
                return False
        return True

    def _exact(self, path: tuple[str, ...]) -> _Continuations:
        if path not in self._exact_continuations:
            self.recomputed += 1
            product = math.prod(_units(self.forward[a][b]) for a, b in itertools.pairwise(path))
            self._exact_continuations[path] = self._continuations(path, product)
        return self._exact_continuations[path]

    def _continuations(self, path: tuple[str, ...], product: int) -> _Continuations:
        """Returns the best continuations without the people of `path`, where they can exceed the floor."""
        hops = self._hops - len(path) + 1
        near = self._near(path, hops // 2)
        floor, floor_hops = self._floor
        upper = product * max(map(_units, self.forward[path[-1]].values()), default=0) * _FULL**floor_hops
        best = {uid: _Continuation(1, 0, "") for uid in self.goals}
        continuations, changed = [best], best
        for left in range(1, hops):
            allowed = near[hops - left] if hops - left < len(near) else None
            least = floor * _FULL ** (len(path) + left) // upper if upper else 0
            better = self._one_hop_back(changed, allowed, path, least)
            best = {uid: _Continuation(rest.value * _FULL, rest.fewer, rest.next) for uid, rest in best.items()}
            changed = {uid: rest for uid, rest in better.items() if uid not in best or rest > best[uid]}
            best.update(changed)
            continuations.append(best)
        return continuations

    def _one_hop_back(
        self,
        changed: Mapping[str, _Continuation],
        allowed: AbstractSet[str] | None,
        path: tuple[str, ...],
        least: int,
    ) -> dict[str, _Continuation]:
        better: dict[str, _Continuation] = {}
        for uid, rest in changed.items():
            edges = self.backward[uid]
            if uid in self._barred:
                edges = {before: edges[before] for before in edges.keys() - self._barred[uid]}
            for before in edges if allowed is None else edges.keys() & allowed:
                value = rest.value * _units(edges[before])
                if value > least and before not in self.goals and before not in path:
                    candidate = _Continuation(value, rest.fewer - 1, uid)
                    if before not in better or candidate > better[before]:
                        better[before] = candidate
        return better

    def _near(self, path: tuple[str, ...], hops: int) -> list[set[str]]:
        """Returns the people within 0, 1, … `hops` hops of the path's end, the only ones that can follow there."""
        reached, edge = {path[-1]}, {path[-1]}
        near = [set(reached)]
        for _ in range(hops):
            edge = set().union(*(self.forward[uid].keys() for uid in edge)) - reached
            reached |= edge
            near.append(set(reached))
        return near

    def introduction(self, path: tuple[str, ...]) -> Introduction:
        """Returns a path with the strengths of its hops."""
        hops = tuple(Hop(a, b, float(self.forward[a][b])) for a, b in itertools.pairwise(path))
        strength = math.prod(hop.strength for hop in hops) / 100.0 ** (len(hops) - 1)
        return Introduction(strength, path, hops)


def _strengths(graph: nx.Graph[str]) -> Strengths:
    return {uid: {other: edge["strength"] for other, edge in edges.items()} for uid, edges in graph.adjacency()}


def _without(strengths: Strengths, gone: AbstractSet[str]) -> Strengths:
    if not gone:
        return strengths
    return {
        uid: {other: points for other, points in edges.items() if other not in gone}
        for uid, edges in strengths.items()
        if uid not in gone
    }


def _units(points: float) -> int:
    if not 0.0 <= points <= 100.0:
        raise ValueError(f"strength must be from 0 to 100; got {points}")
    return round(points * _POINT)
