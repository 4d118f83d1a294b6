"""The ties of participants follow what becomes of an activity, and equal what the formula says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algorithms.interactions import Activity, Kind, Participant
from algorithms.ties import from_activities
from tests.schema.mutations.stage import FEB, JAN, MAR, SOON, Stage

KINDS = {"Appointment": Kind.MEETING, "PhoneCall": Kind.CALL, "Email": Kind.EMAIL}
COLUMNS = ("both", "in", "out", "meetings", "calls", "inCount", "outCount")


async def stored(stage: Stage, took_part: list[dict[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The stored ties of some participants, by the ids of both ends."""
    rows = await stage.see(
        "MATCH (a)-[tie:KNOWS]->(b) WHERE a.uid IN $uids RETURN collect([a.uid, b.uid, properties(tie)])",
        uids=[one["party"] for one in took_part],
    )
    return {(one, other): tie for one, other, tie in rows}


async def computed(stage: Stage, took_part: list[dict[str, str]]) -> dict[tuple[str, str], Any]:
    """The ties that the formula makes of the completed activities of the participants."""
    rows = await stage.see(
        """CALL () {
          MATCH (a:Activity {status: 'COMPLETED'}) WHERE a.startedAt <= datetime()
          AND EXISTS { MATCH (p)-[:PARTICIPATED_IN]->(a) WHERE p.uid IN $uids }
          RETURN a, COLLECT { MATCH (p)-[took:PARTICIPATED_IN]->(a) RETURN [p.uid, took.role, p:User] } AS people
        }
        RETURN collect([[one IN labels(a) WHERE one IN $kinds][0], a.startedAt.epochMillis / 1000.0, people])""",
        kinds=list(KINDS),
        uids=[one["party"] for one in took_part],
    )
    return from_activities(
        Activity(KINDS[kind], at, tuple(Participant(*one) for one in people)) for kind, at, people in rows if kind
    )


async def check(stage: Stage, took_part: list[dict[str, str]]) -> None:
    """Fails unless the stored ties are those that the formula makes."""
    found, wanted = await stored(stage, took_part), await computed(stage, took_part)
    assert found.keys() == wanted.keys()
    for pair, sums in wanted.items():
        tie = found[pair]
        assert [round(tie[one], 9) for one in COLUMNS] == [
            round(one, 9)
            for one in (
                sums.both,
                sums.inbound,
                sums.outbound,
                sums.meetings,
                sums.calls,
                sums.in_count,
                sums.out_count,
            )
        ]
        last: datetime = tie["lastAt"].to_native()
        assert last.timestamp() == sums.last_at


async def people(stage: Stage) -> list[dict[str, str]]:
    """Three participants, each with a role of a meeting and one of a message."""
    user, one, other = await stage.user(), await stage.contact(), await stage.contact()
    return [
        *({"party": party, "role": "REQUIRED"} for party in (user, one, other)),
        {"party": user, "role": "FROM"},
        {"party": one, "role": "TO"},
    ]


async def test_a_planned_meeting_ties_its_participants_once_it_is_completed(stage: Stage, sent: list[str]) -> None:
    took_part = await people(stage)
    planned = {"kind": "Appointment", "startedAt": SOON, "participants": took_part}
    uid = (await stage.do("logActivity", planned))["id"]
    assert await stored(stage, took_part) == {}
    assert await stage.refuse("completeActivity", {"activity": uid}) == "REFUSED"
    assert await stage.refuse("updateAppointment", {"endedAt": JAN}, uid) == "INVALID"
    before = len(sent)
    await stage.do("completeActivity", {"activity": uid, "startedAt": JAN})
    assert sent[before:] == ["completeActivity"]
    assert len(await stored(stage, took_part)) == 3
    await check(stage, took_part)
    assert await stage.refuse("completeActivity", {"activity": uid}) == "CONFLICT"


async def test_a_corrected_start_moves_the_ties(stage: Stage) -> None:
    took_part = await people(stage)
    held = {"kind": "PhoneCall", "startedAt": FEB, "participants": took_part}
    uid = (await stage.do("logActivity", held))["id"]
    assert await stage.refuse("updatePhoneCall", {"startedAt": SOON}, uid) == "REFUSED"
    await stage.do("updatePhoneCall", {"startedAt": JAN}, uid=uid)
    await check(stage, took_part)
    assert {tie["lastAt"].to_native().month for tie in (await stored(stage, took_part)).values()} == {1}
    assert await stage.last(uid) == ("updatePhoneCall", {"startedAt": (FEB, JAN)})


async def test_a_canceled_activity_leaves_the_ties_that_others_support(stage: Stage) -> None:
    took_part = await people(stage)
    uids = [
        (await stage.do("logActivity", {"kind": kind, "startedAt": at, "participants": took_part}))["id"]
        for kind, at in (("Appointment", JAN), ("PhoneCall", FEB))
    ]
    await stage.do("cancelActivity", {"activity": uids[1]})
    await check(stage, took_part)
    assert {tie["calls"] for tie in (await stored(stage, took_part)).values()} == {0}
    await stage.do("cancelActivity", {"activity": uids[0]})
    assert await stored(stage, took_part) == {}


async def test_a_rescheduled_activity_keeps_its_duration(stage: Stage) -> None:
    held = {"kind": "Appointment", "startedAt": JAN, "endedAt": "2026-01-01T01:30:00Z", "participants": []}
    uid = (await stage.do("logActivity", held))["id"]
    shown = await stage.do("rescheduleActivity", {"activity": uid, "startedAt": MAR}, "status startedAt endedAt")
    assert shown == {"status": "SCHEDULED", "startedAt": MAR, "endedAt": "2026-03-01T01:30:00Z"}
    given = {"activity": uid, "startedAt": MAR, "endedAt": JAN}
    assert await stage.refuse("rescheduleActivity", given) == "INVALID"


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["completeActivity", "cancelActivity", "rescheduleActivity", "move"]),
        st.sampled_from([JAN, FEB, MAR]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_any_changes_of_activities_end_with_the_ties_of_the_formula(
    stage: Stage, steps: list[tuple[int, str, str]]
) -> None:
    took_part = await people(stage)
    kinds = ("Appointment", "PhoneCall", "Email")
    uids = [
        (await stage.do("logActivity", {"kind": kind, "startedAt": FEB, "participants": took_part}))["id"]
        for kind in kinds
    ]
    for which, step, at in steps:
        if step == "move":
            await stage.do(f"update{kinds[which]}", {"startedAt": at}, uid=uids[which])
        else:
            moved = {} if step == "cancelActivity" else {"startedAt": at}
            await stage.answer(step, {"activity": uids[which], **moved})
        await check(stage, took_part)
