"""The strongest paths from one person to one or several others, through people who know each other."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeAlias

import networkx as nx

from algorithms.registry import algorithm
from algorithms.results import Ref

MOST_HOPS = 6

# Strengths are compared as whole numbers of 1e-9 points: a product of floats depends on the order of its factors, and
# two equally good paths must tie exactly for the tie-break to hold.
_POINT = 10**9
_FULL = 100 * _POINT

_Edges: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Hop:
    """A step of an introduction."""

    from_: Annotated[str, Ref("Party"), "The party who introduces."]
    to: Annotated[str, Ref("Party"), "The party who is introduced."]
    strength: Annotated[float, "The strength of their tie, 0 to 100."]
    last_at: Annotated[datetime | None, "The time of their latest activity."] = None
    interactions: Annotated[int, "The number of meetings, calls and emails between them."] = 0
    reason: Annotated[str, "The activities that the tie is derived from, in words."] = ""


@dataclass(frozen=True, slots=True)
class Introduction:
    """A path to a person through people who know each other."""

    strength: Annotated[float, "The product of the strengths of the hops, divided by 100^(hops - 1)."]
    people: tuple[str, ...]
    hops: Annotated[tuple[Hop, ...], "The steps, in order."]


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
    graph: nx.Graph[str],
    source: str,
    targets: Collection[str],
    *,
    first: int = 3,
    max_hops: int = 3,
) -> list[Introduction]:
    """Returns the strongest simple paths from one person to any of several, strongest first.

    Exact: a path through more people can beat a shorter one. A path ends at the first target it meets. Equally strong
    paths (to 1e-9 points a hop) are ordered by fewer hops, then by the uids along the path.

    Args:
        graph: people by uid; edges carry `strength`, 0 < strength ≤ 100, and may carry `last_at`, `interactions` and
            `reason`. A strength of 0 means no tie. The graph is undirected, or directed, whose
            edges are followed forwards only; not a multigraph.
        source: the person who needs an introduction; never a target.
        targets: the people to reach, any of them; uids that are not in the graph are ignored.
        first: the maximum number of paths, 1 or more.
        max_hops: the maximum number of hops, 1 to 6.

    Returns:
        at most `first` paths; strength = product of the hops' strengths / 100^(hops - 1). Empty without a path, or
        if `source` is not in the graph.

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
    if graph.is_multigraph():
        raise ValueError("the graph must not be a multigraph")
    return Search(graph, source, targets, max_hops).best(first)


class Search:
    """A best-first search over simple paths, guided by an upper bound on the continuation of each path.

    It searches paths of 1 hop, then of 2, and so on; the paths found so far bound the next round. In each round the
    bound is computed once for walks, by dynamic programming over hops. If that walk would visit a person twice, the
    bound is computed again without the people on the path, once for each such path. So at most `first` · `max_hops`
    paths are extended in a round.
    """

    def __init__(self, graph: nx.Graph[str], source: str, targets: Collection[str], max_hops: int) -> None:
        self.forward: _Edges = dict(graph.adjacency())
        self.backward: _Edges = self.forward
        if isinstance(graph, nx.DiGraph):
            self.backward = dict(graph.reverse(copy=False).adjacency())
        self.source = source
        self.goals = frozenset(uid for uid in targets if uid in self.forward) - {source}
        self.max_hops = max_hops
        self.extended = 0
        self.recomputed = 0
        self._hops = 0
        self._floor = (0, 0)
        self._without: dict[tuple[str, ...], _Continuations] = {}

    def best(self, first: int) -> list[Introduction]:
        """Returns the `first` best paths, best first."""
        found: dict[tuple[str, ...], int] = {}
        if self.goals and self.source in self.forward:
            for hops in range(1, self.max_hops + 1):
                self._hops = hops
                if len(found) == first:
                    last, product = list(found.items())[-1]
                    self._floor = product, len(last) - 1
                # A longer path must be stronger than the last one found: of equally strong paths, the shorter one wins.
                stronger = self._round(first)
                found = dict(itertools.islice((stronger | found).items(), first))
        return [self._introduction(path) for path in found]

    def _round(self, first: int) -> dict[tuple[str, ...], int]:
        """Returns the `first` best of the paths stronger than the floor, with their products, best first."""
        found: dict[tuple[str, ...], int] = {}
        self._without.clear()
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
            if units and uid not in path:
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
        if path not in self._without:
            self.recomputed += 1
            product = math.prod(_units(self.forward[a][b]) for a, b in itertools.pairwise(path))
            self._without[path] = self._continuations(path, product)
        return self._without[path]

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

    def _introduction(self, path: tuple[str, ...]) -> Introduction:
        hops = []
        for source, target in itertools.pairwise(path):
            edge = self.forward[source][target]
            properties = {name: edge[name] for name in ("last_at", "interactions", "reason") if name in edge}
            hops.append(Hop(source, target, float(edge["strength"]), **properties))
        strength = math.prod(hop.strength for hop in hops) / 100.0 ** (len(hops) - 1)
        return Introduction(strength, path, tuple(hops))


def _units(edge: Mapping[str, Any]) -> int:
    points = float(edge["strength"])
    if not 0.0 <= points <= 100.0:
        raise ValueError(f"strength must be from 0 to 100; got {points}")
    return round(points * _POINT)
