"""Introductions through people whom the caller may not read: they count, but are not named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from algorithms.introductions import Strengths, introductions
from algorithms.registry import algorithm
from algorithms.results import Ref

_MOST_SEARCHED = 1_024


@dataclass(frozen=True, slots=True)
class StepBeyond:
    """A party on a path."""

    party: Annotated[str | None, Ref("Party"), "The party; null if you may not read it."]
    is_user: Annotated[bool, "True for one of our users: a colleague."]
    strength: Annotated[float | None, "The strength of the tie to the next party, 0 to 100; null for the last one."]


@dataclass(frozen=True, slots=True)
class IntroductionBeyond:
    """A path to a person that passes through people whom you may not read."""

    strength: Annotated[float, "The product of the strengths of the hops, divided by 100^(hops - 1)."]
    steps: Annotated[tuple[StepBeyond, ...], "The parties, in order."]
    withheld: Annotated[int, "The number of parties on the path that are not named."]


@algorithm(
    reads=("knows.strength",), reference="design formulas §9: the paths of introductions, of which some are kept"
)
def introductions_beyond(
    graph: Strengths,
    source: str,
    targets: Collection[str],
    *,
    named: Collection[str],
    users: Collection[str],
    first: int = 3,
    max_hops: int = 3,
    min_strength: float = 0.0,
) -> list[IntroductionBeyond]:
    """Returns the strongest paths on which somebody is not named, strongest first.

    Exact among the strongest 1,024 paths; see `introductions` for their order.

    Args:
        graph: people by uid, with the strength of each tie at both of its ends.
        source: the person who needs an introduction, who is named.
        targets: the people to reach, who are named.
        named: the uids that the caller may know.
        users: the uids of our users.
        first: the maximum number of paths, 1 or more.
        max_hops: the maximum number of hops, 1 to 6.
        min_strength: the strength that a path has at least.

    Raises:
        ValueError: as for `introductions`.

    >>> ties = {"me": {"x": 80.0}, "x": {"me": 80.0, "t": 50.0}, "t": {"x": 50.0}}
    >>> [path] = introductions_beyond(ties, "me", ["t"], named=["me", "t"], users=["me", "x"])
    >>> path.strength, path.withheld, [(step.party, step.is_user, step.strength) for step in path.steps]
    (40.0, 1, [('me', True, 80.0), (None, True, 50.0), ('t', False, None)])
    """
    known, ours = frozenset(named), frozenset(users)
    searched = 2 * first
    while True:
        found = introductions(graph, source, targets, first=searched, max_hops=max_hops, min_strength=min_strength)
        beyond = [path for path in found if not known.issuperset(path.people)]
        if len(beyond) >= first or len(found) < searched or searched >= _MOST_SEARCHED:
            break
        searched = min(2 * searched, _MOST_SEARCHED)
    return [
        IntroductionBeyond(
            path.strength,
            tuple(
                StepBeyond(one if one in known else None, one in ours, strength)
                for one, strength in zip(path.people, [*(hop.strength for hop in path.hops), None], strict=True)
            ),
            sum(one not in known for one in path.people),
        )
        for path in beyond[:first]
    ]
