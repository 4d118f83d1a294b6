"""The mutations about people: jobs and reporting lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.mutations.stage import APR, FEB, JAN, MAR, Stage

JOBS = "accounts { edges { jobTitle department seniority roles isPrimary node { id } } }"
LINES = "manager { id } reports { nodes { id } }"


async def line(stage: Stage, contact: str, manager: str | None, at: str = JAN, **more: Any) -> Any:
    given = {"contact": contact, "manager": manager, "validFrom": at, **more}
    return await stage.do("setManager", given)


async def people(stage: Stage, account: str, count: int) -> list[str]:
    return [await stage.contact(account) for _ in range(count)]


# ---------- createContact --------------------------------------------------------------------------------------------


async def test_a_person_can_be_made_with_a_job(stage: Stage) -> None:
    account = await stage.account()
    job = {"account": account, "jobTitle": "Head", "department": "IT", "seniority": "DIRECTOR", "roles": ["decides"]}
    given = {"firstName": "Ann", "lastName": "Roe", "employment": {**job, "validFrom": JAN}}
    shown = await stage.do("createContact", given, f"id name fullName {JOBS}")
    assert shown.pop("id")
    assert shown == {
        "name": "Ann Roe",
        "fullName": "Ann Roe",
        "accounts": {
            "edges": [
                {"jobTitle": "Head", "department": "IT", "seniority": "DIRECTOR", "roles": ["decides"],
                 "isPrimary": True, "node": {"id": account}}
            ]
        },
    }  # fmt: skip


async def test_the_event_of_a_new_person_says_the_job(stage: Stage) -> None:
    account = await stage.account()
    uid = await stage.contact(account, jobTitle="Head", roles=["a", "b"])
    mutation, changes = await stage.last(uid)
    assert mutation == "createContact"
    assert {key: after for key, (_, after) in changes.items() if key.startswith("account")} == {
        "account": account,
        "account.jobTitle": "Head",
        "account.roles": ["a", "b"],
        "account.isPrimary": True,
        "account.validFrom": JAN,
    }


async def test_a_job_at_an_unknown_account_leaves_no_person(stage: Stage) -> None:
    given = {"fullName": "Nobody", "employment": {"account": "nowhere"}}
    assert await stage.refuse("createContact", given) == "NOT_FOUND"


# ---------- setManager -----------------------------------------------------------------------------------------------


async def test_a_person_reports_to_one_manager_at_a_time(stage: Stage) -> None:
    one, first, second = await people(stage, await stage.account(), 3)
    await line(stage, one, first, JAN)
    shown = await stage.do("setManager", {"contact": one, "manager": second, "validFrom": MAR}, f"id {LINES}")
    assert shown == {"id": one, "manager": {"id": second}, "reports": {"nodes": []}}
    assert await stage.edges(one, "REPORTS_TO") == [
        (one, first, {"kind": "SOLID", "validFrom": JAN, "validTo": MAR}),
        (one, second, {"kind": "SOLID", "validFrom": MAR}),
    ]
    assert await stage.last(one) == (
        "setManager",
        {"manager": (first, second), "manager.kind": ("SOLID", "SOLID"), "manager.validFrom": (JAN, MAR)},
    )  # fmt: skip


async def test_null_ends_the_line(stage: Stage) -> None:
    one, boss = await people(stage, await stage.account(), 2)
    await line(stage, one, boss, JAN)
    await line(stage, one, None, FEB)
    assert await stage.edges(one, "REPORTS_TO") == [
        (one, boss, {"kind": "SOLID", "validFrom": JAN, "validTo": FEB}),
    ]


async def test_dotted_lines_stand_beside_each_other(stage: Stage) -> None:
    one, boss, first, second = await people(stage, await stage.account(), 4)
    await line(stage, one, boss)
    await line(stage, one, first, kind="DOTTED")
    await line(stage, one, second, kind="DOTTED")
    await line(stage, one, None, FEB, kind="DOTTED", former=first)
    open_lines = {end: edge["kind"] for _, end, edge in await stage.edges(one, "REPORTS_TO") if "validTo" not in edge}
    assert open_lines == {boss: "SOLID", second: "DOTTED"}
    await line(stage, one, None, MAR, kind="DOTTED")
    assert [end for _, end, edge in await stage.edges(one, "REPORTS_TO") if "validTo" not in edge] == [boss]


async def test_a_dotted_line_may_close_a_circle(stage: Stage) -> None:
    one, other = await people(stage, await stage.account(), 2)
    await line(stage, one, other)
    await line(stage, other, one, kind="DOTTED")
    assert len(await stage.edges(one, "REPORTS_TO")) == 2


async def test_a_line_within_an_account_says_which(stage: Stage) -> None:
    account = await stage.account()
    one, boss = await people(stage, account, 2)
    await line(stage, one, boss, account=account)
    await line(stage, one, boss, FEB)
    assert await stage.edges(one, "REPORTS_TO") == [
        (one, boss, {"kind": "SOLID", "validFrom": JAN, "scopeAccountId": account})
    ]
    assert await stage.last(one) == ("setManager", {})


async def test_nobody_is_their_own_manager(stage: Stage) -> None:
    one = await stage.contact()
    assert await stage.refuse("setManager", {"contact": one, "manager": one}) == "REFUSED"
    assert await stage.refuse("setManager", {"contact": one, "manager": one, "kind": "DOTTED"}) == "REFUSED"


async def test_a_circle_of_solid_lines_is_refused(stage: Stage) -> None:
    one, two, three = await people(stage, await stage.account(), 3)
    await line(stage, one, two)
    await line(stage, two, three)
    assert await stage.refuse("setManager", {"contact": three, "manager": one}) == "CONFLICT"


async def test_lines_on_record_are_not_rewritten(stage: Stage) -> None:
    one, first, second = await people(stage, await stage.account(), 3)
    await line(stage, one, first, MAR)
    assert await stage.refuse("setManager", {"contact": one, "manager": second, "validFrom": FEB}) == "CONFLICT"


async def test_a_line_that_is_not_there_cannot_end(stage: Stage) -> None:
    one, other = await people(stage, await stage.account(), 2)
    given = {"contact": one, "manager": None, "kind": "DOTTED", "former": other}
    assert await stage.refuse("setManager", given) == "CONFLICT"


@pytest.mark.parametrize("given", [{"manager": "nobody"}, {"manager": None, "former": "nobody"}, {"account": "none"}])
async def test_unknown_managers_are_not_found(stage: Stage, given: dict[str, Any]) -> None:
    one = await stage.contact()
    assert await stage.refuse("setManager", {"contact": one, "manager": None, **given}) == "NOT_FOUND"


async def test_to_end_a_line_null_must_be_said(stage: Stage) -> None:
    assert await stage.refuse("setManager", {"contact": await stage.contact()}) == "INVALID"


# ---------- moveContact ----------------------------------------------------------------------------------------------


async def test_a_change_of_job_closes_one_and_opens_another(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    one = await stage.contact(old, jobTitle="Clerk", department="IT")
    given = {"contact": one, "account": new, "validFrom": MAR, "jobTitle": "Head"}
    shown = await stage.do("moveContact", given, f"id {JOBS}")
    assert shown["accounts"]["edges"] == [
        {"jobTitle": "Head", "department": None, "seniority": None, "roles": [], "isPrimary": True, "node": {"id": new}}
    ]
    assert await stage.edges(one, "WORKS_AT") == [
        (one, old, {"isPrimary": True, "jobTitle": "Clerk", "department": "IT", "validFrom": JAN, "validTo": MAR}),
        (one, new, {"isPrimary": True, "jobTitle": "Head", "validFrom": MAR}),
    ]
    assert await stage.last(one) == (
        "moveContact",
        {
            "account": (old, new),
            "account.jobTitle": ("Clerk", "Head"),
            "account.department": ("IT", None),
            "account.isPrimary": (True, True),
            "account.validFrom": (JAN, MAR),
        },
    )


async def test_reports_are_lifted_to_the_manager_of_who_leaves(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    boss, one, first, second = await people(stage, old, 4)
    await line(stage, one, boss)
    await line(stage, first, one)
    await line(stage, second, one)
    shown = await stage.do("moveContact", {"contact": one, "account": new, "validFrom": MAR}, f"id {LINES}")
    assert shown == {"id": one, "manager": None, "reports": {"nodes": []}}
    assert await stage.edges(one, "REPORTS_TO") == [
        (start, end, {"kind": "SOLID", "validFrom": JAN, "validTo": MAR})
        for start, end in [(e[0], e[1]) for e in await stage.edges(one, "REPORTS_TO")]
    ]
    for report in (first, second):
        assert (await stage.edges(report, "REPORTS_TO"))[-1] == (
            report, boss, {"kind": "SOLID", "confidence": "ASSUMED", "validFrom": MAR},
        )  # fmt: skip
    _, changes = await stage.last(one)
    assert changes["manager"] == (boss, None)
    assert sorted(changes["reports"][0]) == sorted([first, second])
    lifted = """MATCH (:Event {mutation: 'moveContact'})-[c:CHANGED]->({uid: $uid})
    RETURN [c.isSubject, c[$before], c[$after]]"""
    for report in (first, second):
        seen = await stage.see(lifted, uid=report, before="before.manager", after="after.manager")
        assert seen == [False, [one], [boss]]


async def test_the_chart_before_the_move_is_still_there(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    boss, one, report = await people(stage, old, 3)
    await line(stage, one, boss)
    await line(stage, report, one)
    await stage.do("moveContact", {"contact": one, "account": new, "validFrom": MAR})
    query = "query ($id: ID!, $at: DateTime) { contact(id: $id) { manager(asOf: $at) { id } } }"
    assert (await stage.ask(query, id=report, at=FEB))["contact"]["manager"] == {"id": one}
    assert (await stage.ask(query, id=report, at=APR))["contact"]["manager"] == {"id": boss}


async def test_a_lifted_line_ends_where_the_line_it_follows_was_to_end(stage: Stage) -> None:
    """Else it would close a circle with a line that begins only then."""
    account, other = await stage.account(), await stage.account()
    boss, mover, report = await people(stage, account, 3)
    await line(stage, mover, boss)
    await line(stage, report, mover)
    await line(stage, mover, None, APR)
    await line(stage, boss, report, APR)
    await stage.do("moveContact", {"contact": mover, "account": other, "validFrom": FEB})
    lines = [
        (end, one["validFrom"], one.get("validTo"))
        for start, end, one in await stage.edges(report, "REPORTS_TO")
        if start == report
    ]
    assert sorted(lines, key=lambda one: str(one[1])) == [(mover, JAN, FEB), (boss, FEB, APR)]


async def test_reports_of_who_had_no_manager_have_none_either(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    one, report = await people(stage, old, 2)
    await line(stage, report, one)
    await stage.do("moveContact", {"contact": one, "account": new, "validFrom": MAR})
    assert await stage.edges(report, "REPORTS_TO") == [
        (report, one, {"kind": "SOLID", "validFrom": JAN, "validTo": MAR})
    ]


async def test_dotted_lines_end_and_are_not_lifted(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    boss, one, report = await people(stage, old, 3)
    await line(stage, one, boss)
    await line(stage, report, one, kind="DOTTED")
    await stage.do("moveContact", {"contact": one, "account": new, "validFrom": MAR})
    assert await stage.edges(report, "REPORTS_TO") == [
        (report, one, {"kind": "DOTTED", "validFrom": JAN, "validTo": MAR})
    ]


async def test_lines_within_another_job_stay(stage: Stage) -> None:
    old, other, new = [await stage.account() for _ in range(3)]
    here, there = await stage.contact(old), await stage.contact(other)
    one = await stage.contact(old)
    await stage.write(
        "MATCH (n:Contact {uid: $one}), (a:Account {uid: $other}) CREATE (n)-[:WORKS_AT {createdAt: datetime()}]->(a) "
        "RETURN n.uid",
        one=one, other=other,
    )  # fmt: skip
    await line(stage, one, there)
    await line(stage, here, one)
    await stage.do("moveContact", {"contact": one, "account": new, "from": old, "validFrom": MAR})
    assert await stage.edges(there, "REPORTS_TO") == [(one, there, {"kind": "SOLID", "validFrom": JAN})]
    assert (await stage.edges(here, "REPORTS_TO"))[0][2]["validTo"] == MAR


async def test_a_line_that_says_its_account_ends_with_that_job_only(stage: Stage) -> None:
    old, new = await stage.account(), await stage.account()
    one, boss, adviser = await people(stage, old, 3)
    await line(stage, one, boss, account=old)
    await line(stage, one, adviser, kind="DOTTED", account=new)
    await stage.do("moveContact", {"contact": one, "account": new, "validFrom": MAR})
    ends = {end: edge.get("validTo") for _, end, edge in await stage.edges(one, "REPORTS_TO")}
    assert ends == {boss: MAR, adviser: None}


async def test_a_new_position_at_the_same_account_keeps_lines_and_facts(stage: Stage) -> None:
    account = await stage.account()
    one, boss = await stage.contact(account, jobTitle="Clerk", department="IT"), await stage.contact(account)
    await line(stage, one, boss)
    await stage.do("moveContact", {"contact": one, "account": account, "validFrom": MAR, "jobTitle": "Head"})
    assert [edge for _, _, edge in await stage.edges(one, "WORKS_AT")] == [
        {"isPrimary": True, "jobTitle": "Clerk", "department": "IT", "validFrom": JAN, "validTo": MAR},
        {"isPrimary": True, "jobTitle": "Head", "department": "IT", "validFrom": MAR},
    ]
    assert await stage.edges(one, "REPORTS_TO") == [(one, boss, {"kind": "SOLID", "validFrom": JAN})]


async def test_the_same_job_again_changes_nothing(stage: Stage) -> None:
    account = await stage.account()
    one = await stage.contact(account, jobTitle="Clerk")
    edges = await stage.edges(one, "WORKS_AT")
    await stage.do("moveContact", {"contact": one, "account": account, "jobTitle": "Clerk", "validFrom": MAR})
    assert await stage.edges(one, "WORKS_AT") == edges
    assert await stage.last(one) == ("moveContact", {})


async def test_who_leaves_for_nowhere_just_leaves(stage: Stage) -> None:
    account = await stage.account()
    one, report = await people(stage, account, 2)
    await line(stage, report, one)
    shown = await stage.do("moveContact", {"contact": one, "account": None, "validFrom": MAR}, JOBS)
    assert shown == {"accounts": {"edges": []}}
    assert (await stage.edges(report, "REPORTS_TO"))[0][2]["validTo"] == MAR


async def test_who_had_no_job_begins_one(stage: Stage) -> None:
    one, account = await stage.contact(), await stage.account()
    await stage.do("moveContact", {"contact": one, "account": account, "validFrom": JAN, "jobTitle": "First"})
    assert await stage.edges(one, "WORKS_AT") == [
        (one, account, {"isPrimary": True, "jobTitle": "First", "validFrom": JAN})
    ]


async def test_which_of_several_jobs_is_left_must_be_clear(stage: Stage) -> None:
    first, second, new = [await stage.account() for _ in range(3)]
    one = await stage.contact(first, isPrimary=False)
    await stage.write(
        """MATCH (n:Contact {uid: $one}), (a:Account {uid: $second}) CREATE (n)-[:WORKS_AT {createdAt: datetime()}]->(a)
        RETURN n.uid""",
        one=one, second=second,
    )  # fmt: skip
    assert await stage.refuse("moveContact", {"contact": one, "account": new}) == "CONFLICT"
    assert await stage.refuse("moveContact", {"contact": one, "account": second, "from": first}) == "CONFLICT"
    await stage.do("moveContact", {"contact": one, "account": new, "from": second, "validFrom": MAR})
    left = {end: "validTo" in edge for _, end, edge in await stage.edges(one, "WORKS_AT")}
    assert left == {first: False, second: True, new: False}


async def test_there_is_one_main_job(stage: Stage) -> None:
    main, side, new = [await stage.account() for _ in range(3)]
    one = await stage.contact(main)
    await stage.write(
        """MATCH (n:Contact {uid: $one}), (a:Account {uid: $side})
        CREATE (n)-[:WORKS_AT {isPrimary: false, createdAt: datetime()}]->(a) RETURN n.uid""",
        one=one, side=side,
    )  # fmt: skip
    given = {"contact": one, "account": new, "from": side, "isPrimary": True}
    assert await stage.refuse("moveContact", given) == "CONFLICT"


async def test_a_move_cannot_come_before_what_is_on_record(stage: Stage) -> None:
    account, new = await stage.account(), await stage.account()
    one = await stage.contact(account, validFrom=MAR)
    assert await stage.refuse("moveContact", {"contact": one, "account": new, "validFrom": FEB}) == "CONFLICT"


async def test_unknown_people_and_places_are_not_found(stage: Stage) -> None:
    account, other = await stage.account(), await stage.account()
    one = await stage.contact(account)
    assert await stage.refuse("moveContact", {"contact": "nobody", "account": account}) == "NOT_FOUND"
    assert await stage.refuse("moveContact", {"contact": one, "account": "nowhere"}) == "NOT_FOUND"
    assert await stage.refuse("moveContact", {"contact": one, "account": other, "from": "nowhere"}) == "NOT_FOUND"
    assert await stage.refuse("moveContact", {"contact": one, "account": other, "from": other}) == "CONFLICT"
    assert await stage.refuse("moveContact", {"contact": await stage.contact()}) == "CONFLICT"
