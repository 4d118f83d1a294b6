"""The rule that records are matched by the builder, which writes the access predicate into the pattern."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGES = frozenset({"mutations", "query", "ties"})
BUILDER = Path("graph/query/builder.py")

# Functions and constants whose patterns are not restricted, and why.
EXEMPT = {
    ("graph/mutations/activities.py", "_AGAIN"): "ties are derived from every activity",
    ("graph/mutations/activities.py", "_participants"): "locks",
    ("graph/mutations/assignment.py", "_BELOW"): "what lies between; the records at the end are narrowed",
    ("graph/mutations/assignment.py", "_body"): "the owner, which a new one replaces",
    ("graph/mutations/assignment.py", "_near"): "locks",
    ("graph/mutations/contacts.py", "_LINES"): "lines end with the job that they belong to, whoever may read them",
    ("graph/mutations/contacts.py", "_NEAR"): "locks",
    ("graph/mutations/contacts.py", "_move"): "guards count every job; those described are narrowed by `readable`",
    ("graph/mutations/edges.py", "EdgeMutation._created"): "creates a relationship between bound records",
    ("graph/mutations/edges.py", "EdgeMutation._pattern"): "invariants; those described are narrowed by `readable`",
    ("graph/mutations/edges.py", "EdgeMutation._rivals"): "an invariant, which does not describe the other record",
    ("graph/mutations/execution.py", "DONE"): "the event of the same mutation, found by an id that no caller knows",
    ("graph/mutations/departures.py", "released"): "both ends are bound",
    ("graph/mutations/frame.py", "_assignable"): "both ends are bound",
    ("graph/mutations/frame.py", "_changeable"): "both ends are bound",
    ("graph/mutations/frame.py", "_intended"): "the caller",
    ("graph/mutations/frame.py", "_record_locks"): "locks",
    ("graph/mutations/frame.py", "_unrecorded"): "an invariant; the record is named only to those who may read it",
    ("graph/mutations/lifecycle.py", "Delete.body"): "locks",
    ("graph/mutations/lifecycle.py", "Restore.body"): "locks",
    ("graph/mutations/lifecycle.py", "Restore._unique"): "an invariant, which does not describe the other record",
    ("graph/mutations/lifecycle.py", "_Lifecycle._partners"): "ties are derived from every activity",
    ("graph/mutations/lifecycle.py", "_taken_away"): "a record is deleted with all of its relationships",
    ("graph/mutations/lifecycle.py", "_brought_back"): "for callers only who may read deleted and all other records",
    ("graph/mutations/persons.py", "_CHANGES"): "the person is bound, and events lose every personal value of it",
    ("graph/mutations/persons.py", "_erase"): "sign-ins are no records",
    ("graph/mutations/records.py", "Update._near"): "locks",
    ("graph/mutations/records.py", "_first"): "creates a relationship between bound records",
    ("graph/mutations/records.py", "_next_number"): "a number is unique among all records",
    ("graph/mutations/records.py", "_present"): "a link leads to one record, so a new one replaces any other",
    ("graph/mutations/relationships.py", "RelationshipMutation._add"): "both ends are bound",
    ("graph/mutations/relationships.py", "RelationshipMutation._found"): "both ends are bound",
    ("graph/mutations/relationships.py", "RelationshipMutation._rival"): "an invariant, which describes no record",
    ("graph/mutations/sharing.py", "_current"): "both ends are bound",
    ("graph/mutations/withdrawals.py", "Withdrawal._before"): "an invariant, which describes no record",
    ("graph/query/cycles.py", "cycle"): "an invariant, which does not describe the records on the path",
    ("graph/query/cycles.py", "_steps"): "an invariant, which does not describe the records on the path",
    ("graph/query/computed/audit.py", "audited"): "for callers only who may read all events",
    ("graph/query/computed/reporting.py", "_Chart.elsewhere"): "both ends are bound",
    ("graph/query/computed/reporting.py", "_position"): "`w` ends at the account of the chart, which is bound",
    ("graph/query/ownership.py", "FOLLOWED"): "owner, unit and shares follow from every relationship",
    ("graph/query/ownership.py", "PENDING"): "owner, unit and shares follow from every relationship",
    ("graph/query/ownership.py", "APPLY"): "owner, unit and shares follow from every relationship",
    ("graph/query/ownership.py", "REFRESH"): "owner, unit and shares follow from every relationship",
    ("graph/query/ownership.py", "_BELOW"): "owner, unit and shares follow from every relationship",
    ("graph/query/ownership.py", "shared_by"): "owner, unit and shares follow from every relationship",
    ("graph/query/subgraph.py", "_between"): "both ends are in a list of readable records",
    ("graph/ties/paths.py", "_between"): "both ends are in lists of readable parties",
    ("graph/query/tie_formula.py", "PAIRS"): "ties are derived from every activity",
    ("graph/ties/statements.py", "activities_of_two"): "the degrees decide only where the search starts",
    ("graph/ties/statements.py", "joined"): "ties are derived from every activity",
    ("graph/ties/statements.py", "recomputed"): "ties are derived from every activity",
    ("graph/ties/refresh.py", "HOLD"): "ties are derived from every activity",
    ("graph/ties/refresh.py", "_HOLD_AROUND"): "ties are derived from every activity",
    ("graph/ties/refresh.py", "_PARTIES_OF"): "ties are derived from every activity",
    ("graph/ties/refresh.py", "_PARTIES_AFTER"): "ties are derived from every activity",
}

# Nodes that are no records, and patterns that create what they name.
_OTHERS = re.compile(
    r"\(\w*:(?:Lock|IdempotencyKey|Sequence)\b[^)]*\)|CREATE \([^()]*\)(?:(?:<-|-)\[[^\]]*\](?:->|-)\([^()]*\))*"
)

_HOLE = "§"
_LABELLED = re.compile(
    r"(?:MATCH |[-<>]|\{ ?)\([\w§]*:[\w§|]+|\([\w§]*:[\w§|]+(?: \{[^}]*\}| WHERE [^)]*)?\)(?:-\[|<-|--)"
)
_KEYED = re.compile(r"\([\w§]+:[\w§|]+ \{")
_REACHED = re.compile(r"(?:\]-|\]->|--|-->|<--|<-)\(([\w§]*)[) {]")
_START = re.compile(r"(?<!\w)\((\w+)\)(?:-\[|<-\[|--|<--)")
_BOUND = re.compile(r"\bAS (\w+)")
_BINDERS = frozenset({"node", "passed", "person", "access_predicates"})


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else _HOLE for one in node.values)
    return None


def _texts(scope: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts in a scope; an interpolated expression is one sign, and docstrings are left out."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        found = _text(child)
        if found is not None:
            yield child.lineno, found  # type: ignore[attr-defined]
        if isinstance(child, ast.JoinedStr):
            for hole in child.values:
                if isinstance(hole, ast.FormattedValue):
                    yield from _texts(hole)
        else:
            yield from _texts(child)


def _scopes(tree: ast.Module) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Each function or constant of a module: its name, itself, and the scope in which its variables may be bound."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                name = inner.name if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) else ""
                yield f"{node.name}.{name}", inner, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield target.id if isinstance(target, ast.Name) else "", node, node
        else:
            yield getattr(node, "name", ""), node, node


def _bound(scope: ast.AST) -> set[str]:
    """The variables that a scope binds: by `AS`, as imports of a subquery, and by the builder."""
    found = {name for _, text in _texts(scope) for name in _BOUND.findall(text)}
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = _text(node.args[0])
        if first is not None and called in _BINDERS | {"call"}:
            found |= set(re.findall(r"\w+", first))
    return found


def records_are_matched_by_the_builder(path: Path, text: str) -> Iterator[str]:
    """No pattern of a labelled or newly reached record outside the builder, where statements of callers are written."""
    if path.parts[0] != "graph" or path.parts[1] not in PACKAGES or path == BUILDER:
        return
    for name, scope, binding in _scopes(ast.parse(text, filename=str(path))):
        if (path.as_posix(), name) in EXEMPT:
            continue
        bound = _bound(binding)
        for line, written in _texts(scope):
            found = _OTHERS.sub("", written)
            wrong = [match[0] for match in (*_LABELLED.finditer(found), *_KEYED.finditer(found))]
            wrong += [match[0] for match in _REACHED.finditer(found) if match[1] not in bound]
            wrong += [match[0] for match in _START.finditer(found) if match[1] not in bound]
            for pattern in wrong:
                yield f"{path}:{line}: {name} matches {pattern!r} without the builder"


# Statements that subtract the readable records from all records, and return numbers only; and paths through people
# who are not named, where a setting allows it.
COUNTING = frozenset({Path("graph/query/withheld.py"), Path("graph/query/subgraph.py"), Path("graph/ties/paths.py")})


def only_counts_have_no_access_rules(path: Path, text: str) -> Iterator[str]:
    """No builder without access rules outside the statements that count hidden records."""
    if path.parts[0] not in ("graph", "schema") or path in COUNTING:
        return
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "unrestricted":
            yield f"{path}:{node.lineno}: a builder without access rules"
