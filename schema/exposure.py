"""What callers see of each entity: named here, checked against the models, made into types elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.vocabulary import ENTITIES, SUPERS, Entity, Link, entity

COMMON_PROPERTIES = ("createdAt", "modifiedAt", "source", "sourceKey")
COMMON_LINKS = ("owner",)
INTERFACES = {"Record": "Node", "Party": "Party", "Activity": "Activity"}


@dataclass(frozen=True, slots=True, eq=False)
class ExposedType:
    """The outside of an entity or of a super-label: its GraphQL name, and what of the model it shows."""

    name: str
    model: Entity
    properties: tuple[str, ...]
    links: tuple[str, ...]
    edges: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    creates: bool = False
    updates: bool = False

    @property
    def one(self) -> str:
        """The root field for one: `account`."""
        return self.name[0].lower() + self.name[1:]

    def edge_type(self, link: Link) -> str:
        """What the connection and edge types of a link are named for: `AccountContact`, or the target alone."""
        return self.edges.get(link.name, graphql_name(link.target))


EXPOSED_TYPES: dict[str, ExposedType] = {}


def graphql_name(label: str) -> str:
    """The GraphQL type of a label: the label itself, `Node` for any record."""
    return INTERFACES.get(label, label)


def shows(
    label: str,
    properties: str,
    *,
    links: str = "",
    edges: Mapping[str, str] | None = None,
    fields: tuple[str, ...] = (),
    creates: bool = False,
    updates: bool = False,
) -> None:
    """Shows an entity: its properties and links by name, and whether it can be made and changed by a plain verb.

    `edges` names the connection types of links whose edges say more than that they are; `fields` are those of types
    of their own.

    TypeError when the model has no such label, property or link.
    """
    if label not in ENTITIES and label not in SUPERS:
        raise TypeError(f"There is no entity {label} in graph/models.")
    model = entity(label)
    own = tuple(dict.fromkeys((*properties.split(), *(COMMON_PROPERTIES if model.concrete else ()))))
    ways = tuple(dict.fromkeys((*links.split(), *(COMMON_LINKS if model.concrete else ()))))
    for kind, wanted, there in (("property", own, model.properties), ("link", ways, model.links)):
        missing = [one for one in wanted if one not in there]
        if missing:
            raise TypeError(f"{label} has no {kind} {', '.join(missing)}: declare it in graph/models first.")
    unknown = [one for one in (edges or {}) if one not in ways]
    if unknown:
        raise TypeError(f"{label} shows no link {', '.join(unknown)} to name a connection for.")
    EXPOSED_TYPES[label] = ExposedType(graphql_name(label), model, own, ways, edges or {}, fields, creates, updates)
