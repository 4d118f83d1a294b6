"""Why a verb may be refused, as the errors that callers see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from graph.errors import Conflict, KithError, NotFound, Refused


class Reason(NamedTuple):
    """The kind of error, its sentence over the details of the refusal, and what to do."""

    error: type[KithError]
    description: str
    remedy: str


REASONS: Mapping[str, Reason] = {
    "missing": Reason(
        NotFound,
        "There is no {what} with the id {id}.",
        "Look the id up again; it may also be of another kind, or hidden from you.",
    ),
    "unseen": Reason(
        Refused,
        "You would not see the record afterwards, so it is not written.",
        "Keep it within what you may see.",
    ),
    "own": Reason(
        Refused,
        "{what} cannot be the record itself.",
        "Give another one.",
    ),
    "circle": Reason(
        Conflict,
        "The {what} is below it already, or will be: that would be a circle.",
        "Move the other one away first.",
    ),
    "later": Reason(
        Conflict,
        "A later change is already on record: it holds from {begins}.",
        "Give a moment from {begins} on; what was recorded is not rewritten.",
    ),
    "overlap": Reason(
        Conflict,
        "Another primary manager is already on record from {begins}: the two would overlap.",
        "Give a moment from {begins} on; what was recorded is not rewritten.",
    ),
    "ends": Reason(
        Conflict,
        "The user has that part already, until {ends}.",
        "Give a moment from {ends} on.",
    ),
    "absent": Reason(
        Conflict,
        "The user has no such part in it at that moment.",
        "Read the team as of that moment, and name one of its members and parts.",
    ),
    "primary": Reason(
        Conflict,
        "The user is the primary manager of the account, and it must have one.",
        "Make somebody else the primary manager with assignManager: that ends it.",
    ),
    "line": Reason(
        Conflict,
        "The person has no such reporting line to the former manager at that moment.",
        "Read the manager as of that moment.",
    ),
    "elsewhere": Reason(
        Conflict,
        "The person does not work at the account that is to be left at that moment.",
        "Read the person's accounts as of that moment, and give one of them as `from`.",
    ),
    "several": Reason(
        Conflict,
        "The person has several jobs at that moment, and none of them alone is the main one.",
        "Say with `from` which account is left.",
    ),
    "already": Reason(
        Conflict,
        "The person has a job at that account already.",
        "Leave `account` out to end the other job only.",
    ),
    "main": Reason(
        Conflict,
        "The person has another main job, which is not left.",
        "Leave `isPrimary` out, or leave that job.",
    ),
    "jobless": Reason(
        Conflict,
        "The person has no job to leave at that moment.",
        "Give the account the person works at from then on.",
    ),
    "state": Reason(
        Conflict,
        "The opportunity is {state}; for this it must be {wanted}.",
        "Read its state, and choose a verb that fits it.",
    ),
    "backwards": Reason(
        Conflict,
        "The opportunity has come as far as {stage}; it only goes forward.",
        "Give a later stage.",
    ),
    "last": Reason(
        Conflict,
        "The opportunity is in its last stage.",
        "Win it or lose it.",
    ),
    "future": Reason(
        Refused,
        "An activity that begins in the future cannot be completed.",
        "Leave the status out, or give SCHEDULED.",
    ),
    "reversed": Reason(
        Refused,
        "The activity would end before it begins.",
        "Give an end that is not before the beginning.",
    ),
}


def error_of(refused: Mapping[str, Any]) -> KithError:
    """The error that a refusal (`why` and its details) stands for."""
    details = {key: value for key, value in refused.items() if key != "why"}
    reason = REASONS[refused["why"]]
    sentence = reason.description.format(**details)
    return reason.error(sentence[0].upper() + sentence[1:], remedy=reason.remedy.format(**details), **details)


def check(answer: Mapping[str, Any]) -> None:
    """Raises the error of a verb's answer that was refused, or whose record the caller would not see."""
    if answer["refused"] is not None:
        raise error_of(answer["refused"])
    if answer["shown"] is None:
        raise error_of({"why": "unseen"})
