"""`add…`, `update…` and `end…` or `remove…` of every relationship with properties, derived from its declaration.

A relationship is identified by its ends, the properties in `keys`, and its start where several follow one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graph.events import property_changes
from graph.models.properties import AtMostOne, DateTime
from graph.money import Rates
from graph.mutations.completion import DerivedEdge, Derives, edge_follows
from graph.mutations.declarations import (
    APPEND,
    VALID_FROM,
    VALID_TO,
    WRITE,
    Body,
    Given,
    Guard,
    Input,
    Mutation,
    RecordInput,
    Returned,
    Value,
    extra,
    field_name,
    once,
    words,
)
from graph.mutations.departures import following, released, released_changes, released_writes
from graph.mutations.frame import TOUCH, change, details, each, ordered, remove, seek
from graph.mutations.periods import FROM, PRESENT, UNTIL
from graph.mutations.reasons import ABSENT, AMBIGUOUS, CYCLE, OVERLAP, OWN, PAIRING, PERIOD, TAKEN
from graph.query.builder import CypherBuilder
from graph.query.cycles import cycle
from graph.query.cypher import literal, quoted, stored
from graph.vocabulary import ENDPOINTS, EdgeModel, Endpoint, Property, concrete, entity

Mode = Literal["add", "update", "end", "remove", "withdraw"]

_VERBS = {"add": "Adds", "update": "Changes", "end": "Ends", "remove": "Removes"}
_UNTIL = extra("validTo", DateTime("The end of the validity period (exclusive); empty if the period is open."))
WHICH = extra(
    "validFrom",
    DateTime("The start of the validity period. Required only if several relationships match.", max_ahead=None),
)


@dataclass(frozen=True, kw_only=True)
class RelationshipMutation(Mutation):
    """Adds, changes, ends or removes a relationship between two records.

    Adding a relationship that exists, with the same ends, keys and start, changes it. `n` is the record at its start.
    """

    endpoints: tuple[Endpoint, ...]
    mode: Mode

    # ---------- the declaration --------------------------------------------------------------------------------------

    @property
    def model(self) -> EdgeModel:
        """The relationship class."""
        return self.endpoints[0].model

    @property
    def type(self) -> str:
        """The type of the relationship."""
        return self.endpoints[0].edge

    @property
    def what(self) -> str:
        """The relationship as a noun, for messages."""
        assert self.model.noun is not None
        return words(self.model.noun)

    def end(self, at: Literal[0, 1], variable: str) -> RecordInput:
        """The input for the start (0) or the end (1)."""
        labels = tuple(sorted({(one.start, one.end)[at] for one in self.endpoints}))
        label = super_label(labels)
        name = self.model.ends[at] if self.model.ends else field_name(label)
        text = f"The id of the {words(label)} that the relationship leads {'from' if at == 0 else 'to'}."
        only = () if labels == (label,) else labels
        assigned = self.mode == "add" and self.model.assigns == ("start", "end")[at]
        privilege = (self.model.privileges or (WRITE, APPEND))[at]
        return RecordInput(name, label, text, only=only, variable=variable, assigned=assigned, privilege=privilege)

    @property
    def privilege(self) -> str:
        """The privilege on the record at the start."""
        return self.ends[0].privilege

    @property
    def ends(self) -> tuple[RecordInput, RecordInput]:
        """The inputs for both ends."""
        return self.end(0, "n"), self.end(1, "other")

    @once
    def inputs(self) -> tuple[Input, ...]:
        """Both ends, the keys, the values and the period."""
        keys = [self._key(one) for one in self.model.facts if one.name in self.model.keys]
        values = [
            Given(one.name, one.required and self.mode == "add").of(self.model.properties)
            for one in self.model.facts
            if one.name not in self.model.keys and self.mode in ("add", "update")
        ]
        if self.mode == "update":
            values = [Value(one.declared, description=one.description) for one in values]
        return (*self.ends, *keys, *values, *self._period())

    def _key(self, one: Property) -> Input:
        if self.mode == "add":
            if one.record is not None:
                return RecordInput(one.name, one.record, one.description, required=False, variable=f"{one.name}Of",
                                   stores=one.name)  # fmt: skip
            return Given(one.name, one.required).of(self.model.properties)
        description = f"{one.description} Required only if several relationships match."
        return Value(one, description=description, stored=False)

    def _period(self) -> tuple[Value, ...]:
        if not self.model.dated:
            return ()
        return {"add": (VALID_FROM, _UNTIL), "update": (WHICH,), "end": (WHICH, VALID_TO), "remove": ()}[self.mode]

    def returned(self) -> tuple[Returned, ...]:
        """The records at both ends."""
        return tuple(
            Returned(one.name, one.bound, one.label, f"The {words(one.label)} that the relationship leads {way}.")
            for one, way in zip(self.ends, ("from", "to"), strict=True)
        )

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """A lock for the relationships that must stay free of cycles."""
        acyclic = self.model.acyclic
        if acyclic is None or self.mode != "add":
            return ()
        return (" ".join([self.type, *(str(values["values"].get(key)) for key in acyclic.keys)]),)

    def derives(self, rates: Rates) -> Derives | None:
        """The relationship, if values of it are derived."""
        writes = self.mode in ("add", "update") and edge_follows(self.model)
        return DerivedEdge(self.model, rates) if writes else None

    # ---------- Cypher -----------------------------------------------------------------------------------------------

    def stored(self, builder: CypherBuilder) -> tuple[str, ...]:
        """The properties of the relationship that is changed."""
        ends = [seek(builder, one, f"$input.{one.name}") for one in self.ends]
        return (*ends, *self.body(builder).prepare, "WITH properties(edge) AS stored")

    def body(self, builder: CypherBuilder) -> Body:
        """Finds the relationship and writes the values that differ."""
        del builder
        return self._add() if self.mode == "add" else self._existing()

    def _value(self, edge: str, key: str) -> str:
        return stored(edge, self.model, key)

    def _new(self, key: str) -> str:
        """The value after the mutation: the input value, or else the stored value."""
        sent = f"$input.values.{key}"
        if key in self.model.keys:
            return sent if self.mode == "add" else self._value("edge", key)
        return f"CASE WHEN {quoted(key)} IN $input.keys THEN {sent} ELSE edge.{key} END"

    def _add(self) -> Body:
        same = [self._agrees("edge", key) for key in self.model.keys]
        found = f"MATCH (n)-[edge:{self.type}]->(far) WHERE far = other{_and(same)} RETURN edge"
        prepare = [f"WITH *, COLLECT {{ {found} }} AS edges", "WITH *, edges[0] AS edge"]
        created, sets = "createdAt: $now", "one += $input.values"
        if self.model.dated:
            prepare[1:] = [
                FROM,
                "WITH *, [edge IN edges WHERE edge.validFrom = moment][0] AS edge",
                "WITH *, coalesce($input.validTo, edge.validTo) AS until",
            ]
            created, sets = f"{created}, validFrom: moment, validTo: until", f"{sets}, one.validTo = until"
        return Body(
            prepare=tuple(prepare),
            guards=tuple(self._guards()),
            plan=("WITH *, CASE WHEN edge IS NULL THEN other END AS target",),
            changes=self._changes(),
            imports=("edge", "target", "other", *(("moment", "until") if self.model.dated else ())),
            writes=(
                TOUCH,
                each("target", f"CREATE (n)-[new:{self.type} {{{created}}}]->(one) SET new += $input.values"),
                each("edge", f"SET {sets}"),
            ),
        )

    def _agrees(self, edge: str, key: str) -> str:
        mine = self._value(edge, key)
        return f"coalesce({mine} = $input.values.{key}, {mine} IS NULL AND $input.values.{key} IS NULL)"

    def _existing(self) -> Body:
        prepare = []
        if self.model.dated:
            prepare.append(UNTIL if self.mode == "end" else f"WITH *, {PRESENT} AS moment")
        prepare += self._found("moment")
        write = {
            "update": "SET edge += $input.values",
            "end": "SET edge.validTo = moment",
            "remove": remove("edge"),
        }[self.mode]
        place = self.ends[1].label
        leaves = self.mode == "end" and bool(following(self.type, place))
        return Body(
            prepare=tuple(prepare),
            guards=tuple(self._guards()),
            plan=(released(self.type, place, "edge", "other"),) if leaves else (),
            changes="\n  + ".join(
                [self._changes(), *(released_changes(self.type, place, "other") if leaves else [])]
            ),
            imports=(
                "edge", "other", *(("moment",) if self.model.dated else ()), *(("released",) if leaves else ()),
            ),
            writes=(
                TOUCH,
                *(released_writes(self.type, place, "other") if leaves else ()),
                write,
            ),
        )  # fmt: skip

    def _found(self, moment: str) -> tuple[str, ...]:
        """Binds `edges`, the relationships that the input names, and `edge`, the first of them."""
        rules = [f"($input.{key} IS NULL OR {self._value('edge', key)} = $input.{key})" for key in self.model.keys]
        if self.model.dated:
            lasting = f"(edge.validTo IS NULL OR edge.validTo > {moment})"
            rules.append(
                f"CASE WHEN $input.validFrom IS NULL THEN {lasting} ELSE edge.validFrom = $input.validFrom END"
            )
        found = f"MATCH (n)-[edge:{self.type}]->(far) WHERE far = other{_and(rules)} RETURN edge"
        return f"WITH *, COLLECT {{ {found} }} AS edges", "WITH *, edges[0] AS edge"

    def _matched(self) -> Iterator[Guard]:
        """Refuses an input that names no relationship, or several."""
        what, field = details(what=self.what), self.ends[1].name
        yield Guard("size(edges) = 0", ABSENT, what, field)
        yield Guard("size(edges) > 1", AMBIGUOUS, what, field)

    def _guards(self) -> Iterator[Guard]:
        field = self.ends[1].name
        what = details(what=self.what)
        if self.mode == "add":
            yield from self._added(what, field)
        else:
            yield from self._matched()
        if self.mode == "end":
            yield Guard("moment <= edge.validFrom", PERIOD, what, "validTo")
        if self.mode in ("add", "update"):
            yield from self._rivals(what)
            yield from ordered(self, self.model.properties, self._new, "$input.keys")

    def _added(self, what: Mapping[str, str], field: str) -> Iterator[Guard]:
        if any(set(concrete(one.start)) & set(concrete(one.end)) for one in self.endpoints):
            yield Guard("other = n", OWN, what, field)
        pairs = [f"(n:{one.start} AND other:{one.end})" for one in self.endpoints]
        starts, ends = ({getattr(one, side) for one in self.endpoints} for side in ("start", "end"))
        if len(pairs) < len(starts) * len(ends):
            yield Guard(f"NOT ({' OR '.join(pairs)})", PAIRING, what, field)
        if self.model.dated:
            yield Guard("until <= moment", PERIOD, what, "validTo")
            overlap = f"[one IN edges WHERE coalesce(one <> edge, true) AND {overlaps('one')}]"
            yield Guard(f"size({overlap}) > 0", OVERLAP, what, "validFrom")
        acyclic = self.model.acyclic
        if acyclic is not None:
            steps = [f"{self._value('steps', key)} = $input.values.{key}" for key in acyclic.keys]
            steps += [f"{self._value('steps', key)} = {literal(value)}" for key, value in acyclic.where]
            steps.append(overlaps("steps"))
            wanted = [f"$input.values.{key} = {literal(value)}" for key, value in acyclic.where]
            since = "moment" if self.model.dated else None
            closes = cycle("other", self.type, f"$input.{self.ends[0].name}", *steps, since=since)
            yield Guard(" AND ".join([*wanted, closes]), CYCLE, what, field)

    def _rivals(self, what: Mapping[str, str]) -> Iterator[Guard]:
        """The relationships that exclude the changed one."""
        for one in dict.fromkeys(rule for point in self.endpoints for rule in point.at_most_one):
            if self.mode == "update" and {key for key, _ in one.where} <= set(self.model.keys):
                continue
            yield Guard(self._rival(one), TAKEN, what)

    def _rival(self, one: AtMostOne) -> str:
        anchor = f"(n)-[rival:{self.type}]->()" if one.per == "start" else f"(other)<-[rival:{self.type}]-()"
        alike = [f"{self._value('rival', key)} = {literal(value)}" for key, value in one.where]
        alike += [f"{self._value('rival', key)} = {self._new(key)}" for key in one.keys]
        if self.model.dated:
            period = ("moment", "until") if self.mode == "add" else ("edge.validFrom", "edge.validTo")
            alike.append(overlaps("rival", *period))
        wanted = [f"{self._new(key)} = {literal(value)}" for key, value in one.where]
        exists = f"EXISTS {{ MATCH {anchor} WHERE coalesce(rival <> edge, true){_and(alike)} }}"
        return " AND ".join([*wanted, exists])

    def _changes(self) -> str:
        """The changes that the Event records, under the name of the end."""
        name = self.ends[1].name
        found = []
        if self.mode == "add":
            created = "CASE WHEN edge IS NULL THEN {} END"
            found = [change(name, after="target")]
            if self.model.dated:
                found += [change(f"{name}.validFrom", after=created.format("moment")), self._ended(name, "until")]
        elif self.mode == "end":
            return self._ended(name, "moment")
        elif self.mode == "remove":
            found = [change(name, before="other")]
        keys, after = ("$input.keys", "$input.values") if self.mode != "remove" else (self._names(), "{}")
        return "\n  + ".join([*found, property_changes(keys, "edge", after, of=name)])

    def _ended(self, name: str, until: str) -> str:
        same = f"coalesce(edge.validTo = {until}, edge.validTo IS NULL AND {until} IS NULL)"
        return f"CASE WHEN {same} THEN [] ELSE {change(f'{name}.validTo', 'edge.validTo', until)} END"

    def _names(self) -> str:
        return f"[{', '.join(quoted(one.name) for one in self.model.facts)}]"


def _and(predicates: list[str]) -> str:
    return "".join(f" AND {one}" for one in predicates)


def overlaps(edge: str, start: str = "moment", end: str = "until") -> str:
    """Whether a relationship is valid at some time within a period."""
    begins = f"({end} IS NULL OR {edge}.validFrom IS NULL OR {edge}.validFrom < {end})"
    return f"{begins} AND ({edge}.validTo IS NULL OR {start} IS NULL OR {start} < {edge}.validTo)"


def super_label(labels: tuple[str, ...]) -> str:
    """The narrowest label that all of them have."""
    shared = set.intersection(*(set(entity(one).labels) | {one} for one in labels))
    return min(shared, key=lambda label: len(concrete(label)))


def dated_relationships() -> dict[EdgeModel, list[Endpoint]]:
    """The dated relationship classes that have a noun, with the labels that they connect."""
    return {model: endpoints for model, endpoints in _with_noun().items() if model.dated}


def _with_noun() -> dict[EdgeModel, list[Endpoint]]:
    found: dict[EdgeModel, list[Endpoint]] = {}
    for one in ENDPOINTS:
        if one.model.noun is not None:
            found.setdefault(one.model, []).append(one)
        elif one.model.dated or (one.model.facts and not one.model.derived and not one.model.mutations):
            raise TypeError(f"{one.model.name} has properties or a period, but no noun for its mutations.")
    return found


def _declare() -> None:
    """Declares the mutations of every relationship class that has a noun, and none of its own."""
    for model, endpoints in _with_noun().items():
        assert model.noun is not None
        last: Mode = "end" if model.dated else "remove"
        modes: tuple[Mode, ...] = () if model.mutations else ("add", "update", last)
        for mode in modes:
            name = f"{mode}{model.noun[0].upper()}{model.noun[1:]}"
            label = super_label(tuple(sorted({one.start for one in endpoints})))
            RelationshipMutation(
                name=name, label=label, description=_description(mode, model),
                endpoints=tuple(endpoints), mode=mode,
            )  # fmt: skip


def _description(mode: Mode, model: EdgeModel) -> str:
    same = "with the same `validFrom` already exists" if model.dated else "already exists"
    also = f" If the relationship {same}, it is changed." if mode == "add" else ""
    return f"{_VERBS[mode]} a relationship: {model.description}{also}"


_declare()
