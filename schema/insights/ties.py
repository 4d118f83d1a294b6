"""Who knows whom, how well, and the best way to somebody: drawn from activities, each answer with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import networkx as nx
import strawberry
from graphql import GraphQLResolveInfo

from algorithms.introductions import introductions as best_ways
from algorithms.strength import Strength, Sums, strength
from graph.errors import Invalid, NotFound
from graph.ties import reads
from schema.context import Context
from schema.insights.places import Path, handed, occurrences, raw
from schema.insights.sums import COLUMNS, sums_of
from schema.scalars import DateTime, moment_of
from schema.typing import enumeration_of

if TYPE_CHECKING:
    from schema.generated_types import Party

Band = enumeration_of("Band", "How good a tie is.", {"GOOD": "60 to 100.", "FAIR": "40 to 60.", "POOR": "Below 40."})


@strawberry.type(description="A part of a score; the parts add up to it.")
class Term:
    """A part of a score."""

    name: str = strawberry.field(description="What it is.")
    value: float = strawberry.field(description="How many of the points it is.")
    message: str = strawberry.field(description="Why, in words.")


@strawberry.type(description="How well two parties know each other, drawn from what they did together.")
class Tie:
    """How well two parties know each other."""

    shown: strawberry.Private[dict[str, Any]]
    strength: float = strawberry.field(description="0 to 100; formulas §1: it never rises while nothing happens.")
    band: Band = strawberry.field(description="Good from 60, fair from 40.")  # type: ignore[valid-type]
    terms: list[Term] = strawberry.field(description="The parts of the strength; they add up to it.")
    lastAt: DateTime | None = strawberry.field(description="The latest activity.")
    firstAt: DateTime | None = strawberry.field(description="The first activity.")
    interactions: int = strawberry.field(description="The meetings, the calls, and the mails from one to the other.")
    reciprocity: float | None = strawberry.field(
        description="How balanced the mail is, 0 to 1; null without mail. Beside the strength, not part of it."
    )

    @strawberry.field(name="from", description="The one; the first asked about, or one of us.")
    def from_(self, info: strawberry.Info) -> Annotated[Party, strawberry.lazy("schema.generated_types")]:
        """The one."""
        return handed(self.shown, info, 1)  # type: ignore[no-any-return]

    @strawberry.field(description="The other.")
    def to(self, info: strawberry.Info) -> Annotated[Party, strawberry.lazy("schema.generated_types")]:
        """The other."""
        return handed(self.shown, info, 1)  # type: ignore[no-any-return]


@strawberry.type(description="One step of an introduction.")
class Hop:
    """One step of an introduction."""

    shown: strawberry.Private[dict[str, Any]]
    strength: float = strawberry.field(description="How well the two know each other, 0 to 100.")
    lastAt: DateTime | None = strawberry.field(description="Their latest activity.")
    interactions: int = strawberry.field(description="The meetings, the calls, and the mails from one to the other.")
    because: str = strawberry.field(description="What the tie is made of, in words.")

    @strawberry.field(name="from", description="Who introduces.")
    def from_(self, info: strawberry.Info) -> Annotated[Party, strawberry.lazy("schema.generated_types")]:
        """Who introduces."""
        return handed(self.shown, info, 2)  # type: ignore[no-any-return]

    @strawberry.field(description="To whom.")
    def to(self, info: strawberry.Info) -> Annotated[Party, strawberry.lazy("schema.generated_types")]:
        """To whom."""
        return handed(self.shown, info, 2)  # type: ignore[no-any-return]


@strawberry.type(description="A way to somebody through people who know each other.")
class Introduction:
    """A way to somebody."""

    strength: float = strawberry.field(description="The product of its hops' strengths over 100^(hops - 1).")
    hops: list[Hop] = strawberry.field(description="The steps in order.")


class Row:
    """One tie as read: who, whom, and its sums."""

    def __init__(self, start: str, end: str, sums: Sums) -> None:
        self.start, self.end, self.sums = start, end, sums

    def scored(self, context: Context) -> Strength:
        """Its strength now."""
        return strength(self.sums, context.now, context.tie_k)


def rows_of(columns: dict[str, Any]) -> list[Row]:
    """The ties of a read's columns."""
    values = zip(*(columns[name] for name in COLUMNS), strict=True)
    return [
        Row(start, end, sums_of(tie)) for start, end, tie in zip(columns["start"], columns["end"], values, strict=True)
    ]


async def _parties(
    context: Context, info: GraphQLResolveInfo[Any], wanted: Sequence[tuple[Path, list[str]]]
) -> list[dict[str, dict[str, Any]]]:
    """For each path, the rows of these parties at every place it is selected: place → id → row."""
    selection_builder = context.selection_builder(info)
    places = [
        (index, place, nodes, uids)
        for index, (path, uids) in enumerate(wanted)
        for place, nodes in occurrences(selection_builder, list(info.field_nodes), path).items()
    ]
    asked = [("Party", sorted(set(uids)), selection_builder.row(nodes, "Party")) for _, _, nodes, uids in places]
    answers = await context.records(selection_builder, asked) if asked else []
    found: list[dict[str, dict[str, Any]]] = [{} for _ in wanted]
    for (index, place, _, _), answer in zip(places, answers, strict=True):
        found[index][place] = answer
    return found


