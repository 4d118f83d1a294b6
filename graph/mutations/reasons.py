"""The reasons why the database refuses a mutation, generic over entities, and the errors that callers receive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.errors import Conflict, Invalid, KithError, KithErrors, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of error, its message and its remedy; placeholders are filled with the details of the guard.

    `{record}` is the label of the mutation's subject in words.
    """

    name: str
    error: type[KithError]
    message: str
    remedy: str

    def __post_init__(self) -> None:
        if self.name in REASONS:
            raise TypeError(f"The reason {self.name} is declared twice.")
        REASONS[self.name] = self


REASONS: dict[str, Reason] = {}

MISSING = Reason(
    "missing",
    NotFound,
    "No {what} with the id {id} was found.",
    "Look up the id again. It may belong to a record of another type, or to one that you may not read.",
)
FORBIDDEN = Reason(
    "forbidden",
    Refused,
    "You need the privilege {privilege} on the {what} {id}.",
    "Ask the owner of the {what} to do it, or an administrator for the privilege.",
)
UNWRITABLE = Reason(
    "unwritable",
    Refused,
    "You may not write `{property}` of the {what}.",
    "Omit `{property}`, or ask an administrator for the permission to write it.",
)
EVERYWHERE = Reason(
    "everywhere",
    Refused,
    "You need the privilege {privilege} at the depth ALL, and lack it for records such as a {what}.",
    "Ask an administrator to do it.",
)
UNHELD = Reason(
    "unheld",
    Refused,
    "You may not share the right {privilege} on the {what} {id}, because you do not have it.",
    "Share fewer rights, or ask the owner of the {what} to share this one.",
)
POWERLESS = Reason(
    "powerless",
    Refused,
    "The role {name} has no privileges that can be shared on this {what}.",
    "Choose another role, or give this one privileges on the {what} with `setPrivilege`.",
)
MANY = Reason(
    "many",
    Refused,
    "{count} records would get another owner; {most} at once is the limit.",
    "Assign the records below it in parts, and then the record itself.",
)
UNCREATED = Reason(
    "uncreated",
    Refused,
    "You may not create this {what} for this owner.",
    "Choose an owner for whom you may create records, or ask an administrator for the privilege CREATE.",
)
UNSEEN = Reason(
    "unseen",
    Refused,
    "You may not read the {record} as it would be after the change, so nothing was changed.",
    "Choose values that keep the {record} within what you may read.",
)
VERSION = Reason(
    "version",
    Conflict,
    "The {record} was changed since you read it: its version is {version}.",
    "Read the {record} again, apply your change to it, and send its current `version` as `ifVersion`.",
)
STATE = Reason(
    "state",
    Conflict,
    "`{property}` of the {record} is {state}; it must be {wanted}.",
    "Read the {record}, and choose a mutation that fits its state.",
)
BEYOND = Reason(
    "beyond",
    Conflict,
    "`{property}` of the {record} is {state}, and there is no value beyond it.",
    "Leave it as it is, or close the {record}.",
)
DIRECTION = Reason(
    "direction",
    Conflict,
    "`{property}` of the {record} is {state}; this mutation moves it in one direction only.",
    "Send a value that lies ahead in that direction.",
)
OWN = Reason("own", Refused, "The {record} cannot be its own {what}.", "Send the id of another record.")
NOT_YOURS = Reason(
    "notYours",
    Refused,
    "The settings belong to another user than the one who represents you.",
    "Send the id of the user that `me` returns.",
)
CYCLE = Reason(
    "cycle",
    Conflict,
    "The new {what} is below this {record}, now or later, so the change would close a cycle.",
    "Move the new {what} out of what is below this {record} first.",
)
LATER = Reason(
    "later",
    Conflict,
    "The {record} already has a {what} from {begins}.",
    "Choose a start at or after {begins}, or withdraw that one first if it was recorded by mistake.",
)
UPCOMING = Reason(
    "upcoming",
    Conflict,
    "The {record} already has a {what} that begins later.",
    "Choose a later start, or ask the owner of the {record} to withdraw that one if it was recorded by mistake.",
)
ENDS = Reason(
    "ends",
    Conflict,
    "The {record} already has this {what} until {ends}.",
    "Choose a start at or after {ends}.",
)
TAKEN = Reason(
    "taken",
    Conflict,
    "Only one {what} like this can exist at a time, and one already does.",
    "End that one first, or replace it.",
)
ABSENT = Reason(
    "absent",
    Conflict,
    "The {record} has no such {what} at that time.",
    "Read the {record} with `asOf` set to that time, and send one that it has.",
)
AMBIGUOUS = Reason(
    "ambiguous",
    Conflict,
    "The {record} has more than one {what} that fits.",
    "Send more of the values that tell them apart, such as the start.",
)
OVERLAP = Reason(
    "overlap",
    Conflict,
    "The {record} already has this {what} during a part of that period.",
    "Choose another period, or change or end the {what} that is there.",
)
PERIOD = Reason(
    "period",
    Refused,
    "The {what} would end before it begins.",
    "Send a `validTo` that is after the start.",
)
PAIRING = Reason(
    "pairing",
    Refused,
    "A {what} cannot connect records of these two types.",
    "Send ids of records between which it is possible.",
)
PRIMARY = Reason(
    "primary",
    Conflict,
    "This {what} of the {record} is the primary one, and cannot be removed.",
    "Assign another primary one instead; that ends this one.",
)
ELSEWHERE = Reason(
    "elsewhere",
    Conflict,
    "The {record} does not work at the account `from` at that time.",
    "Read the accounts of the {record} with `asOf` set to that time, and send one of them as `from`.",
)
SEVERAL = Reason(
    "several",
    Conflict,
    "The {record} has several jobs at that time, and none of them is the main one.",
    "Send the account that is left as `from`.",
)
ALREADY = Reason(
    "already",
    Conflict,
    "The {record} already has a job at that account.",
    "Omit `account` to only end the other job.",
)
MAIN = Reason(
    "main",
    Conflict,
    "The {record} has another main job, which does not end.",
    "Omit `isPrimary`, or leave the other job.",
)
JOBLESS = Reason(
    "jobless",
    Conflict,
    "The {record} has no job to leave at that time.",
    "Send the account where the {record} works from then on.",
)
RECORDED = Reason(
    "recorded",
    Conflict,
    "Another record has this `{property}`, so it is recorded already.",
    "Use that record; `extensions.id` is its id, if you may read it.",
)
UNAVAILABLE = Reason(
    "unavailable",
    Refused,
    "The {what} {name} is disabled, and cannot be assigned.",
    "Choose another {what}.",
)
FUTURE = Reason(
    "future",
    Refused,
    "The {record} starts in the future, so it cannot be completed.",
    "Send the time at which it took place as `startedAt`, or leave it planned.",
)
BELOW = Reason(
    "below",
    Invalid,
    "`{property}` of the {record} would be {value}, which is below `{low}`, {least}.",
    "Send a `{property}` that is not below `{low}`, or change both.",
)

