"""Rollups from columns: the figures of a tree are sums over a slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from graph.columns.forest import Forest
from graph.columns.snapshot import OWN, Snapshot, text_key
from graph.columns.tables import CHILD_OF, WORKS_AT
from graph.query.computed.rollup import NEEDS

FIGURES = OWN.keys() | {"accounts", "depth", "contacts", "winRate"}

Figures = Mapping[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Rollup:
    """Figures by name; money in minor units of the base currency."""

    figures: Figures
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a rollup: an account alone, or a direct child with the accounts below it."""

    account: str
    own: bool
    figures: Figures


def rollup(
    snapshot: Snapshot, uid: str, hierarchy: str, at: int, figures: Iterable[str], shares: Iterable[str] | None = None
) -> Rollup | None:
    """The figures of an account with all accounts below it, and those of its parts if `shares` names figures.

    None for what the columns cannot answer.
    """
    forest = snapshot.forest(hierarchy, at)
    if forest is None:
        return None
    wanted, parts = frozenset(figures), frozenset(shares or ())
    own = {name: snapshot.own(name) for name in _needed(wanted | parts) & OWN.keys()}
    if any(values is None for values in own.values()):
        return None
    tree = _Tree(snapshot, forest, at, {name: values for name, values in own.items() if values is not None})
    record = snapshot.account(uid)
    if record is None:
        return Rollup(_alone(wanted), () if shares is None else (Share(uid, True, _alone(parts)),))
    if shares is None:
        return Rollup(tree.figures(record, wanted))
    uids, names = snapshot.ids.uids, snapshot.names()
    children = sorted(
        (int(child) for child in forest.children(record)),
        key=lambda child: (text_key(names.get(child) or ""), uids[child]),
    )
    below = [Share(uids[child], False, tree.figures(child, parts)) for child in children]
    return Rollup(tree.figures(record, wanted), (Share(uid, True, tree.alone(record, parts)), *below))


def tables_of(figures: Iterable[str]) -> frozenset[str]:
    """The names of the tables that figures are computed from."""
    needed = _needed(frozenset(figures))
    people = [WORKS_AT.name] if "contacts" in needed else []
    return frozenset((CHILD_OF.name, *people, *(OWN[name] for name in needed & OWN.keys())))


def _alone(wanted: frozenset[str]) -> Figures:
    """The figures of an account that no relationship of the tables has."""
    return {name: None if name == "winRate" else int(name == "accounts") for name in wanted}


def _needed(figures: frozenset[str]) -> frozenset[str]:
    return figures.union(*(NEEDS.get(one, ()) for one in figures))


@dataclass(frozen=True, slots=True)
class _Tree:
    """The sums over the slices of one forest."""

    snapshot: Snapshot
    forest: Forest
    at: int
    own: dict[str, np.ndarray]

    def figures(self, record: int, wanted: frozenset[str]) -> Figures:
        """The figures of a record and all below it."""
        return self._over(self.forest.slice(record), record, wanted)

    def alone(self, record: int, wanted: frozenset[str]) -> Figures:
        """The figures of a record without those below it."""
        start = int(self.forest.place[record])
        return self._over(slice(start, start + 1), record, wanted)

    def _over(self, tree: slice, record: int, wanted: frozenset[str]) -> Figures:
        members = self.forest.order[tree]
        found: dict[str, int | float | None] = {
            name: self.forest.total(name, self.own[name], tree) for name in _needed(wanted) & OWN.keys()
        }
        if "accounts" in wanted:
            found["accounts"] = len(members)
        if "depth" in wanted:
            found["depth"] = int(self.forest.level[members].max() - self.forest.level[record])
        if "contacts" in wanted:
            found["contacts"] = self.snapshot.people(self.forest, tree, self.at)
        if "winRate" in wanted:
            won, lost = found["wonOpportunities"], found["lostOpportunities"]
            assert won is not None
            assert lost is not None
            found["winRate"] = won / (won + lost) if won + lost else None
        return found
