"""Every file keeps the rules of the house, and every rule catches a sample that breaks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules import rules

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
    "cypher_lives_in_graph": ("schema/a.py", 'X = "MATCH (n) RETURN n"\n'),
    "cypher_is_put_together_by_the_compiler": ("graph/a.py", 'x = 1\nX = f"MATCH (n {{uid: {x}}}) RETURN n"\n'),
    "neomodel_only_declares": ("schema/a.py", "async def a(x):\n    return x.nodes\n"),
    "files_are_short": ("schema/a.py", "x = 1\n" * 401),
    "functions_are_short": ("schema/a.py", "def a():\n" + "    x = 1\n" * 60),
    "names_say_what_they_are": ("schema/helpers.py", "x = 1\n"),
}
MORE_SAMPLES = [
    (rules.cypher_is_put_together_by_the_compiler, "graph/a.py", 'x = "y"\nX = "MATCH (n) WHERE n.a = " + x\n'),
    (rules.neomodel_only_declares, "graph/a.py", "async def a(x, y):\n    await x.owner.connect(y)\n"),
    (rules.neomodel_only_declares, "graph/a.py", "from neomodel.semantic_filters import FulltextFilter\n"),
    (rules.names_say_what_they_are, "schema/a.py", "class AccountManager:\n    pass\n"),
    (rules.nothing_of_a_machine_is_told, "a.md", "see /" + "root/x and\n"),
    (rules.nothing_of_a_machine_is_told, "a.md", "index = https://pypi" + ".org/simple\n"),
    (rules.nothing_of_a_machine_is_told, "a.toml", "pass" + 'word = "abcdefghijklmnop"\n'),
]


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_python_file_keeps_the_rule(rule: rules.Rule) -> None:
    broken = [line for path in PYTHON for line in rule(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert not broken, "\n".join(broken)


def test_no_tracked_file_tells_of_a_machine() -> None:
    broken = []
    for path in TRACKED:
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        broken += list(rules.nothing_of_a_machine_is_told(path, text))
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_rule_catches_what_breaks_it(rule: rules.Rule) -> None:
    path, text = SAMPLES[rule.__name__]
    assert list(rule(Path(path), text))


@pytest.mark.parametrize(("rule", "path", "text"), MORE_SAMPLES)
def test_every_rule_catches_the_other_ways_to_break_it(rule: rules.Rule, path: str, text: str) -> None:
    assert list(rule(Path(path), text))


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(root / "pyproject.toml"),
        "--no-cache",
    ]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def test_imports_go_down_only_and_each_library_is_met_in_one_room() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "line"),
    [("graph", "import schema"), ("algorithms", "import graph"), ("seed", "import schema"), ("schema", "import neo4j"),
     ("graph", "import strawberry"), ("schema", "import starlette"), ("api", "import neomodel")],
)  # fmt: skip
def test_an_import_that_goes_up_or_a_library_in_another_room_is_caught(room: str, line: str, tmp_path: Path) -> None:
    for one in ("graph", "schema", "api", "algorithms", "seed"):
        (tmp_path / one).mkdir()
        (tmp_path / one / "__init__.py").write_text(f"{line}\n" if one == room else "", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert _lint(tmp_path).returncode != 0


def test_the_top_level_holds_the_rooms_and_what_they_need() -> None:
    allowed = {
        "graph", "schema", "api", "algorithms", "seed", "tests", "explorer", "reports", "bench", "docs", ".ci",
        "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", "schema.graphql", ".gitignore",
        "requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt",
    }  # fmt: skip
    assert {path.parts[0] for path in TRACKED} <= allowed
