"""The code rules: functions that take the path and the text of a file and yield its violations."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.rules.patterns import only_counts_have_no_access_rules, records_are_matched_by_the_builder

MAX_LINES = 400
MAX_FUNCTION_LINES = 60
FORBIDDEN_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "base"})
FORBIDDEN_ENDINGS = ("Manager", "Service", "Handler", "Repository")
FORBIDDEN_CALLS = frozenset({"connect"})
FORBIDDEN_NAMES = frozenset({"NodeSet", "AsyncNodeSet", "FulltextFilter"})

_CYPHER = re.compile(
    r"\b(MATCH|MERGE|CREATE|UNWIND|DETACH DELETE|OPTIONAL MATCH|CALL|RETURN)\s*[({\[]|\bMATCH\s+\w*\s*=?\s*\(|"
    r"\bUNWIND\s+\S+\s+AS\b|\bRETURN\s+\w+\s*\{|\bCREATE (CONSTRAINT|INDEX|RANGE INDEX|FULLTEXT INDEX)\b"
)
# Written in parts, so that this file does not violate its own rule.
_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "repo1.maven" + ".org", "crates" + ".io")
_MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|work|Users/\w+|opt/wheels)/")
_SECRET = re.compile(r"(?i)(password|secret|token|api[_-]?key)\s*[:=]\s*[\"'][A-Za-z0-9+/_\-]{12,}[\"']")

# Modules that compile Cypher from declarations and selections.
COMPILERS = frozenset(
    {"query", "mutations", "ties", "bulk", "columns", "events.py", "rights.py", "sequences.py", "indexes.py"}
)
# Modules of the command line, which are not on the request path.
COMMAND_LINE = frozenset({"shell.py", "commands.py", "__main__.py"})

# Paths whose language has been reviewed; add a path when its text follows the rules of `_DIALECT` and `_DEFINITION`.
PLAIN = (
    ".ci/", "Makefile", "algorithms/", "api/", "bench/", "docs/README.md", "docs/architecture.md", "docs/decisions/",
    "docs/developers.md", "docs/http.md", "docs/operating.md", "docs/performance.md", "docs/questions.md",
    "docs/for-leads.md", "docs/for-planners.md", "docs/security.md",
    "explorer/src/", "graph/__init__.py", "graph/__main__.py", "graph/access.py", "graph/backup/",
    "graph/commands.py", "graph/counts.py", "graph/database_errors.py", "graph/engine/", "graph/errors.py",
    "graph/events.py", "graph/fill_lock.py", "graph/identity.py", "graph/indexes.py", "graph/migrations/",
    "graph/models/", "graph/money.py", "graph/query/", "graph/schema_version.py", "graph/sequences.py",
    "graph/setting.py", "graph/settings.py", "graph/shell.py", "graph/sign_in/", "graph/sign_in_settings.py",
    "graph/store.py", "graph/ties/", "graph/version.py", "graph/vocabulary.py",
    "schema/__init__.py", "schema/__main__.py", "schema/build.py", "schema/context.py", "schema/execution.py",
    "schema/exposure.py", "schema/generated_types.py", "schema/inputs.py", "schema/insights/", "schema/limits.py",
    "schema/outputs.py", "schema/planning/", "schema/request.py", "schema/scalars.py", "schema/typing.py",
    "schema/values.py", "tests/api/", "tests/bench/", "tests/browser/",
    "reports/", "tests/graph/sign_in/", "tests/provider/", "tests/reports/",
)  # fmt: skip
# The words on the screen follow the design of the explorer, which says "Nobody of us" where it must be plain.
SCREEN_WORDS = "explorer/src/words/en.ts"
_DIALECT = re.compile(
    r"(?i)\b((is|are) told|told (in|at|by)|made anew|an" + r"ew|nobody|comes to|goes by|has to do with|there is none|"
    r"nothing else|asked for|what was asked|of its own making)\b"
)
_DEFINITION = re.compile(r"(What|How|Where|Who)\b")

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


def cypher_is_in_graph(path: Path, text: str) -> Iterator[str]:
    """Cypher is allowed in `graph/` only."""
    if path.parts[0] in ("graph", "tests", "bench"):
        return
    tree = _tree(path, text)
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        found = _text_of(node)
        if found and id(node) not in docstrings and _CYPHER.search(found):
            yield f"{path}:{getattr(node, 'lineno', 0)}: Cypher outside graph/"


def cypher_is_composed_in_compilers(path: Path, text: str) -> Iterator[str]:
    """Cypher is composed with f-strings or `+` in the modules of COMPILERS only."""
    if path.parts[0] != "graph" or path.parts[1] in COMPILERS:
        return
    for node in ast.walk(_tree(path, text)):
        formatted = isinstance(node, ast.JoinedStr) and any(
            isinstance(part, ast.FormattedValue) for part in node.values
        )
        added = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
        texts = [_text_of(node)] if formatted else []
        if added:
            assert isinstance(node, ast.BinOp)
            texts = [_text_of(node.left), _text_of(node.right)]
        if any(part and _CYPHER.search(part) for part in texts):
            yield f"{path}:{node.lineno}: Cypher composed outside the compilers"  # type: ignore[attr-defined]


def neomodel_is_declarative(path: Path, text: str) -> Iterator[str]:
    """Neomodel's `NodeSet`, `.nodes`, `.connect(` and `FulltextFilter` are not used on the request path."""
    if path.parts[0] not in ("graph", "schema") or path.name in COMMAND_LINE:
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
    """A file has at most 400 lines."""
    lines = len(text.splitlines())
    if lines > MAX_LINES:
        yield f"{path}: {lines} lines"


def functions_are_short(path: Path, text: str) -> Iterator[str]:
    """A function has at most 60 lines."""
    for node in ast.walk(_tree(path, text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def names_are_specific(path: Path, text: str) -> Iterator[str]:
    """Modules are not called utils, helpers, common, core or base, and classes not Manager, Service and the like."""
    for part in (*path.parts[:-1], path.stem):
        if part.strip("_") in FORBIDDEN_MODULES:
            yield f"{path}: named {part}"
    for node in ast.walk(_tree(path, text)):
        if isinstance(node, ast.ClassDef) and node.name.endswith(FORBIDDEN_ENDINGS):
            yield f"{path}:{node.lineno}: class {node.name}"


def no_machine_specific_text(path: Path, text: str) -> Iterator[str]:
    """No file contains a registry host, a path of a machine or a credential."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(host in line for host in _HOSTS):
            yield f"{path}:{number}: registry host"
        if _MACHINE.search(line):
            yield f"{path}:{number}: path of a machine"
        if _SECRET.search(line):
            yield f"{path}:{number}: possible credential"


def language_is_plain(path: Path, text: str) -> Iterator[str]:
    """The packages in PLAIN use standard English in code, comments and docs."""
    if not path.as_posix().startswith(PLAIN) or path.as_posix() == SCREEN_WORDS:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if match := _DIALECT.search(line):
            yield f"{path}:{number}: {match[0]!r}"
    if path.suffix == ".py":
        tree = _tree(path, text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = (ast.get_docstring(node) or "").split("\n", 1)[0]
                if _DEFINITION.match(first):
                    yield f"{path}: docstring {first!r}"


PYTHON_RULES: tuple[Rule, ...] = (
    cypher_is_in_graph,
    cypher_is_composed_in_compilers,
    neomodel_is_declarative,
    files_are_short,
    functions_are_short,
    names_are_specific,
    records_are_matched_by_the_builder,
    only_counts_have_no_access_rules,
)
