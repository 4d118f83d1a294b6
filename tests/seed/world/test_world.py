"""What must hold in every world: it is reproducible, and nothing in it contradicts the models or itself."""

from __future__ import annotations

import enum
import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from algorithms.cycles import cycle_rows
from graph.bulk.invariants import invariants
from graph.models.properties import Kind
from graph.money import Rates
from graph.roles import PRODUCT_ROLES, role_uid
from graph.vocabulary import Property, endpoint, entity
from seed.world.generate import World, you
from tests.seed.world.rows import UNTIL, Line, Rows, read, small

_TYPES: dict[Kind, type | tuple[type, ...]] = {
    Kind.TEXT: str,
    Kind.CHOICE: str,
    Kind.INT: int,
    Kind.FLOAT: float,
    Kind.BOOL: bool,
    Kind.DATE: date,
    Kind.DATETIME: datetime,
    Kind.MONEY: int,
    Kind.TEXTS: list,
}
_FINGERPRINT = """
import hashlib
from datetime import UTC, datetime
from seed.world.generate import World
digest = hashlib.blake2b()
for batch in World("small", 3, datetime(2026, 1, 5, tzinfo=UTC)).batches():
    digest.update(repr(batch).encode())
print(digest.hexdigest())
"""


# The roles that come with Kith are there before a world is written.
ROLES = {role_uid(one.key) for one in PRODUCT_ROLES}


def fingerprint(number: int, until: datetime = UNTIL) -> str:
    digest = hashlib.blake2b()
    for batch in World("small", number, until).batches():
        digest.update(repr(batch).encode())
    return digest.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_world_is_the_same_in_another_process_whatever_its_hash_seed(hash_seed: str, project: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _FINGERPRINT],
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=True,
        cwd=project,
    )
    assert ran.stdout.strip() == fingerprint(3)


def test_another_number_makes_another_world() -> None:
    names = [{row["name"] for row in rows.nodes["Account"].values()} for rows in (small(), read(number=2))]
    assert len(names[0] & names[1]) < 5


def test_the_hour_of_the_day_does_not_change_the_world() -> None:
    assert fingerprint(1) == fingerprint(1, UNTIL + timedelta(hours=15))


def test_another_day_moves_the_world_and_leaves_its_people() -> None:
    later = read(until=UNTIL + timedelta(days=100))
    assert {row["uid"]: row["name"] for row in later.nodes["Contact"].values()} == {
        row["uid"]: row["name"] for row in small().nodes["Contact"].values()
    }
    newest = max(row["startedAt"] for row in later.nodes["Email"].values())
    assert UNTIL + timedelta(days=95) < newest < UNTIL + timedelta(days=100)


def test_small_has_about_five_thousand_nodes() -> None:
    assert 4_500 < sum(len(rows) for rows in small().nodes.values()) < 5_700


def check_value(declared: Property, value: Any) -> None:
    assert isinstance(value, _TYPES[declared.kind]), (declared.name, value)
    if declared.kind is not Kind.BOOL:
        assert not isinstance(value, bool)
    if declared.kind is Kind.DATE:
        assert not isinstance(value, datetime)
    if isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0)
    if declared.kind is Kind.CHOICE:
        assert isinstance(declared.members, enum.EnumType)
        assert value in declared.members.__members__


def check_row(properties: Any, row: dict[str, Any]) -> None:
    money = {name for name, one in properties.items() if one.kind is Kind.MONEY}
    for name, value in row.items():
        stem = name.removesuffix("Currency").removesuffix("Base")
        if stem != name and stem in money:
            assert isinstance(value, str if name.endswith("Currency") else int)
        else:
            check_value(properties[name], value)
    for name in money & row.keys():
        assert {f"{name}Currency", f"{name}Base"} <= row.keys()
    assert all(name in row for name, one in properties.items() if one.required)


def test_every_node_is_what_its_model_declares() -> None:
    for label, row in small().labels():
        check_row(entity(label).properties, row)
        assert entity(label).complete(dict(row)) == row


def test_every_relationship_is_what_its_model_declares() -> None:
    for kind, lines in small().lines.items():
        for line in lines:
            declared = endpoint(kind, line.start_label, line.end_label)
            assert declared is not None, (kind, line.start_label, line.end_label)
            check_row(declared.model.properties, line.values)


def test_no_relationship_dangles() -> None:
    rows = small()
    for lines in rows.lines.values():
        for line in lines:
            assert line.start in rows.nodes[line.start_label]
            assert line.end in (ROLES if line.end_label == "Role" else rows.nodes[line.end_label])


def test_the_ends_of_a_relationship_come_before_it() -> None:
    seen = set(ROLES)
    for batch in World("small", 1, UNTIL).batches():
        if hasattr(batch, "label"):
            seen |= {row["uid"] for row in batch.rows if isinstance(row, dict)}
        else:
            assert all({start, end} <= seen for start, end, _ in batch.rows)


