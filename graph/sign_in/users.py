"""User records for sign-ins: created, disabled and enabled by the mutations that callers use, with their events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graph.access import UNRESTRICTED
from graph.errors import KithErrors
from graph.events import EventHeader
from graph.money import Rates
from graph.mutations.compiler import Payload, compile_mutation
from graph.mutations.declarations import MUTATIONS, Value
from graph.mutations.execution import Call, execute_alone
from graph.mutations.inputs import parameters
from graph.roles import role_uid
from graph.search.analysis import search_words
from graph.store import Bound, Reads, Statement, Writes

ACTOR = "sign-in"
"""The actor of the events of user records that Kith itself changes."""

LIST = Statement(
    "sign_in.users",
    """MATCH (user:User)
OPTIONAL MATCH (password:SignInPassword {userId: user.uid})
WITH user, password WHERE $all OR password IS NOT NULL
WITH user, password ORDER BY user.name
RETURN collect({id: user.uid, name: user.name, email: coalesce(password.name, user.emailAddress1),
  disabled: coalesce(user.isDisabled, false), password: password IS NOT NULL}) AS users""",
)


async def create_user(writes: Writes, name: str, email: str | None) -> str:
    """Creates a User and returns its id. Raises KithError if a value is not allowed."""
    return await _mutate(writes, "createUser", {"name": name, **({"emailAddress1": email} if email else {})})


async def grant(writes: Writes, user: str, role: str) -> None:
    """Gives a user one of the roles that come with the product, by its key. Raises KithError."""
    await _mutate(writes, "addRoleAssignment", {"holder": user, "role": role_uid(role)})


async def set_disabled(writes: Writes, user: str, *, disabled: bool) -> None:
    """Disables a user, whose sign-ins stop working at the next request, or enables the user again."""
    await _mutate(writes, "updateUser", {"id": user, "isDisabled": disabled})


async def list_users(reads: Reads, *, everyone: bool = False) -> list[dict[str, Any]]:
    """Returns the users with a password, or all users, by name."""
    found: list[dict[str, Any]] = await reads.ask(LIST.bind(all=everyone))
    return found


async def _mutate(writes: Writes, name: str, given: Mapping[str, Any]) -> str:
    """Executes a mutation on behalf of no user, and returns the id of its record."""
    now, mutation, header = datetime.now(UTC), MUTATIONS[name], EventHeader(ACTOR)
    values, errors = parameters(mutation, given, Rates(), now)
    if errors:
        raise KithErrors(errors) if len(errors) > 1 else errors[0]
    compiled = compile_mutation(Payload(name), UNRESTRICTED.shape)
    searched = [one.declared for one in mutation.inputs() if isinstance(one, Value) and one.stored]
    subject = mutation.payload[0].name

    def bound(_: Mapping[str, Any]) -> Bound:
        given_values = {**values, "words": search_words(searched, values["values"])}
        return compiled.bind(
            [], access=UNRESTRICTED.values, input=given_values, event=header.parameter(), now=now,
            **mutation.constants(),
        )  # fmt: skip

    done = await execute_alone(
        writes,
        Call(
            name=name, now=now, text=compiled.text, statement=bound, record="user", held=values["held"],
            locks=values["locks"], uids={subject: values.get("id", ""), "event": header.uid},
        ),
    )  # fmt: skip
    return str(done.uids[subject])
