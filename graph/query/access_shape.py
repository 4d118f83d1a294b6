"""The shape of a caller's access: conditions without values, which become predicates in every statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.query.selection import AllOf, Where
from graph.vocabulary import concrete

Rules = tuple[tuple[str, Where], ...]
"""A condition for each restricted label; records of other labels are not restricted."""

Fields = frozenset[tuple[str, str]]
"""Secured fields, each as the label of an entity and the name of a property."""


@dataclass(frozen=True, slots=True)
class AccessShape:
    """The conditions under which a caller may read records (`rules`) and change them.

    `privileges` are the rules of each further privilege: (privilege, rules). A condition is never restricted itself: it
    may follow links to records that the caller cannot read. `may_read_deleted` allows reading and restoring deleted
    records. The caller may not read the fields `masked`, and not write the fields `unwritable`.
    """

    rules: Rules
    may_read_deleted: bool = False
    privileges: tuple[tuple[str, Rules], ...] = ()
    masked: Fields = frozenset()
    unwritable: Fields = frozenset()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.rules, self.privileges, self.masked, self.unwritable)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def unrestricted(self) -> bool:
        """Whether the caller may read and change every record with all its fields."""
        return not (self.rules or self.privileges or self.masked or self.unwritable)

    def rules_of(self, privilege: str) -> Rules:
        """The rules of a privilege other than that to read; none if it is not restricted."""
        return dict(self.privileges).get(privilege, ())

    def masked_at(self, label: str, name: str) -> Fields:
        """The fields of this name that the caller may not read, on an entity or on any of a group of entities."""
        return frozenset(one for one in self.masked if one[1] == name and one[0] in concrete(label))

    def unwritable_at(self, label: str, name: str) -> Fields:
        """The fields of this name that the caller may not write, on an entity or on any of a group of entities."""
        return frozenset(one for one in self.unwritable if one[1] == name and one[0] in concrete(label))

    def restricted(self, privilege: str, labels: Iterable[str]) -> list[str]:
        """Returns those of some labels on whose records the caller does not have a privilege everywhere."""
        rules = self.rules if privilege == "READ" else self.rules_of(privilege)
        ruled = {each for label, condition in rules if condition != AllOf(()) for each in concrete(label)}
        return [label for label in labels if ruled & set(concrete(label))]

    def reads_all(self, label: str) -> bool:
        """Returns whether the caller reads all nodes of a label that others read with the record they belong to."""
        return not self.rules or (label, AllOf(())) in self.rules
