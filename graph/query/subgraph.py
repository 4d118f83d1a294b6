"""Cypher that reads a part of the graph: the records that expansions reach, and the relationships between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from graph.query.access_shape import AccessShape
from graph.query.availability import available
from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.cypher import call, implied, stored, type_of, where
from graph.query.party_ties import current_ties, past_ties, tied
from graph.query.selection import Slot
from graph.query.withheld import hides
from graph.vocabulary import ENDPOINTS, ENTITIES, Link, concrete, entity

KNOWS = "knows"
DESCENDANTS = "descendants"

# Ownership, sharing and history connect almost every record with almost every other one.
_LEFT_OUT = frozenset({"OWNED_BY", "HAS_ACCESS", "CHANGED"})
_AT, _HIERARCHY = Slot(0), Slot(1)
_TITLES = ("name", "title", "subject")
_LABELS = tuple(ENTITIES)


class Parts(NamedTuple):
    """The parts of a subgraph that are read: as of a point in time or now, the counts, the number of hidden records."""

    past: bool
    counts: bool
    withheld: bool = False


@lru_cache(maxsize=1)
def relationships() -> Mapping[str, tuple[tuple[str, Link], ...]]:
    """Returns the relationships that can be expanded by name: the labels that have one, each with its link."""
    found: dict[str, list[tuple[str, Link]]] = {}
    for label, one in ENTITIES.items():
        for name, link in one.links.items():
            followed = link.traversal is None and not link.hidden and link.edge not in _LEFT_OUT
            if followed or name in (KNOWS, DESCENDANTS):
                found.setdefault(name, []).append((label, link))
    return {name: tuple(links) for name, links in sorted(found.items())}


@lru_cache(maxsize=256)
def subgraph(access: AccessShape, everywhere: tuple[str, ...], chosen: tuple[str, ...], parts: Parts) -> str:
    """Returns Cypher that reads a part of the graph.

    It starts with `$start`. The expansions `everywhere` follow a relationship from all nodes that were found before, in
    this order. Then `$ids` are added. Expansions that are `chosen` follow a relationship from the nodes that `$chosen`
    names for it, which are among them. There are at most `$most` nodes; `more` is True if there would be more.
    `withheld` is the number of hidden records to which the expansions lead from these nodes.
    """
    builder = CypherBuilder(access)
    hidden = ", [] AS hidden" if parts.withheld else ""
    clauses = [
        _named(builder, "$start", "[]"),
        f"WITH found[..$most] AS nodes, size(found) > $most AS more, [] AS rows{hidden}",
    ]
    for name in everywhere:
        clauses += _step(builder, name, "nodes", parts)
    clauses += [_named(builder, "$ids", "nodes"), _added(hidden=", hidden" if parts.withheld else "")]
    for name in chosen:
        clauses += _step(builder, name, f"[one IN nodes WHERE one.uid IN $chosen.{name}]", parts)
    clauses += [_between(builder, parts), _described(builder, parts)]
    number = ""
    if parts.withheld:
        number = ", withheld: withheld"
        counted = "UNWIND hidden AS x\nWITH DISTINCT x WHERE NOT x IN nodes\nRETURN count(x) AS withheld"
        clauses.append(call("nodes, hidden", counted))
    clauses.append(f"RETURN {{nodes: described, rows: rows, between: between, more: more{number}}} AS found")
    return "\n".join(clauses)


def _named(builder: CypherBuilder, uids: str, nodes: str) -> str:
    """Returns a subquery that binds as `found` the records with some uids that are not yet nodes, in their order."""
    body = f"""UNWIND range(0, size({uids}) - 1) AS at
