"""The patterns and predicates of a statement: readable records, links, periods of validity and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from graph.errors import Refused
from graph.models.properties import Kind
from graph.query.access_shape import AccessShape, Rules
from graph.query.comparison import comparison, cost
from graph.query.cypher import either, implied, literal, stored, where
from graph.query.driving import is_selective
from graph.query.masking import usable, visible
from graph.query.negation import negated
from graph.query.ownership import shared
from graph.query.periods import holds
from graph.query.selection import (
    AllOf,
    AnyOf,
    Computed,
    ComputedTest,
    EdgeTest,
    Field,
    Labelled,
    LabelledAny,
    Missing,
    Not,
    OfKind,
    Part,
    Related,
    Shared,
    Slot,
    Test,
    Where,
)
from graph.query.values import Argument, camel_case, value_type
from graph.vocabulary import READ_ONLY, EdgeModel, Link, add_link, concrete, deleted_label, edge_model, entity


class EdgePattern(NamedTuple):
    """Variables and arguments a link is followed with: from `start` by `edge` to `end`.

    `facts` are the properties of the edge that are used, None for all of them; a traversal computes no others. `below`
    is the hierarchy whose accounts below `start` count too, None for the account alone.
    """

    start: str
    edge: str
    end: str
    at: Slot | None = None
    hierarchy: Slot | None = None
    depth: Slot | None = None
    facts: frozenset[str] | None = None
    below: Slot | None = None


Traverse = Callable[["CypherBuilder", EdgePattern], str]
TRAVERSE: dict[str, Traverse] = {}


def traversal(
    label: str, name: str, target: str, description: str, *, edge: Any, **more: Any
) -> Callable[[Traverse], Traverse]:
    """Declares a link that follows more than one relationship; the decorated function writes its MATCH.

    `edge` is the relationship class with the properties of its edges; `more` are further attributes of `Link`.
    """

    def register(write: Traverse) -> Traverse:
        key = f"{label}.{name}"
        TRAVERSE[key] = write
        link = Link(
            name,
            description,
            target,
            edge="",
            outgoing=True,
            model=edge_model(edge),
            traversal=key,
            **{"one": False, **more},
        )
        add_link(label, link)
        return write

    return register


class Figures(NamedTuple):
    """The clauses that compute a field, and the expression of each requested part.

    The key of a part is its name, or the part itself if it has parts of its own and is not an amount.
    """

    clauses: list[str]
    values: Mapping[str | Part, str]


Compute = Callable[["CypherBuilder", Computed, str], Figures]


@dataclass(frozen=True, slots=True, eq=False)
class ComputedField:
    """A field that the database computes for a record of a label.

    `returns` is the dataclass of its parts, see `graph.query.values`; a field without one is not in GraphQL, but
    read by an insight. `many` is True for a list: the clauses then produce a row for each value.
    `compute` receives the selection and the variable of the record.
    """

    label: str
    name: str
    description: str
    returns: type | None
    many: bool
    arguments: tuple[Argument, ...]
    compute: Compute

    @property
    def key(self) -> str:
        """The name under which it is registered, such as `Account.rollup`."""
        return f"{self.label}.{self.name}"


COMPUTED: dict[str, ComputedField] = {}


def computed(*, on: Any, returns: Any = None, args: tuple[Argument, ...] = ()) -> Callable[[Compute], ComputedField]:
    """Declares a computed field on the records of a model; the decorated function gives its name and description.

    `returns` is a dataclass, or a list of one.
    """
    value = value_type(returns)

    def register(compute: Compute) -> ComputedField:
        description = (compute.__doc__ or "").strip().split("\n\n")[0]
        declared = ComputedField(
            on.__label__, camel_case(compute.__name__), description, value.of, value.many, args, compute
        )
        COMPUTED[declared.key] = declared
        return declared

    return register


_UNRESTRICTED = AccessShape(())


class CypherBuilder:
    """Fresh variables, patterns and predicates for one statement under one access shape."""

    def __init__(self, access: AccessShape, numbers: Iterator[int] | None = None) -> None:
        self._access = access
        self._numbers = count() if numbers is None else numbers
        # for each variable of a linked record, the relationship that leads to it
        self._edges: dict[str, tuple[str, EdgeModel]] = {}
        self.masked: set[tuple[str, str]] = set()

    @property
    def access(self) -> AccessShape:
        """The access rules of the statement."""
        return self._access

    def unrestricted(self) -> CypherBuilder:
        """Returns a builder without access rules: only for numbers of records, see `graph.query.withheld`."""
        return CypherBuilder(AccessShape((), self.may_read_deleted, masked=self._access.masked), self._numbers)

    @property
    def may_read_deleted(self) -> bool:
        """True if the caller may read deleted records."""
        return self._access.may_read_deleted

    def visible(self, label: str, fields: Iterable[Field]) -> Iterator[Field]:
        """Yields selected fields of a record, with null in place of those that the caller may not read."""
        return visible(self._access, label, fields, self.masked)

    def fresh(self, prefix: str) -> str:
        """Returns a variable that is unique in the statement."""
        return f"{prefix}{next(self._numbers)}"

    def node(self, variable: str, label: str, *, uid: str | None = None, labelled: bool = True) -> str:
        """Returns the pattern of a record of a label that the caller may read.

        `uid` is the expression of its id. `labelled` is False where the relationship implies the label.
        """
        rules = self.access_predicates(variable, label)
        tag = f":{label}" if labelled else ""
        if uid is not None:
            if not entity(label).concrete and label != "Record":
                tag, rules = ":Record", [f"{variable}:{label}", *rules]
            tag += f" {{uid: {uid}}}"
        return f"({variable}{tag}{_condition(rules)})"

    def with_deleted(self, variable: str, label: str, *, uid: str | None = None) -> str:
        """The pattern of a record of that label, deleted or not.

        Raises Refused if the caller may not read deleted records.
        """
        if not self.may_read_deleted:
            raise Refused("You may not read deleted records.", remedy="Leave out `includeDeleted`.")
        if label in READ_ONLY:
            return self.node(variable, label, uid=uid)
        labels = [*concrete(label), *map(deleted_label, concrete(label))]
        rules = self.access_predicates(variable, label)
        if uid is None:
            return f"({variable}:{'|'.join(labels)}{_condition(rules)})"
        rules = rules if label == "Record" else [f"{variable}:{'|'.join(labels)}", *rules]
        return f"({variable}:Record|Deleted {{uid: {uid}}}{_condition(rules)})"

    def deleted(self, variable: str, label: str, uid: str) -> str:
        """The pattern of a deleted record with an id, which matches only if the caller may read deleted records."""
        rules = [f"{variable}:{deleted_label(label)}", *self.access_predicates(variable, label)]
        return (
            f"({variable}:Deleted {{uid: {uid}}}{_condition([*rules, *([] if self.may_read_deleted else ['false'])])})"
        )

    def passed(self, variable: str, label: str) -> str:
        """Returns the pattern of a readable record that no other clause refers to, such as one within a path."""
        pattern = self.node(variable, label, labelled=False)
        return "()" if pattern == f"({variable})" else pattern

    def access_predicates(self, variable: str, label: str) -> list[str]:
        """Returns the predicates under which the caller may read a bound record; use `node` for all other records.

        The policy's own conditions are written without further restriction, so they can follow links. A node with
        `access_through` may be read with the one record that this link leads to; without that record, only by callers
        who may read every record.
        """
        found = self._allowed(self._access.rules, variable, label)
        through = entity(label).access_through
        if through is not None and self._access.rules and label not in dict(self._access.rules):
            pattern, required = self.hop(
                entity(label).links[through], label, EdgePattern(variable, self.fresh("e"), self.fresh("x"))
            )
            found.append(f"EXISTS {{ MATCH {pattern}{where(required)} }}".replace("\n", " "))
        return found

    def privilege_predicates(self, variable: str, label: str, privilege: str) -> list[str]:
        """Returns the predicates under which the caller has a privilege, other than to read, on a bound record."""
        return self._allowed(self._access.rules_of(privilege), variable, label)

    def _allowed(self, rules: Rules, variable: str, label: str) -> list[str]:
        """Returns one predicate for each condition of the rules that concerns records of a label."""
        policy = CypherBuilder(_UNRESTRICTED, self._numbers)
        here, conditions = set(concrete(label)), dict[Where, list[str]]()
        for ruled, condition in rules:
            if here & set(concrete(ruled)):
                conditions.setdefault(condition, []).append(ruled)
        found = []
        for condition, labels in conditions.items():
            one = next(each for each in (labels[0], *entity(labels[0]).labels) if all(map(partial(_is, each), labels)))
            text = policy.predicate(condition, variable, one)
            covered = {each for ruled in labels for each in concrete(ruled)}
            other = f"NOT {variable}:{'|'.join((*labels, *map(deleted_label, labels)))}"
            found.append(f"({text})" if here <= covered else either([other, f"({text})"]))
        return found

    def validity_predicates(self, edge: str, model: EdgeModel, at: Slot | None, hierarchy: Slot | None) -> list[str]:
        """Returns the predicates under which a relationship is valid at a time (by default now) and in a hierarchy."""
        rules = []
        if model.hierarchical and hierarchy is not None:
            rules.append(f"{edge}.hierarchy = ${hierarchy.name}")
        if model.dated:
            moment = "$now" if at is None else f"${at.name}"
            rules.append(holds(edge, moment))
        return rules

    def hop(self, link: Link, label: str, way: EdgePattern) -> tuple[str, list[str]]:
        """Returns the pattern of one relationship of a link from a record of a label, and its predicates."""
        hidden = link.keeps_deleted and not self.may_read_deleted
        end = self.node(way.end, link.target, labelled=hidden or not implied(label, link))
        arrow = f"-[{way.edge}:{link.edge}]->" if link.outgoing else f"<-[{way.edge}:{link.edge}]-"
        rules = [f"{stored(way.edge, link.model, key)} = {literal(value)}" for key, value in link.where]
        rules += self.validity_predicates(way.edge, link.model, way.at, way.hierarchy)
        return f"({way.start}){arrow}{end}", rules

    def follow(self, link: Link, label: str, way: EdgePattern, more: list[str]) -> str:
        """Returns a MATCH that binds the targets and edges of a link, with further predicates."""
        if link.traversal is not None:
            return TRAVERSE[link.traversal](self, way) + where(more)
        pattern, rules = self.hop(link, label, way)
        return f"MATCH {pattern}{where(rules + more)}"

    def rules(self, condition: Where | None, variable: str, label: str) -> list[str]:
        """Returns the condition as predicates to be joined with AND, the cheapest first."""
        if condition is None:
            return []
        condition = negated(condition.of) if isinstance(condition, Not) else condition
        parts = sorted(condition.of, key=cost) if isinstance(condition, AllOf) else [condition]
        return [self._grouped(part, variable, label) for part in parts]

    def predicate(self, condition: Where, variable: str, label: str) -> str:
        """Returns the condition on a record of a label as a predicate: true, false or null.

        NOT treats null as false, because a missing value would otherwise fail both a condition and its negation.
        It is written before single comparisons only, see `negated`.
        """
        match condition:
            case Test() | Missing():
                return comparison(condition, f"{variable}.{self._stored(condition.property, label)}")
            case Labelled():
                return f"({variable}:{condition.label} AND {self._grouped(condition.where, variable, condition.label)})"
            case LabelledAny():
                tag = f"{variable}:{'|'.join(condition.labels)}"
                return f"({tag} AND {self._grouped(condition.where, variable, 'Record')})"
            case Shared():
                return shared(variable, condition.right)
            case EdgeTest():
                edge, model = self._edges[variable]
                return comparison(condition.test, _stored_on_edge(edge, model, condition.test.property))
            case OfKind():
                return f"any(label IN labels({variable}) WHERE label IN ${condition.labels.name})"
            case AllOf():
                parts = [self._grouped(part, variable, label) for part in sorted(condition.of, key=cost)]
                return " AND ".join(parts) or "true"
            case AnyOf():
                parts = [self._grouped(part, variable, label) for part in condition.of]
                return " OR ".join(parts) if is_selective(condition, entity(label)) else either(parts or ["false"])
            case Not():
                return self._negation(negated(condition.of), variable, label)
            case Related():
                return self._related(condition, variable, label)
            case ComputedTest():
                return self._computed_test(condition, variable)

    def _stored(self, property_name: str, label: str) -> str:
        kind = usable(self._access, label, property_name).kind
        return f"{property_name}Base" if kind is Kind.MONEY else property_name

    def _negation(self, condition: Where, variable: str, label: str) -> str:
        """Returns a condition from `negated` as a predicate."""
        if not isinstance(condition, Not):
            return self.predicate(condition, variable, label)
        text = self.predicate(condition.of, variable, label)
        return f"NOT {text}" if isinstance(condition.of, ComputedTest) else f"NOT coalesce({text}, false)"

    def _grouped(self, part: Where, variable: str, label: str) -> str:
        if isinstance(part, Not):
            part = negated(part.of)
            if isinstance(part, Not):
                return self._negation(part, variable, label)
        text = self.predicate(part, variable, label)
        return f"({text})" if isinstance(part, AnyOf | AllOf) else text

    def _related(self, related: Related, variable: str, label: str) -> str:
        link = entity(label).links[related.link]
        way = EdgePattern(variable, self.fresh("e"), self.fresh("x"), related.at, related.hierarchy)
        condition = related.where
        if related.quantifier == "all":
            condition = Not(condition or AllOf(()))
        self._edges[way.end] = (way.edge, link.model)
        inner = self.rules(condition, way.end, link.target)
        negated = related.quantifier in ("none", "all", "absent")
        followed = self.follow(link, label, way, inner) + (" RETURN 1" if link.traversal else "")
        return f"{'NOT ' if negated else ''}EXISTS {{ {followed} }}".replace("\n", " ")

    def drive(self, related: Related, variable: str, label: str) -> str:
        """Returns clauses that bind the records of a label with a linked record that meets a condition, each once.

        The database may start from either side.
        """
        link = entity(label).links[related.link]
        way = EdgePattern(variable, self.fresh("e"), self.fresh("x"), related.at, related.hierarchy)
        self._edges[way.end] = (way.edge, link.model)
        pattern, rules = self.hop(link, label, way)
        rules = [f"{way.end}:{link.target}", *rules, *self.rules(related.where, way.end, link.target)]
        return f"MATCH {self.node(variable, label)}\nMATCH {pattern}{where(rules)}\nWITH DISTINCT {variable}"

    def part(self, name: str, part: str, arguments: tuple[tuple[str, Slot], ...], start: str) -> tuple[list[str], str]:
        """Returns the clauses and the expression of one part of a computed field."""
        figures = COMPUTED[name].compute(self, Computed("", name, arguments, (Part(part, part),)), start)
        return figures.clauses, figures.values[part]

    def _computed_test(self, condition: ComputedTest, variable: str) -> str:
        clauses, expression = self.part(condition.name, condition.part, condition.arguments, variable)
        value = self.fresh("v")
        tests = where([comparison(test, value) for test in condition.tests])
        return f"EXISTS {{ {' '.join([*clauses, f'WITH {expression} AS {value}{tests}'])} RETURN 1 }}".replace(
            "\n", " "
        )


def _is(above: str, label: str) -> bool:
    return label == above or above in entity(label).labels


def _condition(rules: list[str]) -> str:
    return f" WHERE {' AND '.join(rules)}" if rules else ""


def _stored_on_edge(edge: str, model: EdgeModel, property_name: str) -> str:
    if model.properties[property_name].kind is Kind.MONEY:
        return f"{edge}.{property_name}Base"
    return stored(edge, model, property_name)
