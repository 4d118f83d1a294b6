"""Mutations at the same time: rules hold whoever comes first, and nobody is turned away for being in the way."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from graph.identity import new_uid
from graph.ties import refresh
from tests.schema.mutations.stage import Stage

CYCLES = """MATCH (n:Record)
WHERE n.uid IN $uids AND EXISTS { (n) (()-[e:CHILD_OF|REPORTS_TO WHERE e.validTo IS NULL]->())+ (n) }
RETURN count(n)"""
AT_ONCE = 10


async def records(stage: Stage, label: str, count: int, more: str = "Party") -> list[str]:
    """The ids of new records, written without mutations."""
    made: list[str] = await stage.write(
        """UNWIND $uids AS uid CREATE (n:$($labels) {uid: uid, name: uid, state: 'OPEN', createdAt: datetime(),
          modifiedAt: datetime()}) RETURN collect(n.uid)""",
        uids=[new_uid() for _ in range(count)],
        labels=[label, more, "Record"],
    )
    return made


def codes(bodies: list[dict[str, Any]]) -> list[str]:
    """How mutations ended: OK, or the code of the error."""
    return sorted("OK" if "errors" not in one else one["errors"][0]["extensions"]["code"] for one in bodies)


async def both(stage: Stage, mutation: str, one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """How two inputs of a mutation end that are sent at the same time."""
    return codes(list(await asyncio.gather(stage.answer(mutation, one), stage.answer(mutation, other))))


async def test_of_two_parents_that_would_make_a_cycle_one_wins_a_hundred_times(stage: Stage) -> None:
    accounts = await records(stage, "Account", 200)
    free = asyncio.Semaphore(AT_ONCE)

    async def race(one: str, other: str) -> list[str]:
        async with free:
            return await both(
                stage, "reparentAccount", {"account": one, "parent": other}, {"account": other, "parent": one}
            )

    ends = await asyncio.gather(*(race(one, other) for one, other in zip(accounts[::2], accounts[1::2], strict=True)))
    assert ends == [["CONFLICT", "OK"]] * 100
    assert await stage.see(CYCLES, uids=accounts) == 0
    edges = await stage.see(
        "MATCH (n:Account)-[e:CHILD_OF]->() WHERE n.uid IN $uids AND e.validTo IS NULL RETURN count(e)", uids=accounts
    )
    assert edges == 100


async def test_a_ring_of_moves_never_closes(stage: Stage) -> None:
    for _ in range(10):
        ring = await records(stage, "Account", 5)
        moves = [{"account": one, "parent": ring[(at + 1) % 5]} for at, one in enumerate(ring)]
        random.shuffle(moves)
        ends = codes(list(await asyncio.gather(*(stage.answer("reparentAccount", move) for move in moves))))
        assert ends == ["CONFLICT", "OK", "OK", "OK", "OK"]
        assert await stage.see(CYCLES, uids=ring) == 0


async def test_of_two_managers_that_would_make_a_cycle_one_wins(stage: Stage) -> None:
    for _ in range(20):
        one, other = await records(stage, "Contact", 2)
        ends = await both(stage, "setManager", {"contact": one, "manager": other}, {"contact": other, "manager": one})
        assert ends == ["CONFLICT", "OK"]
        assert await stage.see(CYCLES, uids=[one, other]) == 0


async def test_of_two_plain_links_that_would_make_a_cycle_one_wins(stage: Stage) -> None:
    for _ in range(20):
        one, other = await records(stage, "Opportunity", 2, "Record")
        ends = await asyncio.gather(
            stage.answer("updateOpportunity", {"parent": other}, "id", one),
            stage.answer("updateOpportunity", {"parent": one}, "id", other),
        )
        assert codes(list(ends)) == ["CONFLICT", "OK"]


async def test_there_is_one_primary_manager_whoever_assigns(stage: Stage) -> None:
    (account,) = await records(stage, "Account", 1)
    users = await records(stage, "User", 20)
    given = [{"account": account, "user": user} for user in users]
    ends = codes(list(await asyncio.gather(*(stage.answer("assignManager", one) for one in given))))
    assert set(ends) <= {"CONFLICT", "OK"}
    assert "OK" in ends
    edges = [edge for _, _, edge in await stage.edges(account, "MANAGES")]
    assert len(edges) == ends.count("OK")
    spans = sorted((edge["validFrom"], edge.get("validTo", "9")) for edge in edges)
    assert [until for _, until in spans[:-1]] == [since for since, _ in spans[1:]]
    assert [end for _, end in spans].count("9") == 1


async def test_a_hundred_activities_at_once_all_count(stage: Stage) -> None:
    rng = random.Random(1)
    users, contacts = await records(stage, "User", 3), await records(stage, "Contact", 4)
    people = users + contacts
    (account,) = await records(stage, "Account", 1)

    def happened() -> dict[str, Any]:
        kind = rng.choice(["Email", "PhoneCall", "Appointment"])
        who = rng.sample(people, rng.randint(2, 5))
        roles = ["FROM", *["TO"] * 4] if kind != "Appointment" else ["ORGANIZER", *["REQUIRED"] * 4]
        parts = [{"party": one, "role": role} for one, role in zip(who, roles, strict=False)]
        started = f"2026-0{rng.randint(1, 6)}-{rng.randint(10, 28)}T10:00:00Z"
        about = rng.choice([account, *contacts])
        return {"kind": kind, "startedAt": started, "participants": parts, "regarding": about}

    ends = await asyncio.gather(*(stage.answer("logActivity", happened()) for _ in range(100)))
    assert codes(list(ends)) == ["OK"] * 100
    counted = await stage.see(
        "MATCH (p:Party)-[t:KNOWS]->() WHERE p.uid IN $uids RETURN sum(t.meetings + t.calls + t.inCount + t.outCount)",
        uids=people,
    )
    assert counted > 100
    done = await refresh.refresh_parties(stage.store.writes, people)
    assert (done.created, done.changed, done.removed) == (0, 0, 0)


async def test_verbs_about_the_same_few_records_do_not_turn_each_other_away(stage: Stage) -> None:
    rng = random.Random(2)
    accounts, users = await records(stage, "Account", 3), await records(stage, "User", 2)
    people = [await stage.contact(rng.choice(accounts)) for _ in range(5)]
    deals = await records(stage, "Opportunity", 2, "Record")

    def some() -> tuple[str, dict[str, Any], str | None]:
        one, other = rng.sample(people, 2)
        account = rng.choice(accounts)
        parts = [{"party": party, "role": "REQUIRED"} for party in (one, other, rng.choice(users), account)]
        choices: list[tuple[str, dict[str, Any], str | None]] = [
            ("moveContact", {"contact": one, "account": account}, None),
            ("setManager", {"contact": one, "manager": other}, None),
            ("logActivity", {"kind": "Appointment", "participants": parts, "regarding": other}, None),
            ("updateAccount", {"primaryContact": one, "owner": rng.choice(users)}, account),
            ("updateOpportunity", {"account": account, "contact": other}, rng.choice(deals)),
            ("reparentAccount", {"account": account, "parent": rng.choice([*accounts, None])}, None),
            ("assignManager", {"account": account, "user": rng.choice(users)}, None),
        ]
        return rng.choice(choices)

    mutations = [some() for _ in range(80)]
    bodies = await asyncio.gather(*(stage.answer(mutation, given, "id", uid) for mutation, given, uid in mutations))
    assert set(codes(list(bodies))) <= {"OK", "CONFLICT", "REFUSED"}
    errors = [one["errors"][0]["message"] for one in bodies if "errors" in one]
    assert not [message for message in errors if "getting in the way" in message]
    managers = """CALL () {
      MATCH (n:Contact)-[e:REPORTS_TO]->() WHERE n.uid IN $uids AND e.validTo IS NULL RETURN n, count(e) AS managers
    } RETURN coalesce(max(managers), 0)"""
    assert await stage.see(managers, uids=people) <= 1
    assert await stage.see(CYCLES, uids=[*people, *accounts]) == 0
