"""The GraphQL type of each entity, derived from the models."""

from __future__ import annotations

from dataclasses import dataclass

import graph.query  # noqa: F401  the import declares every computed field
from graph.query.builder import COMPUTED
from graph.vocabulary import ENTITIES, READ_ONLY, SUPERS, Entity, Link

# The property whose value is the `version` of a record: every change gives it a later timestamp.
VERSION = "modifiedAt"
INTERFACES = {"Record": "Node", "Party": "Party", "Activity": "Activity"}


@dataclass(frozen=True, slots=True, eq=False)
class ExposedType:
    """The GraphQL type of an entity, or the interface of a super-label: the names of its fields by kind."""

    name: str
    model: Entity
    properties: tuple[str, ...]
    links: tuple[str, ...]
    fields: tuple[str, ...] = ()

    @property
    def one(self) -> str:
        """The name of the root field for one record, such as `account`."""
        return self.name[0].lower() + self.name[1:]


def graphql_name(label: str) -> str:
    """Returns the GraphQL type of a label: the label itself, or `Node` for any record."""
    return INTERFACES.get(label, label)


def connection_name(link: Link) -> str:
    """The name that the connection and edge types of a link begin with, such as `AccountContact`."""
    return link.connection or graphql_name(link.target)


def _exposed(model: Entity) -> ExposedType:
    return ExposedType(
        graphql_name(model.label),
        model,
        tuple(one.name for one in model.properties.values() if not one.hidden),
        tuple(one.name for one in model.links.values() if not one.hidden),
        tuple(one.name for one in COMPUTED.values() if one.label == model.label and one.returns is not None),
    )


EXPOSED_TYPES: dict[str, ExposedType] = {
    model.label: _exposed(model) for model in (*SUPERS.values(), *ENTITIES.values(), *READ_ONLY.values())
}
LABELS: dict[str, str] = {one.name: label for label, one in EXPOSED_TYPES.items()}
