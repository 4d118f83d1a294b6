"""The links that `create…` and `update…` set by a plain input."""

from __future__ import annotations

from graph.models.relationships import OwnedBy
from graph.mutations.declarations import APPEND, RecordInput
from graph.mutations.frame import each
from graph.vocabulary import ENTITIES, Link, entity


def settable(label: str) -> tuple[Link, ...]:
    """The links that a plain input can set: undated, to at most one record, by one relationship."""
    return tuple(
        link
        for link in entity(label).links.values()
        if link.one and link.outgoing and link.traversal is None and not link.where and not link.dated
    )


def cyclic(label: str) -> tuple[Link, ...]:
    """The settable links between records of one label, which must not close a cycle."""
    return tuple(link for link in settable(label) if label in link.targets)


def lock_of(label: str, link: Link) -> str:
    """The name of the lock under which a cyclic link is set."""
    return f"{label} {link.edge}"


def link_input(link: Link) -> RecordInput:
    """The id of a link's target as an input."""
    only = () if link.target in ENTITIES else link.targets
    return RecordInput(
        link.name, link.target, f"{link.description} Send its id.", required=False, only=only,
        variable=f"{link.name}To", assigned=link.model.assigns == "end", kept=link.edge,
        privilege=(link.model.privileges or ("", APPEND))[1], changes=(link.model.privileges or ("",))[0],
    )  # fmt: skip


def created_with(link: Link) -> str:
    """The variable of the record that a link of a new record leads to; the frame binds the owner as `holder`."""
    return "holder" if link.edge == OwnedBy.type else link_input(link).bound


def joined(link: Link, to: str) -> str:
    """Creates the relationship of a settable link, unless there is no target."""
    return each(to, f"CREATE (n)-[:{link.edge} {{createdAt: $now}}]->(one)")
