"""What the README and the guides show works: every query, every command, every link."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import _parser as bench_parser
from graph.__main__ import parser as graph_parser
from graph.access import Principal
from graph.store import Bound, Store
from reports.__main__ import parser as reports_parser
from schema.__main__ import parser as schema_parser
from schema.execution import Executor
from seed.__main__ import parser as seed_parser
from seed.world.generate import you
from tests.docs.pages import PAGES, ROOT, Command, Example, commands, examples, links, name

EXAMPLES = list(examples())
# These need events, or a caller from whom somebody is hidden.
ELSEWHERE = {
    "docs/security.md: WhoDidWhat": "schema/mutations/test_audit.py",
    "docs/access.md: Beyond": "schema/test_introductions_beyond.py",
}
QUERIES = [one for one in EXAMPLES if not one.changes and str(one) not in ELSEWHERE]
MUTATIONS = [one for one in EXAMPLES if one.changes]
COMMANDS = list(commands())

PARSERS: dict[str, ArgumentParser] = {
    "graph": graph_parser(),
    "schema": schema_parser(),
    "seed": seed_parser(),
    "bench": bench_parser(),
    "reports": reports_parser(),
}

# A command that begins so is run by that test; the longest beginning counts.
COVERED = {
    "make run": "api/test_serve.py::test_the_server_is_ready_and_answers",
    "make test": "rules/test_rules.py::test_every_python_file_follows_the_rule",
    "make check": "rules/test_rules.py::test_import_contracts_are_kept",
    "make screenshots": "browser/test_screenshots.py::test_take_a_picture_of_every_view",
    "make bench": "bench/test_load.py::test_a_load_run_counts_every_response",
    "make schema": "schema/test_schema_text.py::test_the_committed_schema_equals_the_printed_one",
    "make pango": "docs/test_readme.py::test_every_target_of_make_is_there",
    "make browser": "docs/test_readme.py::test_every_target_of_make_is_there",
    "make format": "docs/test_readme.py::test_every_target_of_make_is_there",
    "make lock": "docs/test_readme.py::test_every_target_of_make_is_there",
    "python -m api": "api/test_serve.py::test_the_server_is_ready_and_answers",
    "python -m api --help": "docs/test_readme.py::test_a_command_that_is_quick_runs",
    "python -m api.build": "api/test_build.py::test_the_page_is_built_once_for_each_state_of_its_source_files",
    "python -m api.reference": "docs/test_references.py::test_the_committed_settings_equal_the_generated_ones",
    "python -m schema.mutations.reference": "docs/test_references.py::test_the_committed_mutations_are_current",
    "python -m bench": "bench/test_load.py::test_a_load_run_counts_every_response",
    "python -m bench --hits": "bench/test_hits.py::test_every_golden_query_is_in_the_committed_table",
    "python -m graph start": ("graph/test_commands.py::test_start_keeps_an_unused_server_and_a_second_start_finds_it"),
    "python -m graph stop": "graph/test_commands.py::test_stop_of_a_server_in_use_is_refused_with_the_name_of_its_user",
    "python -m graph status": "graph/test_commands.py::test_status_as_json_has_everything_a_program_needs",
    **{
        f"python -m graph user {action}": (
            "graph/sign_in/test_commands.py::test_a_user_is_added_disabled_enabled_and_gets_another_password"
        )
        for action in ("add", "password", "disable", "enable", "list", "role")
    },
    "python -m graph user link": "graph/sign_in/test_commands.py::test_a_subject_is_linked_to_one_user",
    **{
        f"python -m graph key {action}": "graph/sign_in/test_commands.py::test_a_key_is_shown_once_listed_and_revoked"
        for action in ("add", "list", "revoke")
    },
    "python -m graph indexes": "graph/test_commands.py::test_indexes_are_installed_once_and_drift_is_reported",
    "python -m graph migrate": (
        "graph/migrations/test_execution.py::test_the_command_shows_what_is_pending_and_runs_it_when_it_is_told_to"
    ),
    "python -m graph backup": (
        "graph/backup/test_create.py::test_the_commands_make_a_backup_in_a_folder_and_restore_it"
    ),
    "python -m graph restore": (
        "graph/backup/test_create.py::test_the_commands_make_a_backup_in_a_folder_and_restore_it"
    ),
    "python -m graph revalue": "graph/test_valuation.py::test_the_command_converts_and_says_how_many",
    "python -m graph verify-events": (
        "graph/event_chain/test_chain.py::test_the_command_prints_what_it_checked_and_the_first_problem"
    ),
    "python -m graph shell": "graph/test_shell.py::test_a_result_is_printed_as_a_table",
    "python -m graph wipe": "graph/test_commands.py::test_wipe_with_yes_deletes_all_data",
    "python -m graph fetch": "docs/test_readme.py::test_every_command_of_a_room_is_understood",
    "python -m graph lock": "docs/test_readme.py::test_every_command_of_a_room_is_understood",
    "python -m reports list": "reports/test_command.py::test_the_list_has_every_report",
    "python -m reports schema": "reports/test_command.py::test_the_schema_is_printed",
    "python -m reports run": "reports/test_command.py::test_a_report_is_written_to_a_file",
    "python -m schema documents": "api/test_registered_documents.py::test_a_registered_document_is_answered",
    "python -m schema": "schema/test_schema_text.py::test_the_committed_schema_equals_the_printed_one",
    "python -m seed list": "docs/test_readme.py::test_a_command_that_is_quick_runs",
    "python -m seed check": "docs/test_readme.py::test_a_command_that_is_quick_runs",
    "python -m seed load": "seed/load/test_load.py::test_the_example_of_the_format_loads_as_it_stands",
    "python -m seed world": "docs/test_readme.py::test_every_command_of_a_room_is_understood",
    "curl https://kith.example/graphql": "docs/test_readme.py::test_the_example_with_curl_is_answered",
    "curl http://127.0.0.1:8000/graphql": "docs/test_readme.py::test_the_example_with_curl_is_answered",
}

# Not a synopsis, which shows choices and what may be left out.
CALL = re.compile(r"^[^|\[\]]*python -m [^|\[\]]*$")
# The reference is made from the parsers, and shows commands without what they take.
CALLS = [one for one in COMMANDS if CALL.search(one.line) and not one.page.startswith("docs/reference/")]

QUICK = {
    "api": ["-m", "api", "--help"],
    "list": ["-m", "seed", "list"],
    "check": ["-m", "seed", "check", "northwind"],
    "status": ["-m", "graph", "status", "--json"],
}


def called(line: str) -> tuple[dict[str, str], list[str]]:
    """The variables set in front of a command, and its words."""
    words = shlex.split(line)
    given = {}
    while words and re.match(r"[A-Z][A-Z0-9_]*=", words[0]):
        key, _, value = words.pop(0).partition("=")
        given[key] = value
    return given, words


def covering(line: str) -> str | None:
    """The test that runs a command; None when there is none."""
    plain = " ".join(called(line)[1])
    fits = [start for start in COVERED if plain == start or plain.startswith(f"{start} ")]
    return COVERED[max(fits, key=len)] if fits else None


def telling(value: Any) -> bool:
    """Whether an answer tells anything: something in it that is no empty list and no null."""
    if isinstance(value, dict):
        return any(telling(one) for one in value.values())
    if isinstance(value, list):
        return any(telling(one) for one in value)
    return value is not None


def full(answer: dict[str, Any]) -> bool:
    """Whether every root field tells something, and every page among them has a record."""
    return all(
        telling(one if not isinstance(one, dict) or "nodes" not in one else one["nodes"]) for one in answer.values()
    )


async def answered(executor: Executor, example: Example) -> dict[str, Any]:
    answer = await executor.execute(example.text, example.variables, None, principal=Principal(you()))
    assert answer.status == "ok", answer.body
    assert "errors" not in answer.body, answer.body["errors"]
    data: dict[str, Any] = answer.body["data"]
    return data


@pytest.mark.parametrize("example", QUERIES, ids=str)
async def test_every_query_of_the_docs_is_answered(example: Example, executor: Executor, world: None) -> None:
    assert full(await answered(executor, example))


@pytest.fixture
async def throwaway(store: Store, world: None) -> AsyncIterator[None]:
    """The demo world, to be written anew for whoever asks next."""
    yield
    await store.writes.change(
        Bound("forget", "MATCH (c:Contents) DETACH DELETE c RETURN 0", {})  # what tests/schema goes by
    )


async def test_every_mutation_of_the_docs_is_done(executor: Executor, throwaway: None) -> None:
    assert MUTATIONS
    for example in MUTATIONS:
        assert full(await answered(executor, example)), str(example)


async def test_the_example_with_curl_is_answered(executor: Executor, world: None) -> None:
    calls = [one.line for one in COMMANDS if one.line.startswith("curl ")]
    assert calls
    for line in calls:
        words = shlex.split(line)
        body = json.loads(words[words.index("-d") + 1])
        assert full(await answered(executor, Example("curl", body["query"], body.get("variables"))))


def test_the_readme_shows_a_picture_five_things_to_try_and_two_commands() -> None:
    assert sum(one.page == "README.md" for one in EXAMPLES) == 5
    assert [one.line for one in COMMANDS if one.page == "README.md"][:2] == ["make run", "make test"]
    picture = ROOT / "docs" / "images" / "graphiql.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 300_000


def test_the_picture_shows_a_query_of_the_readme() -> None:
    assert "(docs/images/graphiql.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert any("HierarchyRollup" in str(one) for one in EXAMPLES if one.page == "README.md")


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_every_command_of_the_docs_is_run_by_a_test(command: Command) -> None:
    test = covering(command.line)
    assert test is not None, f"say in COVERED which test runs {command.line!r}"
    file, _, function = test.partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"def {function}\(", text), f"{test} is gone"


@pytest.mark.parametrize("command", CALLS, ids=str)
def test_every_command_of_a_room_is_understood(command: Command) -> None:
    room, *words = called(command.line)[1][2:]
    if room in PARSERS:
        PARSERS[room].parse_args(words)
    else:
        assert (ROOT / f"{room.replace('.', '/')}.py").is_file() or (ROOT / room / "__main__.py").is_file()


def test_every_target_of_make_is_there() -> None:
    targets = sorted({called(one.line)[1][1] for one in COMMANDS if called(one.line)[1][0] == "make"})
    done = subprocess.run(["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", QUICK.values(), ids=QUICK.keys())
async def test_a_command_that_is_quick_runs(words: list[str], tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEO4J_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=ROOT,
        env=environment | {"KITH_DATA": str(tmp_path / "none")},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    # `status` ends with 3 where no server runs, and says so
    assert process.returncode == (3 if "status" in words else 0)
    assert out


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for on, target in links():
        path, _, anchor = target.partition("#")
        led = (on.parent / path).resolve() if path else on
        if on == page and (not led.exists() or (anchor and anchor not in anchors(led))):
            broken.append(target)
    assert not broken


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page have."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
