"""The rules of values in an import: rejected rows, with the rule that the property declares."""

from __future__ import annotations

from tests.seed.conftest import Desk

SHARES = """
[[nodes]]
file = "firms.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
websiteUrl = "site"
lei = "lei"

[[edges]]
file = "shares.csv"
type = "OWNS"
from = { label = "Account", key = "owner" }
to = { label = "Account", key = "owned" }
[edges.fields]
sharePct = "share"
minPct = "low"
maxPct = "high"
"""

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
