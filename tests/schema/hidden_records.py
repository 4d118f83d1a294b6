"""A policy that hides some records of a random graph by their ids."""

from __future__ import annotations

import random
from collections.abc import Collection

from graph.access import Access, Policy
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from tests.schema.random_graph import Graph

HIDES = AccessShape((("Record", Not(Compare("uid", "in", AccessValue("hidden")))),))
RESTRICTED = ("Account", "Contact", "Opportunity", "Activity")


def hiding(uids: Collection[str]) -> Policy:
    """The policy under which no caller may read these records."""
    access = Access(HIDES, {"hidden": sorted(uids)})
    return lambda _: access


def a_third(graph: Graph, seed: int) -> list[str]:
    """The ids of a third of the accounts, contacts, opportunities and activities."""
    source = random.Random(seed)
    return [uid for label in RESTRICTED for uid in graph.labelled(label) if source.random() < 1 / 3]
