"""The reads of the insights about ties: each returns one map of columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.access import Access
from graph.errors import Invalid
from graph.store import Bound, parameters_of
from graph.ties import paths, statements

MOST_HOPS = 6


def tie(from_uid: str, to_uid: str, *, access: Access, now: datetime | None = None) -> Bound:
    """The tie between two parties, in either direction.

    The value is a map: `from` and `to` are the parties' concrete labels, None if the party does not exist or is
    hidden; and the columns `start`, `end` (uids in the direction the tie runs), `both`, `in`, `out`, `meetings`,
    `calls`, `inCount`, `outCount`, `firstAt`, `lastAt`, `asOf` (epoch milliseconds), each with at most one row.
    """
    return _bound("ties.tie", statements.tie(access.shape), access, now, **{"from": from_uid, "to": to_uid})


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
) -> Bound:
    """The ties on walks of at most `max_hops` from a party to another, or to the current people of an account.

    A walk ends at the first target it meets and passes neither through the start nor through hidden parties; every
    simple path is such a walk. The value is a map: `from` and `to`, concrete labels or None; `targets`, their uids,
    without the start; `ids` and `labels`, uid and concrete label of all parties of the ties; and the columns of `tie`.

    Raises Invalid when `max_hops` is not 1 to 6.
    """
    if not 1 <= max_hops <= MOST_HOPS:
        raise Invalid(
            f"`maxHops` must be from 1 to {MOST_HOPS}; got {max_hops}.", remedy=f"Use a number from 1 to {MOST_HOPS}."
        )
    text = paths.neighbourhood(access.shape, max_hops)
    return _bound("ties.neighbourhood", text, access, now, **{"from": from_uid, "to": to_uid})


def _bound(name: str, text: str, access: Access, now: datetime | None, **ids: str) -> Bound:
    """Binds the parameters that the text names, among which the conditions of an access shape may be."""
    values: dict[str, Any] = {**ids, "access": access.values, "now": now or datetime.now(UTC)}
    return Bound(name, text, {key: values[key] for key in parameters_of(text)})
