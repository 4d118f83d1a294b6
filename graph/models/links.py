"""Links, as neomodel relationships that carry their description and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from neomodel import AsyncRelationshipFrom, AsyncRelationshipTo
from neomodel.async_.cardinality import AsyncZeroOrOne
from neomodel.async_.relationship_manager import AsyncRelationshipDefinition, AsyncZeroOrMore

from graph.models.properties import PlainRelationship


@dataclass(frozen=True, slots=True)
class Inverse:
    """A link seen from the records that it leads to; the attributes are those of `to`.

    People read the `title` as its label; by default its name in words.
    `order` fixes the order of the list, as pairs of a property and whether it descends. `takes_below` adds the records
    of the accounts below an account, if the caller names a hierarchy.
    """

    name: str
    description: str
    one: bool = False
    connection: str | None = None
    hidden: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    takes_below: bool = False
    title: str | None = None


@dataclass(frozen=True, slots=True)
class LinkDeclaration:
    """A link as its entity declares it; `graph.vocabulary` turns it and its inverse into `Link`s."""

    target: str
    relationship: Any
    type: str
    outgoing: bool
    description: str
    one: bool
    where: Mapping[str, object] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    connection: str | None = None
    hidden: bool = False
    inverse: Inverse | None = None
    keeps_deleted: bool = False
    follows: str | None = None
    title: str | None = None
    parental: bool = False


def _definition(link: LinkDeclaration) -> AsyncRelationshipDefinition:
    cardinality = AsyncZeroOrOne if link.one else AsyncZeroOrMore
    relationship = AsyncRelationshipTo if link.outgoing else AsyncRelationshipFrom
    definition: AsyncRelationshipDefinition = relationship(
        link.target, link.type, cardinality=cardinality, model=link.relationship
    )
    definition.link = link  # type: ignore[attr-defined]
    return definition


def to(
    target: str,
    relationship: Any,
    description: str,
    *,
    inverse: Inverse | None,
    one: bool = False,
    where: Mapping[str, object] | None = None,
    only: tuple[str, ...] = (),
    connection: str | None = None,
    hidden: bool = False,
    keeps_deleted: bool = False,
    follows: str | None = None,
    title: str | None = None,
    parental: bool = False,
) -> AsyncRelationshipDefinition:
    """A link along `(self)-[relationship]->(target)`, with its inverse.

    `relationship` is a relationship class, or a type name for a relationship without properties. `one` allows at most
    one at a time, `where` fixes properties, `only` narrows the target to some labels, `connection` names the GraphQL
    connection whose edges show the properties, `hidden` keeps the link out of GraphQL. One that `keeps_deleted` stays
    when the record it leads to is deleted. One that `follows` a relationship type ends when the last such relationship
    between the two records does. Along a `parental` one, a record can get another owner together with its target.
    People read the `title` as its label.
    """
    plain = isinstance(relationship, str)
    return _definition(
        LinkDeclaration(
            target,
            PlainRelationship if plain else relationship,
            relationship if plain else relationship.type,
            True,
            description,
            one,
            where or {},
            only,
            connection,
            hidden,
            inverse,
            keeps_deleted,
            follows,
            title,
            parental,
        )
    )


def by(
    target: str,
    relationship: Any,
    description: str,
    *,
    connection: str | None = None,
    only: tuple[str, ...] = (),
    title: str | None = None,
) -> AsyncRelationshipDefinition:
    """A narrower view of an inverse: the relationships of that class that come from records of some labels."""
    declared = LinkDeclaration(target, relationship, relationship.type, False, description, False, only=only)
    return _definition(replace(declared, connection=connection, title=title))
