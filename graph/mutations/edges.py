"""Edge mutations: add, replace or end a dated relationship at a timestamp, under the invariants that it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graph.errors import Invalid, KithError
from graph.mutations.declarations import (
    APPEND,
    READ,
    VALID_FROM,
    VALID_TO,
    Body,
    Given,
    Guard,
    Input,
    Mutation,
    RecordInput,
    once,
)
from graph.mutations.frame import TOUCH, change, details, each, readable, shares
from graph.mutations.periods import FROM, UNTIL, begins
from graph.mutations.reasons import ABSENT, CYCLE, ENDS, LATER, OWN, TAKEN, UPCOMING
from graph.query.builder import CypherBuilder
from graph.query.cycles import cycle
from graph.query.cypher import literal, quoted, stored
from graph.query.periods import holds, lasts
from graph.vocabulary import Endpoint, concrete, endpoint

Facts = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship type between two labels, and the properties that the mutation fixes."""

    type: str
    start: str
    end: str
    fixed: Mapping[str, object] = field(default_factory=dict)

    @property
    def declared(self) -> Endpoint:
        """The declaration, with its invariants."""
        found = endpoint(self.type, concrete(self.start)[0], concrete(self.end)[0])
        if found is None or not found.model.dated:
            raise TypeError(f"No dated relationship {self.type} leads from {self.start} to {self.end}.")
        return found


