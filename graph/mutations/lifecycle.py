"""`delete…` and `restore…` of every entity: a deleted record keeps its node, and loses its labels and relationships.

A statement that reads records names a label or follows a relationship, so it cannot meet a deleted one and needs no
predicate for it. See decision 0014.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.models.relationships import ParticipatedIn
from graph.mutations.declarations import DELETE, Body, Guard, Input, Mutation, RecordInput, once, words
from graph.mutations.frame import TOUCH, change, details
from graph.mutations.reasons import CLOSES, RIVAL, UNIQUE
from graph.mutations.records import rules
from graph.query import ownership
from graph.query.builder import CypherBuilder
from graph.query.cycles import cycle
from graph.query.cypher import call, literal, quoted, stored, where
from graph.query.tie_formula import USUAL
from graph.ties import statements
from graph.vocabulary import ENDPOINTS, ENTITIES, Endpoint, concrete, deleted_label, entity

_HAD = "HAD_RELATIONSHIP"
_TOOK_PART = ParticipatedIn.type
_DERIVED = sorted({one.edge for one in ENDPOINTS if one.model.derived})
_UNLESS_REFUSED = "WITH * WHERE refused IS NULL"


@dataclass(frozen=True, kw_only=True)
class _Lifecycle(Mutation):
    """Base of deletion and restoration: recomputes the ties of an activity's participants."""

    @property
    def privilege(self) -> str:
        """To delete and to restore take the same privilege."""
        return DELETE

    def constants(self) -> Mapping[str, Any]:
        """The parameters of the ties, where they can change."""
        return {key: value for key, value in USUAL.parameters(None).items() if key != "now"} if self._tied else {}

    @property
    def _tied(self) -> bool:
        return bool({"Party", "Activity"} & set(entity(self.label).labels))

    def _partners(self) -> str:
        """The parties whose ties depend on the record: the participants of its activities, or of the record itself."""
        if "Activity" in entity(self.label).labels:
            return f"(n)<-[:{_TOOK_PART}]-(party)"
        return f"(n)-[:{_TOOK_PART}]->()<-[:{_TOOK_PART}]-(party)"

    def _parties(self) -> tuple[str, ...]:
        if not self._tied:
            return ()
        found = f"COLLECT {{ MATCH {self._partners()} RETURN DISTINCT party }}"
        return (f"WITH *, CASE WHEN refused IS NULL THEN [n] + {found} ELSE [] END AS parties",)

    def _ties(self) -> tuple[str, ...]:
        return (call("parties", statements.recomputed("parties")),) if self._tied else ()


