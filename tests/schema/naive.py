"""The contract's filters and orders over plain dicts, by looking at every record: what the database must agree with."""

from __future__ import annotations

import enum
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from unicodedata import category, normalize

Row = dict[str, Any]
Tree = dict[str, Any]

TEXTS = (None, None, "", "a", "Ab", "aB", "ab", "ö", "Ö", "ÖL", "z%", "a'b", 'q"', "b\\c", "\U0001d4d0", "\uffee", "ß")
NOW = datetime.now(UTC)


class Member(str):
    """An enumeration's member, written without quotes in a document."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value with its GraphQL type, so that it may stand in a variable of its own."""

    value: Any
    type: str


class Kind(enum.Enum):
    """What a property holds, and the GraphQL type its filters take."""

    ID = "ID"
    TEXT = "String"
    INT = "Int"
    BOOL = "Boolean"
    DATE = "Date"
    DATETIME = "DateTime"
    MONEY = "Float"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Shape:
    """An entity as the tests know it: kinds of properties, members of choices, links (target, whether to one)."""

    name: str
    plural: str
    kinds: dict[str, Kind]
    members: dict[str, tuple[str, tuple[str, ...]]]
    links: dict[str, tuple[str, bool]]


SHAPES = {
    "Account": Shape(
        "Account",
        "accounts",
        {"id": Kind.ID, "name": Kind.TEXT, "industry": Kind.TEXT, "employees": Kind.INT, "creditOnHold": Kind.BOOL,
         "revenue": Kind.MONEY, "category": Kind.CHOICE, "createdAt": Kind.DATETIME},
        {"category": ("AccountCategory", ("PREFERRED", "STANDARD"))},
        {"parent": ("Account", True), "children": ("Account", False), "contacts": ("Contact", False),
         "opportunities": ("Opportunity", False)},
    ),
    "Contact": Shape(
        "Contact",
        "contacts",
        {"id": Kind.ID, "name": Kind.TEXT, "jobTitle": Kind.TEXT, "birthDate": Kind.DATE, "doNotEmail": Kind.BOOL},
        {},
        {"accounts": ("Account", False), "manager": ("Contact", True), "reports": ("Contact", False)},
    ),
    "Opportunity": Shape(
        "Opportunity",
        "opportunities",
        {"id": Kind.ID, "name": Kind.TEXT, "estimatedValue": Kind.MONEY, "closeProbability": Kind.INT,
         "estimatedCloseDate": Kind.DATE, "rating": Kind.CHOICE},
        {"rating": ("OpportunityRating", ("HOT", "WARM", "COLD"))},
        {"account": ("Account", True), "contact": ("Contact", True)},
    ),
}  # fmt: skip


def some_value(rng: random.Random, shape: Shape, name: str) -> Any:
    """A value a record may have, often none."""
    match shape.kinds[name]:
        case Kind.TEXT:
            return rng.choice(TEXTS)
        case Kind.INT:
            return rng.choice([None, -1, 0, 1, 2, 2**31 - 1])
        case Kind.BOOL:
            return rng.choice([None, True, False])
        case Kind.DATE:
            return rng.choice([None, date(1969, 12, 31), date(2024, 2, 29), date(2024, 3, 1)])
        case Kind.DATETIME:
            return datetime(2026, 1, 1 + rng.randrange(3), tzinfo=UTC)
        case Kind.MONEY:
            return rng.choice([None, -5, 0, 1, 10_000, 10_001])
        case Kind.CHOICE:
            return rng.choice([None, *shape.members[name][1]])
    raise AssertionError(name)


EDGE_KINDS = {"jobTitle": Kind.TEXT, "isPrimary": Kind.BOOL}
EDGE_VALUES: dict[str, tuple[Any, ...]] = {"jobTitle": ("a", "Ab", "ö"), "isPrimary": (True, False)}


@dataclass(slots=True)
class World:
    """Records by label, and relationships (type, start, end, properties), some of which hold no more."""

    rows: dict[str, dict[str, Row]]
    edges: list[tuple[str, str, str, Row]]

    def linked(self, label: str, uid: str, link: str) -> list[Row]:
        """What a link leads to now."""
        way = {
            ("Account", "parent"): ("CHILD_OF", True),
            ("Account", "children"): ("CHILD_OF", False),
            ("Account", "contacts"): ("WORKS_AT", False),
            ("Account", "opportunities"): ("FOR_ACCOUNT", False),
            ("Contact", "accounts"): ("WORKS_AT", True),
            ("Contact", "manager"): ("REPORTS_TO", True),
            ("Contact", "reports"): ("REPORTS_TO", False),
            ("Opportunity", "account"): ("FOR_ACCOUNT", True),
            ("Opportunity", "contact"): ("FOR_CONTACT", True),
        }[label, link]
        target = self.rows[SHAPES[label].links[link][0]]
        found = []
        for edge, start, end, values in self.edges:
            here, there = (start, end) if way[1] else (end, start)
            if edge == way[0] and here == uid and _holds(values):
                found.append({**target[there], "edge": values})
        return found


