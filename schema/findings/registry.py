"""Rules as declarations: what a rule reads of a record, and the pure function that judges it.

The fields that rules read are GraphQL, so they are read under the caller's access, in the one statement that reads
the record. A record also has the findings about the records in its scopes, such as the open opportunities of an
account and the accounts of a user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schema.findings.finding import Finding, Found, Viewpoint
from schema.sentences.sentence import Mention

Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]
Judge = Callable[[Mapping[str, Any], Viewpoint], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the records of a label: the fields that it reads, and its function."""

    name: str
    on: str
    version: int
    reads: str
    description: str
    judge: Judge


RULES: dict[str, Rule] = {}


def rule(*, on: str, reads: str, version: int = 1) -> Callable[[Judge], Judge]:
    """Declares a rule; its name and description are those of the decorated function.

    Args:
        on: the label of the records that it judges.
        reads: the fields that it reads, as GraphQL. `id` and `name` are always read. Rules that read the same field
            with other arguments give it an alias.
        version: a rule that judges differently than before has a new version.
    """

    def register(function: Judge) -> Judge:
        name = function.__name__
        if name in RULES:
            raise TypeError(f"two rules have the name {name}")
        RULES[name] = Rule(name, on, version, reads, " ".join((function.__doc__ or "").split()), function)
        return function

    return register


@dataclass(frozen=True, slots=True)
class Scope:
    """Records whose findings belong to a record as well.

    Args:
        key: the alias under which they are read.
        link: the link to them with its arguments, as GraphQL.
        target: their label.
        owns: whether a finding about one of them, or within its scopes, names it.
        best: whether each of them contributes its most important finding only, with the others as its evidence.
        nested: whether the scope applies to records that are in a scope themselves.
    """

    key: str
    link: str
    target: str
    owns: bool = False
    best: bool = False
    nested: bool = True


SCOPES: Mapping[str, tuple[Scope, ...]] = {
    "User": (Scope("portfolio", "accounts(first: 200)", "Account", owns=True, best=True),),
    "Account": (
        Scope("openDeals", "opportunities(first: 50, where: { state: { eq: OPEN } })", "Opportunity", best=True),
        Scope("staff", "contacts(first: 100)", "Contact", nested=False),
        Scope("group", "descendants(first: 100)", "Account", owns=True, nested=False),
    ),
}


def judged_labels() -> list[str]:
    """The labels of the records that have findings."""
    return sorted({*SCOPES, *(one.on for one in RULES.values())})


def fields_of(label: str) -> str:
    """Returns the fields that the rules on a record read, as GraphQL."""
    return " ".join(("id name", *(one.reads for one in RULES.values() if one.on == label)))


def ids_of(label: str, *, top: bool = True) -> str:
    """Returns the ids of a record and of those in its scopes, as GraphQL."""
    scopes = (f"{one.key}: {one.link} {{ nodes {{ {ids_of(one.target, top=False)} }} }}" for one in _scopes(label, top))
    return " ".join(("id", *scopes))


def members(label: str, found: Mapping[str, Any], *, top: bool = True) -> Iterator[tuple[str, str]]:
    """Returns the labels and ids in what was read by `ids_of`."""
    yield label, found["id"]
    for scope in _scopes(label, top):
        for inner in found[scope.key]["nodes"]:
            yield from members(scope.target, inner, top=False)


def findings(label: str, found: Mapping[str, Any], rows: Rows, view: Viewpoint, *, top: bool = True) -> Iterator[Found]:
    """Returns the findings about a record and about those in its scopes.

    Args:
        label: the label of the record.
        found: the ids, as read by `ids_of`.
        rows: the fields of the records, as read by `fields_of`, by label and id.
        view: the viewpoint.
        top: whether the record is in no scope.
    """
    row = rows[label].get(found["id"])
    if row is None:
        return
    subject = Mention(row["name"], row["id"])
    for one in RULES.values():
        if one.on == label:
            for finding in one.judge(row, view):
                yield Found(one.name, one.version, finding.subject or subject, finding)
    for scope in _scopes(label, top):
        for inner in found[scope.key]["nodes"]:
            yield from _within(scope, inner, rows, view)


def _within(scope: Scope, found: Mapping[str, Any], rows: Rows, view: Viewpoint) -> Iterator[Found]:
    """Returns the findings about a record in a scope."""
    here = list(findings(scope.target, found, rows, view, top=False))
    if scope.best:
        here.sort(key=lambda one: one.order)
        here = [first.leading(here[1:]) for first in here[:1]]
    if not scope.owns:
        yield from here
    elif here:
        owner = Mention(rows[scope.target][found["id"]]["name"], found["id"])
        yield from (replace(one, owner=owner) for one in here)


def insights(label: str, found: Mapping[str, Any], rows: Rows, view: Viewpoint) -> list[Found]:
    """Returns the findings about a record, the most important first.

    In a record with scopes, a finding whose amounts another one has stated is evidence of that one.
    """
    ordered = sorted(findings(label, found, rows, view), key=lambda one: one.order)
    if not SCOPES.get(label):
        return ordered
    led: dict[int, list[Found]] = {}
    for at, one in enumerate(ordered):
        same = (first for first in led if one.stake and one.repeats(ordered[first]))
        led.setdefault(next(same, at), []).append(one)
    return [ordered[at].leading(one for one in those if one is not ordered[at]) for at, those in led.items()]


def _scopes(label: str, top: bool) -> list[Scope]:
    return [scope for scope in SCOPES.get(label, ()) if top or scope.nested]