def _here(shown: dict[str, dict[str, Any]], uid: str) -> dict[str, Any]:
    return {place: rows.get(uid) for place, rows in shown.items()}


async def _ties(
    context: Context, info: GraphQLResolveInfo[Any], found: list[tuple[str, str, Row, Strength]]
) -> list[Tie]:
    ones = [one for one, _, _, _ in found]
    others = [other for _, other, _, _ in found]
    paths = ((("Tie", "from"),), ones), ((("Tie", "to"),), others)
    shown = await _parties(context, info, paths)
    return [
        Tie(
            shown=_here(shown[0], one) | _here(shown[1], other),
            strength=scored.score,
            band=scored.band.name,
            terms=[Term(name=term.name, value=term.value, message=term.says) for term in scored.terms],
            lastAt=moment_of(row.sums.last_at),
            firstAt=moment_of(row.sums.first_at),
            interactions=row.sums.interactions,
            reciprocity=scored.reciprocity,
        )
        for one, other, row, scored in found
    ]


def _missing(uid: str, what: str) -> NotFound:
    return NotFound(f"There is no {what} {uid}.", remedy="Take the id from a query of accounts, contacts or users.")


async def tie(info: strawberry.Info, from_: str, to: str) -> Tie | None:
    """The tie of two parties; null when nothing joins them."""
    context: Context = info.context
    bound = reads.tie(from_, to, now=context.now, access=context.access)
    columns = await context.reads.ask(bound)
    for uid, label in ((from_, columns["from"]), (to, columns["to"])):
        if label is None:
            raise _missing(uid, "party")
    rows = rows_of(columns)
    if not rows:
        return None
    return (await _ties(context, raw(info), [(from_, to, rows[0], rows[0].scored(context))]))[0]


async def knows(info: strawberry.Info, to: str, first: int = 5) -> list[Tie]:
    """Who of us knows a person, or anybody at an account, the strongest tie first."""
    context: Context = info.context
    bound = reads.knows(to, now=context.now, access=context.access)
    columns = await context.reads.ask(bound)
    if columns["to"] is None:
        raise _missing(to, "contact or account")
    targets = set(columns["targets"])
    found = []
    for row in rows_of(columns):
        user, other = (row.end, row.start) if row.start in targets else (row.start, row.end)
        found.append((user, other, row, row.scored(context)))
    found.sort(key=lambda one: (-one[3].score, one[0], one[1]))
    return await _ties(context, raw(info), found[: _page(first)])


def _page(first: int) -> int:
    if not 0 <= first <= 1000:
        raise Invalid(f"`first` is {first}.", remedy="Give a number from 0 to 1000.")
    return first


async def introductions(
    info: strawberry.Info, to: str, from_: str | None = None, first: int = 3, max_hops: int = 3
) -> list[Introduction]:
    """The strongest ways to a person or to anybody at an account."""
    context: Context = info.context
    start = from_ or context.principal.user
    if start is None:
        raise Invalid(
            "It is not known who asks.",
            remedy="Give `from`, the id of a user, or set KITH_CALLER to the user that stands for the caller.",
        )
    if not 1 <= max_hops <= 6:
        raise Invalid(f"`maxHops` is {max_hops}.", remedy="Give a number from 1 to 6.")
    if not _page(first):
        return []
    bound = reads.neighbourhood(start, to, max_hops, now=context.now, access=context.access)
    columns = await context.reads.ask(bound)
    for uid, label in ((start, columns["from"]), (to, columns["to"])):
        if label is None:
            raise _missing(uid, "party")
    graph: nx.Graph[str] = nx.Graph()
    for row in rows_of(columns):
        scored = row.scored(context)
        if scored.score > 0:
            graph.add_edge(row.start, row.end, strength=min(scored.score, 100.0), row=row, scored=scored)
    ways = best_ways(graph, start, columns["targets"], first=first, max_hops=max_hops)
    hops = [hop for way in ways for hop in way.hops]
    sources = [hop.source for hop in hops]
    targets = [hop.target for hop in hops]
    step = ("Introduction", "hops")
    shown = await _parties(context, raw(info), (((step, ("Hop", "from")), sources), ((step, ("Hop", "to")), targets)))
    return [
        Introduction(
            strength=way.strength,
            hops=[
                _hop(graph.edges[hop.source, hop.target], _here(shown[0], hop.source) | _here(shown[1], hop.target))
                for hop in way.hops
            ],
        )
        for way in ways
    ]


def _hop(edge: dict[str, Any], shown: dict[str, Any]) -> Hop:
    row, scored = edge["row"], edge["scored"]
    return Hop(
        shown=shown,
        strength=scored.score,
        lastAt=moment_of(row.sums.last_at),
        interactions=row.sums.interactions,
        because="; ".join(term.says for term in scored.terms if term.value) or scored.terms[0].says,
    )
