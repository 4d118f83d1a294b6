"""Links that are more than one relationship: each binds its targets and, where it has them, the facts of its edge."""

from __future__ import annotations

from graph.models.derived import Ascent, Descent, TimelineEntry
from graph.query.builder import CypherBuilder, EdgePattern, traversal
from graph.query.cypher import call, where
from graph.vocabulary import entity


def climb(builder: CypherBuilder, up: bool, way: EdgePattern) -> str:
    """The pattern from an account along a hierarchy: any number of visible steps up or down, none included."""
    link = entity("Account").links["parent" if up else "children"]
    seen = builder.fresh("v")
    holds = " AND ".join(builder.validity_predicates(way.edge, link.model, way.at, way.hierarchy))
    sight = " AND ".join(builder.access_predicates(seen, "Account"))
    step = f"[{way.edge}:CHILD_OF WHERE {holds}]"
    node = f"({seen} WHERE {sight})" if sight else "()"
    arrow = f"-{step}->" if up else f"<-{step}-"
    return f"({way.start}) ((){arrow}{node})* ({way.end})"


@traversal(
    "Account",
    "descendants",
    "Account",
    "The accounts below it in a hierarchy.",
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
    "The top of a hierarchy; the account itself if it is a root.",
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
    sight = builder.access_predicates(way.end, "Activity")
    employed = [
        f"({works}.validFrom IS NULL OR {works}.validFrom <= {way.end}.startedAt)",
        f"({works}.validTo IS NULL OR {way.end}.startedAt < {works}.validTo)",
        *builder.access_predicates(person, "Contact"),
    ]
    start, end = way.start, way.end
    ways = (
        (f"({start})<-[:REGARDING]-({end}:Activity)", sight),
        (f"({start})-[:PARTICIPATED_IN]->({end})", sight),
        (
            f"({start})<-[:FOR_ACCOUNT]-({deal}:Opportunity)<-[:REGARDING]-({end})",
            sight + builder.access_predicates(deal, "Opportunity"),
        ),
        (f"({start})<-[{works}:WORKS_AT]-({person})-[:PARTICIPATED_IN]->({end})", employed + sight),
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
    sight = builder.access_predicates(way.end, "Activity")
    ways = (
        (f"({way.start})-[:PARTICIPATED_IN]->({way.end})", sight),
        (f"({way.start})<-[:REGARDING]-({way.end})", sight),
    )
    return _once(way, ways)


def _once(way: EdgePattern, ways: tuple[tuple[str, list[str]], ...]) -> str:
    union = "\nUNION\n".join(f"MATCH {pattern}{where(rules)}\nRETURN {way.end}" for pattern, rules in ways)
    return f"{call(way.start, union)}\nWITH {way.end}, {{}} AS {way.edge}"