UNIQUE = Reason(
    "unique",
    Conflict,
    "The {record} cannot be restored: another record has `{property}` {value} now.",
    "Change `{property}` of the other record first, and restore the {record} again.",
)
RIVAL = Reason(
    "rival",
    Conflict,
    "The {record} cannot be restored: {holder} has another {edge} relationship now, and only one is allowed.",
    "End or change that one first, and restore the {record} again.",
)
CLOSES = Reason(
    "closes",
    Conflict,
    "The {record} cannot be restored: its {edge} relationship to {holder} would close a cycle.",
    "Change the relationships above {holder} first, and restore the {record} again.",
)


def error_of(refusal: Mapping[str, Any], record: str) -> KithError:
    """The error of one refusal: its `reason`, and details."""
    details = {key: value for key, value in refusal.items() if key != "reason" and value is not None}
    reason = REASONS[refusal["reason"]]
    filled = {"record": record, **details}
    return reason.error(reason.message.format(**filled), remedy=reason.remedy.format(**filled), **details)


def check(answer: Mapping[str, Any], record: str, current: str | None = None) -> None:
    """Raises the errors of an answer that was refused, or whose record the caller could not read afterwards.

    `current` is the key of the subject in the payload: a version conflict includes it.
    """
    refused = answer["refused"]
    if refused:
        errors = [error_of(one, record) for one in refused]
        if current is not None and refused[0]["reason"] == VERSION.name:
            errors[0].details["current"] = answer["payload"][current]
        raise errors[0] if len(errors) == 1 else KithErrors(errors)
    if not answer["seen"]:
        raise error_of({"reason": UNSEEN.name}, record)
