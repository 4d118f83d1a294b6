"""`create…` and `update…` of every entity that allows it, derived from its properties and its undated links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.events import property_changes
from graph.models.properties import Kind
from graph.money import Rates
from graph.mutations.completion import Derives, follows
from graph.mutations.declarations import (
    MUTATIONS,
    VALID_FROM,
    Body,
    Expression,
    Given,
    Group,
    Guard,
    Input,
    Mutation,
    RecordInput,
    Value,
    once,
)
from graph.mutations.frame import SEARCHED, TOUCH, change, details, each, merged_words, ordered, remove
from graph.mutations.links import created_with, cyclic, joined, link_input, lock_of, settable
from graph.mutations.reasons import CYCLE, OWN, STATE
from graph.mutations.transitions import Transition
from graph.query import ownership
from graph.query.builder import CypherBuilder
from graph.query.cycles import cycle
from graph.query.cypher import call, literals, quoted
from graph.search.analysis import SLOTS, WORDS, analyzed_number
from graph.sequences import next_value
from graph.vocabulary import ENTITIES, Entity, Link, Property, entity

# ---------- rules of one entity --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WritableIn:
    """Properties that are written only while the record is in one of some states; `among` narrows an enumeration."""

    properties: tuple[str, ...]
    states: tuple[str, ...]
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstEdge:
    """A group of `create…` that gives the new record a dated relationship along a link, with its properties.

    `record` is the input with the id of the other record; `defaults` are properties that are set when not sent.
    """

    name: str
    type: str
    link: str
    record: str
    description: str
    properties: tuple[str, ...]
    defaults: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RecordRules:
    """Additional rules for the `create…` and `update…` of an entity, or of every entity under a super-label.

    Declaring the rules registers them. `change_guards` are those of every mutation of a stored record: its update, its
    deletion and its restoration. `create_effects` run when the record `n` exists; `update_effects`,
    `update_near` and `parameters` are those of a `Transition`.
    """

    label: str
    writable_in: tuple[WritableIn, ...] = ()
    first_edges: tuple[FirstEdge, ...] = ()
    create_guards: tuple[Guard, ...] = ()
    create_effects: tuple[str, ...] = ()
    update_guards: tuple[Guard, ...] = ()
    change_guards: tuple[Guard, ...] = ()
    update_effects: tuple[str, ...] = ()
    update_near: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        RULES[self.label] = self


GENERATED = Expression("null", "the next number")

_MOST_TAKEN = 1_000_000

RULES: dict[str, RecordRules] = {}
_NO_RULES = RecordRules("")


def rules(label: str) -> RecordRules:
    """The rules of an entity or of one of its super-labels; empty by default."""
    return next((RULES[one] for one in entity(label).labels if one in RULES), _NO_RULES)


def _moved(label: str, *, stepped: bool) -> set[str]:
    """The properties that transitions move; those moved step by step may still be chosen for a new record."""
    labels = entity(label).labels
    found = (one for one in MUTATIONS.values() if isinstance(one, Transition) and one.label in labels)
    return {one.state for one in found if stepped or isinstance(one.target, str)}


def writable(one: Entity, *, create: bool) -> list[Value]:
    """The properties that an input of `create…` or `update…` takes."""
    without = _moved(one.label, stepped=not create)
    if create:
        initial = one.properties["state"].initial if "state" in one.properties else None
        for rule in rules(one.label).writable_in:
            without |= set(rule.properties) if initial not in rule.states else set()
    among = {name: rule.among for rule in rules(one.label).writable_in for name in rule.properties if rule.among}
    found = []
    for name, declared in one.properties.items():
        if declared.writable and not declared.hidden and name not in without:
            known = declared.initial is not None or declared.numbered is not None
            required = create and declared.required and not known and not _follows(one, name)
            default = GENERATED if declared.numbered is not None else declared.initial
            given = Given(name, required, default if create else None, among.get(name, ()))
            found.append(given.of(one.properties))
    return sorted(found, key=lambda value: not value.required)


def _follows(one: Entity, name: str) -> bool:
    """Whether a value can be derived from other values, so that callers can omit it."""
    others = {key: "x" for key, found in one.properties.items() if found.kind is Kind.TEXT and key != name}
    return name in one.complete(others)


# ---------- create ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Create(Mutation):
    """`create…`: a new record with its undated links and the relationships that its rules declare."""

    @property
    def creates(self) -> bool:
        """A new record."""
        return True

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The writable properties, the settable links, and a group for each declared relationship."""
        one = entity(self.label)
        links = [link_input(link) for link in settable(self.label) if not link.hidden]
        return (
            *writable(one, create=True),
            *links,
            *(_group(self.label, edge) for edge in rules(self.label).first_edges),
        )

    def body(self, builder: CypherBuilder) -> Body:
        """Creates the record with its relationships."""
        del builder
        own = [(link, created_with(link)) for link in settable(self.label) if not link.hidden]
        numbered = [one for one in entity(self.label).properties.values() if one.numbered is not None]
        changes = [property_changes("$input.keys", "{}", "$input.values")]
        changes += [change(one.name, after=f"{one.name}Next") for one in numbered]
        changes += [change(link.name, after=to) for link, to in own]
        create = [
            f"CREATE (n:{':'.join(entity(self.label).labels)})",
            "SET n = $input.values, n.uid = $input.id, n.createdAt = $now, n.modifiedAt = $now",
            SEARCHED,
            *(_numbered(one) for one in numbered),
            *(joined(link, to) for link, to in own),
        ]
        for edge in rules(self.label).first_edges:
            create.append(_first(self.label, edge))
            changes += _first_changes(edge)
        return Body(
            guards=rules(self.label).create_guards,
            create=(
                *(_next_number(self.label, one) for one in numbered),
                *create,
                "WITH *",
                ownership.refreshed("[n]", "n"),
                *rules(self.label).create_effects,
                "WITH *",
            ),
            changes="\n  + ".join(changes),
        )


