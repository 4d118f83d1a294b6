"""The commands `python -m graph user` and `python -m graph key`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graph import engine
from graph.known import Moment
from graph.sign_in import keys
from graph.sign_in.identities import Identity, user_of, users_with_email
from graph.sign_in.passwords import verify
from graph.store import Bound, Store

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
PASSWORD = "several words of a sentence"


@pytest.fixture(name="run")
def _run(project: Path, server: engine.Server, store: Store, tmp_path: Path) -> Run:
    """Runs a command on the server of this run."""
    environment = {
        **os.environ,
        "KITH_DATA": str(tmp_path),
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
    }

    def run(*arguments: str, stdin: str = "", **more: str) -> Done:
        command = [sys.executable, "-W", "error", "-m", "graph", *arguments]
        return subprocess.run(
            command, cwd=project, env=environment | more, input=stdin, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(name="email")
def _email() -> str:
    return f"{secrets.token_hex(6)}@commands.example"


async def test_a_user_is_added_disabled_enabled_and_gets_another_password(run: Run, email: str, store: Store) -> None:
    added = run("user", "add", email.upper(), "--name", "Ada Berg", stdin=f"{PASSWORD}\n")
    assert (added.returncode, added.stderr) == (0, "")
    none = "Without a role, the user may read no record but their own."
    assert added.stdout == f"Created the User Ada Berg, who can sign in as {email}.\n{none}\n"
    assert PASSWORD not in added.stdout
    (user,) = await users_with_email(store.reads, email)
    verified = await verify(store.reads, store.writes, email, PASSWORD)
    assert verified is not None
    assert verified.user == user.user
    events = Bound("events", "MATCH (e:Event {actor: 'sign-in'})-->(:User {uid: $u}) RETURN count(e)", {"u": user.user})
    assert await store.reads.ask(events) == 1
    assert run("user", "role", email, "service", "reader").stdout == "Roles: Reader, Service.\n"
    assert run("user", "disable", email).returncode == 0
    assert await verify(store.reads, store.writes, email, PASSWORD) is None
    assert "disabled" in next(line for line in run("user", "list").stdout.splitlines() if email in line)
    assert run("user", "enable", email).returncode == 0
    assert run("user", "password", email, stdin="another password of some words\n").returncode == 0
    assert await verify(store.reads, store.writes, email, PASSWORD) is None
    assert await verify(store.reads, store.writes, email, "another password of some words") is not None


async def test_a_user_who_exists_is_found_by_the_address(run: Run, email: str, store: Store) -> None:
    run("user", "add", email, stdin=f"{PASSWORD}\n")
    again = run("user", "add", email, "--role", "salesperson", stdin=f"{PASSWORD} again\n")
    assert again.stdout == f"{email} can sign in as {email}.\nRoles: Salesperson.\n"
    assert len(await users_with_email(store.reads, email)) == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("user", "add", "x@commands.example"), "short\n", "A password must have 12 to 256 characters; got 5."),
        (("user", "password", "none@commands.example"), f"{PASSWORD}\n", "No user has the email address"),
        (("user", "add", "not an address"), f"{PASSWORD}\n", "emailAddress1"),
        (("user", "link", "none@commands.example", "s"), "", "No issuer is configured."),
        (("key", "add", "none@commands.example"), "", "No user has the email address"),
        (("key", "revoke", "00000000"), "", "No API key has the prefix"),
    ],
    ids=str,
)
def test_a_command_that_cannot_be_done_says_why(run: Run, arguments: tuple[str, ...], stdin: str, message: str) -> None:
    done = run(*arguments, stdin=stdin)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 2


async def test_a_key_is_shown_once_listed_and_revoked(run: Run, email: str, store: Store) -> None:
    run("user", "add", email, stdin=f"{PASSWORD}\n")
    added = run("key", "add", email, "--name", "nightly", "--scope", "write", "--days", "1")
    key = added.stdout.strip()
    assert key.startswith("kith_")
    owner = await keys.KnownKeys(store).owner(key, Moment(store.reads))
    assert owner is not None
    assert owner.scopes == {"read", "write"}
    prefix = key.split("_")[1]
    line = next(line for line in run("key", "list").stdout.splitlines() if prefix in line)
    assert "nightly" in line
    assert "active" in line
    assert key not in line
    assert run("key", "revoke", prefix).stdout == f"The key {prefix} is revoked.\n"
    assert await keys.KnownKeys(store).owner(key, Moment(store.reads)) is None


async def test_a_subject_is_linked_to_one_user(run: Run, email: str, store: Store) -> None:
    run("user", "add", email, stdin=f"{PASSWORD}\n")
    issuer, subject = "https://login.example", secrets.token_hex(6)
    done = run("user", "link", email, subject, KITH_OIDC_ISSUER=issuer, KITH_OIDC_CLIENT_ID="kith")
    assert (done.returncode, done.stderr) == (0, "")
    found = await user_of(store.reads, Identity(issuer, subject))
    assert found is not None
    assert found.user == (await users_with_email(store.reads, email))[0].user
    other = f"other-{email}"
    run("user", "add", other, stdin=f"{PASSWORD}\n")
    refused = run("user", "link", other, subject, "--issuer", issuer)
    assert refused.returncode == 1
    assert "tied to another one" in refused.stderr