@dataclass(frozen=True, kw_only=True)
class EdgeMutation(Mutation):
    """Adds, replaces or ends a relationship of a record at a timestamp; replaced relationships are kept as history.

    The record that changes is the `subject` end of `edges` (several: the caller names one of them). `other` is the
    record at the other end. `facts` are properties of the relationship that the caller may set, `by` those that tell
    apart relationships between the same two records. `replace` ends what the invariants of the relationship do not
    allow beside the new one; where they allow several, `former` names the one to end. `revise` replaces only a
    relationship to the same record, whose facts are kept where the caller sends none. `what` is a noun for messages.
    """

    edges: tuple[Edge, ...]
    subject: Literal["start", "end"]
    other: RecordInput
    mode: Literal["add", "replace", "revise", "end"]
    what: str
    facts: tuple[Given, ...] = ()
    by: tuple[str, ...] = ()
    former: RecordInput | None = None
    scope: RecordInput | None = None
    guards: tuple[Guard, ...] = ()

    # ---------- inputs -----------------------------------------------------------------------------------------------

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The subject, the other record, the facts and the timestamp."""
        values = tuple(one.of(self._first.declared.model.properties) for one in self.facts)
        far = "end" if self.subject == "start" else "start"
        assigned = self.mode != "end" and self._first.declared.model.assigns == far
        privilege = (self._first.declared.model.privileges or (APPEND, APPEND))[far == "end"]
        other = replace(self.other, assigned=assigned, privilege=privilege)
        former = None if self.former is None else replace(self.former, privilege=READ)
        records = (*self._subjects(), other, *(one for one in (former, self.scope) if one is not None))
        return (*records, *values, VALID_TO if self.mode == "end" else VALID_FROM)

    @property
    def _first(self) -> Edge:
        return self.edges[0]

    def _label(self, edge: Edge) -> str:
        return edge.start if self.subject == "start" else edge.end

    def _subjects(self) -> tuple[RecordInput, ...]:
        if len(self.edges) == 1:
            name = self._label(self._first)[0].lower() + self._label(self._first)[1:]
            return (RecordInput(name, self._label(self._first), "The id of the record that changes.", variable="n"),)
        labels = [self._label(edge) for edge in self.edges]
        return tuple(
            RecordInput(label.lower(), label, f"The {label.lower()}; send exactly one of these.", required=False)
            for label in labels
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """The inputs that name the subject."""
        return tuple(one.name for one in self._subjects())

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The inputs of which exactly one names the subject; none when there is only one."""
        return () if len(self.edges) == 1 else tuple(one.name for one in self._subjects())

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """A lock for each set of relationships that must stay free of cycles."""
        found = []
        for edge in self.edges:
            acyclic = edge.declared.acyclic
            if acyclic is not None and self.mode != "end":
                found.append(" ".join([edge.type, *(str(values["values"].get(key)) for key in acyclic.keys)]))
        return tuple(found)

    def errors(self, values: Mapping[str, Any]) -> Iterator[KithError]:
        """Exactly one of several inputs names the subject."""
        named = [one for one in self.alternatives if values.get(one) is not None]
        if self.alternatives and len(named) != 1:
            yield Invalid(
                f"Exactly one of {' and '.join(f'`{one}`' for one in self.alternatives)} is needed; got {len(named)}.",
                remedy="Send one of them.", field=f"input.{self.alternatives[0]}",
            )  # fmt: skip

    # ---------- Cypher -----------------------------------------------------------------------------------------------

    def body(self, builder: CypherBuilder) -> Body:
        """Ends the replaced relationships and creates the new one."""
        subject = () if len(self.edges) == 1 else (f"WITH *, coalesce({', '.join(self.alternatives)}) AS n",)
        return self._end(subject) if self.mode == "end" else self._set(builder, subject)

    def _pattern(self, edge: str) -> str:
        types = "|".join(one.type for one in self.edges)
        return f"(n)-[{edge}:{types}]->(far)" if self.subject == "start" else f"(n)<-[{edge}:{types}]-(far)"

    def _far(self, edge: str) -> str:
        return f"endNode({edge})" if self.subject == "start" else f"startNode({edge})"

    def _fact(self, variable: str, key: str) -> str:
        return stored(variable, self._first.declared.model, key)

    def _new(self, key: str) -> str:
        """The value that the new relationship gets, as an expression."""
        fixed = self._first.fixed
        return literal(fixed[key]) if key in fixed else f"$input.values.{key}"

    def _matches(self, variable: str | None, where: Facts) -> list[str]:
        """The predicates under which a relationship (None: the new one) belongs to an invariant."""
        if variable is not None:
            return [f"{self._fact(variable, key)} = {literal(value)}" for key, value in where]
        found = [(key, value) for key, value in where if self._first.fixed.get(key) != value]
        return [f"{self._new(key)} = {literal(value)}" for key, value in found]

    def _agrees(self, variable: str, keys: tuple[str, ...]) -> list[str]:
        return [f"coalesce({self._fact(variable, key)} = {self._new(key)}, "
                f"{self._fact(variable, key)} IS NULL AND {self._new(key)} IS NULL)" for key in keys]  # fmt: skip

    def _concerned(self) -> str:
        """The relationships that can conflict: the same one, those to end, and those that the invariants exclude."""
        same = [f"far = {self.other.bound}"]
        if self.mode == "replace" and not self.other.required:
            same.append(f"{self.other.bound} IS NULL" + (" AND former IS NULL" if self.former is not None else ""))
        if self.former is not None:
            same.append("far = former")
        either = [_all([f"({' OR '.join(same)})", *self._agrees("edge", self.by)])]
        if self.mode == "replace":
            for one in self._first.declared.at_most_one:
                if one.per == self.subject:
                    rival = [*self._matches(None, one.where), *self._matches("edge", one.where)]
                    either.append(_all([*rival, *self._agrees("edge", one.keys)]))
        return f"({' OR '.join(f'({one})' for one in either)})"

    def _set(self, builder: CypherBuilder, subject: tuple[str, ...]) -> Body:
        kept = [f"{self._far('edge')} = {self.other.bound}", "edge.validTo IS NULL"]
        kept += [self._unchanged(key) for key in self._keys()]
        kept += [f"{self._fact('edge', key)} = {literal(value)}" for key, value in self._first.fixed.items()]
        keep = "true" if self.mode == "add" else f"coalesce({_all(kept)}, false)"
        found = f"{self._pattern('edge')} WHERE {self._concerned()} AND {lasts('edge')}"
        latest = " ORDER BY edge.validFrom DESC" if self.mode == "revise" else ""
        return Body(
            prepare=(
                *subject,
                FROM,
                f"WITH *, COLLECT {{ MATCH {found} RETURN edge{latest} }} AS edges",
                f"WITH *, {readable(builder, 'edges', self._far('edge'), self.other.label)} AS known",
                f"WITH *, {begins('known')} AS begins",
            ),
            guards=(*self._guards(), *self.guards),
            plan=(
                f"WITH *, [edge IN edges WHERE NOT {keep}] AS ending",
                f"WITH *, CASE WHEN size(ending) = size(edges) THEN {self.other.bound} END AS target",
            ),
            changes=self._changes(),
            imports=("target", "ending", "moment"),
            writes=(TOUCH, "FOREACH (edge IN ending | SET edge.validTo = moment)", *self._created(), *self._shares()),
        )

    def _unchanged(self, key: str) -> str:
        """The predicate that a relationship has the value that the caller sends, or that none is sent."""
        stored_, sent = self._fact("edge", key), self._new(key)
        if self.mode == "revise":
            same = f"coalesce({stored_} = {sent}, {stored_} IS NULL AND {sent} IS NULL)"
            return f"(NOT {quoted(key)} IN $input.keys OR {same})"
        return f"({sent} IS NULL OR {stored_} = {sent})"

    def _sent(self, key: str) -> str:
        """The value of a fact of the new relationship: as sent, or else that of the revised one."""
        if self.mode == "revise":
            return f"CASE WHEN {quoted(key)} IN $input.keys THEN $input.values.{key} ELSE ending[0].{key} END"
        return f"$input.values.{key}"

    def _keys(self) -> tuple[str, ...]:
        scope = () if self.scope is None else (self.scope.stores,)
        return (*(one.name for one in self.facts), *scope)

    def _created(self) -> Iterator[str]:
        facts = "{validFrom: moment, createdAt: $now}"
        for edge in self.edges:
            arrow = f"(n)-[edge:{edge.type} {facts}]->(one)" if self.subject == "start" else (
                f"(one)-[edge:{edge.type} {facts}]->(n)"
            )  # fmt: skip
            sets = [f"edge.{key} = {self._sent(key)}" for key in self._keys()]
            sets += [f"edge.{key} = {literal(value)}" for key, value in edge.fixed.items()]
            one = "target" if len(self.edges) == 1 else f"CASE WHEN n:{self._label(edge)} THEN target END"
            yield each(one, f"CREATE {arrow}" + (f" SET {', '.join(sets)}" if sets else ""))

    def _guards(self) -> Iterator[Guard]:
        what, field_ = details(what=self.what), self.other.name
        if any(edge.start == edge.end for edge in self.edges):
            yield Guard(f"{self.other.bound} = n", OWN, what, field_)
        yield Guard("begins IS NOT NULL", LATER, {**what, "begins": "toString(begins)"}, "validFrom")
        if self.mode in ("replace", "revise"):
            yield Guard("any(edge IN edges WHERE edge.validFrom > moment)", UPCOMING, what, "validFrom")
        if self.mode == "add":
            ends = "[edge IN edges WHERE edge.validTo IS NOT NULL]"
            yield Guard(f"size({ends}) > 0", ENDS, {**what, "ends": f"toString({ends}[0].validTo)"}, "validFrom")
        yield from self._rivals(what)
        if self.former is not None:
            absent = f"former IS NOT NULL AND NOT any(edge IN edges WHERE {self._far('edge')} = former)"
            yield Guard(absent, ABSENT, what, self.former.name)
        for edge in self.edges:
            acyclic = edge.declared.acyclic
            if acyclic is not None:
                steps = [f"{self._fact('steps', key)} = {self._new(key)}" for key in acyclic.keys]
                steps += [*self._matches("steps", acyclic.where), lasts("steps")]
                below = (self.other.bound, f"$input.{self._subjects()[0].name}")
                start, end = below if self.subject == "start" else ("n", f"$input.{self.other.name}")
                closes = cycle(start, edge.type, end, *steps, since="moment")
                yield Guard(_all([*self._matches(None, acyclic.where), closes]), CYCLE, what, field_)

    def _rivals(self, what: Mapping[str, str]) -> Iterator[Guard]:
        """The relationships that exclude the new one and are not ended by it."""
        for edge in self.edges:
            for one in edge.declared.at_most_one:
                handled = self.mode == "replace" and one.per == self.subject
                if handled or any(edge.fixed.get(key, value) != value for key, value in one.where):
                    continue
                anchor = "n" if one.per == self.subject else self.other.bound
                pattern = f"({anchor})-[rival:{edge.type}]->()" if one.per == "start" else (
                    f"({anchor})<-[rival:{edge.type}]-()"
                )  # fmt: skip
                alike = [*self._matches("rival", one.where), *self._agrees("rival", one.keys), lasts("rival")]
                exists = f"EXISTS {{ MATCH {pattern} WHERE {_all(['NOT rival IN edges', *alike])} }}"
                yield Guard(_all([*self._matches(None, one.where), "size(edges) = 0", exists]), TAKEN, what)

    def _changes(self) -> str:
        name = self.other.name
        ended = f"CASE WHEN size(ending) > 0 THEN [edge IN ending | {self._far('edge')}] END"
        new = "CASE WHEN target IS NOT NULL THEN {} END"
        found = [change(name, ended, "target")]
        found += [change(f"{name}.{key}", f"ending[0].{key}", new.format(self._sent(key))) for key in self._keys()]
        found.append(change(f"{name}.validFrom", "ending[0].validFrom", new.format("moment")))
        return "\n  + ".join(found)

    def _end(self, subject: tuple[str, ...]) -> Body:
        given = [f"($input.values.{one.name} IS NULL OR {self._fact('edge', one.name)} = $input.values.{one.name})"
                 for one in self.facts]  # fmt: skip
        found = _all([f"far = {self.other.bound}", *given, holds("edge")])
        name = self.other.name
        facts = [change(f"{name}.{one.name}", f"edges[0].{one.name}") for one in self.facts]
        return Body(
            prepare=(
                *subject,
                UNTIL,
                f"WITH *, COLLECT {{ MATCH {self._pattern('edge')} WHERE {found} RETURN edge }} AS edges",
            ),
            guards=(Guard("size(edges) = 0", ABSENT, details(what=self.what), self.other.name), *self.guards),
            changes=" + ".join([change(name, self.other.bound), *facts, change(f"{name}.validTo", after="moment")]),
            imports=("edges", "moment"),
            writes=(TOUCH, "FOREACH (edge IN edges | SET edge.validTo = moment)", *self._shares()),
        )

    def _shares(self) -> Iterator[str]:
        """Stores with whom the subject is shared, if it is at the end of a relationship that says so."""
        return iter(shares(self._first.type, "n") if self.subject == "end" else ())


def _all(predicates: list[str]) -> str:
    return " AND ".join(predicates)
