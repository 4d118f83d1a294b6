"""Headlines: what Kith concludes about a record in one or two sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import schema.findings.rules
import schema.headlines.account
import schema.headlines.opportunity  # noqa: F401  declare the headlines
from schema.findings.finding import Viewpoint
from schema.findings.registry import fields_of, findings, ids_of, judged_labels, members
from schema.headlines.portfolio import portfolio
from schema.headlines.registry import HEADLINES, Headline
from schema.insights.registry import Gathered, Gathering, always, insight
from schema.request import Request
from schema.sentences.sentence import Mention, Sentence, joined


def _field(declared: Headline) -> Callable[..., Sentence | None]:
    def concluded(found: Mapping[str, Any], request: Request, rows: Gathered) -> Sentence | None:
        row = rows[declared.on].get(found["id"])
        view = Viewpoint(request.now, bool(request.access.shape.rules))
        sentences = [] if row is None else list(declared.conclude(row, view))
        return joined(sentences) if sentences else None

    concluded.__doc__ = declared.description
    concluded.__name__ = declared.field
    return concluded


@insight(
    on="User",
    reads=ids_of("User"),
    gathers=Gathering({label: fields_of(label) for label in judged_labels()}, partial(members, "User")),
    threaded=always,
)
def headline(ids: Mapping[str, Any], request: Request, rows: Gathered) -> Sentence:
    """The most valuable insight with a date about the accounts of the user, then the number and value of the others."""
    view = Viewpoint(request.now, bool(request.access.shape.rules))
    found = [
        (Mention(rows["Account"][account["id"]]["name"], account["id"]), one)
        for account in ids["portfolio"]["nodes"]
        if account["id"] in rows["Account"]
        for one in findings("Account", account, rows, view, top=False)
    ]
    return joined(list(portfolio(found, view)))


def _ids(label: str) -> Callable[[Any], list[tuple[str, str]]]:
    return lambda found: [(label, found["id"])]


for _declared in HEADLINES:
    insight(
        on=_declared.on,
        reads="id",
        gathers=Gathering({_declared.on: _declared.reads}, _ids(_declared.on)),
        threaded=always,
    )(_field(_declared))
