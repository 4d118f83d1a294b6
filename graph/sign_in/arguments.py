"""The command lines of `python -m graph user` and `python -m graph key`."""

from __future__ import annotations

import argparse

from graph.roles import PRODUCT_ROLES

_ROLES = [one.key for one in PRODUCT_ROLES]

USER = "add, disable and list the people who sign in, and set their passwords"
KEY = "create, list and revoke the API keys of programs"

_USER_COMMANDS = {
    "add": "let a user sign in with an email address and a password, which is read from the terminal or from standard"
    " input; create the User if none has the address",
    "password": "set the password of a user, and end all sessions of the user",
    "disable": "disable a user, whose sessions, tokens and keys stop working at the next request",
    "enable": "enable a disabled user again",
    "link": "tie a subject of an identity provider to a user",
    "role": "give a user roles that come with Kith",
    "list": "list the users who have a password",
}
_KEY_COMMANDS = {
    "add": "create an API key of a user, and print it once",
    "list": "list the API keys, with the time of their last use",
    "revoke": "revoke an API key, which stops working at the next request",
}


def add_user(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `user` with its commands."""
    for name, command in _group(commands, "user", USER, _USER_COMMANDS).items():
        if name == "list":
            command.add_argument("--all", action="store_true", help="list the users without a password too")
            continue
        command.add_argument("email", metavar="EMAIL", help="the email address of the user")
        if name == "add":
            command.add_argument("--name", metavar="NAME", help="the name of a new User (default: the email address)")
            command.add_argument("--role", action="append", default=[], choices=_ROLES, help="a role of the user")
        if name == "role":
            command.add_argument("role", nargs="+", choices=_ROLES, metavar="ROLE", help=", ".join(_ROLES))
        if name == "link":
            command.add_argument("subject", metavar="SUBJECT", help="the claim `sub` of the user's tokens")
            command.add_argument(
                "--issuer", metavar="URL", help="the issuer (default: KITH_OIDC_ISSUER, or else KITH_JWT_ISSUER)"
            )


def add_key(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `key` with its commands."""
    group = _group(commands, "key", KEY, _KEY_COMMANDS)
    group["add"].add_argument("email", metavar="EMAIL", help="the email address of the user")
    group["add"].add_argument("--name", metavar="NAME", default="", help="what the key is for")
    group["add"].add_argument(
        "--scope", choices=("read", "write"), default="read", help="what the key permits; write includes read"
    )
    group["add"].add_argument(
        "--days", metavar="DAYS", type=float, default=90.0, help="days until the key expires; 0 for never (default: 90)"
    )
    group["revoke"].add_argument("prefix", metavar="PREFIX", help="the prefix of the key, as `key list` prints it")


def _group(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help_text: str, names: dict[str, str]
) -> dict[str, argparse.ArgumentParser]:
    group = commands.add_parser(name, help=help_text, description=_sentence(help_text))
    inner = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    return {action: inner.add_parser(action, help=text, description=_sentence(text)) for action, text in names.items()}


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