def _holds(values: Row) -> bool:
    since, until = values.get("validFrom"), values.get("validTo")
    if values.get("hierarchy", "CRM") != "CRM" or values.get("kind", "SOLID") != "SOLID":
        return False
    return (since is None or since <= NOW) and (until is None or until > NOW)


def world(seed: int, size: int) -> World:
    """A small world with much that is missing, and relationships of the past, the future and other kinds."""
    rng = random.Random(seed)
    rows: dict[str, dict[str, Row]] = {}
    for label, shape in SHAPES.items():
        rows[label] = {}
        for at in range(size):
            row = {name: some_value(rng, shape, name) for name in shape.kinds if name != "id"}
            row["id"] = f"naive-{label}-{at:02}"
            row["name"] = row["name"] or "a"
            rows[label][row["id"]] = row
    edges: list[tuple[str, str, str, Row]] = []
    ways = {
        "CHILD_OF": ("Account", "Account"), "WORKS_AT": ("Contact", "Account"), "REPORTS_TO": ("Contact", "Contact"),
        "FOR_ACCOUNT": ("Opportunity", "Account"), "FOR_CONTACT": ("Opportunity", "Contact"),
    }  # fmt: skip
    times: list[Row] = [
        {}, {"validFrom": NOW - timedelta(days=9)}, {"validTo": NOW + timedelta(days=9)},
        {"validTo": NOW - timedelta(days=9)}, {"validFrom": NOW + timedelta(days=9)},
    ]  # fmt: skip
    for edge, (start, end) in ways.items():
        for one in rows[start]:
            several = rng.choice([0, 1, 1, 2, 3]) if edge == "WORKS_AT" else rng.choice([0, 1, 1])
            for other in rng.sample(sorted(rows[end]), several):
                values: Row = {} if edge.startswith("FOR_") else dict(rng.choice(times))
                if edge == "WORKS_AT":
                    values |= {name: rng.choice([None, *some]) for name, some in EDGE_VALUES.items()}
                if edge == "CHILD_OF":
                    values["hierarchy"] = rng.choice(["CRM", "CRM", "LEGAL"])
                if edge == "REPORTS_TO":
                    values["kind"] = rng.choice(["SOLID", "SOLID", "DOTTED"])
                edges.append((edge, one, other, values))
    return World(rows, edges)


# ---------- the contract ---------------------------------------------------------------------------------------------


def holds(asked: World, label: str, row: Row, where: Tree) -> bool:
    """Whether a record meets a filter."""
    return all(_part(asked, label, row, name, one) for name, one in where.items() if one is not None)


def _part(asked: World, label: str, row: Row, name: str, one: Any) -> bool:
    if name in ("and", "or"):
        every = [holds(asked, label, row, inner) for inner in one]
        return all(every) if name == "and" else any(every)
    if name == "not":
        return not holds(asked, label, row, one)
    shape = SHAPES[label]
    if name in shape.links:
        target = shape.links[name][0]
        linked = asked.linked(label, row["id"], name)
        return all(_related(asked, target, linked, key, inner) for key, inner in one.items() if inner is not None)
    tests = {key: leaf.value if isinstance(leaf, Leaf) else leaf for key, leaf in one.items()}
    fold = bool(tests.pop("ignoreCase", False))
    return all(
        _test(shape.kinds[name], row[name], key, value, fold) for key, value in tests.items() if value is not None
    )


def _related(asked: World, target: str, linked: list[Row], quantifier: str, inner: Any) -> bool:
    if quantifier == "exists":
        return bool(linked) is (inner.value if isinstance(inner, Leaf) else inner)
    met = [_edge_holds(asked, target, one, inner) for one in linked]
    return {"some": any(met), "is": any(met), "none": not any(met), "all": all(met)}[quantifier]


