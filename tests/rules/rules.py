"""The rules of the house as functions: each takes a file's path and text and gives what breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
FORBIDDEN_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "base"})
FORBIDDEN_ENDINGS = ("Manager", "Service", "Handler", "Repository")
FORBIDDEN_CALLS = frozenset({"connect"})
FORBIDDEN_NAMES = frozenset({"NodeSet", "AsyncNodeSet", "FulltextFilter"})

_CYPHER = re.compile(
    r"\b(MATCH|MERGE|CREATE|UNWIND|DETACH DELETE|OPTIONAL MATCH|CALL|RETURN)\s*[({\[]|\bMATCH\s+\w*\s*=?\s*\(|"
    r"\bUNWIND\s+\S+\s+AS\b|\bRETURN\s+\w+\s*\{|\bCREATE (CONSTRAINT|INDEX|RANGE INDEX|FULLTEXT INDEX)\b"
)
# Spelt in parts, so that this file does not break its own rule.
_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "repo1.maven" + ".org", "crates" + ".io")
_MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|work|Users/\w+|opt/wheels)/")
_SECRET = re.compile(r"(?i)(password|secret|token|api[_-]?key)\s*[:=]\s*[\"'][A-Za-z0-9+/_\-]{12,}[\"']")

# What an operator runs by hand: not on the request path.
# The packages that compile Cypher from declarations and selections.
COMPILERS = frozenset({"query", "mutations", "ties", "bulk", "indexes.py"})

OPERATORS = frozenset({"shell.py", "commands.py", "__main__.py"})

Rule = Callable[[Path, str], Iterator[str]]


def _tree(path: Path, text: str) -> ast.Module:
    return ast.parse(text, filename=str(path))


def _docstrings(tree: ast.Module) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def _text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)  # type: ignore[misc]
    return None


def cypher_lives_in_graph(path: Path, text: str) -> Iterator[str]:
    """No Cypher outside `graph/`."""
    if path.parts[0] in ("graph", "tests", "bench"):
        return
    tree = _tree(path, text)
    said = _docstrings(tree)
    for node in ast.walk(tree):
        found = _text_of(node)
        if found and id(node) not in said and _CYPHER.search(found):
            yield f"{path}:{getattr(node, 'lineno', 0)}: Cypher outside graph/"


def cypher_is_put_together_by_the_compiler(path: Path, text: str) -> Iterator[str]:
    """No f-string and no `+` Cypher outside `graph/compile…`."""
    if path.parts[0] != "graph" or path.parts[1] in COMPILERS:
        return
    for node in ast.walk(_tree(path, text)):
        together = isinstance(node, ast.JoinedStr) and any(isinstance(one, ast.FormattedValue) for one in node.values)
        added = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
        texts = [_text_of(node)] if together else []
        if added:
            assert isinstance(node, ast.BinOp)
            texts = [_text_of(node.left), _text_of(node.right)]
        if any(one and _CYPHER.search(one) for one in texts):
            yield f"{path}:{node.lineno}: Cypher put together outside the compiler"  # type: ignore[attr-defined]


def neomodel_only_declares(path: Path, text: str) -> Iterator[str]:
    """No `NodeSet`, `.nodes`, `.connect(` or `FulltextFilter` of neomodel's on the request path."""
    if path.parts[0] not in ("graph", "schema") or path.name in OPERATORS:
        return
    for node in ast.walk(_tree(path, text)):
        if isinstance(node, ast.Attribute) and node.attr == "nodes":
            yield f"{path}:{node.lineno}: .nodes"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FORBIDDEN_CALLS:
            yield f"{path}:{node.lineno}: .{node.func.attr}("
        if isinstance(node, ast.Name | ast.alias):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name in FORBIDDEN_NAMES:
                yield f"{path}:{node.lineno}: {name}"


def files_are_short(path: Path, text: str) -> Iterator[str]:
    """No file over 400 lines."""
    lines = len(text.splitlines())
    if lines > MOST_LINES:
        yield f"{path}: {lines} lines"


def functions_are_short(path: Path, text: str) -> Iterator[str]:
    """No function over 60 lines."""
    for node in ast.walk(_tree(path, text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def names_say_what_they_are(path: Path, text: str) -> Iterator[str]:
    """Nothing named utils, helpers, common, core or base; no Manager, Service, Handler or Repository."""
    for part in (*path.parts[:-1], path.stem):
        if part.strip("_") in FORBIDDEN_MODULES:
            yield f"{path}: named {part}"
    for node in ast.walk(_tree(path, text)):
        if isinstance(node, ast.ClassDef) and node.name.endswith(FORBIDDEN_ENDINGS):
            yield f"{path}:{node.lineno}: class {node.name}"


def nothing_of_a_machine_is_told(path: Path, text: str) -> Iterator[str]:
    """No registry host, machine path or credential."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(host in line for host in _HOSTS):
            yield f"{path}:{number}: a registry's host"
        if _MACHINE.search(line):
            yield f"{path}:{number}: a path of a machine"
        if _SECRET.search(line):
            yield f"{path}:{number}: looks like a credential"


PYTHON_RULES: tuple[Rule, ...] = (
    cypher_lives_in_graph,
    cypher_is_put_together_by_the_compiler,
    neomodel_only_declares,
    files_are_short,
    functions_are_short,
    names_say_what_they_are,
)
