"""The benchmark data set: derived from numbers, identical in every run, at any scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.writing import write_rows
from graph import indexes
from graph.bulk.create import edge_row, node_row
from graph.errors import Refused
from graph.store import Statement, Store

SOURCE = "bench"
UNIT = "bench-unit"
USER = "bench-user"
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_CONTACTS = 5
_CALLS = 3

_COUNT = Statement(
    "bench.count",
    "RETURN {accounts: COUNT { (:Account {source: 'bench'}) }, contacts: COUNT { (:Contact {source: 'bench'}) },"
    " calls: COUNT { (:PhoneCall {source: 'bench'}) }, works: COUNT { (:Contact)-[:WORKS_AT]->(:Account) },"
    " parts: COUNT { (:Contact)-[:PARTICIPATED_IN]->(:PhoneCall) }, units: COUNT { (:Record {unitUid: $unit}) },"
    " all: COUNT { MATCH (one:Record) WHERE NOT one:Role }}",  # Kith writes its own roles when it starts
)

# A caller who reads the records of one unit: all of the data set. These nodes are no records, and are not counted.
CALLER = Statement(
    "bench.caller",
    "MERGE (user:User {uid: $user}) MERGE (unit:BusinessUnit {uid: $unit}) MERGE (role:Role {uid: 'bench-role'})\n"
    "SET role.name = 'Reader of a unit', role.grants = ['Record READ UNIT']\n"
    "MERGE (user)-[:IN_UNIT]->(unit) MERGE (user)-[:HAS_ROLE]->(role)\n"
    "RETURN count(*)",
)

_REMOVE = Statement(
    "bench.remove", "MATCH (n:Record {source: 'bench'}) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
)


@dataclass(frozen=True, slots=True)
class World:
    """A data set of accounts, with five contacts per account and three phone calls per contact."""

    accounts: int = 2_000

    @property
    def contacts(self) -> int:
        """The number of contacts."""
        return self.accounts * _CONTACTS

    @property
    def calls(self) -> int:
        """The number of phone calls."""
        return self.contacts * _CALLS

    @property
    def counts(self) -> dict[str, int]:
        """The counts of the complete data set."""
        return {
            "accounts": self.accounts,
            "contacts": self.contacts,
            "calls": self.calls,
            "works": self.contacts,
            "parts": self.calls,
            "units": self.accounts + self.contacts + self.calls,
            "all": self.accounts + self.contacts + self.calls,
        }

    def account(self, number: int) -> dict[str, Any]:
        """Returns the stored properties of an account."""
        return {
            "uid": f"account{number:017d}",
            "name": f"Company {number:07d}",
            "accountNumber": f"A-{number:07d}",
            "relationship": "CUSTOMER",
            "industry": f"Industry {number % 12:02d}",
            "city": f"City {number % 97:02d}",
            "country": f"Country {number % 31:02d}",
            "source": SOURCE,
            "sourceKey": str(number),
        }

    def contact(self, number: int) -> dict[str, Any]:
        """Returns the stored properties of a contact."""
        first, last = f"Given{number % 311:03d}", f"Family{number:07d}"
        return {
            "uid": f"contact{number:017d}",
            "name": f"{first} {last}",
            "fullName": f"{first} {last}",
            "firstName": first,
            "lastName": last,
            "jobTitle": f"Title {number % 41:02d}",
            "department": f"Department {number % 9}",
            "emailAddress1": f"person{number:07d}@company.example",
            "mobilePhone": f"+99 555 {number:07d}",
            "city": f"City {number % 97:02d}",
            "country": f"Country {number % 31:02d}",
            "source": SOURCE,
            "sourceKey": str(number),
        }

    def call(self, number: int) -> dict[str, Any]:
        """Returns the stored properties of a phone call."""
        return {
            "uid": f"phonecall{number:015d}",
            "subject": f"Call {number:07d}",
            "startedAt": _EPOCH + timedelta(minutes=number * 7_919 % 1_000_003),
            "status": "COMPLETED",
            "source": SOURCE,
            "sourceKey": str(number),
        }

    def contacts_of(self, account: int) -> list[int]:
        """Returns the numbers of an account's contacts, ordered by uid."""
        return [account + self.accounts * turn for turn in range(_CONTACTS)]

    def calls_of(self, contact: int) -> list[int]:
        """Returns the numbers of a contact's phone calls, latest first."""
        calls = [contact + self.contacts * turn for turn in range(_CALLS)]
        return sorted(calls, key=lambda number: self.call(number)["startedAt"], reverse=True)

    def _nodes(self) -> Iterator[dict[str, Any]]:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        for label, count, properties in (
            ("Account", self.accounts, self.account),
            ("Contact", self.contacts, self.contact),
            ("PhoneCall", self.calls, self.call),
        ):
            for number in range(count):
                yield node_row(label, {"createdAt": now, "modifiedAt": now, "unitUid": UNIT, **properties(number)})

    def _edges(self) -> Iterator[dict[str, Any]]:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        for account in range(self.accounts):
            for contact in self.contacts_of(account):
                title, primary = f"Title {contact % 41:02d}", contact < self.accounts
                values = {"createdAt": now, "jobTitle": title, "isPrimary": primary}
                yield edge_row("WORKS_AT", self.contact(contact)["uid"], self.account(account)["uid"], values)
        for contact in range(self.contacts):
            for call in self.calls_of(contact):
                values = {"createdAt": now, "role": "TO", "sourceKey": "TO"}
                yield edge_row("PARTICIPATED_IN", self.contact(contact)["uid"], self.call(call)["uid"], values)

    async def write(self, store: Store) -> bool:
        """Writes the data set unless the database holds it already; returns whether it was written.

        Raises Refused when the database holds other records.
        """
        await indexes.install(store.writes)
        await store.writes.change(CALLER.bind(user=USER, unit=UNIT))
        existing = await store.reads.ask(_COUNT.bind(unit=UNIT))
        if existing == self.counts:
            return False
        if existing["all"] != existing["accounts"] + existing["contacts"] + existing["calls"]:
            raise Refused(
                f"The database holds {existing['all']} records that do not belong to the benchmark.",
                remedy="Pass another folder to `--data`, or delete this one.",
            )
        if existing["all"]:
            await store.writes.autocommit(_REMOVE.bind(), seconds=600)
        await write_rows(store.writes, self._nodes(), self._edges())
        return True
