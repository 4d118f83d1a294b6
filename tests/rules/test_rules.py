"""Every file follows the code rules, and every rule detects a sample that violates it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules import patterns, rules

ROOT = Path(__file__).parents[2]
TRACKED = [
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]  # fmt: skip
PYTHON = [path for path in TRACKED if path.suffix == ".py"]

SAMPLES: dict[str, tuple[str, str]] = {
    "cypher_is_in_graph": ("schema/a.py", 'X = "MATCH (n) RETURN n"\n'),
    "cypher_is_composed_in_compilers": ("graph/a.py", 'x = 1\nX = f"MATCH (n {{uid: {x}}}) RETURN n"\n'),
    "neomodel_is_declarative": ("schema/a.py", "async def a(x):\n    return x.nodes\n"),
    "files_are_short": ("schema/a.py", "x = 1\n" * 401),
    "functions_are_short": ("schema/a.py", "def a():\n" + "    x = 1\n" * 60),
    "names_are_specific": ("schema/helpers.py", "x = 1\n"),
    "only_counts_have_no_access_rules": (
        "graph/query/a.py",
        "def a(b):\n    return b.unrestricted().node('n', 'Account')\n",
    ),
    "records_are_matched_by_the_builder": ("graph/query/a.py", 'X = "MATCH (n:Account) RETURN n"\n'),
}
MORE_SAMPLES = [
    (rules.cypher_is_composed_in_compilers, "graph/a.py", 'x = "y"\nX = "MATCH (n) WHERE n.a = " + x\n'),
    (rules.neomodel_is_declarative, "graph/a.py", "async def a(x, y):\n    await x.owner.connect(y)\n"),
    (rules.neomodel_is_declarative, "graph/a.py", "from neomodel.semantic_filters import FulltextFilter\n"),
    (rules.names_are_specific, "schema/a.py", "class AccountManager:\n    pass\n"),
    *(
        (patterns.records_are_matched_by_the_builder, "graph/ties/a.py", f"def a(b, x, y):\n    return f{text!r}\n")
        for text in (
            "MATCH (n:{x} {{uid: $id}}) RETURN n",
            "OPTIONAL MATCH ({x}:Record {{uid: $id}})",
            "MATCH ({x})-[:WORKS_AT]->({y})",
            "MATCH ({x})<-[:WORKS_AT]-(c) RETURN c.name",
            "MATCH (c)-[:WORKS_AT]->{b.node(y, y)}",
            "EXISTS {{ ({x})<-[:WORKS_AT]-(:Contact) }}",
            "COUNT {{ ({x})-[:WORKS_AT]->() }}",
            "({x})<-[e:FOR_ACCOUNT]-(o:Opportunity)<-[:REGARDING]-{b.node(y, y)}",
        )
    ),
    (rules.language_is_plain, "api/a.py", '"""How a record is shown."""\n'),
    (rules.language_is_plain, "Makefile", "# writes the locks an" + "ew\n"),
    (rules.no_machine_specific_text, "a.md", "see /" + "root/x and\n"),
    (rules.no_machine_specific_text, "a.md", "index = https://pypi" + ".org/simple\n"),
    (rules.no_machine_specific_text, "a.toml", "pass" + 'word = "abcdefghijklmnop"\n'),
]


def test_every_exemption_from_the_builder_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    exempt = patterns.EXEMPT
    monkeypatch.setattr(patterns, "EXEMPT", {})
    found = set()
    for path in {path for path, _ in exempt}:
        for line in patterns.records_are_matched_by_the_builder(Path(path), (ROOT / path).read_text(encoding="utf-8")):
            found.add((path, line.split(": ", 1)[1].split(" ", 1)[0]))
    assert found == set(exempt)


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_python_file_follows_the_rule(rule: rules.Rule) -> None:
    violations = [line for path in PYTHON for line in rule(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert not violations, "\n".join(violations)


def test_no_tracked_file_has_machine_specific_text() -> None:
    violations = []
    for path in TRACKED:
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        violations += list(rules.no_machine_specific_text(path, text))
    assert not violations, "\n".join(violations)


def test_reviewed_files_use_plain_language() -> None:
    reviewed = [
        path for path in TRACKED if path.as_posix().startswith(rules.PLAIN) and path.suffix not in (".lock", ".woff2")
    ]
    assert reviewed
    violations = [
        line for path in reviewed for line in rules.language_is_plain(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_rule_detects_a_violation(rule: rules.Rule) -> None:
    path, text = SAMPLES[rule.__name__]
    assert list(rule(Path(path), text))


@pytest.mark.parametrize(("rule", "path", "text"), MORE_SAMPLES)
def test_every_rule_detects_other_violations(rule: rules.Rule, path: str, text: str) -> None:
    assert list(rule(Path(path), text))


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(root / "pyproject.toml"),
        "--no-cache",
    ]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def test_import_contracts_are_kept() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def _project(root: Path, **modules: str) -> Path:
    """Writes the packages with the import contracts, and these modules as `package_module="import …"`."""
    for name in ("graph", "schema", "api", "algorithms", "seed", "reports"):
        (root / name).mkdir()
        (root / name / "__init__.py").touch()
    for name, line in modules.items():
        package, _, module = name.partition("_")
        (root / package / f"{module}.py").write_text(f"{line}\n", encoding="utf-8")
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return root


def test_imports_that_follow_the_contracts_are_accepted(tmp_path: Path) -> None:
    done = _lint(_project(tmp_path, api_a="import schema", schema_a="import graph.a", graph_a="import neo4j"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_cycle_inside_a_package_is_detected(tmp_path: Path) -> None:
    done = _lint(_project(tmp_path, api_a="import api.b", api_b="import api.a"))
    assert "No import cycle inside a package BROKEN" in done.stdout


@pytest.mark.parametrize(
    ("package", "line"),
    [("graph", "import schema"), ("algorithms", "import graph"), ("seed", "import schema"), ("schema", "import neo4j"),
     ("graph", "import strawberry"), ("schema", "import starlette"), ("api", "import neomodel"),
     ("reports", "import api"), ("reports", "import neo4j"), ("reports", "import starlette"), ("api", "import jinja2")],
)  # fmt: skip
def test_an_import_against_a_contract_is_detected(package: str, line: str, tmp_path: Path) -> None:
    done = _lint(_project(tmp_path, **{f"{package}_a": line}))
    assert " 1 broken." in done.stdout


def test_the_top_level_contains_only_known_entries() -> None:
    allowed = {
        "graph", "schema", "api", "algorithms", "seed", "tests", "explorer", "reports", "bench", "docs", ".ci",
        "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", "schema.graphql", ".gitignore",
        "SECURITY.md",
        "requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt",
    }  # fmt: skip
    assert {path.parts[0] for path in TRACKED} <= allowed
