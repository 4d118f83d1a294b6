"""Links that are more than one relationship: each binds its targets and, where it has them, the facts of its edge."""

from __future__ import annotations

from graph.models.derived import Ascent, Descent, TimelineEntry
from graph.query.builder import CypherBuilder, EdgePattern, traversal
from graph.query.cypher import call, where
from graph.vocabulary import entity


def climb(builder: CypherBuilder, up: bool, way: EdgePattern) -> str:
    """The pattern from an account along a hierarchy: any number of readable steps up or down, none included."""
    link = entity("Account").links["parent" if up else "children"]
    node = builder.passed(builder.fresh("v"), "Account")
    holds = " AND ".join(builder.validity_predicates(way.edge, link.model, way.at, way.hierarchy))
    step = f"[{way.edge}:CHILD_OF WHERE {holds}]"
    arrow = f"-{step}->" if up else f"<-{step}-"
    return f"({way.start}) ((){arrow}{node})* ({way.end})"


@traversal(
    "Account",
    "descendants",
    "Account",
    "All accounts below this one in a hierarchy.",
    edge=Descent,
    connection="AccountDescendant",
    takes_depth=True,
)
def descendants(builder: CypherBuilder, way: EdgePattern) -> str:
    """Everything below an account, each once, with `depth` and `path` as the facts of its edge."""
    steps = builder.fresh("r")
    limit = f" AND size({steps}) <= ${way.depth.name}" if way.depth is not None else ""
    own = ", ".join(
        f"{fact}: last({steps}).{fact}"
        for fact in ("hierarchy", "validFrom", "validTo", "confidence", "createdAt", "source")
    )
    return (
        f"MATCH {climb(builder, False, way._replace(edge=steps))}\nWHERE size({steps}) > 0{limit}\n"
        f"WITH {way.start}, {way.end}, {{depth: size({steps}), {own}, "
        f"path: [{way.start}.uid] + [step IN {steps} | startNode(step).uid]}} AS {way.edge}"
    )


@traversal(
    "Account",
    "ultimateParent",
    "Account",
    "The root of the hierarchy; the account itself if it has no parent.",
    edge=Ascent,
    one=True,
    required=True,
)
def ultimate_parent(builder: CypherBuilder, way: EdgePattern) -> str:
    """The top of an account's hierarchy, itself when it is a root; on a cycle the last one before it closes."""
    steps = builder.fresh("r")
    return (
        f"MATCH {climb(builder, True, way._replace(edge=steps))}\n"
        f"WITH {way.end}, size({steps}) AS {steps} ORDER BY {steps} DESC, {way.end}.uid LIMIT 1\n"
        f"WITH {way.end}, {{}} AS {way.edge}"
    )


@traversal(
    "Account",
    "timeline",
    "Activity",
    "The activities of the account and its people, newest first.",
    edge=TimelineEntry,
    order=(("startedAt", True),),
    takes_kinds=True,
)
def account_timeline(builder: CypherBuilder, way: EdgePattern) -> str:
    """Each activity of an account once: about it or its deals, by it, and by its people while they worked there."""
    works, person, deal = builder.fresh("w"), builder.fresh("c"), builder.fresh("o")
    employed = [
        f"({works}.validFrom IS NULL OR {works}.validFrom <= {way.end}.startedAt)",
        f"({works}.validTo IS NULL OR {way.end}.startedAt < {works}.validTo)",
    ]
    start, end = way.start, builder.node(way.end, "Activity", labelled=False)
    colleague = builder.node(person, "Contact", labelled=False)
    ways = (
        f"({start})<-[:REGARDING]-{builder.node(way.end, 'Activity')}",
        f"({start})-[:PARTICIPATED_IN]->{end}",
        f"({start})<-[:FOR_ACCOUNT]-{builder.node(deal, 'Opportunity')}<-[:REGARDING]-{end}",
        f"({start})<-[{works}:WORKS_AT]-{colleague}-[:PARTICIPATED_IN]->{end}{where(employed)}",
    )
    return _once(way, ways)


@traversal(
    "Contact",
    "timeline",
    "Activity",
    "The activities of the person, newest first.",
    edge=TimelineEntry,
    order=(("startedAt", True),),
    takes_kinds=True,
)
def contact_timeline(builder: CypherBuilder, way: EdgePattern) -> str:
    """Each activity of a person once: took part in it, or it was about the person."""
    end = builder.node(way.end, "Activity", labelled=False)
    return _once(way, (f"({way.start})-[:PARTICIPATED_IN]->{end}", f"({way.start})<-[:REGARDING]-{end}"))


def _once(way: EdgePattern, ways: tuple[str, ...]) -> str:
    union = "\nUNION\n".join(f"MATCH {pattern}\nRETURN {way.end}" for pattern in ways)
    return f"{call(way.start, union)}\nWITH {way.end}, {{}} AS {way.edge}"