WITH at, {uids}[at] AS uid
MATCH {builder.node("n", "Record", uid="uid")}
WHERE NOT n IN {nodes}
WITH n, min(at) AS at ORDER BY at
RETURN collect(n) AS found"""
    return call("" if nodes == "[]" else nodes, body)


def _added(steps: str = "", hidden: str = "") -> str:
    return (
        f"WITH nodes + found[..$most - size(nodes)] AS nodes, more OR size(nodes) + size(found) > $most AS more, "
        f"rows{steps} AS rows{hidden}"
    )


def _step(builder: CypherBuilder, name: str, sources: str, parts: Parts) -> list[str]:
    """Returns clauses that follow a relationship, and add the records that it leads to, the strongest ties first."""
    branches = _branches(
        name, lambda link, label: _ties(builder, parts) if name == KNOWS else _followed(builder, link, label, parts)
    )
    body = f"""UNWIND {sources} AS start
{call("start", branches)}
WITH x, max(rank) AS rank, collect(row) AS own ORDER BY rank DESC, x.uid
RETURN collect(CASE WHEN x IN nodes THEN null ELSE x END) AS found, collect(own) AS steps"""
    if not parts.withheld:
        return [call("nodes", body), _added(" + steps")]
    hidden = _hidden(builder, name, sources, parts)
    if hidden is None:
        return [call("nodes", body), _added(" + steps", ", hidden")]
    return [hidden, call("nodes", body), _added(" + steps", ", hidden + unseen AS hidden")]


def _hidden(builder: CypherBuilder, name: str, sources: str, parts: Parts) -> str | None:
    """Returns a subquery that binds as `unseen` the hidden records to which a relationship leads.

    None if no rule concerns it. The conditions of the request do not apply, so that they tell nothing about a record.
    """
    if not hides(builder, lambda each: _places(each, name, parts)):
        return None
    both = [
        f"{call('start', _places(each, name, parts))}\nRETURN x, {seen} AS seen"
        for each, seen in ((builder.unrestricted(), 0), (builder, 1))
    ]
    union = "\nUNION ALL\n".join(both)
    body = f"""UNWIND {sources} AS start
{call("start", union)}
WITH x, max(seen) AS seen WHERE seen = 0
RETURN collect(x) AS unseen"""
    return call("nodes", body)


def _places(builder: CypherBuilder, name: str, parts: Parts) -> str:
    """Returns the branches of a relationship, without the conditions of the request."""
    at = _AT if parts.past else None

    def matched(link: Link, label: str) -> str:
        if name == KNOWS:
            return f"{tied(builder, 'start', at, _others())}\nRETURN other AS x"
        return f"{builder.follow(link, label, _way(link, at), [])}\nRETURN x"

    return _branches(name, matched)


def _branches(name: str, matched: Callable[[Link, str], str]) -> str:
    """Returns subqueries that follow a relationship from `start`, one for all labels that have it in the same form."""
    forms: dict[tuple[object, ...], tuple[Link, list[str]]] = {}
    for label, link in relationships()[name]:
        form = (link.edge, link.outgoing, link.target, link.where, implied(label, link))
        forms.setdefault(form, (link, []))[1].append(label)
    found = []
    for link, labels in forms.values():
        found.append(f"WITH * WHERE {_any_of('start', labels)}\n{matched(link, labels[0])}")
    return "\nUNION ALL\n".join(found)


def _any_of(variable: str, labels: list[str]) -> str:
    return f"{variable}:{'|'.join(labels)}"


def _others() -> list[str]:
    return ["start <> other", *available("other", "Party")]


def _ties(builder: CypherBuilder, parts: Parts) -> str:
    ties = _scored(builder, parts, _others())
    return f"{ties}\nRETURN other AS x, points AS rank, row"


def _scored(builder: CypherBuilder, parts: Parts, others: list[str], arrow: str = "") -> str:
    if parts.past:
        return past_ties(builder, "start", _AT, others, runs_here=bool(arrow))
    return current_ties(builder, "start", others, arrow)


def _followed(builder: CypherBuilder, link: Link, label: str, parts: Parts) -> str:
    way = _way(link, _AT if parts.past else None)
    since = ["($since IS NULL OR x.startedAt >= $since)"] if link.target in _activities() else []
    row = "null" if link.traversal else _row("e")
    return f"{builder.follow(link, label, way, since)}\nRETURN x, null AS rank, {row} AS row"


def _way(link: Link, at: Slot | None) -> EdgePattern:
    return EdgePattern("start", "e", "x", at, _HIERARCHY if link.hierarchical else None, None, frozenset())


def _activities() -> frozenset[str]:
    return frozenset({"Activity", *concrete("Activity")})


def _row(edge: str) -> str:
    """Returns the expression of a relationship: its ends, type, sums of a tie, kind, certainty and latest activity."""
    ends = f"startNode({edge}).uid, endNode({edge}).uid, type({edge})"
    return f"[{ends}, null, coalesce({edge}.kind, {edge}.role), {edge}.confidence, null]"


def _between(builder: CypherBuilder, parts: Parts) -> str:
    """Returns a subquery that binds the ties, jobs, reporting lines and places in the hierarchy between all nodes."""
    valid = builder.validity_predicates("e", entity("Account").links["parent"].model, _AT if parts.past else None, None)
    rules = ["x IN nodes", f"coalesce(e.hierarchy, ${_HIERARCHY.name}) = ${_HIERARCHY.name}", *valid]
    body = f"""{_scored(builder, parts, ["other IN nodes"], "<")}
