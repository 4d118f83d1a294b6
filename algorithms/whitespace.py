"""White space: the purchases of a group by account and product, the gaps, and the expected next purchases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from enum import Enum
from typing import Annotated, Any, NamedTuple

from algorithms.display_order import Member, display_order
from algorithms.registry import algorithm
from algorithms.results import ID, MONEY, Choice, Ref, Shared
from algorithms.rules import ProductRule
from algorithms.sales import FEW_ORDERS, Listed, SalesHistory, expected_value

MOST_CELLS = 200_000
MOST_ACCOUNTS = 50
DEFINITION = "explorer design §7.7; white space: design formulas §8"


class TooManyCellsError(ValueError):
    """A page of a matrix with more cells than allowed; ask for fewer rows."""


class WhiteSpaceBy(Enum):
    """The columns of a white space matrix."""

    FAMILY = "A column for each product family, and for each product without one."
    PRODUCT = "A column for each product."


class WhiteSpaceState(Enum):
    """The state of a cell: the first in this order that applies."""

    BOUGHT = "The account ordered it; the order was not canceled."
    OPEN = "An open opportunity with the account has it."
    DISMISSED = "It is not proposed to the account."
    LOST = "A lost opportunity with the account had it."
    CANCELED = "A canceled order of the account had it."
    WHITE = "None of these."


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpaceAmounts:
    """The amounts of a cell, or their sums over the cells of a row, a column or the matrix."""

    bought: Annotated[int, MONEY, "The amount of the lines of orders that were not canceled."] = 0
    open: Annotated[int, MONEY, "The amount of the lines of open opportunities."] = 0
    lost: Annotated[int, MONEY, "The amount of the lines of lost opportunities."] = 0
    canceled: Annotated[int, MONEY, "The amount of the lines of canceled orders."] = 0
    expected: Annotated[int, MONEY, "The expected value of the moves."] = 0

    def by_name(self) -> dict[str, int]:
        """The amounts by name."""
        return {name: getattr(self, name) for name in _AMOUNTS}

    def plus(self, **amounts: int) -> WhiteSpaceAmounts:
        """The sums with other amounts."""
        return WhiteSpaceAmounts(**{name: amount + amounts.get(name, 0) for name, amount in self.by_name().items()})


_AMOUNTS = tuple(one.name for one in fields(WhiteSpaceAmounts))


@dataclass(frozen=True, slots=True)
class WhiteSpaceMove:
    """A product to propose, with the rule that supports it and the value that is expected."""

    product: Annotated[str, Ref("Product"), Shared(200), "The product."]
    accounts: Annotated[
        tuple[str, ...],
        Ref("Account"),
        Shared(200),
        f"The accounts to propose it to, the highest expected value first, up to {MOST_ACCOUNTS}.",
    ]
    account_count: Annotated[int, "The number of accounts to propose it to."]
    expected: Annotated[
        int, MONEY, "The confidence of each account's strongest rule times the median amount of a line, added up."
    ]
    rule: Annotated[ProductRule, "The rule with the highest expected value."]
    siblings: Annotated[
        tuple[str, ...],
        Ref("Account"),
        Shared(200),
        f"The accounts of the matrix that bought it, in the order of the rows, up to {MOST_ACCOUNTS}.",
    ]
    few_orders: Annotated[bool, f"True if fewer than {FEW_ORDERS} orders support the rule, which is thin evidence."]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpaceCell(WhiteSpaceAmounts):
    """The purchases, offers and expected purchases of an account in a family or a product."""

    column: Annotated[str, ID, "The id of the column."]
    state: Annotated[WhiteSpaceState, "The state."]
    dismissal: Annotated[str | None, Choice("DismissalReason"), "The reason why it is not proposed to the account."]
    reason: Annotated[str | None, "The best move's evidence in words; null without a move."]
    moves: Annotated[tuple[WhiteSpaceMove, ...], "The products to propose, the best first."]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpaceRow(WhiteSpaceAmounts):
    """An account in a white space matrix; its figures are the sums of its cells."""

    account: Annotated[str, Ref("Account"), "The account."]
    depth: Annotated[int, "The number of levels between the account and the top of the matrix."]
    cells: Annotated[tuple[WhiteSpaceCell, ...], "The cells, in the order of the columns."]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpaceColumn(WhiteSpaceAmounts):
    """A column of a white space matrix; its figures are the sums over all accounts, not only those of the page."""

    column: Annotated[str, ID, "The id of the product family or the product, as in the cells."]
    name: Annotated[str, "Its name."]
    owners: Annotated[int, "The number of accounts that bought it."]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteSpace(WhiteSpaceAmounts):
    """The accounts of a group by what they can buy; the figures add up over rows and over columns."""

    columns: Annotated[tuple[WhiteSpaceColumn, ...], "The columns, by family and product number."]
    rows: Annotated[tuple[WhiteSpaceRow, ...], "A page of the accounts: each below its parent, siblings by name."]
    accounts: Annotated[int, "The number of all accounts."]
    places: Annotated[int, "The number of all cells: accounts times columns."]
    bought_places: Annotated[int, "The number of all cells that are bought."]
    orders: Annotated[int, "The number of orders that the rules are computed from."]
    moves: Annotated[tuple[WhiteSpaceMove, ...], "The best products to propose, over all accounts."]


class Sale(NamedTuple):
    """The lines of a product with an account: BOUGHT, OPEN, LOST or CANCELED, in minor units of the base currency."""

    account: str
    product: str
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """The sales to the accounts of a group, and the products that are not proposed, with a reason."""

    members: Sequence[Member]
    sales: Sequence[Sale]
    dismissed: Sequence[tuple[str, str, str]]

    @classmethod
    def of(cls, found: Mapping[str, Sequence[Sequence[Any]]]) -> Holdings:
        """The holdings from the columns of a read."""
        return cls(
            [Member(*row) for row in found["members"]],
            [Sale(*row) for row in found["sales"]],
            [(account, product, reason) for account, product, reason in found["dismissed"]],
        )


class _Suggestion(NamedTuple):
    account: str
    product: str
    expected: int
    rule: ProductRule


class _Matrix:
    """The holdings by account, and what follows from the rules."""

    def __init__(self, holdings: Holdings, history: SalesHistory) -> None:
        self.history = history
        self.sales: defaultdict[str, list[Sale]] = defaultdict(list)
        self.dismissed: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for sale in holdings.sales:
            self.sales[sale.account].append(sale)
        for account, product, reason in holdings.dismissed:
            self.dismissed[account][product] = reason

    def products(self, account: str, kind: str) -> frozenset[str]:
        """The products with lines of a kind."""
        return frozenset(sale.product for sale in self.sales.get(account, ()) if sale.kind == kind)

    def reason(self, account: str, product: str) -> str | None:
        """The reason why a product or its family is not proposed to an account."""
        reasons = self.dismissed.get(account, {})
        return reasons.get(product) or reasons.get(_column_of(self.history, product, WhiteSpaceBy.FAMILY))

    def suggestions(self, account: str) -> Iterator[_Suggestion]:
        """The products to propose to an account: neither bought, nor in an open opportunity, nor dismissed."""
        owned = self.products(account, "BOUGHT")
        if not owned:
            return
        proposed = self.products(account, "OPEN")
        for product, rules in self.history.proposing.applicable(owned).items():
            median = self.history.medians.get(product)
            if product not in proposed and median is not None and self.reason(account, product) is None:
                yield _Suggestion(account, product, expected_value(rules[0], median), rules[0])


@algorithm(reads=("account.children", "order_line.*", "rule.*"), reference=DEFINITION)
def whitespace_value(holdings: Holdings, history: SalesHistory) -> int:
    """Returns the expected value of all moves of a group, in minor units of the base currency.

    >>> from algorithms.sales import sales_history
    >>> history = sales_history([("x", [("scada", 500), ("historian", 300)])] * 12 + [("y", [("plc", 90)])] * 12, [])
    >>> holdings = Holdings([Member("a", None)], [Sale("a", "scada", "BOUGHT", 500)], [])
    >>> whitespace_value(holdings, history)
    300
    """
    matrix = _Matrix(holdings, history)
    members = {one.uid for one in holdings.members}
    return sum(one.expected for account in members for one in matrix.suggestions(account))


@algorithm(reads=("account.children", "order_line.*", "rule.*"), reference=DEFINITION)
def whitespace(
    holdings: Holdings, history: SalesHistory, by: WhiteSpaceBy, *, first: int = 200, offset: int = 0, moves: int = 5
) -> WhiteSpace:
    """Returns the matrix of a group: its accounts by families or products.

    Args:
        holdings: the sales to the accounts of the group; the first member is the top of the group.
        history: the orders of all accounts.
        by: the columns.
        first: the maximum number of rows.
        offset: the number of rows to skip.
        moves: the maximum number of best moves over all accounts.

    Raises:
        TooManyCellsError: the page has more than `MOST_CELLS` cells.

    >>> from algorithms.sales import sales_history
    >>> history = sales_history([("x", [("scada", 500), ("historian", 300)])] * 12 + [("y", [("plc", 90)])] * 12, [])
    >>> holdings = Holdings([Member("a", None)], [Sale("a", "scada", "BOUGHT", 500)], [])
    >>> row = whitespace(holdings, history, WhiteSpaceBy.PRODUCT).rows[0]
    >>> [(cell.column, cell.state.name, cell.bought, cell.expected) for cell in row.cells]
    [('historian', 'WHITE', 0, 300), ('scada', 'BOUGHT', 500, 0)]
    """
    matrix = _Matrix(holdings, history)
    order = display_order(holdings.members)
    sums = {account: _sums(matrix, account, by) for account, _ in order}
    columns = _columns(matrix.history, {column for cells in sums.values() for column in cells}, by)
    if min(first, max(len(order) - offset, 0)) * len(columns) > MOST_CELLS:
        raise TooManyCellsError
    buyers: defaultdict[str, list[str]] = defaultdict(list)
    for account, _ in order:
        for product in sorted(matrix.products(account, "BOUGHT")):
            buyers[product].append(account)
    totals = {column: _Sums() for column in columns}
    suggested: defaultdict[str, list[_Suggestion]] = defaultdict(list)
    rows = []
    for place, (account, depth) in enumerate(order):
        for column, mine in sums[account].items():
            totals[column].add(mine)
            for one in mine.suggestions:
                suggested[one.product].append(one)
        if offset <= place < offset + first:
            rows.append(_row(matrix, account, depth, columns, sums[account], buyers))
    best = sorted((_move(given, buyers) for given in suggested.values()), key=_rank)[:moves]
    total = _Sums()
    for of in totals.values():
        total.add(of)
    return WhiteSpace(
        columns=tuple(_column(history, column, of) for column, of in totals.items()),
        rows=tuple(rows),
        accounts=len(order),
        places=len(order) * len(columns),
        bought_places=sum(of.owners for of in totals.values()),
        orders=history.orders,
        moves=tuple(best),
        **total.amounts.by_name(),
    )


class _Sums:
    """The figures of a cell or a column."""

    __slots__ = ("amounts", "kinds", "owners", "suggestions")

    def __init__(self) -> None:
        self.amounts = WhiteSpaceAmounts()
        self.kinds: set[str] = set()
        self.suggestions: list[_Suggestion] = []
        self.owners = 0

    def add(self, other: _Sums) -> None:
        """Adds the figures of a cell."""
        self.amounts = self.amounts.plus(**other.amounts.by_name())
        self.owners += "BOUGHT" in other.kinds


def _sums(matrix: _Matrix, account: str, by: WhiteSpaceBy) -> dict[str, _Sums]:
    """Returns the figures of the account's cells with sales or suggestions."""
    found: defaultdict[str, _Sums] = defaultdict(_Sums)
    for sale in matrix.sales.get(account, ()):
        cell = found[_column_of(matrix.history, sale.product, by)]
        cell.amounts = cell.amounts.plus(**{sale.kind.lower(): sale.amount})
        cell.kinds.add(sale.kind)
    for one in matrix.suggestions(account):
        cell = found[_column_of(matrix.history, one.product, by)]
        cell.amounts = cell.amounts.plus(expected=one.expected)
        cell.suggestions.append(one)
    return found


