"""Documents that cover every read path, made from the schema: root fields, links, computed fields, filters."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
)

from graph.vocabulary import ENTITIES, SUPERS

RECORD = "{ __typename id }"
REPRESENTATIVES = ("Account", "Email", "User")  # of the types that share the links of an interface


def batched(names: list[str], size: int) -> Iterator[list[str]]:
    """The names in lists of at most that many."""
    left = iter(names)
    while batch := list(islice(left, size)):
        yield batch


class ReadPaths:
    """The documents of a schema."""

    def __init__(self, core: GraphQLSchema) -> None:
        self.core = core
        self.node = core.type_map["Node"]

    def type_of(self, name: str) -> GraphQLObjectType | GraphQLInterfaceType:
        """An object type or an interface by its name."""
        found = self.core.type_map[name]
        assert isinstance(found, GraphQLObjectType | GraphQLInterfaceType)
        return found

    def documents(self) -> Iterator[tuple[str, str]]:
        """For each entity, documents with all properties and links, and one for each field that is computed."""
        for label, entity in sorted(ENTITIES.items()):
            fields = self.type_of(label).fields
            alone = [name for name, field in fields.items() if self._computed(field)]
            inherited = {name for one in self.type_of(label).interfaces for name in one.fields}
            links = [name for name, field in fields.items() if name not in alone and self.selection(field)]
            if label not in REPRESENTATIVES:
                links = [name for name in links if name not in inherited]
            plain = [name for name, field in fields.items() if not self.selection(field)]
            # A server plans several small statements faster than a large one.
            for names in (plain, *batched(links, 4), *([name] for name in alone)):
                chosen = " ".join(self.field(name, fields[name]) for name in names)
                yield f"{label}: {' '.join(names)}", self._page(entity.plural, f"id {chosen}")
            yield f"{label} one", f"query ($id: ID!) {{ {label[0].lower()}{label[1:]}(id: $id) {{ id }} }}"

    def answered_by_python(self) -> Iterator[tuple[str, str]]:
        """Two documents for each root field that takes neither a page nor a single id: the insights.

        The second one selects the ids alone of the records that they refer to.
        """
        query = self.core.query_type
        assert query is not None
        roots = {one.plural for one in (*ENTITIES.values(), *SUPERS.values())} | {
            f"{one[0].lower()}{one[1:]}" for one in ENTITIES
        }
        for name, field in query.fields.items():
            if name in roots or name in ("node", "search"):
                continue
            taken = {one: arg for one, arg in field.args.items() if one in ("from", "to", "maxHops")}
            if any(is_required_argument(arg) for one, arg in field.args.items() if one not in taken):
                continue
            variables = ", ".join(f"${one}: {arg.type}" for one, arg in taken.items())
            arguments = ", ".join(
                [*(f"{one}: ${one}" for one in taken), *("first: 50" for one in field.args if one == "first")]
            )
            head = f"query ({variables})" if variables else "query"
            document = f"{head} {{ {name}{f'({arguments})' if arguments else ''} {self.selection(field)} }}"
            yield name, document
            if RECORD in document:
                yield f"{name} by id", document.replace(RECORD, "{ id }")

    def filtered(self, source: random.Random) -> str:
        """A random filter over links, of any quantifier, up to two deep, of a random entity."""
        label = source.choice(("Account", "Contact", "Opportunity", "Email", "User", "SalesOrder", "Product", "Lead"))
        condition = self._where(f"{label}Where", source, 2)
        order = "orderBy: [{ createdAt: DESC }]"
        return (
            f"{{ {ENTITIES[label].plural}(first: 100, {order}, where: {condition}) {{ totalCount nodes {{ id }} }} }}"
        )

    def _where(self, name: str, source: random.Random, depth: int) -> str:
        fields = self._inputs(name)
        links = [one for one, field in fields.items() if str(get_named_type(field.type)).endswith("LinkWhere")]
        lists = [one for one, field in fields.items() if str(get_named_type(field.type)).endswith("ListWhere")]
        if depth == 0 or source.random() < 0.15:
            simple = {"createdAt": '{ gt: "2020-01-01T00:00:00Z" }', "owner": "{ exists: true }", "name": '{ gt: "C" }'}
            chosen = source.choice([one for one in simple if one in fields] or [""])
            return f"{{ {chosen}: {simple[chosen]} }}" if chosen else "{}"
        chosen = source.choice([*links, *lists, *lists, "not"])
        inner = str(get_named_type(fields[chosen].type))
        if chosen == "not":
            return f"{{ not: {self._where(name, source, depth - 1)} }}"
        if chosen in links:
            if source.random() < 0.4:
                return f"{{ {chosen}: {{ exists: {source.choice(('true', 'false'))} }} }}"
            quantifier = "is"
        else:
            quantifier = source.choice(("some", "none", "all"))
        target = str(get_named_type(self._inputs(inner)[quantifier].type))
        return f"{{ {chosen}: {{ {quantifier}: {self._where(target, source, depth - 1)} }} }}"

    def _inputs(self, name: str) -> dict[str, GraphQLInputField]:
        found = self.core.type_map[name]
        assert isinstance(found, GraphQLInputObjectType)
        fields: dict[str, GraphQLInputField] = found.fields
        return fields

    def _page(self, plural: str, fields: str) -> str:
        return f"{{ {plural}(first: 100) {{ totalCount nodes {{ {fields} }} }} }}"

    def _computed(self, field: GraphQLField) -> bool:
        kind = get_named_type(field.type)
        plain = isinstance(kind, GraphQLScalarType | GraphQLEnumType) or kind.name == "Money"
        return not (plain or self._record(kind) or kind.name.endswith("Connection"))

    def _record(self, kind: object) -> bool:
        return kind is self.node or (
            isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and self.node in kind.interfaces
        )

    def field(self, name: str, field: GraphQLField) -> str:
        """A field with all there is below it but what lies behind records; empty when it takes a required argument."""
        if any(is_required_argument(one) for one in field.args.values()):
            return ""
        alone = f"{name}{'(first: 50)' if 'first' in field.args else ''} {self.selection(field)}"
        if "below" not in field.args:
            return alone
        return f"{alone} {name}Below: {name}(first: 50, below: CRM) {self.selection(field)}"

    def selection(self, field: GraphQLField) -> str:
        """The selection below a field."""
        kind = get_named_type(field.type)
        if self._record(kind):
            return RECORD
        if not isinstance(kind, GraphQLObjectType):
            return ""
        # test_aggregates.py and test_withheld.py cover the last two; planning them with every link would take minutes.
        below = {
            name: one for name, one in kind.fields.items() if name not in ("nodes", "pageInfo", "aggregate", "withheld")
        }
        return f"{{ {' '.join(self.field(name, one) for name, one in below.items())} }}"
