"""Documents that use or select a secured field in every way, made from the schema."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

from graph.models.properties import Kind
from graph.query.figures import FUNCTIONS, figure_properties, result_kind
from graph.secured_fields import Coordinate
from graph.vocabulary import ENTITIES, SUPERS, Link, entity
from schema.exposure import EXPOSED_TYPES

_SUFFIXES = ("Where", "Order", "GroupKey", "Having", "Input", "Changes")


class SecuredPaths:
    """The documents of one field; `lists` are the places of lists of its records."""

    def __init__(self, core: GraphQLSchema, field: Coordinate) -> None:
        self.core = core
        self.label, self.name = field
        self.kind = entity(self.label).properties[self.name].kind
        self.condition = f"{{ {self.name}: {{ isNull: true }} }}"
        self.money = " { amount currency }" if self.kind is Kind.MONEY else ""

    # ---------- uses -------------------------------------------------------------------------------------------------

    def uses(self) -> Iterator[str]:
        """Queries that use the field in a condition, an order, a figure or a group."""
        for plural, inner in self._lists():
            arguments = [f"where: {one}" for one in self._conditions(self.condition)]
            if f"{self.label}Order" in str(self._argument(plural, inner, "orderBy")):
                directions = ("ASC", "DESC_NULLS_FIRST")
                arguments += [f"orderBy: [{{ name: ASC }}, {{ {self.name}: {one} }}]" for one in directions]
            for one in arguments:
                yield self._document(plural, inner, f", {one}", "totalCount")
            for one in self._figures():
                yield self._document(plural, inner, "", one)
        for source, link in self._links():
            fields = self._inputs(f"{EXPOSED_TYPES[source].name}Where")[link.name]
            plural = self._plural(source)
            for one in self._linked(link, str(fields), self.condition):
                for place, condition in ((plural, one), *self._further(source, one)):
                    yield self._document(place, "", f", where: {condition}", "totalCount")
            if link.name in self._inputs(f"{EXPOSED_TYPES[source].name}Order"):
                order = f"{{ {link.name}: {{ {self.name}: ASC }} }}"
                yield self._document(plural, "", f", orderBy: [{order}]", "totalCount nodes { id }")

    def _conditions(self, condition: str) -> Iterator[str]:
        yield condition
        yield f"{{ not: {condition} }}"
        yield f'{{ or: [{{ name: {{ eq: "x" }} }}, {condition}] }}'
        yield f"{{ and: [{{ not: {{ or: [{condition}] }} }}] }}"

    def _linked(self, link: Link, kind: str, condition: str) -> Iterator[str]:
        """Conditions on the records that a link leads to, under every quantifier."""
        for quantifier, of in self._inputs(kind).items():
            if quantifier != "exists":
                yield f"{{ {link.name}: {{ {quantifier}: {condition} }} }}"
                if "node" in self._inputs(str(of)):
                    yield f"{{ {link.name}: {{ {quantifier}: {{ node: {condition} }} }} }}"

    def _further(self, label: str, condition: str) -> Iterator[tuple[str, str]]:
        """The condition one link further away: the list, and the condition on its records."""
        for source, link in self._links(label)[:1]:
            kind = str(self._inputs(f"{EXPOSED_TYPES[source].name}Where")[link.name])
            yield self._plural(source), next(self._linked(link, kind, condition))

    def _figures(self) -> Iterator[str]:
        model = entity(self.label)
        by = "YEAR" if self.kind is Kind.DATE else "true"
        functions = [one for one in FUNCTIONS if self.name in figure_properties(model, one)]
        for one in functions:
            shown = " { amount }" if result_kind(one, self.kind) is Kind.MONEY else ""
            yield f"aggregate {{ {one} {{ {self.name}{shown} }} }}"
            yield f"groups(by: [{{ name: true }}]) {{ {one} {{ {self.name}{shown} }} }}"
            yield f"groups(by: [{{ name: true }}], orderBy: [{{ {self.name}: {{ {one}: ASC }} }}]) {{ count }}"
        having = f"{{ {self.name}: {{ countDistinct: {{ gte: 0 }} }} }}"
        yield f"groups(by: [{{ name: true }}], having: {having}) {{ count }}"
        if self.name in self._inputs(f"{self.label}GroupKey"):
            yield f"groups(by: [{{ {self.name}: {by} }}]) {{ count }}"
            yield f"groups(by: [{{ {self.name}: {by} }}]) {{ key {{ {self.name} }} }}"

    # ---------- places -----------------------------------------------------------------------------------------------

    def reads(self) -> Iterator[str]:
        """Queries that select the field as `secret`, of `$id` where they take one."""
        secret = f"id __typename secret: {self.name}{self.money}"
        inline = f"__typename ... on {self.label} {{ {secret} }}"
        one = f"{self.label[0].lower()}{self.label[1:]}"
        yield f"query ($id: ID!) {{ {one}(id: $id) {{ {secret} }} }}"
        yield f"query ($id: ID!) {{ node(id: $id) {{ {inline} }} }}"
        yield f'{{ search(text: "Secret", first: 5) {{ node {{ {inline} }} }} }}'
        yield f"{{ {entity(self.label).plural}(first: 5) {{ nodes {{ {self.name}{self.money} }} }} }}"
        yield f"{{ {entity(self.label).plural}(first: 5) {{ nodes {{ id name source createdAt {secret} }} }} }}"
        for plural, inner in self._lists():
            yield self._document(plural, inner, "", f"nodes {{ {secret} }} edges {{ cursor node {{ {secret} }} }}")
        for source, link in self._links():
            if link.one:
                yield self._document(self._plural(source), "", "", f"nodes {{ {link.name} {{ {secret} }} }}")
                key = f"groups(by: [{{ {link.name}: true }}]) {{ key {{ {link.name} {{ {secret} }} }} }}"
                yield self._document(self._plural(source), "", "", key)
        for model in SUPERS.values():
            if model.plural and model.label in entity(self.label).labels:
                yield f"{{ {model.plural}(first: 9) {{ nodes {{ {inline} }} }} }}"
        yield f"query ($id: ID!) {{ subgraph(start: [$id]) {{ nodes {{ record {{ {inline} }} }} }} }}"

    def _links(self, target: str = "") -> list[tuple[str, Link]]:
        """The links of entities that lead to records of the label, or of another one."""
        return [
            (label, link)
            for label, one in ENTITIES.items()
            if one.plural
            for link in one.links.values()
            if not link.hidden and link.target == (target or self.label) and link.name in EXPOSED_TYPES[label].links
        ]

    def _lists(self) -> Iterator[tuple[str, str]]:
        """The lists of records of the label: a root field, and the linked list below it or an empty text."""
        yield self._plural(self.label), ""
        for source, link in self._links():
            if not link.one:
                yield self._plural(source), link.name

    def _plural(self, label: str) -> str:
        return ENTITIES[label].plural

    def _document(self, plural: str, inner: str, arguments: str, selection: str) -> str:
        if not inner:
            return f"{{ {plural}(first: 5{arguments}) {{ {selection} }} }}"
        return f"{{ {plural}(first: 2) {{ nodes {{ {inner}(first: 3{arguments}) {{ {selection} }} }} }} }}"

    def _argument(self, plural: str, inner: str, name: str) -> object:
        query = self.core.query_type
        assert query is not None
        fields = query.fields
        if inner:
            label = next(one.label for one in ENTITIES.values() if one.plural == plural)
            fields = self.core.type_map[EXPOSED_TYPES[label].name].fields  # type: ignore[attr-defined]
        found = fields[inner or plural].args.get(name)
        return found and found.type

    def _inputs(self, name: str) -> dict[str, object]:
        found = self.core.type_map[name]
        assert isinstance(found, GraphQLInputObjectType)
        return {key: get_named_type(one.type) for key, one in found.fields.items()}

    def inputs(self) -> list[str]:
        """The input types with a field of this name that are of no known kind."""
        named = (one for one in self.core.type_map.values() if isinstance(one, GraphQLInputObjectType))
        return [one.name for one in named if self.name in one.fields and not one.name.endswith(_SUFFIXES)]
