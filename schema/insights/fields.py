"""Where the insights stand in the schema: on Query, and on Account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from schema.insights import org_chart, rules, ties
from schema.planning.selection_builder import PYTHON

ID = strawberry.ID


def _says(text: str, name: str | None = None) -> Any:
    return strawberry.argument(description=text, name=name)


@strawberry.type
class Insights:
    """The root fields that Python answers."""

    @strawberry.field(description="How well two parties know each other; null when nothing joins them.")
    async def tie(
        self,
        info: strawberry.Info,
        from_: Annotated[ID, _says("The one.", "from")],
        to: Annotated[ID, _says("The other.")],
    ) -> ties.Tie | None:
        """The tie of two parties."""
        return await ties.tie(info, from_, to)

    @strawberry.field(description="Who of us knows this person, or anyone at this account; the strongest tie first.")
    async def knows(
        self,
        info: strawberry.Info,
        to: Annotated[ID, _says("A contact or an account.")],
        first: Annotated[int, _says("How many at most, up to 1000.")] = 5,
    ) -> list[ties.Tie]:
        """Who of us knows somebody."""
        return await ties.knows(info, to, first)

    @strawberry.field(
        description="The strongest ways to a person, or to anybody at an account, through people who know each other."
    )
    async def introductions(
        self,
        info: strawberry.Info,
        to: Annotated[ID, _says("A contact or an account.")],
        from_: Annotated[ID | None, _says("Who asks; me when left out.", "from")] = None,
        first: Annotated[int, _says("How many ways at most.")] = 3,
        maxHops: Annotated[int, _says("How many hops a way has at most, 1 to 6.")] = 3,
    ) -> list[ties.Introduction]:
        """The strongest ways to somebody."""
        return await ties.introductions(info, to, from_, first, maxHops)

    @strawberry.field(
        description="What is bought together: rules over all orders in exact arithmetic, the highest lift first. "
        "A minimum of 0.8 means count(A and C) >= 0.8 * count(A)."
    )
    async def productRules(
        self,
        info: strawberry.Info,
        minOrders: Annotated[int, _says("The least number of orders with all of them.")] = 1,
        minSupport: Annotated[float, _says("The least share of all orders with all of them.")] = 0,
        minConfidence: Annotated[float, _says("The least confidence.")] = 0,
        minLift: Annotated[float | None, _says("The least lift.")] = None,
        maxLength: Annotated[int, _says("How many products a rule has at most, 2 to 6.")] = 2,
        first: Annotated[int, _says("How many rules at most, up to 10000.")] = 50,
    ) -> list[rules.ProductRule]:
        """What is bought together."""
        return await rules.product_rules_of(info, minOrders, minSupport, minConfidence, minLift, maxLength, first)


PYTHON["Account.orgChart"] = org_chart.parts
PYTHON["Account.crossSell"] = rules.parts

RESOLVERS: dict[str, Callable[..., Any]] = {"orgChart": org_chart.resolve, "crossSell": rules.resolve}
TYPES = {"OrgChart": org_chart.OrgChart, "CrossSell": rules.CrossSell}
