"""The verification of benchmark results detects wrong results."""

from __future__ import annotations

from typing import Any

import pytest

from bench.queries import QUERIES, Query, WrongResultError
from bench.world import World

WORLD = World(2_000)
ONE, TREE, PAGE = QUERIES


def record(stored: dict[str, Any], names: str) -> dict[str, Any]:
    """A record with its id and these fields."""
    return {"id": stored["uid"], **{name: stored[name] for name in names.split()}}


def tree(first: int) -> list[dict[str, Any]]:
    """The peer's result of the second query, from an account on."""
    return [
        {
            **record(WORLD.account(account), "name"),
            "contacts": [
                {
                    **record(WORLD.contact(contact), "name"),
                    "calls": [record(WORLD.call(call), "subject") for call in WORLD.calls_of(contact)[:2]],
                }
                for contact in reversed(WORLD.contacts_of(account))
            ],
        }
        for account in range(first, first + 20)
    ]


def verify(query: Query, data: dict[str, Any], variables: dict[str, Any] | None = None) -> None:
    """Verifies a result."""
    query.verify(WORLD, variables or {}, data)


def test_correct_results_of_both_servers_pass() -> None:
    account = record(WORLD.account(7), "name city")
    verify(ONE, {"account": account}, {"id": account["id"]})
    verify(ONE, {"accounts": [account]}, {"id": account["id"]})
    verify(TREE, {"accounts": tree(40)})


def test_another_account_than_the_requested_one_is_detected() -> None:
    with pytest.raises(WrongResultError):
        verify(ONE, {"account": record(WORLD.account(7), "name city")}, {"id": WORLD.account(8)["uid"]})


def test_a_call_that_is_not_among_the_latest_is_detected() -> None:
    wrong = tree(0)
    oldest = WORLD.calls_of(WORLD.contacts_of(0)[0])[2]
    wrong[0]["contacts"][-1]["calls"][1] = record(WORLD.call(oldest), "subject")
    with pytest.raises(WrongResultError, match="latest calls"):
        verify(TREE, {"accounts": wrong})


def test_a_duplicate_row_is_detected() -> None:
    row = record(WORLD.contact(1), "name firstName lastName jobTitle department emailAddress1 mobilePhone city country")
    with pytest.raises(WrongResultError, match="1000 rows with 1 distinct ids"):
        verify(PAGE, {"contacts": [row] * 1_000})
