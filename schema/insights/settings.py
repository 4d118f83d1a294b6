"""The settings that a user saved in the explorer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from algorithms.results import Ref
from graph.query.computed.settings import saved_settings
from schema.insights.registry import insight
from schema.request import Request


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filtered view under a name."""

    name: Annotated[str, "The name."]
    address: Annotated[str, "The path and the query string of the view."]


@dataclass(frozen=True, slots=True)
class SnoozedInsight:
    """An insight that is not shown until a date."""

    rule: Annotated[str, "The name of its rule."]
    subject: Annotated[str, Ref("Record"), "The record that it is about."]
    until: Annotated[date, "The date on which it is shown again."]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a user in the explorer; `saveSettings` changes them."""

    pins: Annotated[list[str], Ref("Record"), "The pinned records in order, without those that you may not read."]
    filters: Annotated[list[SavedFilter], "The saved filters in order."]
    snoozed: Annotated[list[SnoozedInsight], "The snoozed insights whose date is ahead."]
    last_visit_at: Annotated[
        datetime | None, "The end of the visit before this one; null on the first visit. Visits are hours apart."
    ]


@insight(on="User", reads=saved_settings)
def settings(found: Mapping[str, Any], request: Request) -> Settings | None:
    """The pins, filters and visits of the user in the explorer; null unless the user represents the caller."""
    if found["id"] != request.principal.user:
        return None
    snoozed = [SnoozedInsight(rule, uid, date.fromisoformat(until)) for rule, uid, until in found["snoozed"]]
    return Settings(
        found["pins"],
        [SavedFilter(name, address) for name, address in found["filters"]],
        [one for one in snoozed if one.until > request.now.date()],
        None if found["visit"] is None else datetime.fromisoformat(found["visit"]),
    )
