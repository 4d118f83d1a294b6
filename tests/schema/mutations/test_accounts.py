"""The mutations about where an account stands and who looks after it."""

from __future__ import annotations

from tests.schema.mutations.stage import APR, FEB, JAN, MAR, SOON, Stage

# ---------- reparentAccount ------------------------------------------------------------------------------------------


async def test_an_account_gets_a_parent_and_shows_it(stage: Stage) -> None:
    group, child = await stage.account("Group"), await stage.account("Child")
    shown = await stage.do("reparentAccount", {"account": child, "parent": group}, "id parent { id }")
    assert shown == {"id": child, "parent": {"id": group}}
    assert await stage.edges(child, "CHILD_OF") == [
        (child, group, {"hierarchy": "CRM", "validFrom": (await stage.edges(child, "CHILD_OF"))[0][2]["validFrom"]})
    ]


async def test_a_new_parent_keeps_the_old_one_as_history(stage: Stage) -> None:
    first, second, child = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": child, "parent": first, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": child, "parent": second, "validFrom": MAR})
    assert await stage.edges(child, "CHILD_OF") == [
        (child, first, {"hierarchy": "CRM", "validFrom": JAN, "validTo": MAR}),
        (child, second, {"hierarchy": "CRM", "validFrom": MAR}),
    ]
    query = "query ($id: ID!, $at: DateTime) { account(id: $id) { parent(asOf: $at) { id } } }"
    then = {at: (await stage.ask(query, id=child, at=at))["account"]["parent"] for at in (JAN, FEB, MAR, APR)}
    assert then == {JAN: {"id": first}, FEB: {"id": first}, MAR: {"id": second}, APR: {"id": second}}


async def test_the_event_of_a_new_parent_says_from_what_to_what(stage: Stage) -> None:
    first, second, child = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": child, "parent": first, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": child, "parent": second, "validFrom": FEB})
    assert await stage.last(child) == (
        "reparentAccount",
        {"parent": (first, second), "parent.hierarchy": ("CRM", "CRM"), "parent.validFrom": (JAN, FEB)},
    )


async def test_without_a_parent_an_account_becomes_a_root(stage: Stage) -> None:
    group, child = await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": child, "parent": group, "validFrom": JAN})
    shown = await stage.do("reparentAccount", {"account": child, "parent": None, "validFrom": FEB}, "parent { id }")
    assert shown == {"parent": None}
    assert await stage.edges(child, "CHILD_OF") == [
        (child, group, {"hierarchy": "CRM", "validFrom": JAN, "validTo": FEB})
    ]


async def test_each_hierarchy_has_a_parent_of_its_own(stage: Stage) -> None:
    one, other, child = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": child, "parent": one})
    await stage.do("reparentAccount", {"account": child, "parent": other, "hierarchy": "LEGAL"})
    await stage.do("reparentAccount", {"account": one, "parent": child, "hierarchy": "LEGAL"})
    query = "query ($id: ID!) { account(id: $id) { crm: parent { id } legal: parent(hierarchy: LEGAL) { id } } }"
    assert await stage.ask(query, id=child) == {"account": {"crm": {"id": one}, "legal": {"id": other}}}


async def test_the_same_parent_again_changes_nothing_but_leaves_an_event(stage: Stage) -> None:
    group, child = await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": child, "parent": group, "validFrom": JAN})
    edges, stored = await stage.edges(child, "CHILD_OF"), await stage.stored(child)
    await stage.do("reparentAccount", {"account": child, "parent": group, "validFrom": FEB})
    assert await stage.edges(child, "CHILD_OF") == edges
    assert await stage.stored(child) == stored
    assert await stage.last(child) == ("reparentAccount", {})


async def test_an_account_is_not_its_own_parent(stage: Stage) -> None:
    one = await stage.account()
    assert await stage.refuse("reparentAccount", {"account": one, "parent": one}) == "REFUSED"


async def test_a_cycle_is_refused_with_conflict(stage: Stage) -> None:
    top, middle, bottom = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": middle, "parent": top})
    await stage.do("reparentAccount", {"account": bottom, "parent": middle})
    assert await stage.refuse("reparentAccount", {"account": top, "parent": bottom}) == "CONFLICT"


