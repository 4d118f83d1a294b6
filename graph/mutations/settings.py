"""The settings of a user in the explorer: pins, saved filters, snoozed insights and visits."""

from __future__ import annotations

from graph.models.properties import Bool, Date, Text
from graph.mutations.commands import Command
from graph.mutations.declarations import READ, Body, Given, Group, Guard, Input, RecordInput, extra
from graph.mutations.reasons import NOT_YOURS
from graph.query.builder import CypherBuilder
from graph.query.settings import PAUSE
from graph.vocabulary import entity

_FILTERS = Group(
    "filters",
    "SavedFilterInput",
    "The saved filters in order; they replace all former ones.",
    (
        extra("name", Text("The name of the filter."), required=True),
        extra("address", Text("The path and the query string of the filtered view."), required=True),
    ),
    many=True,
)
_SNOOZED = Group(
    "snoozed",
    "SnoozedInsightInput",
    "The snoozed insights; they replace all former ones.",
    (
        extra("rule", Text("The name of the rule of the insight."), required=True),
        RecordInput("subject", "Record", "The record that the insight is about.", privilege=READ),
        extra("until", Date("The date on which the insight is shown again."), required=True),
    ),
    many=True,
)


def _inputs() -> tuple[Input, ...]:
    return (
        RecordInput("user", "User", "The user who represents you.", variable="n"),
        Given("pins", description="The ids of the pinned records in order; they replace all former ones.").of(
            entity("User").properties
        ),
        _FILTERS,
        _SNOOZED,
        extra(
            "visited",
            Bool("Whether you see the changes since your last visit now. A visit ends after a pause of four hours."),
            default=False,
        ),
    )


def _kept(property_name: str, sent: str, value: str) -> str:
    """Sets a property to a value if its input was sent."""
    return f"n.{property_name} = CASE WHEN {sent} THEN {value} ELSE n.{property_name} END"


def _body(_: CypherBuilder) -> Body:
    filters, snoozed = "'filters' IN $input.given", "'snoozed' IN $input.given"
    ended = f"$input.visited AND n.visitedAt < $now - {PAUSE}"
    values = [
        _kept("pins", "'pins' IN $input.keys", "$input.values.pins"),
        _kept("filterNames", filters, "[one IN filters | one.name]"),
        _kept("filterAddresses", filters, "[one IN filters | one.address]"),
        _kept("snoozedInsights", snoozed, "[one IN snoozed | one.rule + ' ' + one.subject.uid]"),
        _kept("snoozedUntil", snoozed, "[one IN snoozed | toString(one.until)]"),
        _kept("visitedBefore", ended, "n.visitedAt"),
    ]
    return Body(
        guards=(Guard("n.uid <> $event.actor", NOT_YOURS, field="user"),),
        # What a user saves is not for other callers, so the Event has no values.
        changes="[{record: n, field: 'settings', before: null, after: null}]",
        imports=("filters", "snoozed"),
        writes=(f"SET {', '.join(values)}", f"SET {_kept('visitedAt', '$input.visited', '$now')}"),
    )


Command(
    name="saveSettings",
    label="User",
    description=(
        "Saves your settings in the explorer: pins, filters, snoozed insights and visits. Omitted settings keep their "
        "value. Other callers cannot read them, and the event has no values."
    ),
    takes=_inputs,
    does=_body,
    own=True,
)