def _column_of(history: SalesHistory, product: str, by: WhiteSpaceBy) -> str:
    listed = history.products.get(product)
    family = listed.family if listed is not None and by is WhiteSpaceBy.FAMILY else None
    return family or product


def _columns(history: SalesHistory, used: AbstractSet[str], by: WhiteSpaceBy) -> list[str]:
    """Returns the columns: those of products that may be suggested, and those that are used."""
    listed = history.products
    wanted = used | {_column_of(history, one.uid, by) for one in listed.values() if one.offered and not one.is_family}
    unknown = Listed("", "", None, False, None, False)

    def key(uid: str) -> tuple[Any, ...]:
        one = listed.get(uid, unknown)
        family = listed.get(one.family or uid, unknown)
        return (family.number or "~", family.name, one.number or "~", one.name, uid)

    return sorted(wanted, key=key)


def _column(history: SalesHistory, column: str, of: _Sums) -> WhiteSpaceColumn:
    return WhiteSpaceColumn(column=column, name=_name(history, column), owners=of.owners, **of.amounts.by_name())


def _name(history: SalesHistory, product: str) -> str:
    listed = history.products.get(product)
    return "" if listed is None else listed.name


def _row(
    matrix: _Matrix,
    account: str,
    depth: int,
    columns: Iterable[str],
    sums: Mapping[str, _Sums],
    buyers: Mapping[str, Sequence[str]],
) -> WhiteSpaceRow:
    empty = _Sums()
    cells = tuple(_cell(matrix, account, column, sums.get(column, empty), buyers) for column in columns)
    total = _Sums()
    for of in sums.values():
        total.add(of)
    return WhiteSpaceRow(account=account, depth=depth, cells=cells, **total.amounts.by_name())


