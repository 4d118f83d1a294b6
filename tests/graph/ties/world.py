"""Small histories of activities: written to the database, and worked out by the pure algorithm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from algorithms import interactions
from algorithms import ties as pure
from algorithms.strength import Sums
from graph.identity import new_uid
from graph.query.tie_formula import USUAL, Formula
from graph.store import Bound, Statement, Store

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE_AGO = 1 / 1440


@dataclass(frozen=True, slots=True)
class Happening:
    """An activity: its label, how many days before NOW, who in which roles, and its status."""

    label: str
    days_ago: float | None
    parts: tuple[tuple[str, str], ...]
    status: str = "COMPLETED"

    @property
    def at(self) -> datetime | None:
        """When it began, to the millisecond."""
        return None if self.days_ago is None else NOW - timedelta(milliseconds=round(self.days_ago * 86_400_000))

    @property
    def counts(self) -> bool:
        """Whether it is one that ties people."""
        return (
            self.label in interactions.KINDS and self.status == "COMPLETED" and self.at is not None and self.at <= NOW
        )


def meeting(days_ago: float, *people: str) -> Happening:
    """A meeting that the first one called."""
    return Happening(
        "Appointment", days_ago, tuple((one, "REQUIRED" if at else "ORGANIZER") for at, one in enumerate(people))
    )


def mail(days_ago: float, *people: str) -> Happening:
    """A mail from the first one to the others."""
    return Happening("Email", days_ago, tuple((one, "TO" if at else "FROM") for at, one in enumerate(people)))


def call(days_ago: float, *people: str) -> Happening:
    """A call by the first one."""
    return Happening("PhoneCall", days_ago, tuple((one, "TO" if at else "FROM") for at, one in enumerate(people)))


def worked_out(
    happenings: Iterable[Happening], users: Sequence[str], formula: Formula = USUAL
) -> dict[tuple[str, str], Sums]:
    """The ties those activities make, by the pure algorithm."""
    weights = interactions.Weights(
        formula.weights["Appointment"], formula.weights["PhoneCall"], formula.weights["Email"]
    )
    activities = [
        interactions.Activity(
            interactions.KINDS[one.label],
            one.at,
            tuple(interactions.Participant(uid, role, uid in users) for uid, role in one.parts),
        )
        for one in happenings
        if one.counts and one.at is not None
    ]
    return pure.from_activities(activities, formula.half_life_days, weights)


def assert_same(found: Mapping[tuple[str, str], Sums], expected: Mapping[tuple[str, str], Sums]) -> None:
    """The same ties: counts and moments exactly, sums to 1e-9."""
    assert found.keys() == expected.keys()
    for pair, one in expected.items():
        other = found[pair]
        for name in ("meetings", "calls", "in_count", "out_count", "first_at", "last_at", "as_of"):
            assert getattr(other, name) == getattr(one, name), (pair, name)
        for name in ("both", "inbound", "outbound"):
            close = math.isclose(getattr(other, name), getattr(one, name), rel_tol=1e-9, abs_tol=1e-300)
            assert close, (pair, name, other, one)


def summed(row: Mapping[str, Any]) -> Sums:
    """A stored tie as the pure algorithm knows it."""
    return Sums(
        row["both"], row["in"], row["out"], row["meetings"], row["calls"], row["inCount"], row["outCount"],
        row["firstAt"] / 1000, row["lastAt"] / 1000, row["asOf"] / 1000,
    )  # fmt: skip


class World:
    """People and what happens between them, in the database; everything goes when it is cleared."""

    def __init__(self, store: Store, users: int, contacts: int, first: str = "") -> None:
        self.store = store
        self.mark = first + new_uid()[:8]
        self.users = [f"{self.mark}-u{number:03}" for number in range(users)]
        self.contacts = [f"{self.mark}-c{number:03}" for number in range(contacts)]
        self.people = self.users + self.contacts

    async def make(self) -> World:
        """Writes the people."""
        for label, uids in (("User", self.users), ("Contact", self.contacts)):
            await self.write(
                "UNWIND $uids AS uid CREATE (one:$($label):Party:Record {uid: uid, name: uid})", uids=uids, label=label
            )
        return self

    async def write(self, text: LiteralString, **parameters: Any) -> Any:
        """Changes the database."""
        return await self.store.writes.change(Statement("test", text).bind(**parameters))

    def creation(self, happening: Happening, uid: str) -> Bound:
        """The statement that writes an activity and who took part, in the order given."""
        return Statement(
            "test.creation",
            """CREATE (activity:$($label):Activity:Record {uid: $uid, status: $status, startedAt: $at})
            WITH activity UNWIND $parts AS part
            MATCH (party:Record {uid: part[0]})
            CREATE (party)-[:PARTICIPATED_IN {role: part[1]}]->(activity)
            RETURN count(*) AS made""",
        ).bind(
            label=happening.label,
            uid=uid,
            status=happening.status,
            at=happening.at,
            parts=[list(one) for one in happening.parts],
        )

    async def happen(self, happenings: Iterable[Happening]) -> list[str]:
        """Writes activities as an import would, without their ties; gives their uids."""
        uids = []
        for one in happenings:
            uids.append(self.mark + new_uid())
            await self.store.writes.change(self.creation(one, uids[-1]))
        return uids

    async def ties(self) -> dict[tuple[str, str], Sums]:
        """The ties that run from its people."""
        rows = await self.store.reads.records(
            Statement(
                "test.ties",
                """MATCH (start:Party)-[tie:KNOWS]->(end:Party) WHERE start.uid STARTS WITH $mark
                RETURN start.uid AS start, end.uid AS end, tie{.both, .in, .out, .meetings, .calls, .inCount, .outCount,
                  firstAt: tie.firstAt.epochMillis, lastAt: tie.lastAt.epochMillis,
                  asOf: tie.asOf.epochMillis} AS tie""",
            ).bind(mark=self.mark)
        )
        assert len({(row["start"], row["end"]) for row in rows}) == len(rows)
        return {(row["start"], row["end"]): summed(row["tie"]) for row in rows}

    async def clear(self) -> None:
        """Removes its people and what happened."""
        await self.write("MATCH (one:Record) WHERE one.uid STARTS WITH $mark DETACH DELETE one", mark=self.mark)
