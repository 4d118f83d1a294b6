"""The plain verbs of every entity: make a record, change a record, with its undated links to at most one."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from graph.mutations.frame import TOUCH, altered, begun, circle, doing, event, facts, missing, refusing, sought, why
from graph.mutations.registry import MUTATIONS
from graph.query.builder import CypherBuilder
from graph.query.cypher import name, quoted
from graph.vocabulary import ENTITIES, Link, entity


class More(NamedTuple):
    """What an entity adds to a plain verb: texts that seek, reasons to refuse, writes, and facts for the event."""

    seeks: tuple[str, ...] = ()
    refuses: tuple[tuple[str, str], ...] = ()
    writes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class End(NamedTuple):
    """A link a plain verb can set; variables of the target given, the edges there are and to go, the target to join."""

    link: Link
    to: str
    olds: str
    stale: str
    made: str

    @property
    def given(self) -> str:
        """The id that was given, or null."""
        return f"$input.links.{name(self.link.name)}"


def settable(label: str) -> tuple[Link, ...]:
    """The links of an entity that hold without a date and lead to at most one record, by one relationship."""
    return tuple(
        link
        for link in entity(label).links.values()
        if link.one and link.outgoing and link.traversal is None and not link.where and not link.dated
    )


def kinds(link: Link) -> tuple[str, ...]:
    """The labels a settable link may lead to."""
    return link.targets


def rings(label: str) -> tuple[Link, ...]:
    """Those settable links that could lead around in a circle: they join records of one label."""
    return tuple(link for link in settable(label) if label in kinds(link))


def lock_of(label: str, link: Link) -> str:
    """The name of the lock under which such a link is set."""
    return f"{label} {link.edge}"


def _ends(builder: CypherBuilder, label: str) -> list[End]:
    return [
        End(link, *(builder.fresh(prefix) for prefix in ("to", "olds", "stale", "made"))) for link in settable(label)
    ]


def created(builder: CypherBuilder, label: str, verb: str, more: More | None = None) -> str:
    """Makes a record of `$input.stored` under the id `$input.id`, with links to the ids of `$input.links`."""
    more = more or More()
    ends = _ends(builder, label)
    refuses = [*_unknown(ends), *more.refuses]
    after = [facts("$input.keys", "$input.stored"), *(_named(end.link, end.to) for end in ends), *more.after]
    return "\n".join(
        [
            begun(),
            *_seeks(builder, ends),
            *more.seeks,
            f"WITH *, {refusing(*refuses)}",
            f"CREATE (n:{':'.join(entity(label).labels)})",
            "SET n = $input.stored, n.uid = $input.id, n.createdAt = $now, n.modifiedAt = $now",
            *(_joined(end.link, end.to) for end in ends),
            *more.writes,
            f"WITH *, [] AS before, {' + '.join(after)} AS after",
            event(verb),
            "WITH n, refused",
        ]
    )


def updated(builder: CypherBuilder, label: str, verb: str, more: More | None = None) -> str:
    """Changes a record to what `$input.stored` has under `$input.keys`, and the links named in `$input.given`."""
    more = more or More()
    ends = _ends(builder, label)
    differing = [f"{altered('$input.keys', '$input.stored')} AS changed", *map(_differing, ends)]
    before = [facts("changed", "n"), *map(_named_before, ends)]
    after = [facts("changed", "$input.stored"), *(_named(end.link, end.made) for end in ends)]
    refuses = [("n IS NULL", missing(label, "$input.id")), *_unknown(ends), *_rounds(ends, label), *more.refuses]
    return "\n".join(
        [
            begun(*_near(label)),
            sought(builder, "n", label, "$input.id"),
            *_seeks(builder, ends),
            *more.seeks,
            f"WITH *, {refusing(*refuses)}",
            *map(_found, ends),
            f"WITH *, {', '.join(differing)}",
            f"WITH *, {' + '.join(before)} AS before, {' + '.join(after)} AS after",
            doing(
                verb,
                [variable for end in ends for variable in (end.stale, end.made)],
                f"{TOUCH} SET n += $input.stored",
                *(f"FOREACH (edge IN {end.stale} | DELETE edge)" for end in ends),
                *(_joined(end.link, end.made) for end in ends),
            ),
        ]
    )


def _seeks(builder: CypherBuilder, ends: list[End]) -> list[str]:
    return [sought(builder, end.to, end.link.target, end.given, kinds(end.link)) for end in ends]


def _near(label: str) -> list[str]:
    """The records that links which may change lead to now: they are locked too when a relationship goes."""
    edges = "|".join(sorted({link.edge for link in settable(label)}))
    record = f"(:{label} {{uid: $input.id}})"
    return [f"MATCH {record}-[:{edges}]->(one:Record)\nWHERE size($input.given) > 0\nRETURN one"] if edges else []


def _unknown(ends: list[End]) -> list[tuple[str, str]]:
    return [(f"{end.given} IS NOT NULL AND {end.to} IS NULL", missing(end.link.name, end.given)) for end in ends]


def _rounds(ends: list[End], label: str) -> list[tuple[str, str]]:
    found = []
    for end in ends:
        if end.link in rings(label):
            what = quoted(end.link.name)
            found.append((f"{end.to} = n", why("own", what=what)))
            found.append((circle(end.to, end.link.edge, "$input.id"), why("circle", what=what)))
    return found


def _named(link: Link, to: str) -> str:
    return f"[one IN [{to}] WHERE one IS NOT NULL | {quoted(link.name + '=')} + one.uid]"


def _named_before(end: End) -> str:
    return f"[edge IN {end.stale} | {quoted(end.link.name + '=')} + endNode(edge).uid]"


def _joined(link: Link, to: str) -> str:
    one = f"[one IN [{to}] WHERE one IS NOT NULL]"
    return f"FOREACH (one IN {one} | CREATE (n)-[:{link.edge} {{createdAt: $now}}]->(one))"


def _found(end: End) -> str:
    """What a link leads to now; several links may share a type of relationship, and are told apart by the label."""
    return f"WITH *, COLLECT {{ MATCH (n)-[edge:{end.link.edge}]->(:{end.link.target}) RETURN edge }} AS {end.olds}"


def _differing(end: End) -> str:
    """What a link led to and shall not, and what it did not lead to and shall."""
    asked, there = f"{quoted(end.link.name)} IN $input.given", f"endNode(edge) = {end.to}"
    return (
        f"[edge IN {end.olds} WHERE {asked} AND NOT coalesce({there}, false)] AS {end.stale},\n"
        f"  CASE WHEN {asked} AND NOT any(edge IN {end.olds} WHERE {there}) THEN {end.to} END AS {end.made}"
    )


for _label in ENTITIES:
    # What needs more than this registers a text of its own under the same name, after this.
    MUTATIONS[f"create{_label}"] = partial(created, label=_label, verb=f"create{_label}")
    MUTATIONS[f"update{_label}"] = partial(updated, label=_label, verb=f"update{_label}")
