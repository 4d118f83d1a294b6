"""The settings that a user saved."""

from __future__ import annotations

from graph.models.user import User
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call
from graph.query.selection import Computed
from graph.query.settings import last_visit


@computed(on=User)
def saved_settings(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """`id`, `pins`, `filters`, `snoozed` and `visit`; pins and snoozed insights only of records that are readable."""
    pins = (
        f"UNWIND range(0, size(coalesce({start}.pins, [])) - 1) AS place\n"
        f"MATCH {builder.node('pin', 'Record', uid=f'{start}.pins[place]')}\n"
        "WITH pin, place ORDER BY place\nRETURN collect(pin.uid) AS pins"
    )
    snoozed = (
        f"UNWIND range(0, size(coalesce({start}.snoozedInsights, [])) - 1) AS place\n"
        f"WITH split({start}.snoozedInsights[place], ' ') AS key, {start}.snoozedUntil[place] AS until\n"
        f"MATCH {builder.node('about', 'Record', uid='key[1]')}\n"
        "RETURN collect([key[0], about.uid, until]) AS snoozed"
    )
    names = f"range(0, size(coalesce({start}.filterNames, [])) - 1)"
    filters = f"[place IN {names} | [{start}.filterNames[place], {start}.filterAddresses[place]]]"
    return Figures(
        [call(start, pins), call(start, snoozed)],
        {
            "id": f"{start}.uid",
            "pins": "pins",
            "filters": filters,
            "snoozed": "snoozed",
            "visit": f"toString({last_visit(start)})",
        },
    )
