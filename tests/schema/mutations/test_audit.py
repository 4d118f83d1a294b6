"""What an auditor learns from events: who changed and exported what in a period, without the records themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from graph.access import Principal
from graph.policy import by_roles
from graph.rights import Holder, Privilege, Rights, RoleRights
from graph.roles import PRODUCT_ROLES
from schema.execution import Executor, Options
from tests.docs.pages import examples
from tests.schema.mutations.stage import Stage


def with_role(stage: Stage, user: str, *privileges: str) -> Stage:
    """A stage whose caller has a role with some privileges."""
    role = RoleRights("role", "Role", tuple(map(Privilege.parse, privileges)))
    mine = Stage(Executor(stage.store.reads, stage.store.writes, Options(), policy=by_roles), stage.store)
    mine.caller = Principal(user, Rights((Holder(user, None, (), (role,)),)))
    return mine


async def audit(stage: Stage, start: datetime) -> list[dict[str, Any]]:
    """The answer to the query in docs/security.md from a time on."""
    (example,) = (one for one in examples() if "WhoDidWhat" in one.text)
    end = datetime.now(UTC) + timedelta(minutes=1)
    found = await stage.ask(example.text, **{"from": start.isoformat(), "to": end.isoformat()})
    nodes: list[dict[str, Any]] = found["events"]["nodes"]
    return nodes


async def test_an_auditor_learns_who_changed_and_exported_what(stage: Stage) -> None:
    (auditor,) = (one for one in PRODUCT_ROLES if one.key == "auditor")
    user = (await stage.do("createUser", {"name": "Ada"}))["id"]
    start = datetime.now(UTC)
    changing = with_role(stage, user, *(f"Record {one} ALL" for one in ("READ", "WRITE", "CREATE", "DELETE", "APPEND")))
    contact = (await changing.do("createContact", {"fullName": "Ben"}))["id"]
    await changing.do("updateContact", {"id": contact, "city": "Oslo"})
    await changing.do("exportPerson", {"id": contact})
    await changing.do("deleteContact", {"id": contact}, "__typename")
    auditing = with_role(stage, "auditor", *auditor.privileges)
    assert await auditing.ask("query ($id: ID!) { node(id: $id) { id } }", id=contact) == {"node": None}
    found = await audit(auditing, start)
    assert [(one["mutation"], one["actor"]) for one in found] == [
        (name, user) for name in ("createContact", "updateContact", "exportPerson", "deleteContact")
    ]
    for one in found:
        (subject,) = (each for each in one["audited"] if each["isSubject"])
        assert (subject["recordId"], subject["type"]) == (contact, "Contact")
    assert found[1]["audited"][0]["fields"] == ["city"]
    assert await audit(auditing, datetime.now(UTC)) == []


async def test_others_do_not_learn_ids_from_events(stage: Stage) -> None:
    start = datetime.now(UTC)
    account = await stage.account()
    reader = with_role(stage, "reader", "Record READ ALL")
    other = with_role(stage, "other", "Account READ ALL")
    (event,) = await audit(other, start)
    assert (event["mutation"], event["audited"]) == ("createAccount", [])
    (event,) = await audit(reader, start)
    assert [one["recordId"] for one in event["audited"]] in ([], [account])
    nothing = with_role(stage, "nothing", "Contact READ ALL")
    assert await audit(nothing, start) == []
