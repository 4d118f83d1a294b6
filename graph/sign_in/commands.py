"""The commands `python -m graph user` and `python -m graph key`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from getpass import getpass
from typing import Any

from rich.console import Console
from rich.table import Table

from graph import engine, indexes, roles
from graph.commands import open_store
from graph.errors import Conflict, Invalid, NotFound
from graph.migrations.execution import migrate
from graph.rights import read_rights
from graph.settings import Settings
from graph.sign_in import keys, users
from graph.sign_in.identities import FoundUser, Identity, tie, unknown_email, users_with_email
from graph.sign_in.passwords import check_password, set_password, sign_in_name
from graph.store import Store

console = Console(highlight=False, soft_wrap=True)


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """Runs a command. Raises KithError when it is refused."""
    password = _read_password() if options.command == "user" and options.action in ("add", "password") else ""
    async with engine.server(settings) as server, open_store(server) as store:
        await migrate(store, settings, server, console.print)
        await indexes.install(store.writes)
        await roles.install(store.writes)
        await _COMMANDS[options.command, options.action](store, options, settings, password)
    return 0


async def _add(store: Store, options: argparse.Namespace, _: Settings, password: str) -> None:
    name = sign_in_name(options.email)
    found = await users_with_email(store.reads, name)
    if len(found) > 1:
        raise _several(name)
    if found:
        user, outcome = found[0].user, f"{found[0].name} can sign in as {name}."
    else:
        user = await users.create_user(store.writes, options.name or name, name)
        outcome = f"Created the User {options.name or name}, who can sign in as {name}."
    await set_password(store.writes, user, name, password)
    console.print(outcome)
    await _grant(store, user, options.role)


async def _role(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    await _grant(store, (await _only(store, options.email)).user, options.role)


async def _grant(store: Store, user: str, granted: Sequence[str]) -> None:
    """Gives a user roles, and prints those that the user then has."""
    for role in granted:
        await users.grant(store.writes, user, role)
    found = [role.name for role in (await read_rights(store.reads, user)).roles]
    console.print(
        f"Roles: {', '.join(found)}." if found else "Without a role, the user may read no record but their own."
    )


async def _password(store: Store, options: argparse.Namespace, _: Settings, password: str) -> None:
    user = await _only(store, options.email)
    await set_password(store.writes, user.user, user.email, password)
    console.print(f"The password of {user.name} is set. All sessions of this user have ended.")


async def _disable(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    user = await _only(store, options.email)
    await users.set_disabled(store.writes, user.user, disabled=True)
    console.print(f"{user.name} can no longer sign in. Sessions, tokens and keys of this user have stopped working.")


async def _enable(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    user = await _only(store, options.email)
    await users.set_disabled(store.writes, user.user, disabled=False)
    console.print(f"{user.name} can sign in.")


async def _link(store: Store, options: argparse.Namespace, settings: Settings, _: str) -> None:
    issuer = options.issuer or settings.oidc_issuer or settings.jwt_issuer
    if issuer is None:
        raise Invalid("No issuer is configured.", remedy="Add --issuer, or set KITH_OIDC_ISSUER or KITH_JWT_ISSUER.")
    user = await _only(store, options.email)
    if not await tie(store.writes, Identity(issuer, options.subject), user.user):
        raise Conflict(
            f"{user.name} or the subject {options.subject!r} of {issuer} is tied to another one, or is disabled.",
            remedy="Check the subject, and list the users with `python -m graph user list --all`.",
        )
    console.print(f"{options.subject} of {issuer} is {user.name}.")


async def _list_users(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    found = await users.list_users(store.reads, everyone=options.all)
    _print(
        ("Name", "Email", "State", "Password"),
        [
            (one["name"], one["email"], "disabled" if one["disabled"] else "active", "yes" if one["password"] else "no")
            for one in found
        ],
    )


async def _add_key(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    if options.days < 0:
        raise Invalid(f"--days must be 0 or more; got {options.days:g}.", remedy="Use 0 for a key without expiry.")
    user = await _only(store, options.email)
    lifetime = timedelta(days=options.days) if options.days else None
    key = await keys.create_key(store.writes, user.user, options.name, options.scope, lifetime)
    sys.stderr.write(f"An API key of {user.name} with the scope {options.scope}. It is not shown again:\n")
    sys.stdout.write(f"{key}\n")


async def _list_keys(store: Store, _: argparse.Namespace, __: Settings, ___: str) -> None:
    now = datetime.now(UTC)
    _print(
        ("Prefix", "User", "Name", "Scope", "Expires", "Last used", "State"),
        [
            (
                one["prefix"], one["email"] or "", one["name"], "write" if "write" in one["scopes"] else "read",
                _day(one["expiresAt"], "never"), _day(one["lastUsedAt"], "never"), _state(one, now),
            )
            for one in await keys.list_keys(store.reads)
        ],
    )  # fmt: skip


async def _revoke_key(store: Store, options: argparse.Namespace, _: Settings, __: str) -> None:
    await keys.revoke_key(store.writes, options.prefix)
    console.print(f"The key {options.prefix} is revoked.")


_COMMANDS = {
    ("user", "add"): _add,
    ("user", "password"): _password,
    ("user", "disable"): _disable,
    ("user", "enable"): _enable,
    ("user", "link"): _link,
    ("user", "list"): _list_users,
    ("user", "role"): _role,
    ("key", "add"): _add_key,
    ("key", "list"): _list_keys,
    ("key", "revoke"): _revoke_key,
}


async def _only(store: Store, email: str) -> FoundUser:
    found = await users_with_email(store.reads, email)
    if not found:
        raise unknown_email(email)
    if len(found) > 1:
        raise _several(email)
    return found[0]


def _several(email: str) -> NotFound:
    return NotFound(f"Several users have the email address {email!r}.", remedy="Change the address of all but one.")


def _read_password() -> str:
    """Reads a password: twice from a terminal without showing it, or the first line of standard input."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        check_password(password)
        return password
    password = getpass("Password: ")
    check_password(password)
    if getpass("Repeat the password: ") != password:
        raise Invalid("The two passwords differ.", remedy="Type the same password twice.")
    return password


def _state(key: dict[str, Any], now: datetime) -> str:
    if key["revokedAt"] is not None:
        return "revoked"
    return "expired" if key["expiresAt"] is not None and key["expiresAt"].to_native() <= now else "active"


def _day(value: Any, otherwise: str) -> str:
    return otherwise if value is None else value.to_native().strftime("%Y-%m-%d %H:%M")


def _print(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(*titles, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)
