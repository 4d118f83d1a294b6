"""The values that are no records: money, pages, rollups."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema.scalars import Date, DateTime


@strawberry.type(description="An amount of money; kept in exact minor units, sums are made before the division.")
class Money:
    """An amount of money."""

    amount: float = strawberry.field(description="The amount in units of the currency.")
    currency: str = strawberry.field(description="The currency's ISO 4217 code.")


@strawberry.input(description="An amount of money to be stored.")
class MoneyInput:
    """An amount of money to be stored."""

    amount: float = strawberry.field(description="The amount in units of the currency, no finer than it allows.")
    currency: str | None = strawberry.field(
        default=strawberry.UNSET, description="The currency's ISO 4217 code; the base currency when left out."
    )


@strawberry.type(description="Where a page stands among the others.")
class PageInfo:
    """Where a page stands among the others."""

    hasNextPage: bool = strawberry.field(description="Whether more come after this page.")
    endCursor: str | None = strawberry.field(description="The cursor of the last one: give it as `after`.")


@strawberry.type(description="Figures over an account and everything below it in a hierarchy, each record once, live.")
class AccountRollup:
    """Figures over an account and everything below it."""

    accounts: int = strawberry.field(description="The accounts, itself included.")
    depth: int = strawberry.field(description="The levels below it; 0 when it has no child.")
    contacts: int = strawberry.field(description="The people who work at any of them, each once.")
    openOpportunities: int = strawberry.field(description="The open opportunities.")
    openPipeline: Money = strawberry.field(description="Their estimated value, in the base currency.")
    weightedPipeline: Money = strawberry.field(
        description="Their estimated value times their probability, each rounded half even to minor units."
    )
    wonOpportunities: int = strawberry.field(description="The won opportunities.")
    won: Money = strawberry.field(description="What the won ones brought, in the base currency.")
    winRate: float | None = strawberry.field(description="Won out of won and lost; null when none was decided.")
    ordered: Money = strawberry.field(description="What was ordered and not called off, in the base currency.")
    interactions: int = strawberry.field(
        description="The completed activities with them and with their people while they worked there, each once."
    )
    lastInteractionAt: DateTime | None = strawberry.field(description="When the latest of them was.")
    byChild: list[AccountRollupShare] = strawberry.field(
        description="A row for the account's own figures and one for each direct child's tree; they add up to it."
    )


@strawberry.type(description="A part of a rollup: the account's own, or a direct child's with everything below it.")
class AccountRollupShare:
    """A part of a rollup."""

    account: Annotated[Account, strawberry.lazy("schema.generated_types")] = strawberry.field(  # type: ignore[name-defined]  # noqa: F821
        description="The account the part is of."
    )
    own: bool = strawberry.field(description="Whether it is the account's own part, without anything below.")
    won: Money = strawberry.field(description="What the won opportunities brought, in the base currency.")
    openPipeline: Money = strawberry.field(description="The estimated value of the open ones, in the base currency.")
    accounts: int = strawberry.field(description="The accounts in the part.")


@strawberry.type(description="Who is calling.")
class Caller:
    """Who is calling."""

    user: Annotated[User, strawberry.lazy("schema.generated_types")] | None = strawberry.field(  # type: ignore[name-defined]  # noqa: F821
        description="The user that stands for the caller (setting KITH_CALLER); null when none does."
    )


@strawberry.type(description="A record found by its words.")
class SearchHit:
    """A record found by its words."""

    node: Annotated[Node, strawberry.lazy("schema.generated_types")] = strawberry.field(description="The record.")  # type: ignore[name-defined]  # noqa: F821
    score: float = strawberry.field(description="How well it fits; only comparable within one answer.")
    highlights: list[str] = strawberry.field(description="Its texts in which the words were found.")


@strawberry.type(description="The value of a property or a link; exactly one field is set, the one of its type.")
class ChangeValue:
    """The value of a property or a link."""

    text: str | None = strawberry.field(description="A text, or the name of a member of an enumeration.")
    number: float | None = strawberry.field(description="A number, whole or not.")
    boolean: bool | None = strawberry.field(description="A boolean.")
    date: Date | None = strawberry.field(description="A date.")
    dateTime: DateTime | None = strawberry.field(description="A timestamp.")
    money: Money | None = strawberry.field(description="An amount of money, in its own currency.")
    texts: list[str] | None = strawberry.field(description="A list of texts.")
    records: list[Annotated[Node, strawberry.lazy("schema.generated_types")]] | None = strawberry.field(  # type: ignore[name-defined]  # noqa: F821
        description="The records that a link leads to, as far as you may read them."
    )


@strawberry.type(description="The change of one property or link of one record.")
class EventChange:
    """The change of one property or link of one record."""

    record: Annotated[Node, strawberry.lazy("schema.generated_types")] = strawberry.field(  # type: ignore[name-defined]  # noqa: F821
        description="The record that changed."
    )
    field: str = strawberry.field(
        description="The name of the property or the link; `link.property` for a property of a relationship."
    )
    before: ChangeValue | None = strawberry.field(description="The value before; null if it was missing.")
    after: ChangeValue | None = strawberry.field(description="The value after; null if it was cleared.")


@strawberry.type(description="The number of records or relationships of one type that a batch wrote.")
class EventCount:
    """The number of records or relationships of one type that a batch wrote."""

    type: str = strawberry.field(description="The type of the records, or the type of the relationships.")
    created: int = strawberry.field(description="The number of created ones.")
    changed: int = strawberry.field(description="The number of changed ones.")
    unchanged: int = strawberry.field(description="The number of those that already were as the batch wrote them.")


SHAPED = (
    "Money", "PageInfo", "AccountRollup", "AccountRollupShare", "SearchHit", "Caller",
    "EventChange", "ChangeValue", "EventCount",
)  # fmt: skip
"""The types whose values come from the database in the requested shape."""
