"""Communities: groups of parties that know each other better than they know others."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from algorithms.registry import algorithm

_SEED = 1


@algorithm(
    reads=("knows.strength",),
    reference="Blondel et al. 2008, Fast unfolding of communities in large networks: the Louvain method",
)
def communities(ties: Iterable[tuple[str, str, float]]) -> dict[str, int]:
    """Returns the number of the community of each party with a tie: 1 for the largest; of equal ones, by the least uid.

    The result does not depend on the order of the ties.

    Args:
        ties: two parties, and the strength of their tie, which is above 0.

    >>> two = [("a", "b", 90.0), ("b", "c", 80.0), ("a", "c", 80.0), ("x", "y", 70.0), ("c", "x", 1.0)]
    >>> communities(two)
    {'a': 1, 'b': 1, 'c': 1, 'x': 2, 'y': 2}
    """
    lines = sorted((min(one, other), max(one, other), strength) for one, other, strength in ties)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted({uid for one, other, _ in lines for uid in (one, other)}))
    graph.add_weighted_edges_from(lines, weight="strength")
    if not lines:
        return {}
    found = nx.community.louvain_communities(graph, weight="strength", seed=_SEED)
    ordered = sorted(found, key=lambda members: (-len(members), min(members)))
    numbers = {uid: number for number, members in enumerate(ordered, 1) for uid in members}
    return {uid: numbers[uid] for uid in sorted(numbers)}
