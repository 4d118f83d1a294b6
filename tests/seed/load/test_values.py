"""The rules of values in an import: rejected rows, with the rule that the property declares."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.seed.conftest import Desk

FIRMS = """
[[nodes]]
file = "firms.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
"""
OWNS = """
[[edges]]
file = "shares.csv"
type = "OWNS"
from = { label = "Account", key = "owner" }
to = { label = "Account", key = "owned" }
[edges.fields]
"""

SHARES = f"""{FIRMS}websiteUrl = "site"
lei = "lei"
{OWNS}sharePct = "share"
minPct = "low"
maxPct = "high"
"""

DEALS = """
[[nodes]]
file = "deals.csv"
label = "Opportunity"
key = "id"
[nodes.fields]
name = "id"
state = { value = "OPEN" }
estimatedCloseDate = { column = "expected", allow_future = CONFIRMED }
"""
PERIODS = """
validFrom = { column = "since", allow_future = CONFIRMED }
validTo = { column = "until", allow_future = CONFIRMED }
"""
FUTURE = FIRMS + DEALS + OWNS + PERIODS

MAILS = """
[[nodes]]
file = "mails.csv"
label = "Email"
key = ["box", "id"]
[nodes.fields]
messageId = "message"
startedAt = "at"
status = { value = "COMPLETED" }
"""


async def test_a_row_with_a_value_that_violates_a_rule_is_rejected(desk: Desk) -> None:
    desk.write("firms.csv", "id,name,site,lei\nA,Alder,alder.example,\nB,Birch,,5493001kjtiigc8y1r12\nC,Cedar,,\n"
                            "D,Dorn,javascript:alert(1),\nE,Elm,,5493001KJTIIGC8Y1R13\nF,\u200b,,\n")  # fmt: skip
    desk.write("shares.csv", "owner,owned,share,low,high\nA,B,150,,\nB,C,-10,,\nC,A,,75,25\nA,C,50,25,75\n")
    await desk.load(SHARES)
    assert [(file, line, column, reason) for file, line, column, _, reason in desk.rejected()] == [
        ("firms.csv", 5, "site", "Account.websiteUrl must be a web address"),
        ("firms.csv", 6, "lei", "Account.lei must be a Legal Entity Identifier with correct check digits"),
        ("firms.csv", 7, "name", "Account.name is required but has no value"),
        ("shares.csv", 2, "share", "OWNS.sharePct must be between 0 and 100"),
        ("shares.csv", 3, "share", "OWNS.sharePct must be between 0 and 100"),
        ("shares.csv", 4, "high", "OWNS.maxPct must not be below `minPct`, 75"),
    ]
    assert await desk.ask("MATCH (n:Account {source: $source}) WHERE n.lei IS NOT NULL RETURN n.lei") == [
        ["5493001KJTIIGC8Y1R12"]
    ]


async def test_a_date_far_ahead_is_rejected_unless_the_mapping_confirms_it(desk: Desk) -> None:
    year = datetime.now(UTC).year
    desk.write("firms.csv", "id,name\nA,Alder\nB,Birch\nC,Cedar\n")
    desk.write(
        "shares.csv", f"owner,owned,since,until\nA,B,{year - 1}-01-01,2925-01-01\nB,C,2925-01-01,\nA,C,,{year}-12-31\n"
    )
    desk.write("deals.csv", f"id,expected\nD1,{year + 4}-06-30\nD2,2925-06-30\n")
    reason = "ahead; if it is right, give `allow_future = true` in the mapping"
    await desk.load(FUTURE.replace("CONFIRMED", "false"))
    assert [(file, line, column, value, reason) for file, line, column, value, reason in desk.rejected()] == [
        ("deals.csv", 3, "expected", "2925-06-30", f"Opportunity.estimatedCloseDate is more than 1830 days {reason}"),
        ("shares.csv", 2, "until", "2925-01-01", f"OWNS.validTo is more than 366 days {reason}"),
        ("shares.csv", 3, "since", "2925-01-01", f"OWNS.validFrom is more than 366 days {reason}"),
    ]
    await desk.load(FUTURE.replace("CONFIRMED", "true"))
    assert desk.rejected() == []
    assert await desk.ask("MATCH (:Account {source: $source})-[r:OWNS]->() RETURN count(r)") == [[3]]


def test_the_confirmation_applies_to_dates_and_times_only(desk: Desk) -> None:
    desk.write("firms.csv", "id,name,site,lei\n")
    desk.write("shares.csv", "owner,owned,share,low,high\n")
    (complaint,) = desk.complaints(SHARES.replace('"share"', '{ column = "share", allow_future = true }'))
    assert complaint.endswith(
        "fields.sharePct.allow_future: `allow_future` does not apply to sharePct, which stores float. Leave it out."
    )


async def test_one_mail_in_two_mailboxes_is_one_mail(desk: Desk) -> None:
    desk.write(
        "mails.csv",
        "box,id,message,at\na,1,<m1@mailbox.example>,2026-01-01T00:00:00Z\n"
        "b,7,<m1@mailbox.example>,2026-01-01T00:00:00Z\nb,8,<m2@mailbox.example>,2026-01-02\n",
    )
    for _ in range(2):
        await desk.load(MAILS)
        assert [(line, reason) for _, line, _, _, reason in desk.rejected()] == [
            (3, "another Email with this messageId is recorded already")
        ]
        assert await desk.ask("MATCH (n:Email {source: $source}) RETURN count(n)") == [[2]]
