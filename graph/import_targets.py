"""The fields that the columns of an uploaded file can become: properties of a type, and links to one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graph.models.properties import Kind
from graph.vocabulary import ENTITIES, IMPORTABLE, Link, Property, entity

_AUTOMATIC = ("uid", "source", "sourceKey", "createdAt", "modifiedAt", "deletedAt")


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a record type. `link` leads to a record of the same source, whose key the column has."""

    name: str
    description: str
    required: bool
    declared: Property | None = None
    link: Link | None = None

    @property
    def kind(self) -> str:
        """The kind of the values: one of `Kind`, or the type of the record that a link leads to."""
        if self.link is not None:
            return self.link.targets[0]
        assert self.declared is not None
        return self.declared.kind.value

    @property
    def constants(self) -> Mapping[str, object]:
        """The fixed properties of the relationship of a link: those that make it the one that the link shows."""
        if self.link is None:
            return {}
        fixed = dict(self.link.where)
        for rule in self.link.model.at_most_one:
            fixed |= dict(rule.where)
        return {"hierarchy": "CRM", **fixed} if self.link.hierarchical else fixed


def importable() -> tuple[str, ...]:
    """The record types that a file can become. Activities have several participants, which one row cannot name."""
    return tuple(label for label in IMPORTABLE if "Activity" not in ENTITIES[label].labels)


@cache
def targets(label: str) -> dict[str, Target]:
    """The fields of a record type, required ones first. Raises KeyError for an unknown type."""
    one, found = entity(label), {}
    follow = one.complete({"name": "x"}).keys() - {"name"}
    for name, declared in one.properties.items():
        if declared.writable and not declared.hidden and name not in _AUTOMATIC:
            required = declared.required and constant(declared) is None and name not in follow
            found[name] = Target(name, declared.description, required, declared)
    for name, link in one.links.items():
        if _is_simple(link):
            found[name] = Target(name, f"{link.description} The column has its key in this source.", False, link=link)
    return dict(sorted(found.items(), key=lambda item: not item[1].required))


def _is_simple(link: Link) -> bool:
    """Whether one cell can name the record that a link leads to."""
    if link.hidden or link.traversal or not link.outgoing or link.model.derived or len(link.targets) != 1:
        return False
    single = link.one or any(rule.per == "start" and rule.where for rule in link.model.at_most_one)
    needed = {one.name for one in link.model.properties.values() if one.required and one.default is None}
    return single and link.targets[0] in importable() and needed <= {"hierarchy", *dict(link.where)}


def constant(declared: Property) -> str | None:
    """The value of a required choice for which a file has no column."""
    if not declared.required or declared.kind is not Kind.CHOICE:
        return None
    return declared.unknown or (None if declared.initial is None else str(getattr(declared.initial, "name", "")))