RETURN row
UNION ALL
MATCH (start)-[e:WORKS_AT|REPORTS_TO|CHILD_OF]->(x){where(rules)}
RETURN {_row("e")} AS row"""
    each = f"UNWIND nodes AS start\n{call('start, nodes', body)}"
    return call("nodes", f"{each}\nRETURN collect(DISTINCT row) AS between")


def _described(builder: CypherBuilder, parts: Parts) -> str:
    """Returns a subquery that binds the label, name, place and counts of every node."""
    label = type_of("n", _LABELS, False)
    title = f"coalesce({', '.join(f'n.{one}' for one in _TITLES)})"
    body = f"UNWIND nodes AS n\n{_place(builder, parts)}"
    counts = "null"
    if parts.counts:
        body, counts = f"{body}\n{_counts(builder, parts)}", "counts"
    return call("nodes", f"{body}\nRETURN collect([n.uid, {label}, {title}, place, {counts}]) AS described")


def _place(builder: CypherBuilder, parts: Parts) -> str:
    """Returns a subquery that binds the `place` of a node: its account, and for a person the title and the roles.

    The account of a person is one that is a node, if there is one, and else the main one.
    """
    at = _AT if parts.past else None
    person, job = builder.hop(entity("Contact").links["accounts"], "Contact", EdgePattern("n", "e", "a", at))
    types = "|".join(sorted({link.edge for _, link in relationships()["account"] if link.one}))
    account = builder.node("a", "Account")
    others = (
        f"WITH * WHERE NOT n:Contact|Account\nMATCH (n)-[:{types}]->{account}\n"
        "WITH a ORDER BY a.uid LIMIT 1\nRETURN [a.uid, null, []] AS here"
    )
    jobs = (
        f"WITH * WHERE n:Contact\nMATCH {person}{where(job)}\n"
        "WITH e, a ORDER BY a IN nodes DESC, coalesce(e.isPrimary, false) DESC, a.uid, e.jobTitle LIMIT 1\n"
        "RETURN [a.uid, e.jobTitle, coalesce(e.roles, [])] AS here"
    )
    union = f"{jobs}\nUNION ALL\n{others}\nUNION ALL\nWITH * WHERE n:Account\nRETURN [n.uid, null, []] AS here"
    return call("n, nodes", f"{call('n, nodes', union)}\nRETURN head(collect(here)) AS place")


def _kind(edge: str) -> str:
    """Returns the expression of the kind of a relationship of a type of which some links follow one kind only."""
    kinds = {link.edge: link.model for links in relationships().values() for _, link in links if link.where}
    cases = " ".join(f"WHEN '{type_}' THEN {stored(edge, model, 'kind')}" for type_, model in sorted(kinds.items()))
    return f"CASE type({edge}) {cases} END"


def _counts(builder: CypherBuilder, parts: Parts) -> str:
    """Returns a subquery that binds the numbers of readable records to which each relationship of a node leads.

    A row has the type of the relationship, whether it is outgoing, the label of the records, the kind and the number.
    """
    types = "|".join(sorted({one.edge for one in ENDPOINTS} - _LEFT_OUT))
    valid = builder.validity_predicates("e", entity("Account").links["parent"].model, _AT if parts.past else None, None)
    rules = [f"coalesce(e.hierarchy, ${_HIERARCHY.name}) = ${_HIERARCHY.name}", *valid]
    target = builder.node("m", "Record")
    label = type_of("m", _LABELS, False)

    def counted(pattern: str, outgoing: str) -> str:
        return (
            f"MATCH {pattern}{where(rules)}\nWITH type(e) AS type, {label} AS label, {_kind('e')} AS kind, m\n"
            f"RETURN type, {outgoing} AS outgoing, label, kind, count(DISTINCT m) AS number"
        )

    out, back = counted(f"(n)-[e:{types}]->{target}", "true"), counted(f"(n)<-[e:{types}]-{target}", "false")
    both = call("n", f"{out}\nUNION ALL\n{back}")
    return call("n", f"{both}\nRETURN collect([type, outgoing, label, kind, number]) AS counts")
