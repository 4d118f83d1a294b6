"""The data of the questions: a tree of accounts with deals, a chart, ties and calls; the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_REGIONS, _GROUPS, _UNITS, _LEAVES = 21, 15, 15, 20
_STATES = ("OPEN", "WON", "OPEN", "LOST", "WON", "OPEN", "LOST", "WON", "OPEN", "LOST")
_PRIME = 1_000_003


@dataclass(frozen=True)
class QuestionWorld:
    """A million records at scale 1.

    One tree has a root, regions, 15 groups in each region and 316 accounts in each group: 99,562 accounts with 21
    regions. Other accounts have no parent; the first of them has the people of the large chart.
    """

    scale: float = 1.0

    @cached_property
    def regions(self) -> int:
        """The number of regions below the root."""
        return max(1, round(_REGIONS * self.scale))

    @cached_property
    def tree(self) -> int:
        """The number of accounts of the forest's large tree."""
        return 1 + self.regions * (1 + _GROUPS * (1 + _UNITS * (1 + _LEAVES)))

    @cached_property
    def accounts(self) -> int:
        """The number of accounts."""
        return self.tree + round(2_438 * self.scale)

    @cached_property
    def deals(self) -> int:
        """The number of opportunities."""
        return round(330_000 * self.scale)

    @cached_property
    def chart(self) -> int:
        """The number of people in the large org chart; they are the first contacts."""
        return round(10_000 * self.scale)

    @cached_property
    def contacts(self) -> int:
        """The number of people."""
        return round(150_000 * self.scale)

    @cached_property
    def users(self) -> int:
        """The number of users."""
        return round(1_000 * self.scale)

    @cached_property
    def calls(self) -> int:
        """The number of phone calls."""
        return round(417_000 * self.scale)

    @cached_property
    def ties(self) -> int:
        """The number of ties."""
        return round(100_000 * self.scale)

    @cached_property
    def records(self) -> int:
        """The number of all records."""
        return self.accounts + self.contacts + self.users + self.deals + self.calls

    def account(self, number: int) -> str:
        """The id of an account."""
        return f"account{number:017d}"

    def contact(self, number: int) -> str:
        """The id of a person."""
        return f"contact{number:017d}"

    def user(self, number: int) -> str:
        """The id of a user."""
        return f"user{number:020d}"

    @cached_property
    def parents(self) -> list[int]:
        """The parent of each account, -1 without one; parents come before their children."""
        found, levels = [-1], [0]
        for width in (self.regions, _GROUPS, _UNITS, _LEAVES):
            below = []
            for parent in levels:
                for _ in range(width):
                    below.append(len(found))
                    found.append(parent)
            levels = below
        return found + [-1] * (self.accounts - len(found))

    def account_rows(self) -> Iterator[dict[str, Any]]:
        """The properties of the accounts."""
        for n in range(self.accounts):
            yield {
                "uid": self.account(n),
                "name": f"Company {n * 7_919 % _PRIME:07d}",
                "accountNumber": f"A-{n:07d}",
                "relationship": "CUSTOMER",
                "industry": f"Industry {n % 12:02d}",
                "city": f"City {n % 97:02d}",
                "country": f"Country {n % 31:02d}",
            }

    def contact_rows(self) -> Iterator[dict[str, Any]]:
        """The properties of the people."""
        for n in range(self.contacts):
            first, last = f"Given{n % 311:03d}", f"Family{n:07d}"
            yield {
                "uid": self.contact(n),
                "name": f"{first} {last}",
                "fullName": f"{first} {last}",
                "firstName": first,
                "lastName": last,
                "jobTitle": self.title(n),
                "department": f"Department {n % 9}",
                "emailAddress1": f"person{n:07d}@company.example",
                "mobilePhone": f"+99 555 {n:07d}",
                "city": f"City {n % 97:02d}",
                "country": f"Country {n % 31:02d}",
            }

    def title(self, contact: int) -> str:
        """The job title of a person."""
        return "Chief Financial Officer" if contact % 997 == 5 else f"Title {contact % 41:02d}"

    def user_rows(self) -> Iterator[dict[str, Any]]:
        """The properties of the users."""
        for n in range(self.users):
            yield {"uid": self.user(n), "name": f"Seller {n:05d}", "fullName": f"Seller {n:05d}"}

    def deal_account(self, n: int) -> int:
        """The account of an opportunity."""
        return n * 31 % self.accounts

    def deal_rows(self) -> Iterator[dict[str, Any]]:
        """The properties of the opportunities."""
        for n in range(self.deals):
            state = _STATES[n % 10]
            row: dict[str, Any] = {
                "uid": f"opportunity{n:013d}",
                "name": f"Deal {n:07d}",
                "state": state,
                "closeProbability": n % 101,
            }
            cents = (n * 7_919 % _PRIME) * 100 + n % 100
            row |= _money("estimatedValue", cents)
            if state == "WON":
                row |= _money("actualValue", cents + 1)
            yield row

    def call_rows(self) -> Iterator[dict[str, Any]]:
        """The properties of the phone calls."""
        for n in range(self.calls):
            yield {
                "uid": f"phonecall{n:015d}",
                "subject": f"Call {n:07d} about item {n % 5003}",
                "startedAt": NOW - timedelta(minutes=n * 7_919 % _PRIME),
                "status": "COMPLETED",
            }

    def nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All nodes by label."""
        for label, rows in (
            ("Account", self.account_rows()),
            ("Contact", self.contact_rows()),
            ("User", self.user_rows()),
            ("Opportunity", self.deal_rows()),
            ("PhoneCall", self.call_rows()),
        ):
            for row in rows:
                yield label, {**row, "createdAt": NOW, "modifiedAt": NOW}

    @cached_property
    def employer_start(self) -> int:
        """The account of the large chart: the first without a parent."""
        return self.tree

    def employer(self, contact: int) -> int:
        """The account of a contact: the one of the chart, accounts without a parent, then the tree."""
        if contact < self.chart:
            return self.employer_start
        return (contact - self.chart + self.employer_start + 1) % self.accounts

    @cached_property
    def reach(self) -> int:
        """The number of people who may have ties; they are the first contacts."""
        return min(self.contacts, max(50, round(19_000 * self.scale)))

    def tie_ends(self) -> Iterator[tuple[str, str]]:
        """The ends of the ties, each pair once."""
        seen: set[tuple[str, str]] = set()
        n = 0
        reach = self.reach
        while len(seen) < self.ties:
            n += 1
            a, b = n * 7_919 % 104_729, n * 15_485_863 % 1_299_709
            kind = n % 20
            if kind == 0:
                one, other = sorted((self.user(a % self.users), self.user(b % self.users)))
            elif kind < 13:
                one, other = self.user(a % self.users), self.contact(b % reach)
            else:
                one, other = sorted((self.contact(a % reach), self.contact(b % reach)))
            if one != other and (one, other) not in seen:
                seen.add((one, other))
                yield one, other

    def tie_rows(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The ties: their ends and their properties."""
        for n, (one, other) in enumerate(self.tie_ends()):
            at = NOW - timedelta(days=n % 300)
            yield one, other, {
                "both": 1.0 + n % 50,
                "in": 0.0,
                "out": 0.0,
                "meetings": 1,
                "calls": n % 3,
                "inCount": 0,
                "outCount": 0,
                "firstAt": at,
                "lastAt": at,
                "asOf": at,
                "modelVersion": 1,
            }  # fmt: skip

    def edges(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """All relationships: type, start, end and properties."""
        made = {"createdAt": NOW}
        for n, parent in enumerate(self.parents):
            if parent >= 0:
                yield "CHILD_OF", self.account(n), self.account(parent), {**made, "hierarchy": "CRM"}
        for n in range(self.contacts):
            values = {**made, "jobTitle": self.title(n), "isPrimary": n % 5 == 0}
            yield "WORKS_AT", self.contact(n), self.account(self.employer(n)), values
        for n in range(1, self.chart):
            yield "REPORTS_TO", self.contact(n), self.contact((n - 1) // 7), {**made, "kind": "SOLID"}
        for n in range(self.deals):
            yield "FOR_ACCOUNT", f"opportunity{n:013d}", self.account(self.deal_account(n)), made
        for n in range(self.calls):
            contact = self.contact(n % self.contacts)
            yield "PARTICIPATED_IN", contact, f"phonecall{n:015d}", {**made, "role": "TO", "sourceKey": "TO"}
        for one, other, values in self.tie_rows():
            yield "KNOWS", one, other, {**made, **values}


def _money(name: str, cents: int) -> dict[str, Any]:
    return {name: cents, f"{name}Currency": "USD", f"{name}Base": cents}
