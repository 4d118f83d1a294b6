"""The verbs about where an account stands and who looks after it."""

from __future__ import annotations

from typing import Any

from graph.errors import Invalid
from graph.money import Rates
from schema.mutations.registry import (
    SPECIAL,
    VALID_FROM,
    Input,
    Mutation,
    MutationCall,
    Special,
    U,
    declared,
    member,
    takes,
)
from schema.planning.arguments import plain
from schema.typing import Field, optional

MANAGER = "account manager"

SPECIAL["Account"] = Special(defaults={"relationship": "PROSPECT"})


def make_account_verbs() -> None:
    """Makes the verbs about accounts and teams."""
    _make_reparent()
    _make_assign()
    _make_team()


def _make_reparent() -> None:
    fields = [
        Field("account", "ID", "The account to be moved."),
        Field("parent", optional("ID"), "The new parent; null makes the account a root."),
        Field("hierarchy", "Hierarchy", "Which hierarchy.", default=member("Hierarchy", "CRM")),
        VALID_FROM,
    ]
    description = (
        "Gives an account another parent in a hierarchy from a moment on; the parent before is kept as history. "
        "Refuses the account itself as its parent, and what would be a circle at any moment."
    )
    arguments = takes("ReparentAccountInput", "Which account gets which parent.", fields)
    declared(Mutation("reparentAccount", "Account", "Account", description, arguments, _reparent))


def _reparent(arguments: Input, _: Rates) -> MutationCall:
    given = arguments["input"]
    if "parent" not in given:
        raise Invalid("`parent` is not given.", remedy="Give the id of the new parent, or null for none.")
    hierarchy = plain(given["hierarchy"])
    return MutationCall(
        given["account"],
        {
            "account": given["account"],
            "parent": given["parent"],
            "hierarchy": hierarchy,
            "validFrom": given.get("validFrom"),
        },
        (given["parent"],),
        (f"CHILD_OF {hierarchy}",),
    )


def _make_assign() -> None:
    fields = [
        Field("account", "ID", "The account."),
        Field("user", "ID", "The user who manages it from then on."),
        Field("role", "str", "What the manager is called.", default=MANAGER),
        VALID_FROM,
    ]
    description = (
        "Makes a user the primary manager of an account from a moment on. There is exactly one at a time: the one "
        "before is so until that moment, and a moment before another one begins is refused."
    )
    arguments = takes("AssignManagerInput", "Who manages which account.", fields)
    declared(Mutation("assignManager", "Account", "Account", description, arguments, _assign))


def _assign(arguments: Input, _: Rates) -> MutationCall:
    given = arguments["input"]
    names = ("account", "user", "role", "validFrom")
    return MutationCall(given["account"], {name: given.get(name) for name in names}, (given["user"],))


def _make_team() -> None:
    where = [
        Field("account", optional("ID"), "The account whose team it is; either this or `team`.", default=U),
        Field("team", optional("ID"), "The team; either this or `account`.", default=U),
        Field("user", "ID", "The user."),
    ]
    added = takes(
        "AddTeamMemberInput",
        "Who has which part in which team.",
        [*where, Field("role", optional("str"), "The part in it, such as executive sponsor.", default=U), VALID_FROM],
    )
    description = "Gives a user a part in an account's team, or makes the user a member of a team, from a moment on."
    declared(Mutation("addTeamMember", "Party", "Party", description, added, _add))
    role = "Which part ends; every part the user has in it when left out."
    valid_to = "When it ends (exclusive); now when left out."
    removed = takes(
        "RemoveTeamMemberInput",
        "Whose part in which team ends.",
        [
            *where,
            Field("role", optional("str"), role, default=U),
            Field("validTo", optional("DateTime"), valid_to, default=U),
        ],
    )
    description = (
        "Ends a user's part in an account's team, or membership of a team, at a moment; it is kept as history. "
        "The primary manager of an account is replaced with assignManager instead."
    )
    declared(Mutation("removeTeamMember", "Party", "Party", description, removed, _remove))


def _team(given: Input, moment: str) -> MutationCall:
    chosen = {kind: given[name] for name, kind in (("account", "Account"), ("team", "Team")) if given.get(name)}
    if len(chosen) != 1:
        raise Invalid("Either `account` or `team` must be given.", remedy="Give exactly one of the two.")
    ((kind, team),) = chosen.items()
    parameters: dict[str, Any] = {"kind": kind, "team": team, "user": given["user"], "role": given.get("role")}
    return MutationCall(team, {**parameters, moment: given.get(moment)}, (given["user"],))


def _add(arguments: Input, _: Rates) -> MutationCall:
    return _team(arguments["input"], "validFrom")


def _remove(arguments: Input, _: Rates) -> MutationCall:
    return _team(arguments["input"], "validTo")
