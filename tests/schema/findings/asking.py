"""Insights as a test asks for them, and what holds for every one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type

from graph.mutations.declarations import MUTATIONS
from schema.build import build
from schema.findings.finding import LONGEST, VIEWS
from schema.findings.registry import RULES
from tests.schema.mutations.stage import Stage

FIGURE = "{ value unit currency evidence { text value record { __typename id } } }"
PARTS = f"parts {{ text record {{ id }} figure {FIGURE} }}"
BECAUSE = f"because {{ text record {{ id }} {PARTS} }}"
INSIGHT = f"""{{ rule version severity says subject {{ __typename id }} {PARTS} {BECAUSE}
  money {FIGURE} date action {{ verb label args {{ name value }} }} }}"""

ABSOLUTE = re.compile(r"\b(never|ever|nobody|no one|none|not one|nothing)\b", re.IGNORECASE)
QUALIFIED = "s far as you may see"


async def insights(stage: Stage, about: str, first: int = 50) -> list[dict[str, Any]]:
    """The insights about a record, each checked."""
    query = f"query ($about: ID!, $first: Int!) {{ insights(about: $about, first: $first) {INSIGHT} }}"
    found: list[dict[str, Any]] = (await stage.ask(query, about=about, first=first))["insights"]
    for one in found:
        check(one)
    return found


async def found_by(rule: str, stage: Stage, about: str) -> list[dict[str, Any]]:
    """The insights of one rule about a record."""
    return [one for one in await insights(stage, about) if one["rule"] == rule]


def sentences(insight: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The sentences of an insight with their parts."""
    yield insight["says"], insight["parts"]
    yield from ((one["text"], one["parts"]) for one in insight["because"])


def check(insight: dict[str, Any]) -> None:
    """What holds for every insight."""
    assert insight["version"] == RULES[insight["rule"]].version
    assert len(insight["says"]) <= LONGEST, insight["says"]
    assert len(insight["because"]) <= 2
    for text, parts in sentences(insight):
        check_sentence(text, parts)
    check_figures([insight["money"]] if insight["money"] is not None else [])
    action = insight["action"]
    if action is None:
        assert insight["severity"] == "NOTE"
        return
    names = {one["name"] for one in action["args"]}
    if action["verb"] in MUTATIONS:
        core = build()[1]
        assert core.mutation_type is not None
        inputs = get_named_type(core.mutation_type.fields[action["verb"]].args["input"].type)
        assert isinstance(inputs, GraphQLInputObjectType)
        assert names <= set(inputs.fields), action
    else:
        assert action["verb"] in VIEWS, action["verb"]
        assert "id" in names


def check_sentence(text: str, parts: list[dict[str, Any]]) -> None:
    """The parts of a sentence are the sentence, and every number in it is a figure or in a name or a date."""
    assert "".join(part["text"] for part in parts) == text
    assert text[:1] == text[:1].upper(), text
    assert "  " not in text
    check_figures(part["figure"] for part in parts if part["figure"] is not None)


def check_figures(figures: Iterable[dict[str, Any]]) -> None:
    """Every figure is the sum of its evidence."""
    for figure in figures:
        total = math.fsum(one["value"] for one in figure["evidence"])
        assert math.isclose(figure["value"], total, abs_tol=0.0005), figure
        assert (figure["currency"] is not None) == (figure["unit"] == "MONEY")
