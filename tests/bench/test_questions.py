"""The check that servers answer what the data holds: it must see a wrong answer."""

from __future__ import annotations

from typing import Any

import pytest

from bench.questions import QUESTIONS, DifferentError, Question
from bench.world import World

WORLD = World(2_000)
ONE, TREE, PAGE = QUESTIONS


def shown(stored: dict[str, Any], names: str) -> dict[str, Any]:
    """A record under an id, with these fields."""
    return {"id": stored["uid"], **{name: stored[name] for name in names.split()}}


def tree(first: int) -> list[dict[str, Any]]:
    """What the peer answers to the second question, from that account on."""
    return [
        {
            **shown(WORLD.account(account), "name"),
            "contacts": [
                {
                    **shown(WORLD.contact(contact), "name"),
                    "calls": [shown(WORLD.call(call), "subject") for call in WORLD.calls_of(contact)[:2]],
                }
                for contact in reversed(WORLD.contacts_of(account))
            ],
        }
        for account in range(first, first + 20)
    ]


def asked(question: Question, data: dict[str, Any], variables: dict[str, Any] | None = None) -> None:
    """The question's own check."""
    question.checked(WORLD, variables or {}, data)


def test_right_answers_pass_in_either_servers_form() -> None:
    account = shown(WORLD.account(7), "name city")
    asked(ONE, {"account": account}, {"id": account["id"]})
    asked(ONE, {"accounts": [account]}, {"id": account["id"]})
    asked(TREE, {"accounts": tree(40)})


def test_another_account_than_the_one_asked_for_is_seen() -> None:
    with pytest.raises(DifferentError):
        asked(ONE, {"account": shown(WORLD.account(7), "name city")}, {"id": WORLD.account(8)["uid"]})


def test_a_call_that_is_not_among_the_latest_is_seen() -> None:
    wrong = tree(0)
    oldest = WORLD.calls_of(WORLD.contacts_of(0)[0])[2]
    wrong[0]["contacts"][-1]["calls"][1] = shown(WORLD.call(oldest), "subject")
    with pytest.raises(DifferentError, match="latest calls"):
        asked(TREE, {"accounts": wrong})


def test_a_row_given_twice_is_seen() -> None:
    row = shown(WORLD.contact(1), "name firstName lastName jobTitle department emailAddress1 mobilePhone city country")
    with pytest.raises(DifferentError, match="1000 rows, 1 different"):
        asked(PAGE, {"contacts": [row] * 1_000})