def _numbered(one: Property) -> str:
    """Sets a property to the next number, unless the input has one."""
    found = f"SET n.{one.name} = coalesce(n.{one.name}, {one.name}Next)"
    if one.search is None:
        return found
    words = ", ".join(["null"] * SLOTS.index(one.search) + [analyzed_number(f"n.{one.name}")])
    given = f"$input.values.{one.name} IS NOT NULL"
    return f"{found} SET n.{WORDS} = CASE WHEN {given} THEN n.{WORDS}\n  ELSE {merged_words(f'[{words}]')} END"


def _next_number(label: str, one: Property) -> str:
    """Binds the next free number for a property, or null when the input has one.

    The two digits at the end are check digits (ISO 7064, MOD 97-10). Numbers that callers have chosen are skipped.
    """
    digits = "right('0000' + number, CASE WHEN number < 100000 THEN 5 ELSE size(toString(number)) END)"
    check = "right('0' + toString(98 - number * 100 % 97), 2)"
    free = (
        f"UNWIND range(sequence.value, sequence.value + {_MOST_TAKEN}) AS number\n"
        f"WITH number, {quoted(f'{one.numbered}-')} + {digits} + '-' + {check} AS text\n"
        f"WHERE NOT EXISTS {{ (:{label} {{{one.name}: text}}) }}\n"
        "RETURN number, text LIMIT 1"
    )
    taken = next_value(f"{label}.{one.name}", "sequence")
    body = [f"WITH * WHERE $input.values.{one.name} IS NULL", taken, "WITH sequence", call("sequence", free),
            f"SET sequence.value = number\nRETURN text AS {one.name}Next"]  # fmt: skip
    return f"OPTIONAL {call('', chr(10).join(body))}"


def _group(label: str, edge: FirstEdge) -> Group:
    link = entity(label).links[edge.link]
    values = [Given(one).of(link.model.properties) for one in edge.properties]
    target = RecordInput(edge.record, link.target, f"The {edge.record}.", variable=f"{edge.record}To")
    return Group(edge.name, edge.type, edge.description, (target, *values, VALID_FROM), defaults=edge.defaults)


def _first(label: str, edge: FirstEdge) -> str:
    link, group = entity(label).links[edge.link], f"$input.{edge.name}"
    arrow = f"(n)-[edge:{link.edge}]->(one)" if link.outgoing else f"(one)-[edge:{link.edge}]->(n)"
    facts = f"edge.validFrom = coalesce({group}.validFrom, $now), edge.createdAt = $now"
    return each(f"{edge.record}To", f"CREATE {arrow}\n  SET edge = {group}.values, {facts}")


def _first_changes(edge: FirstEdge) -> list[str]:
    group = f"$input.{edge.name}"
    facts = [change(f"{edge.record}.{key}", after=f"{group}.values.{key}") for key in edge.properties]
    start = f"CASE WHEN {edge.record}To IS NOT NULL THEN coalesce({group}.validFrom, $now) END"
    return [change(edge.record, after=f"{edge.record}To"), *facts, change(f"{edge.record}.validFrom", after=start)]


# ---------- update ---------------------------------------------------------------------------------------------------


