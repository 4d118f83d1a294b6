"""What is bought together, and what an account might buy next: association rules counted exactly over the orders."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from graphql import FieldNode, GraphQLResolveInfo
from strawberry.dataloader import DataLoader

from algorithms.cross_sell import LEAST_ORDERS, RuleIndex, cross_sell
from algorithms.rules import Rule, TooManySetsError, product_rules
from graph.errors import Invalid, TooExpensive
from graph.query.computed.cross_sell import baskets
from graph.query.selection import Part
from graph.store import Bound, parameters_of
from schema.context import Context
from schema.insights.places import Path, handed, occurrences, raw
from schema.planning.selection_builder import SelectionBuilder

if TYPE_CHECKING:
    from schema.generated_types import Product


@strawberry.type(description="A rule: orders with these products also hold those, counted exactly.")
class ProductRule:
    """A rule: orders with these products also hold those."""

    shown: strawberry.Private[dict[str, Any]]
    rule: strawberry.Private[Rule]
    depth: strawberry.Private[int]
    orders: int = strawberry.field(description="The orders with all of them.")
    support: float = strawberry.field(description="The share of all orders with all of them.")
    confidence: float = strawberry.field(
        description="Of the orders with the antecedent, the share with the consequent too."
    )
    lift: float = strawberry.field(description="How much more often than by chance; 1 is chance.")
    leverage: float = strawberry.field(description="The support above what chance would give.")
    conviction: float | None = strawberry.field(
        description="How much more often chance would fail; null when it never fails."
    )
    zhang: float = strawberry.field(description="Zhang's measure, -1 (apart) to 1 (together).")

    @strawberry.field(description="The products bought.")
    def antecedent(self, info: strawberry.Info) -> list[Annotated[Product, strawberry.lazy("schema.generated_types")]]:
        """The products bought."""
        rows = handed(self.shown, info, self.depth)
        return [rows[uid] for uid in self.rule.antecedent if uid in rows]

    @strawberry.field(description="The products bought with them.")
    def consequent(self, info: strawberry.Info) -> list[Annotated[Product, strawberry.lazy("schema.generated_types")]]:
        """The products bought with them."""
        rows = handed(self.shown, info, self.depth)
        return [rows[uid] for uid in self.rule.consequent if uid in rows]


@strawberry.type(description="Why a product is suggested.")
class CrossSellEvidence:
    """Why a product is suggested."""

    rules: list[ProductRule] = strawberry.field(
        description="The rules whose antecedent the account bought, the strongest first."
    )
    n: int = strawberry.field(description="How many orders the rules are counted over.")


@strawberry.type(description="A product an account has not bought, and might.")
class CrossSell:
    """A product an account has not bought, and might."""

    shown: strawberry.Private[dict[str, Any]]
    uid: strawberry.Private[str]
    score: float = strawberry.field(description="The best confidence of its rules, 0 to 1.")
    because: CrossSellEvidence = strawberry.field(description="Why.")
    alreadyProposed: bool = strawberry.field(description="Whether an open opportunity with the account has it.")

    @strawberry.field(description="The product.")
    def product(self, info: strawberry.Info) -> Annotated[Product, strawberry.lazy("schema.generated_types")]:
        """The product."""
        return handed(self.shown, info, 1)[self.uid]  # type: ignore[no-any-return]


def _rule(one: Rule, shown: dict[str, Any], depth: int) -> ProductRule:
    return ProductRule(
        shown=shown, rule=one, depth=depth, orders=one.orders, support=one.support, confidence=one.confidence,
        lift=one.lift, leverage=one.leverage, conviction=one.conviction, zhang=one.zhang,
    )  # fmt: skip


async def _baskets(context: Context) -> list[list[str]]:
    text = baskets(context.access.shape)
    values: dict[str, Any] = {"access": context.access.values, "now": context.now}
    answer = await context.reads.ask(Bound("baskets", text, {key: values[key] for key in parameters_of(text)}))
    return answer or []


async def _products(
    context: Context, info: GraphQLResolveInfo[Any], paths: Sequence[Path], uids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The products' rows for every place the paths are selected at: place → id → row."""
    selection_builder = context.selection_builder(info)
    places = [found for path in paths for found in occurrences(selection_builder, list(info.field_nodes), path).items()]
    asked = [("Product", sorted(set(uids)), selection_builder.row(nodes, "Product")) for _, nodes in places]
    answers = await context.records(selection_builder, asked) if asked else []
    return {place: rows for (place, _), rows in zip(places, answers, strict=True)}


