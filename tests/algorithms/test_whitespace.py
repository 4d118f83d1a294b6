"""White space against a calculation that looks at every account, product and rule."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.cross_sell import proven_gain
from algorithms.display_order import Member, display_order
from algorithms.rules import ProductRule, product_rules
from algorithms.sales import Orders, SalesHistory, expected_value, proposes, sales_history
from algorithms.whitespace import (
    Holdings,
    Sale,
    TooManyCellsError,
    WhiteSpaceBy,
    WhiteSpaceState,
    whitespace,
    whitespace_value,
)

FAMILY = {"a": "F", "b": "F", "c": "G", "d": "G", "e": None}
CATALOGUE = [
    *([one, one.upper(), one, False, family, one != "d"] for one, family in FAMILY.items()),
    *([one, f"family {one}", one, True, None, True] for one in "FG"),
]
products = st.sampled_from("abcde")
accounts = st.sampled_from(["r", "s", "t", "u"])
lines = st.lists(st.tuples(products, st.integers(0, 999)), min_size=1, max_size=4)
orders_of = st.lists(st.tuples(st.none() | accounts, lines), max_size=8).map(lambda some: some * 9)
sales_of = st.lists(
    st.tuples(accounts, products, st.sampled_from(["BOUGHT", "OPEN", "LOST", "CANCELED"]), st.integers(0, 999)),
    max_size=12,
    unique_by=lambda one: one[:3],
)
dismissed_of = st.dictionaries(st.tuples(accounts, st.sampled_from("abcdeFG")), st.just("NO_NEED"), max_size=3)
MEMBERS = [Member("r", None), Member("s", "r"), Member("t", "r"), Member("u", "s")]


def moves_of(
    account: str, sales: list[tuple[str, str, str, int]], dismissed: dict[tuple[str, str], str], orders: Orders
) -> dict[str, int]:
    """The expected value of each product for an account, from every rule."""
    owned = {product for one, product, kind, _ in sales if one == account and kind == "BOUGHT"}
    offered = {product for one, product, kind, _ in sales if one == account and kind == "OPEN"}
    amounts: dict[str, list[int]] = defaultdict(list)
    for _, some in orders:
        for product, amount in some:
            amounts[product].append(amount or 0)
    found: dict[str, int] = {}
    for product, family in FAMILY.items():
        if product in owned | offered or product == "d" or {(account, product), (account, family)} & dismissed.keys():
            continue
        best = None
        for one in product_rules([[item for item, _ in some] for _, some in orders]):
            good = one.orders >= 8 and one.lift >= 1.5 and one.confidence >= 0.3
            if good and one.consequent == (product,) and set(one.antecedent) <= owned:
                best = one if best is None or stronger(one, best) else best
        if best is not None:
            found[product] = round(Fraction(best.orders, best.antecedent_orders) * exactly(amounts[product]))
    return found


def exactly(amounts: list[int]) -> Fraction:
    """The median as a fraction."""
    return Fraction(median(map(Fraction, amounts)))


def stronger(one: ProductRule, other: ProductRule) -> bool:
    """Whether a rule precedes another one by evidence."""
    ranks = [(-proven_gain(of), -of.lift, -of.orders, of.antecedent) for of in (one, other)]
    return ranks[0] < ranks[1]


@given(sales_of, dismissed_of, orders_of, st.sampled_from(WhiteSpaceBy))
def test_the_matrix_equals_a_calculation_cell_by_cell(
    sales: list[tuple[str, str, str, int]], dismissed: dict[tuple[str, str], str], orders: Orders, by: WhiteSpaceBy
) -> None:
    holdings = Holdings(MEMBERS, [Sale(*one) for one in sales], [(*key, why) for key, why in dismissed.items()])
    history = sales_history(orders, CATALOGUE)
    found = whitespace(holdings, history, by, moves=100)
    column = {one: (FAMILY[one] or one) if by is WhiteSpaceBy.FAMILY else one for one in FAMILY}
    assert [(row.account, row.depth) for row in found.rows] == [("r", 0), ("s", 1), ("u", 2), ("t", 1)]
    for row in found.rows:
        expected = moves_of(row.account, sales, dismissed, orders)
        for cell in row.cells:
            mine = [one for one in sales if one[0] == row.account and column[one[1]] == cell.column]
            for kind in ("BOUGHT", "OPEN", "LOST", "CANCELED"):
                assert getattr(cell, kind.lower()) == sum(one[3] for one in mine if one[2] == kind)
            assert {move.product: move.expected for move in cell.moves} == {
                product: value for product, value in expected.items() if column[product] == cell.column
            }
            assert cell.expected == sum(move.expected for move in cell.moves)
            kinds = {one[2] for one in mine}
            by_family = dismissed.get((row.account, FAMILY.get(cell.column) or ""))
            cell_dismissed = dismissed.get((row.account, cell.column)) or by_family
            applies = [*kinds, *(["DISMISSED"] if cell_dismissed else []), "WHITE"]
            assert cell.state is next(one for one in WhiteSpaceState if one.name in applies)
            for move in cell.moves:
                owners = [
                    one.account for one in found.rows if (one.account, move.product, "BOUGHT") in {s[:3] for s in sales}
                ]
                assert list(move.siblings) == owners
                assert move.few_orders == (move.rule.orders < 12)
    for name in ("bought", "open", "expected"):
        whole = getattr(found, name)
        assert whole == sum(getattr(row, name) for row in found.rows)
        assert whole == sum(getattr(one, name) for one in found.columns)
    assert found.expected == sum(move.expected for move in found.moves) == whitespace_value(holdings, history)
    assert found.bought_places == sum(cell.state is WhiteSpaceState.BOUGHT for row in found.rows for cell in row.cells)
    assert [one.owners for one in found.columns] == [
        sum(row.cells[at].state is WhiteSpaceState.BOUGHT for row in found.rows) for at in range(len(found.columns))
    ]
    for first, then in pairwise(found.moves):
        assert (first.few_orders, -first.expected) <= (then.few_orders, -then.expected)


@given(sales_of, orders_of, st.integers(0, 5), st.integers(0, 5))
def test_a_page_has_the_rows_of_the_whole_and_its_totals(
    sales: list[tuple[str, str, str, int]], orders: Orders, first: int, offset: int
) -> None:
    holdings, history = Holdings(MEMBERS, [Sale(*one) for one in sales], []), sales_history(orders, CATALOGUE)
    whole = whitespace(holdings, history, WhiteSpaceBy.PRODUCT)
    page = whitespace(holdings, history, WhiteSpaceBy.PRODUCT, first=first, offset=offset)
    assert page.rows == whole.rows[offset : offset + first]
    assert (page.columns, page.expected, page.moves) == (whole.columns, whole.expected, whole.moves)


def history_of(together: int, alone: int, others: int, amount: int) -> SalesHistory:
    """Orders with a SCADA licence with and without a historian, and others."""
    orders: Orders = [
        *[("x", [("scada", 500), ("historian", amount)])] * together,
        *[("y", [("scada", 500)])] * alone,
        *[("z", [("plc", 90)])] * others,
    ]
    return sales_history(orders, [])


def test_an_expected_value_is_the_confidence_times_the_median_line() -> None:
    history = history_of(27, 15, 537, 1_036_000)
    holdings = Holdings([Member("a", None)], [Sale("a", "scada", "BOUGHT", 1)], [])
    (move,) = whitespace(holdings, history, WhiteSpaceBy.PRODUCT).moves
    assert (move.product, move.expected, move.few_orders) == ("historian", 666_000, False)
    assert (move.rule.orders, move.rule.antecedent_orders) == (27, 42)


@pytest.mark.parametrize(
    ("together", "alone", "others", "found"),
    [(8, 0, 20, True), (7, 0, 20, False), (9, 21, 30, True), (9, 22, 30, False), (20, 0, 10, True), (20, 0, 9, False)],
    ids=["8 orders", "7 orders", "confidence 0.3", "below", "lift 1.5", "below 1.5"],
)
def test_a_rule_below_a_minimum_proposes_nothing(together: int, alone: int, others: int, found: bool) -> None:
    history = history_of(together, alone, others, 100)
    holdings = Holdings([Member("a", None)], [Sale("a", "scada", "BOUGHT", 1)], [])
    assert bool(whitespace_value(holdings, history)) is found


def test_fewer_than_twelve_orders_are_thin_evidence() -> None:
    holdings = Holdings([Member("a", None)], [Sale("a", "scada", "BOUGHT", 1)], [])
    thin = [
        whitespace(holdings, history_of(one, 0, 90, 100), WhiteSpaceBy.FAMILY).moves[0].few_orders for one in (11, 12)
    ]
    assert thin == [True, False]


def test_the_rules_are_those_that_propose() -> None:
    rules = product_rules([["a", "b"]] * 10 + [["c"]] * 20)
    assert [one.antecedent for one in rules if proposes(one)] == [("a",), ("b",)]
    assert expected_value(rules[0], Fraction(5, 2)) == 2
    assert expected_value(rules[0], Fraction(7, 2)) == 4


def test_a_page_with_too_many_cells_is_refused() -> None:
    catalogue = [[f"p{one}", "", None, False, None, True] for one in range(2_000)]
    members = [Member("r", None), *(Member(f"a{one}", "r") for one in range(200))]
    with pytest.raises(TooManyCellsError):
        whitespace(Holdings(members, [], []), sales_history([], catalogue), WhiteSpaceBy.PRODUCT)
    assert whitespace(Holdings(members, [], []), sales_history([], catalogue), WhiteSpaceBy.PRODUCT, first=9).rows


def test_nothing_is_displayed_for_nobody() -> None:
    assert display_order([]) == []


def test_a_chain_of_a_thousand_levels_is_displayed_in_its_order() -> None:
    chain = [Member("n0", None), *(Member(f"n{one}", f"n{one - 1}") for one in range(1, 1_001))]
    assert display_order(chain[:1] + chain[:0:-1]) == [(f"n{one}", one) for one in range(1_001)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_each_account_is_displayed_once_below_a_parent_with_the_fewest_levels(pairs: list[tuple[int, int]]) -> None:
    order = display_order([Member("0", None), *(Member(str(child), str(above)) for child, above in pairs)])
    levels = {0: 0}
    for depth in range(8):
        for child, above in pairs:
            if levels.get(above) == depth:
                levels.setdefault(child, depth + 1)
    assert {int(uid): depth for uid, depth in order} == levels
    assert len(order) == len(levels)
    for (_, before), (_, after) in pairwise(order):
        assert after <= before + 1
