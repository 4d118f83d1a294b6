"""No mutation reaches what is hidden from who calls it, nor tells that it is there."""

from __future__ import annotations

from typing import Any

import pytest

from graph.access import Access
from graph.query.selection import AccessShape, AccessValue, Not
from graph.query.selection import Test as Compare
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.stage import JAN, Stage

HIDDEN = Not(Compare("country", "eq", AccessValue("country")))
ACCESS = Access(AccessShape(tuple((label, HIDDEN) for label in ("Account", "Contact", "User"))), {"country": "Nowhere"})


@pytest.fixture(scope="module")
def narrow(store: Store) -> Executor:
    """A executor through which nothing of one country is seen."""
    return Executor(store.reads, store.writes, Options(), policy=lambda _: ACCESS)


class Cast:
    """Somebody and something seen, and their hidden counterparts."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.seen: dict[str, str] = {}
        self.hidden: dict[str, str] = {}

    async def meet(self) -> Cast:
        """Writes them."""
        for cast in (self.seen, self.hidden):
            account = await self.stage.account()
            cast |= {"account": account, "contact": await self.stage.contact(account), "user": await self.stage.user()}
        for uid in self.hidden.values():
            await self.stage.write("MATCH (n:Record {uid: $uid}) SET n.country = 'Nowhere' RETURN n.uid", uid=uid)
        return self


def mutations(cast: Cast) -> list[tuple[str, dict[str, Any], str | None]]:
    """Each mutation in each way that names something hidden: the mutation, its input, the id of an update."""
    seen, hidden = cast.seen, cast.hidden
    return [
        ("updateAccount", {"city": "Oslo"}, hidden["account"]),
        ("updateAccount", {"primaryContact": hidden["contact"]}, seen["account"]),
        ("updateContact", {"city": "Oslo"}, hidden["contact"]),
        ("createAccount", {"name": "A", "owner": hidden["user"]}, None),
        ("createContact", {"name": "A", "employment": {"account": hidden["account"]}}, None),
        ("createOpportunity", {"name": "A", "account": hidden["account"]}, None),
        ("reparentAccount", {"account": hidden["account"], "parent": None}, None),
        ("reparentAccount", {"account": seen["account"], "parent": hidden["account"]}, None),
        ("moveContact", {"contact": hidden["contact"], "account": seen["account"]}, None),
        ("moveContact", {"contact": seen["contact"], "account": hidden["account"]}, None),
        ("moveContact", {"contact": seen["contact"], "from": hidden["account"]}, None),
        ("setManager", {"contact": hidden["contact"], "manager": None}, None),
        ("setManager", {"contact": seen["contact"], "manager": hidden["contact"]}, None),
        ("assignManager", {"account": hidden["account"], "user": seen["user"]}, None),
        ("assignManager", {"account": seen["account"], "user": hidden["user"]}, None),
        ("addTeamMember", {"account": hidden["account"], "user": seen["user"]}, None),
        ("addTeamMember", {"account": seen["account"], "user": hidden["user"]}, None),
        ("removeTeamMember", {"account": hidden["account"], "user": seen["user"]}, None),
        ("logActivity", {"kind": "Task", "regarding": hidden["account"]}, None),
        ("logActivity", {"kind": "Task", "participants": [{"party": hidden["contact"], "role": "TO"}]}, None),
    ]


async def test_what_is_hidden_is_not_found_by_any_verb(stage: Stage, narrow: Executor) -> None:
    cast = await Cast(stage).meet()
    outside = Stage(narrow, stage.store)
    for mutation, given, uid in mutations(cast):
        assert await outside.refuse(mutation, given, uid) == "NOT_FOUND", (mutation, given)


async def test_the_error_is_the_same_as_for_what_is_not_there(stage: Stage, narrow: Executor) -> None:
    cast = await Cast(stage).meet()
    outside = Stage(narrow, stage.store)
    hidden = await outside.answer("updateAccount", {"city": "Oslo"}, "id", cast.hidden["account"])
    nothing = await outside.answer("updateAccount", {"city": "Oslo"}, "id", "x" * 24)
    assert str(hidden).replace(cast.hidden["account"], "x" * 24) == str(nothing)


async def test_nobody_writes_what_they_would_not_see(stage: Stage, narrow: Executor) -> None:
    cast = await Cast(stage).meet()
    outside = Stage(narrow, stage.store)
    assert await outside.refuse("createAccount", {"name": "Away", "country": "Nowhere"}) == "REFUSED"
    assert await outside.refuse("updateAccount", {"country": "Nowhere"}, cast.seen["account"]) == "REFUSED"


async def test_a_cycle_through_the_hidden_is_a_cycle(stage: Stage, narrow: Executor) -> None:
    cast = await Cast(stage).meet()
    bottom, middle, top = await stage.account(), cast.hidden["account"], cast.seen["account"]
    await stage.do("reparentAccount", {"account": bottom, "parent": middle, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": middle, "parent": top, "validFrom": JAN})
    outside = Stage(narrow, stage.store)
    assert await outside.refuse("reparentAccount", {"account": top, "parent": bottom}) == "CONFLICT"