async def product_rules_of(
    info: strawberry.Info,
    min_orders: int = 1,
    min_support: float = 0,
    min_confidence: float = 0,
    min_lift: float | None = None,
    max_length: int = 2,
    first: int = 50,
) -> list[ProductRule]:
    """The rules over all orders, the highest lift first."""
    context: Context = info.context
    if not 0 <= first <= 10_000:
        raise Invalid(f"`first` is {first}.", remedy="Give a number from 0 to 10000.")
    orders = await _baskets(context)
    try:
        found = await asyncio.to_thread(
            product_rules, orders, min_orders=min_orders, min_support=min_support, min_confidence=min_confidence,
            min_lift=min_lift, max_length=max_length, first=first,
        )  # fmt: skip
    except TooManySetsError as error:
        raise TooExpensive(
            f"{error}.", remedy="Raise minOrders, minSupport or minConfidence, or lower maxLength."
        ) from error
    except ValueError as error:
        raise Invalid(f"{error}.", remedy="Give minimums from 0 to 1 and a maxLength from 2 to 6.") from error
    uids = [uid for one in found for uid in (*one.antecedent, *one.consequent)]
    paths: tuple[Path, ...] = ((("ProductRule", "antecedent"),), (("ProductRule", "consequent"),))
    shown = await _products(context, raw(info), paths, uids)
    return [_rule(one, shown, 1) for one in found]


_BECAUSE = (("CrossSell", "because"), ("CrossSellEvidence", "rules"))
_PATHS: tuple[Path, ...] = (
    (("CrossSell", "product"),),
    (*_BECAUSE, ("ProductRule", "antecedent")),
    (*_BECAUSE, ("ProductRule", "consequent")),
)


def parts(_: SelectionBuilder, __: Sequence[FieldNode]) -> tuple[Part, ...]:
    """The read behind it brings what the account has; the products come in one read for all accounts of a page."""
    return ()


async def resolve(source: dict[str, Any], info: GraphQLResolveInfo[Any], **arguments: Any) -> list[CrossSell]:
    """The suggestions for one account; rules and products are read once for all accounts of the request."""
    context: Context = info.context
    first = next(value for name, value in arguments.items() if name.startswith("first"))
    if not 0 <= first <= 1000:
        raise Invalid(f"`first` is {first}.", remedy="Give a number from 0 to 1000.")
    raw = source[str(info.path.key)]
    if "rules" not in context.shared:
        context.shared["rules"] = asyncio.ensure_future(_rules(context))
    rules = await context.shared["rules"]
    found = cross_sell(raw["owned"], rules, first=first) if first else []
    uids = {uid for one in found for rule in one.rules for uid in (*rule.antecedent, *rule.consequent)}
    shown = await _together(context, info).load(tuple(sorted(uids | {one.product for one in found})))
    return [
        CrossSell(
            shown=shown,
            uid=one.product,
            score=one.score,
            because=CrossSellEvidence(rules=[_rule(rule, shown, 3) for rule in one.rules], n=one.n),
            alreadyProposed=one.product in raw["proposed"],
        )
        for one in found
    ]


async def _rules(context: Context) -> RuleIndex:
    orders = await _baskets(context)
    return RuleIndex(await asyncio.to_thread(product_rules, orders, min_orders=LEAST_ORDERS))


def _together(context: Context, info: GraphQLResolveInfo[Any]) -> DataLoader[tuple[str, ...], dict[str, Any]]:
    key = ("crossSell", id(info.field_nodes[0]))
    if key not in context.shared:

        async def load(wanted: list[tuple[str, ...]]) -> list[dict[str, Any]]:
            shown = await _products(context, info, _PATHS, [uid for uids in wanted for uid in uids])
            return [shown for _ in wanted]

        context.shared[key] = DataLoader(load_fn=load)
    loader: DataLoader[tuple[str, ...], dict[str, Any]] = context.shared[key]
    return loader