def _edge_holds(asked: World, target: str, linked: Row, inner: Tree) -> bool:
    """Whether a linked record meets conditions, some of which may be on the relationship and in a part of their own."""
    rest = {key: one for key, one in inner.items() if key not in ("edge", "node")}
    for name, one in inner.get("edge", {}).items():
        tests = {key: leaf.value if isinstance(leaf, Leaf) else leaf for key, leaf in one.items()}
        stored = linked["edge"].get(name)
        if not all(_test(EDGE_KINDS[name], stored, key, value, False) for key, value in tests.items()):
            return False
    return holds(asked, target, linked, rest) and holds(asked, target, linked, inner.get("node", {}))


def _test(kind: Kind, stored: Any, operator: str, value: Any, fold: bool) -> bool:
    if operator == "isNull":
        return (stored is None) is value
    if stored is None:
        return operator == "ne"

    def alike(one: Any) -> Any:
        match kind:
            case Kind.MONEY:
                return Fraction(str(one)) * 100
            case Kind.DATE:
                return date.fromisoformat(one)
            case Kind.DATETIME:
                return datetime.fromisoformat(one)
        return one.lower() if fold else one

    mine = stored.lower() if fold else stored
    wanted = [alike(one) for one in value] if operator == "in" else alike(value)
    compare: dict[str, Callable[[], bool]] = {
        "eq": lambda: mine == wanted, "ne": lambda: mine != wanted, "in": lambda: mine in wanted,
        "contains": lambda: wanted in mine, "startsWith": lambda: mine.startswith(wanted),
        "endsWith": lambda: mine.endswith(wanted), "gt": lambda: mine > wanted, "gte": lambda: mine >= wanted,
        "lt": lambda: mine < wanted, "lte": lambda: mine <= wanted,
    }  # fmt: skip
    return bool(compare[operator]())


def collated(value: Any) -> Any:
    """A text by its letters without case and accents, then by itself; another value as it is."""
    if not isinstance(value, str):
        return value
    letters = [one for one in normalize("NFD", normalize("NFKC", value)) if category(one) != "Mn"]
    return "".join(letters).casefold(), value


def ordered(asked: World, label: str, rows: list[Row], order: list[Tree]) -> list[Row]:
    """The records in an order: nothing comes last unless it is to come first, ties go by the id."""

    def value(row: Row, name: str, part: str | None) -> Any:
        if part is None:
            return row[name]
        linked = sorted(asked.linked(label, row["id"], name), key=lambda one: str(one["id"]))
        return linked[0][part] if linked else None

    found = sorted(rows, key=lambda row: str(row["id"]))
    for one in reversed(order):
        ((name, way),) = one.items()
        part = None
        if isinstance(way, dict):
            ((part, way),) = way.items()
        keys = {row["id"]: value(row, name, part) for row in found}
        there = [row for row in found if keys[row["id"]] is not None]
        absent = [row for row in found if keys[row["id"]] is None]
        # what is equal keeps its order either way
        there.sort(key=lambda row, keys=keys: collated(keys[row["id"]]), reverse=way.startswith("DESC"))  # type: ignore[misc]
        found = absent + there if way.endswith("NULLS_FIRST") else there + absent
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """The arguments of a page, with ids in place of cursors, as the Relay specification defines them."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def of(self, ids: list[str]) -> list[str]:
        """The ids on the page."""
        start = 0 if self.after is None else ids.index(self.after) + 1
        end = len(ids) if self.before is None else ids.index(self.before)
        between = ids[start:end] if start < end else []
        if self.last is not None:
            return between[max(len(between) - self.last, 0) :]
        return between[: self.first]


# ---------- as callers write them ------------------------------------------------------------------------------------


def bare(tree: Any) -> Any:
    """A tree as variables hold it."""
    if isinstance(tree, Leaf):
        return tree.value
    if isinstance(tree, dict):
        return {key: bare(one) for key, one in tree.items()}
    return [bare(one) for one in tree] if isinstance(tree, list) else tree


def written(tree: Any, variables: dict[str, Leaf] | None = None) -> str:
    """A tree as a document has it, its keys sorted; with `variables`, each leaf becomes one of them."""
    if isinstance(tree, Leaf):
        if variables is None:
            return written(tree.value)
        variables[f"v{len(variables)}"] = tree
        return f"$v{len(variables) - 1}"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {written(tree[key], variables)}" for key in sorted(tree)) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(written(one, variables) for one in tree) + "]"
    return str(tree) if isinstance(tree, Member) else json.dumps(tree, ensure_ascii=False)
