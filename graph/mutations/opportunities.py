"""The course of an opportunity: forward through its stages, then won or lost."""

from __future__ import annotations

from collections.abc import Mapping

from graph.models.choices import SalesStage
from graph.mutations.frame import TOUCH, altered, begun, doing, facts, missing, refusing, sought, why
from graph.mutations.records import More, updated
from graph.mutations.registry import verb
from graph.query.builder import CypherBuilder
from graph.query.cypher import quoted

_STAGES = f"[{', '.join(quoted(stage.name) for stage in SalesStage)}]"


def _unless(condition: str, wanted: str) -> tuple[str, str]:
    return (condition, why("state", state="n.state", wanted=quoted(wanted)))


@verb("updateOpportunity")
def update_opportunity(builder: CypherBuilder) -> str:
    """Changes an opportunity; how it ended can be corrected once it has, how it stands while it is open."""
    more = More(
        refuses=(
            _unless(
                "any(key IN $input.keys WHERE key IN ['status', 'closeProbability']) AND n.state <> 'OPEN'", "OPEN"
            ),
            _unless("'actualValue' IN $input.keys AND n.state <> 'WON'", "WON"),
            _unless("'actualCloseDate' IN $input.keys AND n.state = 'OPEN'", "WON or LOST"),
        )
    )
    return updated(builder, "Opportunity", "updateOpportunity", more)


def _stepped(
    builder: CypherBuilder, name: str, values: Mapping[str, str], *refuses: tuple[str, str], first: str = ""
) -> str:
    """An open opportunity gets these values, each an expression."""
    wanted = ", ".join(f"{key}: {text}" for key, text in values.items())
    keys = f"[{', '.join(map(quoted, values))}]"
    cases = (
        ("n IS NULL", missing("opportunity", "$input.opportunity")),
        _unless("n.state <> 'OPEN'", "OPEN"),
        *refuses,
    )
    return "\n".join(
        [
            begun(),
            sought(builder, "n", "Opportunity", "$input.opportunity"),
            *([first] if first else []),
            f"WITH *, {refusing(*cases)}, {{{wanted}}} AS wanted",
            f"WITH *, {altered(keys, 'wanted')} AS changed",
            f"WITH *, {facts('changed', 'n')} AS before, {facts('changed', 'wanted')} AS after",
            doing(name, ["wanted"], f"{TOUCH} SET n += wanted"),
        ]
    )


@verb("advanceOpportunity")
def advance_opportunity(builder: CypherBuilder) -> str:
    """An open opportunity comes to a later stage: the given one, or the next."""
    place = "[at IN range(0, size(stages) - 1) WHERE stages[at] = {}][0]"
    return _stepped(
        builder,
        "advanceOpportunity",
        {
            "salesStage": "stages[there]",
            "closeProbability": "coalesce($input.closeProbability, n.closeProbability)",
        },
        ("there >= size(stages)", why("last")),
        ("there < here", why("backwards", stage="n.salesStage")),
        first=(
            f"WITH *, {_STAGES} AS stages\n"
            f"WITH *, coalesce({place.format('n.salesStage')}, -1) AS here,\n"
            f"  {place.format('$input.salesStage')} AS there\n"
            "WITH *, coalesce(there, here + 1) AS there"
        ),
    )


@verb("winOpportunity")
def win_opportunity(builder: CypherBuilder) -> str:
    """An open opportunity is decided for us; it brought what is given, or what was estimated."""
    estimated = "CASE WHEN $input.actualValue IS NULL THEN n.estimatedValue"
    money = {
        f"actualValue{part}": f"{estimated}{part} ELSE $input.actualValue{part} END"
        for part in ("", "Currency", "Base")
    }
    return _stepped(
        builder,
        "winOpportunity",
        {
            "state": "'WON'",
            "status": "'WON'",
            "closeProbability": "100",
            "actualCloseDate": "coalesce($input.actualCloseDate, date($now))",
            **money,
        },
    )


@verb("loseOpportunity")
def lose_opportunity(builder: CypherBuilder) -> str:
    """An open opportunity is decided against us, or given up."""
    return _stepped(
        builder,
        "loseOpportunity",
        {
            "state": "'LOST'",
            "status": "$input.status",
            "closeProbability": "0",
            "actualCloseDate": "coalesce($input.actualCloseDate, date($now))",
        },
    )