# ---------- delete ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Delete(_Lifecycle):
    """`delete…`: the labels become `Deleted` and `Deleted<Label>`, each relationship a `DeletedRelationship`.

    Events keep their relationships to the record, so that its history stays.
    """

    @property
    def removes(self) -> bool:
        """The record cannot be read afterwards."""
        return True

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The id."""
        return (RecordInput("id", self.label, "The id of the record.", variable="n"),)

    def body(self, builder: CypherBuilder) -> Body:
        """Hides the record and its relationships from reads."""
        del builder
        record = f"MATCH (n:{self.label} {{uid: $input.id}})"
        near = [f"{record}--(one:Record)\nRETURN one"]
        if ownership.holds(self.label):
            near.append(ownership.near(f"(:{self.label} {{uid: $input.id}})", "true"))
        if self._tied:
            near.append(f"{record} MATCH {self._partners()}\nRETURN party AS one")
        return Body(
            near=tuple(near),
            guards=rules(self.label).change_guards,
            create=(
                *self._parties(),
                *([f"WITH *, {ownership.dependents('n')} AS dependents"] if ownership.holds(self.label) else []),
                call("n, refused", f"{_UNLESS_REFUSED}\n{_taken_away()}"),
                call("n, refused", f"{_UNLESS_REFUSED}\n{TOUCH}\n{_hidden(self.label)}"),
                *([ownership.refreshed("dependents", "dependents")] if ownership.holds(self.label) else []),
                *self._ties(),
            ),
            changes=change("deletedAt", after="n.deletedAt"),
        )


def _taken_away() -> str:
    """Stores the relationships to other records as nodes; derived relationships are recomputed instead."""
    had = "{type: type(edge), other: other.uid, outgoing: startNode(edge) = n}"
    return (
        "MATCH (n)-[edge]-(other:Record)\n"
        "WITH DISTINCT n, edge, other\n"
        f"FOREACH (one IN CASE WHEN type(edge) IN [{', '.join(map(quoted, _DERIVED))}] THEN [] ELSE [edge] END |\n"
        f"  CREATE (n)-[:{_HAD} {had}]->(kept:DeletedRelationship) SET kept = properties(one))\n"
        "DELETE edge"
    )


def _hidden(label: str) -> str:
    return (
        f"REMOVE n:{':'.join(entity(label).labels)}\nSET n:{deleted_label('Record')}:{deleted_label(label)}"
        ", n.deletedAt = $now"
    )


# ---------- restore --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Restore(_Lifecycle):
    """`restore…`: restores the labels and the relationships to existing records, and checks the invariants."""

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The id of the deleted record."""
        return (RecordInput("id", self.label, "The id of the deleted record.", variable="n", deleted=True),)

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The locks that keep the relationships of the record free of cycles."""
        del values
        return tuple(lock for one in _own(self.label) for lock in _locks(one))

    def body(self, builder: CypherBuilder) -> Body:
        """Restores the record, then checks the invariants."""
        record = f"MATCH (n:Deleted {{uid: $input.id}})-[had:{_HAD}]->()"
        near = ["MATCH (one:Deleted {uid: $input.id})\nRETURN one"]
        near += [f"{record} MATCH (one:{label} {{uid: had.other}})\nRETURN one" for label in ("Record", "Deleted")]
        if self._tied:
            others = f"(:Activity {{uid: had.other}})<-[:{_TOOK_PART}]-(one)"
            near.append(f"{record} WHERE had.type = {quoted(_TOOK_PART)} MATCH {others}\nRETURN one")
        return Body(
            near=tuple(near),
            prepare=("WITH *, n.deletedAt AS deletedAt",),
            guards=(*self._unique(), *rules(self.label).change_guards),
            create=(
                call("n, refused", f"{_UNLESS_REFUSED}\n{TOUCH}\n{_shown(self.label)}"),
                call("n, refused", f"{_UNLESS_REFUSED}\n{_brought_back()}"),
                ownership.refreshed(f"[n] + {ownership.shared_by('n')}", "n"),
                *self._invariants(builder),
                *self._parties(),
                *self._ties(),
            ),
            changes=change("deletedAt", "deletedAt"),
        )

    def _unique(self) -> Iterator[Guard]:
        for name, one in entity(self.label).properties.items():
            if one.unique and name != "uid":
                taken = f"EXISTS {{ MATCH (one:{self.label} {{{name}: n.{name}}}) }}"
                text = {**details(property=name), "value": f"toString(n.{name})"}
                yield Guard(f"n.{name} IS NOT NULL AND {taken}", UNIQUE, text)

    def _invariants(self, builder: CypherBuilder) -> Iterator[str]:
        checks = [text for one in _own(self.label) for text in (*_rivals(builder, one), *_cycles(builder, one))]
        if checks:
            found = "\nUNION ALL\n".join(checks)
            yield call("restored", f"{call('restored', found)}\nRETURN collect(wrong) AS wrongs")
            yield "WITH *, CASE WHEN refused IS NULL AND size(wrongs) > 0 THEN [wrongs[0]] ELSE refused END AS refused"


def _shown(label: str) -> str:
    return (
        f"REMOVE n:{deleted_label('Record')}:{deleted_label(label)}, n.deletedAt\n"
        f"SET n:{':'.join(entity(label).labels)}"
    )


def _brought_back() -> str:
    """Recreates the relationships to existing records; the others return when their other end is restored."""
    made = "CREATE (n){left}[edge:$(had.type)]{right}(other)\n  SET edge = properties(kept)\n  RETURN edge"
    return f"""MATCH (n)-[had:{_HAD}]->(kept)
OPTIONAL MATCH (other:Record {{uid: had.other}})
OPTIONAL MATCH (gone:Deleted {{uid: had.other}})
WITH n, had, kept, other, gone
CALL (n, had, kept, other) {{
  WITH * WHERE other IS NOT NULL AND had.outgoing
  {made.format(left="-", right="->")}
  UNION ALL
  WITH * WHERE other IS NOT NULL AND NOT had.outgoing
  {made.format(left="<-", right="-")}
  UNION ALL
  WITH * WHERE other IS NULL
  RETURN null AS edge
}}
FOREACH (one IN CASE WHEN gone IS NULL THEN [] ELSE [gone] END |
  CREATE (one)-[:{_HAD} {{type: had.type, other: n.uid, outgoing: NOT had.outgoing}}]->(kept))
