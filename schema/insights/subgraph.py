"""Parts of the graph: records that are found by following relationships from others, for a map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from algorithms.results import ID
from algorithms.strength import ONE_WAY_CAP
from algorithms.subgraph import Subgraph
from algorithms.subgraph import subgraph as subgraph_of
from graph.errors import Invalid
from graph.models.choices import Hierarchy
from graph.query.selection import Part
from graph.query.subgraph import KNOWS, Parts, relationships
from graph.query.subgraph import subgraph as text_of
from graph.query.values import Argument
from graph.store import Bound
from graph.vocabulary import Link, concrete
from schema.insights.registry import QUERY, always, insight
from schema.insights.ties import AS_OF
from schema.request import Request

_MOST_EVERYWHERE = 8
_MOST_IDS = 1000


@dataclass(frozen=True, slots=True)
class ExpandInput:
    """A relationship that is followed from nodes."""

    relationship: Annotated[
        str, "The relationship: `knows` for ties, or a field of the records such as `contacts` or `descendants`."
    ]
    ids: Annotated[
        list[Annotated[str, ID]] | None,
        "The ids of the records that it is followed from, which are nodes too; the default is all nodes so far.",
    ] = None


Expansions = Sequence[Mapping[str, Any]]


def _checked(named: Sequence[str], expand: Expansions) -> None:
    """Raises Invalid for unknown relationships, and for too many expansions or ids."""
    for one in expand:
        if one["relationship"] not in relationships():
            raise Invalid(
                f"`{one['relationship']}` is not a relationship that can be expanded.",
                remedy=f"Use one of {', '.join(relationships())}.",
                field="expand",
            )
    if sum(one.get("ids") is None for one in expand) > _MOST_EVERYWHERE:
        raise Invalid(
            f"At most {_MOST_EVERYWHERE} expansions may have no `ids`.", remedy="Add `ids`, or expand less.",
            field="expand",
        )  # fmt: skip
    number = len(named) + sum(len(one.get("ids") or ()) for one in expand)
    if number > _MOST_IDS:
        raise Invalid(
            f"The arguments contain {number} ids; {_MOST_IDS} are allowed.", remedy="Use fewer ids.", field="expand"
        )


def _chosen(expand: Expansions) -> dict[str, list[str]]:
    """The ids from which each relationship is followed, in the order of the relationships."""
    found: dict[str, list[str]] = {}
    for one in expand:
        if one.get("ids") is not None:
            found.setdefault(one["relationship"], []).extend(one["ids"])
    return dict(sorted(found.items()))


def _read(
    request: Request,
    parts: tuple[Part, ...],
    *,
    start: list[str],
    expand: Expansions | None,
    include: list[str] | None,
    minStrength: float,
    since: datetime | None,
    asOf: datetime | None,
    hierarchy: Hierarchy,
    first: int,
    **_: Any,
) -> Bound:
    expand = expand or ()
    _checked([*start, *(include or ())], expand)
    past = asOf is not None
    counts = any(part.name == "nodes" and any(inner.name == "counts" for inner in part.parts) for part in parts)
    hidden = bool(request.access.shape.rules) and any(part.name == "withheld" for part in parts)
    everywhere = tuple(one["relationship"] for one in expand if one.get("ids") is None)
    chosen = _chosen(expand)
    ids = [*(uid for each in chosen.values() for uid in each), *(include or ())]
    text = text_of(request.access.shape, everywhere, tuple(chosen), Parts(past, counts, hidden))
    least = -math.log1p(-minStrength / 100) * request.tie_k if minStrength < 100 else math.inf
    values: dict[str, Any] = {
        "start": start,
        "chosen": chosen,
        "ids": ids,
        "most": first,
        "least": least,
        "oneWay": minStrength <= ONE_WAY_CAP,
        "since": since,
        "p0": asOf,
        "p1": getattr(hierarchy, "name", hierarchy),
    }
    if asOf is not None:
        values["now"] = min(asOf, request.now)
    return request.bound("subgraph", text, **values)


@insight(
    on=QUERY,
    args=(
        Argument("start", list[Annotated[str, ID]], "The ids of the records to start with."),
        Argument(
            "expand",
            list[ExpandInput] | None,
            "The relationships to follow: first those without `ids`, in order, then those with `ids`.",
        ),
        Argument(
            "include", list[Annotated[str, ID]] | None, "The ids of further records, from which nothing is followed."
        ),
        Argument("minStrength", float, "The minimum strength of a tie.", 0.0, 0, 100),
        Argument("since", datetime | None, "The time since which a tie or an activity has been active."),
        AS_OF,
        Argument("hierarchy", Hierarchy, "The hierarchy of the accounts.", Hierarchy.CRM),
        Argument("first", int, "The maximum number of nodes.", 500, 1, 10_000, page=True),
        Argument("layout", bool, "Whether nodes have coordinates, and accounts circles.", False),
        Argument("communities", bool, "Whether nodes have communities.", False),
    ),
    reads=_read,
    threaded=always,
)
def subgraph(
    found: Mapping[str, Any],
    request: Request,
    *,
    start: list[str],
    expand: Expansions | None,
    include: list[str] | None,
    asOf: datetime | None,
    layout: bool,
    communities: bool,
    **_: Any,
) -> Subgraph:
    """A part of the graph: some records, those that relationships lead to, and the relationships between them."""
    wanted = [*start, *(uid for one in expand or () for uid in one.get("ids") or ()), *(include or ())]
    return subgraph_of(
        found, wanted, asOf or request.now, request.tie_k, counted=_counted, layout=layout,
        with_communities=communities,
    )  # fmt: skip


def _counted(type_: str, rows: Iterable[Sequence[Any]]) -> list[tuple[str, int]]:
    """The relationships of a type of record with the numbers of records that they lead to, which are above 0."""
    links = [(name, link) for name, labels in relationships().items() for label, link in labels if label == type_]
    found: dict[str, int] = {}
    for row in rows:
        for name, link in links:
            if _leads(name, link, row):
                found[name] = found.get(name, 0) + row[4]
    return sorted(found.items())


def _leads(name: str, link: Link, row: Sequence[Any]) -> bool:
    """Whether the records of a row of counts are those that a link leads to."""
    edge, outgoing, label, kind, _ = row
    if link.traversal is not None or link.edge != edge or label not in concrete(link.target):
        return False
    if name != KNOWS and link.outgoing != outgoing:
        return False
    given = {"kind": kind}
    return all((given.get(key) or link.model.properties[key].default) == value for key, value in link.where)