def test_nothing_ends_before_it_begins() -> None:
    for lines in small().lines.values():
        for line in lines:
            if "validFrom" in line.values and "validTo" in line.values:
                assert line.values["validFrom"] < line.values["validTo"], line
    for _, row in small().labels():
        assert row["createdAt"] <= row["modifiedAt"], row
        if "endedAt" in row:
            assert row["startedAt"] <= row["endedAt"]


def moments(lines: list[Line]) -> list[datetime]:
    found = {one for line in lines for one in (line.values.get("validFrom"), line.values.get("validTo")) if one}
    return sorted({*found, UNTIL})


def most_at_once(lines: list[Line]) -> int:
    return max(sum(line.holds(at) for line in lines) for at in moments(lines))


def test_relationships_obey_the_invariants_of_their_type_at_any_time() -> None:
    groups: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    cyclic: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    for lines in small().lines.values():
        for line in lines:
            rules = invariants(line.type, line.start_label, line.end_label)
            assert all(line.values.get(name) is not None for name in rules.defaults), line
            for group in rules.groups(line.start, line.end, line.values):
                groups[line.type, rules.among, group].append(line)
            cycle_group = rules.cycle_group(line.values)
            if cycle_group is not None:
                cyclic[line.type, line.start_label, cycle_group].append(line)
    assert {"CHILD_OF", "MANAGES", "REPORTS_TO", "WORKS_AT", "OWNED_BY"} <= {key[0] for key in groups}
    assert {"CHILD_OF", "REPORTS_TO", "REPLY_TO"} <= {key[0] for key in cyclic}
    assert all(most_at_once(lines) == 1 for lines in groups.values())
    for lines in cyclic.values():
        spans = [(line.values.get("validFrom"), line.values.get("validTo")) for line in lines]
        assert cycle_rows([(line.start, line.end) for line in lines], spans) == []


def test_an_account_has_one_primary_manager_today() -> None:
    rows = small()
    primary = Counter(line.end for line in rows.lines["MANAGES"] if line.values["isPrimary"] and line.holds(UNTIL))
    assert primary == Counter(rows.nodes["Account"].keys())


def test_no_two_relationships_say_the_same() -> None:
    for kind, lines in small().lines.items():
        if kind not in {"PARTICIPATED_IN", "CHILD_OF", "REPORTS_TO"}:
            pairs = Counter((line.start, line.end) for line in lines)
            assert pairs.most_common(1)[0][1] == 1, (kind, pairs.most_common(1))


def test_lines_add_up_and_won_opportunities_are_worth_their_orders() -> None:
    rows = small()
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in rows.lines["HAS_LINE"]:
        values = line.values
        exact = Decimal(values["pricePerUnit"]) * int(values["quantity"]) * (1 - Decimal(str(values["discount"])))
        assert values["extendedAmount"] == round(exact)
        lines[line.start].append(line)
    for label in ("Opportunity", "SalesOrder"):
        for uid, row in rows.nodes[label].items():
            assert row["totalAmount"] == sum(line.values["extendedAmount"] for line in lines[uid])
    for line in rows.lines["FOR_OPPORTUNITY"]:
        won, order = rows.nodes["Opportunity"][line.end], rows.nodes["SalesOrder"][line.start]
        assert won["state"] == "WON"
        assert won["actualValue"] == order["totalAmount"]


def test_amounts_are_in_the_base_currency_unless_there_is_a_rate() -> None:
    assert {row["revenueCurrency"] for row in small().nodes["Account"].values()} == {"USD"}
    rates = Rates("USD", {"EUR": Decimal("1.08"), "JPY": Decimal("0.0067")})
    rows = Rows()
    for batch in World("small", 1, UNTIL, rates).batches():
        if hasattr(batch, "label"):
            rows.nodes[batch.label] |= {row["uid"]: row for row in batch.rows if isinstance(row, dict)}
    seen = Counter(row["revenueCurrency"] for row in rows.nodes["Account"].values())
    assert seen.keys() == {"USD", "EUR", "JPY"}
    for label, name in (("Account", "revenue"), ("SalesOrder", "totalAmount"), ("Opportunity", "estimatedValue")):
        for row in rows.nodes[label].values():
            base = rates.in_base(row[name], row[f"{name}Currency"])
            # a total is the sum of lines that were each rounded
            assert abs(base - row[f"{name}Base"]) <= (20 if name == "totalAmount" else 0)


def test_you_are_a_user_of_every_world() -> None:
    for rows in (small(), read(number=2)):
        assert rows.nodes["User"][you()]["isDisabled"] is False


def test_nothing_that_happened_lies_in_the_future() -> None:
    for label in ("Email", "PhoneCall", "Appointment"):
        for row in small().nodes[label].values():
            assert (row["status"] == "COMPLETED") == (row["startedAt"] < UNTIL)
    assert any(row["status"] == "SCHEDULED" for row in small().nodes["Appointment"].values())


def test_a_world_is_as_of_today_where_no_day_is_given() -> None:
    assert World("small").until == datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
