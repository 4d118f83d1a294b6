"""`withdraw…` of every dated relationship: takes back a fact that was recorded by mistake, such as a slip in a date.

The relationship is deleted, and the one that it replaced lasts on in its place. The event records both.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.events import property_changes
from graph.models.properties import AtMostOne
from graph.mutations.declarations import Body, Guard, Value
from graph.mutations.frame import TOUCH, change, details, each, remove, shares, touch
from graph.mutations.reasons import CYCLE
from graph.mutations.relationships import WHICH, RelationshipMutation, dated_relationships, overlaps, super_label
from graph.query.builder import CypherBuilder
from graph.query.cycles import cycle
from graph.query.cypher import call, literal, where


@dataclass(frozen=True, kw_only=True)
class Withdrawal(RelationshipMutation):
    """Deletes a relationship; the one that it replaced under an invariant lasts until the end of the deleted one."""

    def _period(self) -> tuple[Value, ...]:
        return (WHICH,)

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The locks of the relationships that must stay free of cycles."""
        acyclic = self.model.acyclic
        if acyclic is None:
            return ()
        keys = [
            [values[key]] if values.get(key) else [one.name for one in self.model.properties[key].members or ()]
            for key in acyclic.keys
        ]
        return tuple(" ".join([self.type, *one]) for one in itertools.product(*keys))

    def body(self, builder: CypherBuilder) -> Body:
        """Finds the relationship and the one before it, and writes both."""
        del builder
        found = self._found("$now")
        rules = [(rule, f"before{at}") for at, rule in enumerate(self._rules())]
        names = [name for _, name in rules]
        prepare = [*found, *(self._before(rule, name) for rule, name in rules)]
        if names:
            prepare.append(f"WITH *, coalesce({', '.join(names)}) AS before")
        else:
            prepare.append("WITH *, null AS before")
        return Body(
            prepare=tuple(prepare),
            guards=tuple(self._withdrawn()),
            changes=self._withdrawn_changes(),
            imports=("edge", "before", "other"),
            writes=(
                TOUCH,
                each("other", touch("one")),
                each("before", "SET one.validTo = edge.validTo"),
                remove("edge"),
                *shares(self.type, "other"),
            ),
        )

    def _rules(self) -> tuple[AtMostOne, ...]:
        return tuple(dict.fromkeys(rule for point in self.endpoints for rule in point.at_most_one))

    def _before(self, rule: AtMostOne, name: str) -> str:
        """Binds the relationship that ended when the withdrawn one began, in the same group, or null."""
        mine = [f"{self._value('edge', key)} = {literal(value)}" for key, value in rule.where]
        its = [f"{self._value('earlier', key)} = {literal(value)}" for key, value in rule.where]
        its += [f"{self._value('earlier', key)} = {self._value('edge', key)}" for key in rule.keys]
        pattern = f"(n)-[earlier:{self.type}]->()" if rule.per == "start" else f"(other)<-[earlier:{self.type}]-()"
        rules = [*mine, *its, "earlier.validTo = edge.validFrom", "earlier <> edge"]
        body = f"OPTIONAL MATCH {pattern}{where(rules)}\nRETURN head(collect(earlier)) AS {name}"
        return call("n, other, edge", body)

    def _withdrawn(self) -> Iterator[Guard]:
        yield from self._matched()
        acyclic = self.model.acyclic
        if acyclic is not None:
            steps = [f"{self._value('steps', key)} = {self._value('edge', key)}" for key in acyclic.keys]
            steps += [f"{self._value('steps', key)} = {literal(value)}" for key, value in acyclic.where]
            steps.append(overlaps("steps", "edge.validFrom", "edge.validTo"))
            closes = cycle("above", self.type, "below.uid", *steps, since="edge.validFrom")
            found = f"EXISTS {{ WITH startNode(before) AS below, endNode(before) AS above WHERE {closes} RETURN 1 }}"
            yield Guard(f"before IS NOT NULL AND {found}", CYCLE, details(what=self.ends[1].name), self.ends[1].name)

    def _withdrawn_changes(self) -> str:
        start, end = (one.name for one in self.ends)
        same = "CASE WHEN startNode(before) = n THEN endNode(before) END"
        other = "CASE WHEN before IS NOT NULL AND startNode(before) <> n THEN startNode(before) END"
        taken = f"CASE WHEN {other} IS NULL THEN [] ELSE {change(start, 'n', other, record='other')} END"
        facts = property_changes(self._names(), "edge", "{}", of=end)
        period = [change(f"{end}.{key}", f"edge.{key}") for key in ("validFrom", "validTo")]
        return "\n  + ".join([change(end, "other", same), *period, facts, taken])


def _declare() -> None:
    for model, endpoints in dated_relationships().items():
        assert model.noun is not None
        Withdrawal(
            name=f"withdraw{model.noun[0].upper()}{model.noun[1:]}",
            label=super_label(tuple(sorted({one.start for one in endpoints}))),
            description=(
                f"Takes back a relationship that was recorded by mistake: {model.description} It is removed, and the "
                "one that it replaced lasts on."
            ),
            endpoints=tuple(endpoints),
            mode="withdraw",
        )


_declare()
