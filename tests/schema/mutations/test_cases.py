"""Cases: their numbers, and how they are closed and opened again."""

from __future__ import annotations

import asyncio
import re

from tests.schema.mutations.stage import JAN, Stage

NUMBER = re.compile(r"CAS-(\d{5,})-(\d\d)")


async def number(stage: Stage, **given: str) -> str:
    """The ticket number of a new case."""
    shown = await stage.do("createCase", {"title": "Help", **given}, "ticketNumber")
    return str(shown["ticketNumber"])


def digits(text: str) -> tuple[int, int]:
    """The number and its check digits."""
    found = NUMBER.fullmatch(text)
    assert found is not None, text
    return int(found[1]), int(found[2])


def ticket(count: int) -> str:
    """A ticket number with its check digits."""
    return f"CAS-{count:05}-{98 - count * 100 % 97:02}"


async def test_cases_that_are_created_at_once_get_different_numbers(stage: Stage) -> None:
    first, _ = digits(await number(stage))
    found = sorted([digits(text) for text in await asyncio.gather(*(number(stage) for _ in range(6)))])
    assert [count for count, _ in found] == [first + step for step in range(1, 7)]
    assert all((count * 100 + check) % 97 == 1 for count, check in found)


async def test_a_number_that_somebody_chose_is_kept_and_skipped(stage: Stage) -> None:
    first, _ = digits(await number(stage))
    taken = [ticket(first + 1), ticket(first + 2)]
    assert [await number(stage, ticketNumber=one) for one in taken] == taken
    assert await number(stage) == ticket(first + 3)
    assert await number(stage) == ticket(first + 4)
    assert await stage.refuse("createCase", {"title": "Help", "ticketNumber": taken[0]}) == "CONFLICT"


async def test_a_number_grows_beyond_five_digits(stage: Stage) -> None:
    await number(stage)
    text = "MATCH (s:Sequence {name: 'Case.ticketNumber'}) SET s.value = s.value + 123455 RETURN s.value"
    await stage.write(text)
    assert digits(await number(stage))[0] > 123_455
    await stage.write("MATCH (s:Sequence {name: 'Case.ticketNumber'}) SET s.value = s.value - 123455 RETURN s.value")


async def test_the_event_records_the_number(stage: Stage) -> None:
    shown = await stage.do("createCase", {"title": "Help"}, "id ticketNumber")
    assert await stage.last(shown["id"]) == (
        "createCase",
        {"title": (None, "Help"), "ticketNumber": (None, shown["ticketNumber"]), "state": (None, "ACTIVE")},
    )


async def test_a_case_is_resolved_and_opened_again(stage: Stage) -> None:
    uid = (await stage.do("createCase", {"title": "Help"}))["id"]
    shows = "state status resolvedAt"
    shown = await stage.do("resolveCase", {"case": uid, "resolvedAt": JAN}, shows)
    assert shown == {"state": "RESOLVED", "status": "PROBLEM_SOLVED", "resolvedAt": JAN}
    assert await stage.refuse("updateCase", {"status": "ON_HOLD"}, uid) == "CONFLICT"
    assert await stage.refuse("resolveCase", {"case": uid, "status": "ON_HOLD"}) == "REFUSED"
    shown = await stage.do("reopenCase", {"case": uid}, shows)
    assert shown == {"state": "ACTIVE", "status": "IN_PROGRESS", "resolvedAt": None}
    assert (await stage.do("updateCase", {"status": "ON_HOLD"}, shows, uid))["status"] == "ON_HOLD"
    assert (await stage.do("cancelCase", {"case": uid, "status": "MERGED"}, shows))["status"] == "MERGED"
