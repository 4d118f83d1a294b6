"""Links that follow more than one relationship: each binds its targets and the properties of its edge."""

from __future__ import annotations

from graph.models.derived import Ascent, Descent, TimelineEntry
from graph.query.builder import CypherBuilder, EdgePattern, traversal
from graph.query.cypher import call, where
from graph.vocabulary import ENTITIES, SUPERS, entity


def climb(builder: CypherBuilder, up: bool, way: EdgePattern, times: str = "*") -> str:
    """Returns the pattern from an account along a hierarchy: zero or more readable steps up or down, or `times`."""
    link = entity("Account").links["parent" if up else "children"]
    node = builder.passed(builder.fresh("v"), "Account")
    validity = " AND ".join(builder.validity_predicates(way.edge, link.model, way.at, way.hierarchy))
    step = f"[{way.edge}:CHILD_OF WHERE {validity}]"
    arrow = f"-{step}->" if up else f"<-{step}-"
    return f"({way.start}) ((){arrow}{node}){times} ({way.end})"


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
    """All accounts below an account, each once, with `depth` and `path` as properties of the edge."""
    steps = builder.fresh("r")
    limit = f"\nWHERE size({steps}) <= ${way.depth.name}" if way.depth is not None else ""
    facts = {
        "depth": f"size({steps})",
        **{
            key: f"last({steps}).{key}"
            for key in ("hierarchy", "validFrom", "validTo", "confidence", "createdAt", "source")
        },
        "path": f"[{way.start}.uid] + [step IN {steps} | startNode(step).uid]",
    }
    used = ", ".join(f"{key}: {fact}" for key, fact in facts.items() if way.facts is None or key in way.facts)
    return (
        f"MATCH {climb(builder, False, way._replace(edge=steps), '+')}{limit}\n"
        f"WITH {way.start}, {way.end}, {{{used}}} AS {way.edge}"
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
    """The root of an account's hierarchy; on a cycle, the last account before the cycle closes."""
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
    takes_below=True,
)
def account_timeline(builder: CypherBuilder, way: EdgePattern) -> str:
    """The activities of an account, each once: about it or its deals, with it, or with its people while employed."""
    works, person, deal = builder.fresh("w"), builder.fresh("c"), builder.fresh("o")
    employed = [
        f"({works}.validFrom IS NULL OR {works}.validFrom <= {way.end}.startedAt)",
        f"({works}.validTo IS NULL OR {way.end}.startedAt < {works}.validTo)",
    ]
    start, end = way.start, builder.node(way.end, "Activity", labelled=False)
    colleague = builder.node(person, "Contact", labelled=False)
    patterns = (
        f"({start})<-[:REGARDING]-{builder.node(way.end, 'Activity')}",
        f"({start})-[:PARTICIPATED_IN]->{end}",
        f"({start})<-[:FOR_ACCOUNT]-{builder.node(deal, 'Opportunity')}<-[:REGARDING]-{end}",
        f"({start})<-[{works}:WORKS_AT]-{colleague}-[:PARTICIPATED_IN]->{end}{where(employed)}",
    )
    return _once(way, patterns)


def _timeline(label: str) -> None:
    """Declares the timeline of a record: the activities that any of its links leads to."""
    links = [link for link in entity(label).links.values() if link.target == "Activity"]
    took_part = any(link.outgoing for link in links)

    @traversal(
        label,
        "timeline",
        "Activity",
        f"The activities {'with or ' if took_part else ''}about the record, newest first.",
        edge=TimelineEntry,
        order=(("startedAt", True),),
        takes_kinds=True,
    )
    def timeline(builder: CypherBuilder, way: EdgePattern) -> str:
        """The activities of a record, each once."""
        return _once(way, tuple(builder.hop(link, label, way._replace(edge=""))[0] for link in links))


for _one in (*SUPERS.values(), *ENTITIES.values()):
    if "timeline" not in _one.links and any(link.target == "Activity" for link in _one.links.values()):
        _timeline(_one.label)


def _once(way: EdgePattern, patterns: tuple[str, ...]) -> str:
    union = "\nUNION\n".join(f"MATCH {pattern}\nRETURN {way.end}" for pattern in patterns)
    return f"{call(way.start, union)}\nWITH {way.end}, {{}} AS {way.edge}"