async def test_a_cycle_that_would_only_be_in_the_future_is_refused(stage: Stage) -> None:
    one, other = await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": one, "parent": other, "validFrom": SOON})
    assert await stage.refuse("reparentAccount", {"account": other, "parent": one, "validFrom": JAN}) == "CONFLICT"


async def test_lines_that_never_hold_together_make_no_cycle(stage: Stage) -> None:
    one, other = await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": one, "parent": other, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": one, "parent": None, "validFrom": FEB})
    await stage.do("reparentAccount", {"account": other, "parent": one, "validFrom": FEB})
    assert (await stage.edges(other, "CHILD_OF"))[-1] == (other, one, {"hierarchy": "CRM", "validFrom": FEB})


async def test_history_is_not_rewritten(stage: Stage) -> None:
    first, second, child = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": child, "parent": first, "validFrom": MAR})
    given = {"account": child, "parent": second, "validFrom": FEB}
    assert await stage.refuse("reparentAccount", given) == "CONFLICT"


async def test_a_parent_from_the_very_moment_of_the_one_before_replaces_it(stage: Stage) -> None:
    first, second, child = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": child, "parent": first, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": child, "parent": second, "validFrom": JAN})
    query = "query ($id: ID!, $at: DateTime) { account(id: $id) { parent(asOf: $at) { id } } }"
    assert (await stage.ask(query, id=child, at=JAN))["account"]["parent"] == {"id": second}


async def test_unknown_accounts_are_not_found(stage: Stage) -> None:
    one, person = await stage.account(), await stage.contact()
    assert await stage.refuse("reparentAccount", {"account": "nobody", "parent": one}) == "NOT_FOUND"
    assert await stage.refuse("reparentAccount", {"account": one, "parent": "nobody"}) == "NOT_FOUND"
    assert await stage.refuse("reparentAccount", {"account": one, "parent": person}) == "NOT_FOUND"


async def test_to_make_a_root_null_must_be_said(stage: Stage) -> None:
    assert await stage.refuse("reparentAccount", {"account": await stage.account()}) == "INVALID"


# ---------- assignManager --------------------------------------------------------------------------------------------


