"""The verbs about opportunities: forward, won, lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from graph.errors import Invalid, Refused
from graph.money import Rates
from graph.vocabulary import entity
from schema.mutations.registry import SPECIAL, Input, Mutation, MutationCall, Special, U, declared, takes
from schema.mutations.values import money, stored
from schema.planning.arguments import plain
from schema.typing import Argument, Field, optional

_CLOSED = Field("actualCloseDate", optional("Date"), "When it was decided; today (UTC) when left out.", default=U)
_WHICH = Field("opportunity", "ID", "The opportunity.")


def today() -> date:
    """today (UTC)"""  # noqa: D403  (told inside a sentence)
    return datetime.now(UTC).date()


def _judge(values: Mapping[str, Any]) -> None:
    status = values.get("status")
    if "status" in values and status not in ("IN_PROGRESS", "ON_HOLD"):
        raise Refused(
            f"An opportunity is not made {status} by changing its status.",
            remedy="Give IN_PROGRESS or ON_HOLD, or close it with winOpportunity or loseOpportunity.",
        )


SPECIAL["Opportunity"] = Special(
    defaults={"state": "OPEN", "status": "IN_PROGRESS", "salesStage": "QUALIFY", "openedOn": today},
    hidden=frozenset({"state", "actualValue", "actualCloseDate"}),
    fixed=frozenset({"state", "salesStage"}),
    judge=_judge,
)


def make_opportunity_verbs() -> None:
    """Makes the verbs about opportunities."""
    _make(
        "advanceOpportunity",
        "Brings an open opportunity to a later stage; it only goes forward.",
        takes(
            "AdvanceOpportunityInput",
            "Which opportunity comes to which stage.",
            [
                _WHICH,
                Field("salesStage", optional("SalesStage"), "The stage; the next one when left out.", default=U),
                Field("closeProbability", optional("int"), "How likely it is now to be won, in percent.", default=U),
            ],
        ),
        _advance,
    )
    value = "What it brought; its estimated value when left out."
    _make(
        "winOpportunity",
        "Closes an open opportunity as won: its state and status become WON, its probability 100.",
        takes(
            "WinOpportunityInput",
            "Which opportunity was won, and what it brought.",
            [_WHICH, Field("actualValue", optional("MoneyInput"), value, default=U), _CLOSED],
        ),
        _win,
    )
    status = "Why it was lost: CANCELED or OUT_SOLD."
    _make(
        "loseOpportunity",
        "Closes an open opportunity as lost: its state becomes LOST, its probability 0.",
        takes(
            "LoseOpportunityInput",
            "Which opportunity was lost, and why.",
            [_WHICH, Field("status", "OpportunityStatus", status), _CLOSED],
        ),
        _lose,
    )


def _make(name: str, description: str, arguments: tuple[Argument, ...], asks: Any) -> None:
    declared(Mutation(name, "Opportunity", "Opportunity", description, arguments, asks))


def _advance(arguments: Input, rates: Rates) -> MutationCall:
    given = arguments["input"]
    values = stored(entity("Opportunity").properties, given, rates)
    names = ("salesStage", "closeProbability")
    return MutationCall(
        given["opportunity"], {"opportunity": given["opportunity"], **{name: values.get(name) for name in names}}
    )


def _win(arguments: Input, rates: Rates) -> MutationCall:
    given = arguments["input"]
    value = money("actualValue", given.get("actualValue"), rates)
    return MutationCall(
        given["opportunity"],
        {"opportunity": given["opportunity"], "actualCloseDate": given.get("actualCloseDate"), **value},
    )


def _lose(arguments: Input, _: Rates) -> MutationCall:
    given = arguments["input"]
    status = plain(given["status"])
    if status not in ("CANCELED", "OUT_SOLD"):
        raise Invalid(f"An opportunity is not lost as {status}.", remedy="Give CANCELED or OUT_SOLD.")
    return MutationCall(
        given["opportunity"],
        {"opportunity": given["opportunity"], "status": status, "actualCloseDate": given.get("actualCloseDate")},
    )
