"""The reads of the insights about ties: each returns one map of columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.access import Access
from graph.errors import Invalid
from graph.store import Bound, parameters_of
from graph.ties import paths, statements
from graph.ties.contacts import contacts as statements_of_contacts

MOST_HOPS = 6


def tie(from_uid: str, to_uid: str, *, access: Access, now: datetime | None = None) -> Bound:
    """The tie between two parties, in either direction.

    The value is a map: `from` and `to` are the parties' concrete labels, None if the party does not exist or is
    hidden; and the columns `start`, `end` (uids in the direction the tie runs), `both`, `in`, `out`, `meetings`,
    `calls`, `inCount`, `outCount`, `firstAt`, `lastAt`, `asOf` (epoch milliseconds), each with at most one row.
    """
    return _bound("ties.tie", statements.tie(access.shape), access, now, **{"from": from_uid, "to": to_uid})


def past_tie(from_uid: str, to_uid: str, *, access: Access, at: datetime) -> Bound:
    """The contributions of the activities up to a time to the tie between two parties.

    The value is a map: `from` and `to` as of `tie`, and `activities`, see `graph.query.party_ties`.
    """
    text = statements.activities_of_two(access.shape)
    return _bound("ties.pastTie", text, access, at, **{"from": from_uid, "to": to_uid})


def past_knows(to_uid: str, *, access: Access, at: datetime) -> Bound:
    """The contributions of the activities up to a time to the ties of `knows`, for the people employed at that time.

    The value is a map: `to` and `targets` as of `knows`, and `activities`, see `graph.query.party_ties`.
    """
    text = statements.activities_of_those_who_know(access.shape)
    return _bound("ties.pastKnows", text, access, at, to=to_uid)


def knows(to_uid: str, *, access: Access, now: datetime | None = None) -> Bound:
    """The ties between users and a party, or the people who currently work at an account.

    The value is a map: `to`, the party's concrete label or None; `targets`, the uids of the party or the account's
    people; and the columns of `tie`, a row for each tie.
    """
    return _bound("ties.knows", statements.knows(access.shape), access, now, to=to_uid)


def neighbourhood(
    from_uid: str,
    to_uid: str,
    max_hops: int,
    *,
    access: Access,
    now: datetime | None = None,
    columns: tuple[str, ...] = statements.COLUMNS,
    lines: bool = False,
    beyond: bool = False,
) -> Bound:
    """The ties on walks of at most `max_hops` from a party to another, or to the current people of an account.

    A walk ends at the first target it meets and passes neither through the start nor through hidden parties; every
    simple path is such a walk. The value is a map: `from` and `to`, concrete labels or None; `targets`, their uids,
    without the start; and `start`, `end` and the given columns of `tie`. With `lines`, a walk may follow the reporting
    lines that are valid now too, and the map has `lines`: a row of report, manager and confidence for each. With
    `beyond`, a walk may pass through hidden parties, and the map has `named` and `users`: the uids of the parties of
    the ties that are not hidden, and of those that are users.

    Raises Invalid when `max_hops` is not 1 to 6.
    """
    if not 1 <= max_hops <= MOST_HOPS:
        raise Invalid(
            f"`maxHops` must be from 1 to {MOST_HOPS}; got {max_hops}.", remedy=f"Use a number from 1 to {MOST_HOPS}."
        )
    text = paths.neighbourhood(access.shape, max_hops, columns, lines=lines, beyond=beyond)
    return _bound("ties.neighbourhood", text, access, now, **{"from": from_uid, "to": to_uid})


def contacts(pairs: list[list[str]], most: int, *, access: Access, now: datetime | None = None) -> Bound:
    """The latest activities, `most` at a time, that the two parties of each pair have in common.

    The value has a row for each pair: the pair, and its activities, newest first. Each is a row of the uid, the time in
    epoch milliseconds, the label, the subject, whether the first party wrote it (None except for an email), and whether
    the receiver was only in copy.
    """
    return _bound("ties.contacts", statements_of_contacts(access.shape), access, now, pairs=pairs, most=most)


def _bound(name: str, text: str, access: Access, now: datetime | None, **own: Any) -> Bound:
    """Binds the parameters that the text names, among which the conditions of an access shape may be."""
    values: dict[str, Any] = {**own, "access": access.values, "now": now or datetime.now(UTC)}
    return Bound(name, text, {key: values[key] for key in parameters_of(text)})
