"""What the insights about ties start from: each one record of plain columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.access import Access
from graph.errors import Invalid
from graph.store import Bound, parameters_of
from graph.ties import paths, statements

MOST_HOPS = 6


def tie(from_uid: str, to_uid: str, *, access: Access, now: datetime | None = None) -> Bound:
    """The tie of two parties, whichever way it runs.

    The value is a map: `from` and `to` are the parties' concrete labels, None where there is no such party or it is
    hidden; then the columns `start`, `end` (uids in the direction the tie runs), `both`, `in`, `out`, `meetings`,
    `calls`, `inCount`, `outCount`, `firstAt`, `lastAt`, `asOf` (epoch milliseconds), each with no row or one.
    """
    return _bound("ties.tie", statements.tie(access.shape), access, now, **{"from": from_uid, "to": to_uid})


def knows(to_uid: str, *, access: Access, now: datetime | None = None) -> Bound:
    """The ties between users and a party, or anybody who works at an account now.

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
) -> Bound:
    """The ties on walks of at most `max_hops` from a party to another, or to anybody who works at an account now.

    A walk ends at the first target it meets and passes through neither the start nor anybody hidden; every simple path
    is such a walk. The value is a map: `from` and `to`, concrete labels or None; `targets`, their uids, without the
    start; `ids` and `labels`, uid and concrete label of everybody the ties join; and the columns of `tie`.

    Raises Invalid when `max_hops` is not 1 to 6.
    """
    if not 1 <= max_hops <= MOST_HOPS:
        raise Invalid(f"{max_hops} hops are not possible.", remedy=f"Ask for 1 to {MOST_HOPS}.")
    text = paths.neighbourhood(access.shape, max_hops)
    return _bound("ties.neighbourhood", text, access, now, **{"from": from_uid, "to": to_uid})


def _bound(name: str, text: str, access: Access, now: datetime | None, **ids: str) -> Bound:
    """The text with the parameters that it names; the conditions of an access shape may name `$now` too."""
    values: dict[str, Any] = {**ids, "access": access.values, "now": now or datetime.now(UTC)}
    return Bound(name, text, {key: values[key] for key in parameters_of(text)})