def _cell(matrix: _Matrix, account: str, column: str, of: _Sums, buyers: Mapping[str, Sequence[str]]) -> WhiteSpaceCell:
    dismissal = matrix.reason(account, column)
    moves = tuple(sorted((_move([one], buyers) for one in of.suggestions), key=_rank))
    reason = _evidence(matrix.history, moves[0]) if moves else None
    return WhiteSpaceCell(
        column=column,
        state=_state(of.kinds, dismissal),
        dismissal=dismissal,
        reason=reason,
        moves=moves,
        **of.amounts.by_name(),
    )


def _state(kinds: AbstractSet[str], dismissal: str | None) -> WhiteSpaceState:
    applies = {*kinds, *(["DISMISSED"] if dismissal is not None else []), "WHITE"}
    return next(one for one in WhiteSpaceState if one.name in applies)


def _move(given: Sequence[_Suggestion], buyers: Mapping[str, Sequence[str]]) -> WhiteSpaceMove:
    """Returns the move that proposes one product to several accounts."""
    ranked = sorted(given, key=lambda one: (-one.expected, one.account))
    rule = max(given, key=lambda one: (one.expected, one.rule.orders, one.rule.antecedent)).rule
    product = given[0].product
    return WhiteSpaceMove(
        product, tuple(one.account for one in ranked[:MOST_ACCOUNTS]), len(ranked),
        sum(one.expected for one in given), rule, tuple(buyers.get(product, ()))[:MOST_ACCOUNTS],
        rule.orders < FEW_ORDERS,
    )  # fmt: skip


def _rank(move: WhiteSpaceMove) -> tuple[bool, int, str]:
    return move.few_orders, -move.expected, move.product


def _evidence(history: SalesHistory, move: WhiteSpaceMove) -> str:
    rule = move.rule
    bought = " and ".join(_name(history, product) for product in rule.antecedent)
    return f"{rule.orders} of {rule.antecedent_orders} orders with {bought} also had {_name(history, move.product)}."