class _Setting(NamedTuple):
    """A link that an update may set: variables for the present, ending and new relationship."""

    link: Link
    to: str
    present: str
    ending: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Update(Mutation):
    """`update…`: the properties and links that were sent; omitted ones keep their value, null clears them."""

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The id, the writable properties and the settable links."""
        links = [link_input(link) for link in settable(self.label) if not link.hidden]
        subject = RecordInput("id", self.label, "The id of the record.", variable="n")
        return (subject, *writable(entity(self.label), create=False), *links)

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """A lock for each cyclic link that is set."""
        return tuple(lock_of(self.label, link) for link in cyclic(self.label) if values.get(link.name) is not None)

    def derives(self, rates: Rates) -> Derives | None:
        """The entity, if values of it are derived."""
        del rates
        return entity(self.label) if follows(entity(self.label)) else None

    def stored(self, builder: CypherBuilder) -> tuple[str, ...]:
        """The properties of the record."""
        return f"OPTIONAL MATCH {builder.node('n', self.label, uid='$input.id')}", "WITH properties(n) AS stored"

    def body(self, builder: CypherBuilder) -> Body:
        """Changes the values and links that differ."""
        own = [
            _Setting(link, link_input(link).bound, *map(builder.fresh, ("present", "ending", "target")))
            for link in settable(self.label)
            if not link.hidden
        ]
        changes = [property_changes("$input.keys", "n", "$input.values"), *(_link_change(one) for one in own)]
        plan = [*map(_present, own), *([f"WITH *, {', '.join(map(_ending, own))}"] if own else [])]
        return Body(
            near=self._near(),
            guards=(
                *self._states(),
                *self._cycles(own),
                *ordered(self, entity(self.label).properties, _updated, "$input.keys"),
                *rules(self.label).update_guards,
                *rules(self.label).change_guards,
            ),
            plan=tuple(plan),
            changes="\n  + ".join(changes),
            imports=tuple(variable for one in own for variable in (one.ending, one.target)),
            writes=(
                f"{TOUCH} SET n += $input.values {SEARCHED}",
                *(f"FOREACH (edge IN {one.ending} | {remove('edge')})" for one in own),
                *(joined(one.link, one.target) for one in own),
                *_owned(self.label),
                *rules(self.label).update_effects,
            ),
        )

    def constants(self) -> Mapping[str, Any]:
        """The parameters that the rules declare."""
        return rules(self.label).parameters

    def _near(self) -> tuple[str, ...]:
        """The current targets of the links; they are also locked when a relationship is removed."""
        edges = "|".join(sorted({link.edge for link in settable(self.label)}))
        record = f"(:{self.label} {{uid: $input.id}})"
        links = (f"MATCH {record}-[:{edges}]->(one:Record)\nWHERE size($input.given) > 0\nRETURN one",) if edges else ()
        owned = (ownership.near(record, _reowned(self.label)),) if ownership.holds(self.label) else ()
        return (*links, *owned, *rules(self.label).update_near)

    def _states(self) -> list[Guard]:
        found = []
        for rule in rules(self.label).writable_in:
            states = ", ".join(map(quoted, rule.states))
            for key in rule.properties:
                text = {"state": "n.state", **details(property="state", wanted=" or ".join(rule.states))}
                predicate = f"{quoted(key)} IN $input.keys AND NOT n.state IN [{states}]"
                found.append(Guard(predicate, STATE, text, key))
        return found

    def _cycles(self, own: list[_Setting]) -> list[Guard]:
        found = []
        for one in own:
            if one.link in cyclic(self.label):
                what, field = details(what=one.link.name), one.link.name
                found.append(Guard(f"{one.to} = n", OWN, what, field))
                found.append(Guard(cycle(one.to, one.link.edge, "$input.id"), CYCLE, what, field))
        return found


def _reowned(label: str) -> str:
    """Whether an update may change the owner or the unit of the record."""
    names = [link.name for link in settable(label) if link.edge in ownership.EDGES]
    return f"any(link IN $input.given WHERE link IN {literals(names)})"


def _owned(label: str) -> tuple[str, ...]:
    """Stores owner and unit of the record and of its dependents."""
    return "WITH *", ownership.refreshed(f"CASE WHEN {_reowned(label)} THEN [n] ELSE [] END", "n")


def _updated(key: str) -> str:
    """A value after the update."""
    return f"CASE WHEN {quoted(key)} IN $input.keys THEN $input.values.{key} ELSE n.{key} END"


def _present(one: _Setting) -> str:
    """The present relationships; several links may share a type, and differ in the label at the other end."""
    return f"WITH *, COLLECT {{ MATCH (n)-[edge:{one.link.edge}]->(:{one.link.target}) RETURN edge }} AS {one.present}"


def _ending(one: _Setting) -> str:
    given, same = f"{quoted(one.link.name)} IN $input.given", f"endNode(edge) = {one.to}"
    return (
        f"[edge IN {one.present} WHERE {given} AND NOT coalesce({same}, false)] AS {one.ending},\n"
        f"  CASE WHEN {given} AND NOT any(edge IN {one.present} WHERE {same}) THEN {one.to} END AS {one.target}"
    )


def _link_change(one: _Setting) -> str:
    return change(one.link.name, f"endNode({one.ending}[0])", one.target)


for _one in ENTITIES.values():
    if _one.creatable:
        Create(name=f"create{_one.label}", label=_one.label, description=f"Creates a record: {_one.description}")
    if _one.updatable:
        Update(
            name=f"update{_one.label}",
            label=_one.label,
            description="Changes a record: omitted fields keep their value, `null` clears a field.",
        )
