"""Small random groups with people, roles and activities: in the database, and answered by brute force."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from algorithms.strength import strength
from graph.store import Store
from graph.ties import refresh
from tests.graph.ties.world import NOW, Happening, World, call, mail, meeting, worked_out

K = 1.15
ROLES = {"DECISION_MAKER": 3, "Champion": 3, "Influencer": 2, "decides": 3, "USER": None, "Gatekeeper": None}

ROWS = """UNWIND $accounts AS uid
CREATE (:Account:Party:Record {uid: uid, name: uid, relationship: 'CUSTOMER', createdAt: $now})
WITH count(*) AS made
CALL () { UNWIND $lines AS line MATCH (c:Record {uid: line[0]}), (p:Record {uid: line[1]})
  CREATE (c)-[:CHILD_OF {hierarchy: 'CRM', validFrom: line[2], validTo: line[3]}]->(p) }
CALL () { UNWIND $jobs AS job MATCH (a:Record {uid: job.account}), (c:Record {uid: job.contact})
  CREATE (c)-[:WORKS_AT {roles: job.roles, validFrom: job.since, validTo: job.until}]->(a) }
CALL () { UNWIND $deals AS deal MATCH (a:Record {uid: deal.account})
  CREATE (o:Opportunity:Record {uid: deal.uid, name: deal.uid, state: deal.state, openedOn: date(deal.opened),
    actualCloseDate: date(deal.closed)})
  CREATE (o)-[:FOR_ACCOUNT]->(a) }
CALL () { UNWIND $parts AS part MATCH (r:Record {uid: part.record}), (c:Record {uid: part.contact})
  CREATE (c)-[:PLAYS_ROLE_IN {role: part.role, validFrom: part.since, validTo: part.until}]->(r) }
RETURN made"""


class FixedClock(datetime):
    """A clock that stands still at NOW."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The same timestamp for all requests."""
        return NOW.astimezone(tz)


def valid(since: datetime | None, until: datetime | None, at: datetime) -> bool:
    """Whether a period contains a time."""
    return (since is None or since <= at) and (until is None or at < until)


@dataclass
class SmallGroup:
    """Accounts, jobs, deals and what happened; all ids begin with the mark of the world."""

    world: World
    accounts: list[str]
    lines: list[list[Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    deals: list[dict[str, Any]] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def members(self, account: str, at: datetime) -> set[str]:
        """The account and everything below it."""
        found = {account}
        while more := {
            child
            for child, parent, since, until in self.lines
            if parent in found and child not in found and valid(since, until, at)
        }:
            found |= more
        return found

    def people(self, accounts: set[str], at: datetime) -> dict[str, int | None]:
        """The people of the accounts with their weights."""
        roles: dict[str, list[str]] = {}
        for job in self.jobs:
            if job["account"] in accounts and valid(job["since"], job["until"], at):
                roles.setdefault(job["contact"], []).extend(job["roles"] or [])
        day = at.date().isoformat()
        records = accounts | {
            deal["uid"]
            for deal in self.deals
            if deal["account"] in accounts
            and (deal["state"] == "OPEN" or (deal["closed"] or "") > day)
            and (deal["opened"] or "") <= day
        }
        for part in self.parts:
            if part["record"] in records and valid(part["since"], part["until"], at):
                roles.setdefault(part["contact"], []).append(part["role"])
        return {one: max((ROLES[role] or 0 for role in found), default=0) or None for one, found in roles.items()}

    def strengths(self, at: datetime) -> dict[str, dict[str, float]]:
        """The strength of every tie at a time, for both parties, from the activities up to then."""
        then = [one for one in self.happenings if one.at is not None and one.at <= at]
        found: dict[str, dict[str, float]] = {one: {} for one in self.world.people + self.accounts}
        for (one, other), sums in worked_out(then, self.world.users).items():
            score = strength(sums, at, K).score
            found[one][other] = found[other][one] = score
        return found

    def best(self, at: datetime) -> dict[str, tuple[float, str]]:
        """The strongest tie of each contact to a user, and the user."""
        users = set(self.world.users)
        ties = {
            one: [(-value, other) for other, value in of.items() if other in users]
            for one, of in self.strengths(at).items()
        }
        return {one: (-min(of)[0], min(of)[1]) for one, of in ties.items() if of}

    def employed(self, accounts: set[str], at: datetime) -> set[str]:
        """The people who work at any of the accounts."""
        return {
            job["contact"] for job in self.jobs if job["account"] in accounts and valid(job["since"], job["until"], at)
        }

    def spoke(self, parties: set[str], at: datetime) -> datetime | None:
        """When one of the parties, or somebody who then worked there, last attended a meeting or a call, or wrote."""
        found = [
            one.at
            for one in self.happenings
            if one.counts and one.at is not None and one.at <= at
            for uid, role in one.parts
            if uid in parties | self.employed(parties, one.at) and (role == "FROM" or one.label != "Email")
        ]
        return max(found, default=None)


def _happening(source: random.Random, parties: list[str]) -> Happening:
    made = source.choice((meeting, call, mail, mail))
    return made(source.uniform(-5, 400), *source.sample(parties, min(len(parties), source.randint(2, 4))))


async def small_group(store: Store, seed: int) -> SmallGroup:
    """Writes a random group, and computes its ties as an import does."""
    source = random.Random(seed)
    world = await World(store, users=3, contacts=source.randint(1, 7)).make()
    accounts = [f"{world.mark}-a{number}" for number in range(source.randint(1, 5))]
    group = SmallGroup(world, accounts)

    def moment() -> datetime | None:
        return source.choice([None, None, NOW - timedelta(days=source.randint(10, 300))])

    for at in range(1, len(accounts)):
        group.lines.append([accounts[at], accounts[source.randrange(at)], moment(), None])
    for contact in world.contacts:
        for account in source.sample(accounts, min(len(accounts), source.choice((0, 1, 1, 1, 2)))):
            roles = source.choice([None, [], *([one] for one in ROLES), ["USER", "Influencer"]])
            since, until = source.choice([(None, None), (moment(), None), (None, moment())])
            group.jobs.append({"contact": contact, "account": account, "roles": roles, "since": since, "until": until})
    for number in range(source.randint(0, 4)):
        state = source.choice(("OPEN", "OPEN", "WON"))
        opened, closed = ((NOW - timedelta(days=days)).date().isoformat() for days in (200, source.randint(20, 150)))
        uid = f"{world.mark}-o{number}"
        closing = None if state == "OPEN" else closed
        group.deals.append(
            {"uid": uid, "account": source.choice(accounts), "state": state, "opened": opened, "closed": closing}
        )
    for _ in range(source.randint(0, 4)):
        record = source.choice([*accounts, *(deal["uid"] for deal in group.deals)])
        part = {"record": record, "contact": source.choice(world.contacts), "role": source.choice(list(ROLES))}
        group.parts.append({**part, "since": moment(), "until": None})
    group.happenings = [_happening(source, world.people + accounts[:1]) for _ in range(source.randint(0, 25))]
    await world.write(
        ROWS, accounts=accounts, lines=group.lines, jobs=group.jobs, deals=group.deals, parts=group.parts, now=NOW
    )
    uids = await world.happen(group.happenings)
    if uids:
        await refresh.refresh(store.writes, uids, now=NOW)
    return group