async def test_a_new_primary_manager_closes_the_former(stage: Stage) -> None:
    account, one, other = await stage.account(), await stage.user(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": one, "validFrom": JAN})
    team = "id team { edges { role isPrimary node { id } } }"
    shown = await stage.do("assignManager", {"account": account, "user": other, "role": "lead", "validFrom": MAR}, team)
    assert shown["team"]["edges"] == [{"role": "lead", "isPrimary": True, "node": {"id": other}}]
    assert await stage.edges(account, "MANAGES") == [
        (one, account, {"role": "account manager", "isPrimary": True, "validFrom": JAN, "validTo": MAR}),
        (other, account, {"role": "lead", "isPrimary": True, "validFrom": MAR}),
    ]
    assert await stage.last(account) == (
        "assignManager",
        {"user": (one, other), "user.role": ("account manager", "lead"), "user.validFrom": (JAN, MAR)},
    )  # fmt: skip


async def test_overlapping_primary_managers_are_refused(stage: Stage) -> None:
    account, one, other = await stage.account(), await stage.user(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": one, "validFrom": MAR})
    given = {"account": account, "user": other, "validFrom": FEB}
    assert await stage.refuse("assignManager", given) == "CONFLICT"


async def test_the_same_manager_again_changes_nothing(stage: Stage) -> None:
    account, one = await stage.account(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": one, "validFrom": JAN})
    edges = await stage.edges(account, "MANAGES")
    await stage.do("assignManager", {"account": account, "user": one})
    assert await stage.edges(account, "MANAGES") == edges
    assert await stage.last(account) == ("assignManager", {})


async def test_a_team_member_becomes_the_primary_manager_once(stage: Stage) -> None:
    account, one = await stage.account(), await stage.user()
    part = {"account": account, "user": one, "role": "account manager"}
    await stage.do("addTeamMember", {**part, "validFrom": JAN})
    await stage.do("assignManager", {**part, "validFrom": FEB})
    assert [(e[2]["isPrimary"], e[2].get("validTo")) for e in await stage.edges(account, "MANAGES")] == [
        (False, FEB),
        (True, None),
    ]


async def test_only_a_user_manages_an_account(stage: Stage) -> None:
    account, person, one = await stage.account(), await stage.contact(), await stage.user()
    assert await stage.refuse("assignManager", {"account": account, "user": person}) == "NOT_FOUND"
    assert await stage.refuse("assignManager", {"account": "nobody", "user": one}) == "NOT_FOUND"


# ---------- teams ----------------------------------------------------------------------------------------------------


async def test_users_join_and_leave_the_team_of_an_account(stage: Stage) -> None:
    account, one = await stage.account(), await stage.user()
    shows = "__typename id ... on Account { team { edges { role node { id } } } }"
    given = {"account": account, "user": one, "role": "sponsor", "validFrom": JAN}
    shown = await stage.do("addTeamMember", given, shows)
    assert shown == {
        "__typename": "Account", "id": account, "team": {"edges": [{"role": "sponsor", "node": {"id": one}}]},
    }  # fmt: skip
    assert await stage.last(account) == (
        "addTeamMember",
        {"user": (None, one), "user.role": (None, "sponsor"), "user.validFrom": (None, JAN)},
    )  # fmt: skip
    shown = await stage.do("removeTeamMember", {"account": account, "user": one, "validTo": FEB}, shows)
    assert shown["team"]["edges"] == []
    assert await stage.edges(account, "MANAGES") == [
        (one, account, {"role": "sponsor", "isPrimary": False, "validFrom": JAN, "validTo": FEB})
    ]
    assert await stage.last(account) == (
        "removeTeamMember",
        {"user": (one, None), "user.role": ("sponsor", None), "user.validTo": (None, FEB)},
    )  # fmt: skip


async def test_users_join_and_leave_a_team(stage: Stage) -> None:
    team, one = await stage.user("Team"), await stage.user()
    shows = "... on Team { members { nodes { id } } }"
    assert (await stage.do("addTeamMember", {"team": team, "user": one}, shows))["members"]["nodes"] == [{"id": one}]
    shown = await stage.do("removeTeamMember", {"team": team, "user": one}, shows)
    assert shown["members"]["nodes"] == []


async def test_to_join_twice_in_one_part_changes_nothing(stage: Stage) -> None:
    team, one = await stage.user("Team"), await stage.user()
    await stage.do("addTeamMember", {"team": team, "user": one, "validFrom": JAN})
    await stage.do("addTeamMember", {"team": team, "user": one, "validFrom": FEB})
    assert await stage.edges(team, "MEMBER_OF") == [(one, team, {"validFrom": JAN})]
    given = {"team": team, "user": one, "validFrom": "2025-06-01T00:00:00Z"}
    assert await stage.refuse("addTeamMember", given) == "CONFLICT"


async def test_a_part_can_be_held_again_after_it_ended(stage: Stage) -> None:
    team, one = await stage.user("Team"), await stage.user()
    await stage.do("addTeamMember", {"team": team, "user": one, "validFrom": JAN})
    await stage.do("removeTeamMember", {"team": team, "user": one, "validTo": MAR})
    assert await stage.refuse("addTeamMember", {"team": team, "user": one, "validFrom": FEB}) == "CONFLICT"
    await stage.do("addTeamMember", {"team": team, "user": one, "validFrom": APR})
    assert [e[2] for e in await stage.edges(team, "MEMBER_OF")] == [
        {"validFrom": JAN, "validTo": MAR},
        {"validFrom": APR},
    ]


async def test_who_is_not_in_a_team_cannot_leave_it(stage: Stage) -> None:
    account, one = await stage.account(), await stage.user()
    assert await stage.refuse("removeTeamMember", {"account": account, "user": one}) == "CONFLICT"


async def test_the_primary_manager_is_not_removed(stage: Stage) -> None:
    account, one = await stage.account(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": one, "validFrom": JAN})
    assert await stage.refuse("removeTeamMember", {"account": account, "user": one}) == "CONFLICT"


async def test_a_team_is_named_in_exactly_one_way(stage: Stage) -> None:
    account, team, one = await stage.account(), await stage.user("Team"), await stage.user()
    assert await stage.refuse("addTeamMember", {"user": one}) == "INVALID"
    assert await stage.refuse("addTeamMember", {"account": account, "team": team, "user": one}) == "INVALID"
    assert await stage.refuse("addTeamMember", {"account": team, "user": one}) == "NOT_FOUND"
    assert await stage.refuse("addTeamMember", {"team": team, "user": account}) == "NOT_FOUND"
