"""The data of the questions as rows of the tables of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.questions.world import NOW, QuestionWorld

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the columns that are written."""

    name: str
    columns: list[str]
    rows: Callable[[QuestionWorld], Iterator[Row]]


def _numbers(world: QuestionWorld) -> dict[str, int]:
    """The keys of the parties: accounts, then people, then users."""
    uids = (
        *map(world.account, range(world.accounts)),
        *map(world.contact, range(world.contacts)),
        *map(world.user, range(world.users)),
    )
    return {uid: number for number, uid in enumerate(uids)}


def _parties(world: QuestionWorld) -> Iterator[Row]:
    for uid, number in _numbers(world).items():
        yield number, uid, uid.startswith("user")


def _accounts(world: QuestionWorld) -> Iterator[Row]:
    for number, (row, parent) in enumerate(zip(world.account_rows(), world.parents, strict=True)):
        yield number, *row.values(), parent if parent >= 0 else None


def _contacts(world: QuestionWorld) -> Iterator[Row]:
    first = world.accounts
    for number, row in enumerate(world.contact_rows()):
        manager = first + (number - 1) // 7 if 1 <= number < world.chart else None
        values = (value for name, value in row.items() if name != "fullName")
        yield first + number, *values, world.employer(number), manager


def _sellers(world: QuestionWorld) -> Iterator[Row]:
    first = world.accounts + world.contacts
    for number, row in enumerate(world.user_rows()):
        yield first + number, row["uid"], row["name"]


def _deals(world: QuestionWorld) -> Iterator[Row]:
    for number, row in enumerate(world.deal_rows()):
        values = (row["estimatedValue"], row.get("actualValue"), row["estimatedValueCurrency"])
        probability, account = row["closeProbability"], world.deal_account(number)
        yield number, row["uid"], row["name"], row["state"], probability, account, *values


def _calls(world: QuestionWorld) -> Iterator[Row]:
    for number, row in enumerate(world.call_rows()):
        yield number, row["uid"], "PHONE_CALL", row["subject"], row["startedAt"], row["status"]


def _participations(world: QuestionWorld) -> Iterator[Row]:
    for number in range(world.calls):
        yield number, world.accounts + number % world.contacts, "TO"


def _ties(world: QuestionWorld) -> Iterator[Row]:
    numbers = _numbers(world)
    for start, end, values in world.tie_rows():
        sums = (values[name] for name in ("both", "meetings", "calls", "firstAt", "lastAt"))
        yield numbers[start], numbers[end], *sums


_PARTY = ["id", "uid", "name"]
TABLES = (
    Table("party", ["id", "uid", "is_user"], _parties),
    Table(
        "account",
        [*_PARTY, "account_number", "relationship", "industry", "city", "country", "parent_id"],
        _accounts,
    ),
    Table(
        "contact",
        [*_PARTY, "first_name", "last_name", "job_title", "department", "email_address1", "mobile_phone", "city",
         "country", "account_id", "manager_id"],
        _contacts,
    ),
    Table("seller", _PARTY, _sellers),
    Table(
        "opportunity",
        [*_PARTY, "state", "close_probability", "account_id", "estimated_value", "actual_value", "currency"],
        _deals,
    ),
    Table("activity", ["id", "uid", "kind", "subject", "started_at", "status"], _calls),
    Table("participation", ["activity_id", "party_id", "role"], _participations),
    Table("tie", ["start_id", "end_id", "worth", "meetings", "calls", "first_at", "last_at"], _ties),
)  # fmt: skip

FINISH = """
CREATE SCHEMA bench;
CREATE TABLE bench.written AS SELECT max(id) AS last FROM activity;
SELECT setval(pg_get_serial_sequence('activity', 'id'), (SELECT last FROM bench.written));
"""

RESTORE = f"""
DELETE FROM participation WHERE activity_id > (SELECT last FROM bench.written);
DELETE FROM tie WHERE first_at > '{NOW.isoformat()}';
DELETE FROM activity WHERE id > (SELECT last FROM bench.written);
"""
