"""Rollups from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.columns.rollup import FIGURES, Figures, tables_of
from graph.columns.rollup import rollup as rollup_of
from graph.columns.snapshot import Snapshot
from graph.columns.tables import microseconds
from graph.models.properties import Kind
from graph.query.computed.rollup import AccountRollup, AccountRollupShare
from graph.query.computed.rollup import rollup as computed
from graph.query.selection import Part
from graph.query.values import KINDS, Money, value_fields
from schema.columns.registry import answers
from schema.request import Request

_SHARES = "byChild"
_OF_A_SHARE = {"account", "own"}
_WITHHELD = "withheld"  # columns answer callers without rules


def _has(parts: tuple[Part, ...]) -> bool:
    return all(
        part.name in FIGURES
        or part.name == _WITHHELD
        or (part.name == _SHARES and all(one.name in FIGURES | _OF_A_SHARE for one in part.parts))
        for part in parts
    )


def _tables(parts: tuple[Part, ...]) -> frozenset[str]:
    return tables_of(one.name for part in parts for one in (part, *part.parts))


@answers(computed.label, computed.name, tables=_tables, has=_has)
def rollup(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    parts: tuple[Part, ...],
    *,
    hierarchy: str,
    asOf: datetime | None,
    **_: Any,
) -> AccountRollup | None:
    """The figures of an account and all accounts below it."""
    shares = [one.name for part in parts if part.name == _SHARES for one in part.parts]
    asked = [part.name for part in parts if part.name in FIGURES]
    wants_shares = any(part.name == _SHARES for part in parts)
    value = rollup_of(
        snapshot, found["id"], hierarchy, microseconds(asOf or request.now), asked,
        [one for one in shares if one in FIGURES] if wants_shares else None,
    )  # fmt: skip
    if value is None:
        return None
    by_child = [
        _filled(AccountRollupShare, one.figures, request, account=one.account, own=one.own) for one in value.shares
    ]
    found_rollup: AccountRollup = _filled(AccountRollup, value.figures, request, by_child=by_child, withheld=0)
    return found_rollup


def _filled(of: Any, figures: Figures, request: Request, **more: Any) -> Any:
    """A value with the figures that were computed; no other is selected."""
    unit, currency = request.ambient["unit"], request.ambient["currency"]
    values: dict[str, Any] = {}
    for name, declared in value_fields(of).items():
        value = figures.get(name)
        if value is not None and KINDS.get(declared.type.of) is Kind.MONEY:
            values[declared.attribute] = Money(value / unit, currency)
        else:
            values[declared.attribute] = value
    return of(**{**values, **more})