DELETE had
FOREACH (one IN CASE WHEN gone IS NULL THEN [kept] ELSE [] END | DELETE one)
RETURN collect(edge) AS restored"""


# ---------- invariants of what was restored --------------------------------------------------------------------------


def _own(label: str) -> list[Endpoint]:
    """The relationships that records of a label can have."""
    return [one for one in ENDPOINTS if label in (*concrete(one.start), *concrete(one.end))]


def _locks(one: Endpoint) -> Iterator[str]:
    if one.acyclic is None:
        return
    if one.model.acyclic is None:
        yield f"{one.start} {one.edge}"
        return
    members = (one.model.properties[key].members or () for key in one.acyclic.keys)
    for keys in itertools.product(*members):
        yield " ".join([one.edge, *(key.name for key in keys)])


def _rivals(builder: CypherBuilder, one: Endpoint) -> Iterator[str]:
    """Queries for relationships that exclude a restored one."""
    ends = {"start": f"({{}}:{one.start})", "end": f"({{}}:{'|'.join(one.among)})"}
    for rule in one.at_most_one:
        holder = ends[rule.per].format("holder")
        far = ends["end" if rule.per == "start" else "start"].format("")
        arrow = f"{holder}-[{{}}:{one.edge}]->{far}" if rule.per == "start" else f"{holder}<-[{{}}:{one.edge}]-{far}"
        rules = ["NOT rival IN restored"]
        for key, value in rule.where:
            rules += [f"{stored(edge, one.model, key)} = {literal(value)}" for edge in ("edge", "rival")]
        rules += _agreeing(one, rule.keys, "rival")
        if one.model.dated:
            rules += [_before("edge", "rival"), _before("rival", "edge")]
        yield (
            f"UNWIND [edge IN restored WHERE type(edge) = {quoted(one.edge)}] AS edge\n"
            f"MATCH {arrow.format('edge')}\nMATCH {arrow.format('rival')}{where(rules)}\n"
            f"RETURN {_wrong(builder, RIVAL.name, 'holder', one)} AS wrong LIMIT 1"
        )


def _cycles(builder: CypherBuilder, one: Endpoint) -> Iterator[str]:
    """A query for a restored relationship that closes a cycle."""
    if one.acyclic is None:
        return
    chosen = [f"{stored('edge', one.model, key)} = {literal(value)}" for key, value in one.acyclic.where]
    steps = [f"{stored('steps', one.model, key)} = {literal(value)}" for key, value in one.acyclic.where]
    steps += [f"{stored('steps', one.model, key)} = {stored('edge', one.model, key)}" for key in one.acyclic.keys]
    if one.model.dated:
        steps += [_before("edge", "steps"), _before("steps", "edge")]
    closes = cycle("above", one.edge, "below.uid", *steps, since="edge.validFrom" if one.model.dated else None)
    yield (
        f"UNWIND [edge IN restored WHERE type(edge) = {quoted(one.edge)}] AS edge\n"
        f"WITH edge, startNode(edge) AS below, endNode(edge) AS above{where([*chosen, closes])}\n"
        f"RETURN {_wrong(builder, CLOSES.name, 'above', one)} AS wrong LIMIT 1"
    )


def _agreeing(one: Endpoint, keys: tuple[str, ...], other: str) -> list[str]:
    pairs = [(stored("edge", one.model, key), stored(other, one.model, key)) for key in keys]
    return [f"coalesce({mine} = {its}, {mine} IS NULL AND {its} IS NULL)" for mine, its in pairs]


def _before(first: str, second: str) -> str:
    """Whether a relationship begins before the other one ends."""
    return f"({first}.validFrom IS NULL OR {second}.validTo IS NULL OR {first}.validFrom < {second}.validTo)"


def _wrong(builder: CypherBuilder, reason: str, holder: str, one: Endpoint) -> str:
    """The refusal; it names the record at the other end only if the caller may read that record."""
    name = f"coalesce({holder}.name, {holder}.uid)"
    rules = builder.access_predicates(holder, "Record")
    if rules:
        name = f"CASE WHEN {' AND '.join(rules)} THEN {name} ELSE 'another record' END"
    return f"{{reason: {quoted(reason)}, holder: {name}, edge: {quoted(one.edge)}}}"


for _one in ENTITIES.values():
    Delete(
        name=f"delete{_one.label}",
        label=_one.label,
        description=(
            "Deletes a record and hides its relationships. To read a deleted record, use `includeDeleted: true`; to "
            f"undo the deletion, use `restore{_one.label}`."
        ),
    )
    Restore(
        name=f"restore{_one.label}",
        label=_one.label,
        description=(
            f"Restores a deleted {words(_one.label)} with its relationships. Fails with `CONFLICT` if another record "
            "now uses one of its unique values, or if a restored relationship would violate a rule."
        ),
    )
