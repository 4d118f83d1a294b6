"""White space: the purchases of an account and the accounts below it, the gaps, and the expected next purchases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from algorithms.results import MONEY
from algorithms.sales import SalesHistory
from algorithms.whitespace import Holdings, TooManyCellsError, WhiteSpace, WhiteSpaceBy
from algorithms.whitespace import whitespace as matrix_of
from algorithms.whitespace import whitespace_value as value_of
from graph.errors import TooExpensive
from graph.query.computed.holdings import HIERARCHY, holdings
from graph.query.values import Argument
from schema.insights.cross_sell import SALES
from schema.insights.registry import always, insight
from schema.request import Request


@insight(
    on="Account",
    args=(
        HIERARCHY,
        Argument("by", WhiteSpaceBy, "The columns.", WhiteSpaceBy.FAMILY),
        Argument("first", int, "The maximum number of rows.", 200, 0, 1000, page=True),
        Argument("offset", int, "The number of rows to skip.", 0, 0),
        Argument("moves", int, "The maximum number of best moves over all accounts.", 5, 0, 1000),
    ),
    reads=holdings,
    shares=SALES,
    threaded=always,
)
def whitespace(
    found: Mapping[str, Any],
    _: Request,
    history: SalesHistory,
    *,
    by: str,
    first: int,
    offset: int,
    moves: int,
    **__: Any,
) -> WhiteSpace:
    """The purchases of the account and the accounts below it by product family or product, and the expected next."""
    try:
        return matrix_of(Holdings.of(found), history, WhiteSpaceBy[by], first=first, offset=offset, moves=moves)
    except TooManyCellsError as error:
        raise TooExpensive(
            "The page has too many cells.", remedy="Use a lower `first`, or `by: FAMILY`.", field="first"
        ) from error


@insight(on="Account", args=(HIERARCHY,), reads=holdings, shares=SALES, threaded=always)
def whitespace_value(found: Mapping[str, Any], _: Request, history: SalesHistory, **__: Any) -> Annotated[int, MONEY]:
    """The expected value of all products that the account and the accounts below it might buy next."""
    return value_of(Holdings.of(found), history)
