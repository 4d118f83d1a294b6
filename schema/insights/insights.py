"""Insights: the findings of all rules about a record, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import schema.findings.rules  # noqa: F401  declares the rules
from graph.query.values import Argument
from schema.findings.finding import Insight, Viewpoint
from schema.findings.registry import fields_of, ids_of, judged_labels, members
from schema.findings.registry import insights as ranked
from schema.insights.registry import Gathered, Gathering, always, insight
from schema.request import Request

FIRST = Argument("first", int, "The maximum number of insights.", 7, 0, 100, page=True)


def viewpoint(request: Request) -> Viewpoint:
    """Returns the viewpoint of the caller of a request."""
    return Viewpoint(request.now, bool(request.access.shape.rules))


def _insights_on(label: str) -> Callable[..., list[Insight]]:
    def insights(ids: Mapping[str, Any], request: Request, rows: Gathered, *, first: int) -> list[Insight]:
        """The insights about the record and those that belong to it, by severity, then by money, then by date.

        An account has the most important one about each of its open opportunities and those about the accounts below
        it, and a user the most important one about each of their accounts. Each has the others as evidence, so that
        an amount is stated once.
        """
        return [one.insight() for one in ranked(label, ids, rows, viewpoint(request))[:first]]

    return insights


_FIELDS = {label: fields_of(label) for label in judged_labels()}

for _label in judged_labels():
    insight(
        on=_label,
        args=(FIRST,),
        reads=ids_of(_label),
        gathers=Gathering(_FIELDS, partial(members, _label)),
        threaded=always,
        about="about",
    )(_insights_on(_label))
