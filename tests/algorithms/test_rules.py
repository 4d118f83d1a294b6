"""Product rules, against brute force and against what is published."""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.rules import ProductRule, TooManySetsError, exact, product_rules, rule

GOLDEN = [["crm", "erp"], ["crm", "erp", "bi"], ["crm", "bi"], ["erp"], ["crm", "erp"]]

shares = st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), Fraction(4, 5), Fraction(1)])


def brute_force(
    baskets: list[list[str]], orders: int, support: Fraction, confidence: Fraction, lift: Fraction, longest: int
) -> list[tuple[tuple[str, ...], str, int]]:
    sets = [set(basket) for basket in baskets]
    products = sorted(set().union(*sets))

    def count(items: tuple[str, ...]) -> int:
        return sum(set(items) <= basket for basket in sets)

    found = []
    for size in range(2, longest + 1):
        for items in combinations(products, size):
            both = count(items)
            if both < orders or both == 0 or Fraction(both, len(sets)) < support:
                continue
            for one in items:
                rest = tuple(item for item in items if item != one)
                sure = Fraction(both, count(rest))
                gain = sure / Fraction(count((one,)), len(sets))
                if sure >= confidence and gain >= lift:
                    found.append((-gain, -both, rest, one))
    return [(rest, one, -less) for _, less, rest, one in sorted(found)]


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=14),
    st.integers(1, 3),
    shares,
    shares,
    shares,
    st.integers(2, 6),
)
def test_the_rules_are_those_that_brute_force_finds_in_the_same_order(
    baskets: list[list[str]], orders: int, support: Fraction, confidence: Fraction, lift: Fraction, longest: int
) -> None:
    found = product_rules(
        baskets,
        min_orders=orders,
        min_support=support,
        min_confidence=confidence,
        min_lift=lift,
        max_length=longest,
    )
    assert [(one.antecedent, one.consequent[0], one.orders) for one in found] == brute_force(
        baskets, orders, support, confidence, lift, longest
    )


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=5), min_size=1, max_size=12), st.integers(1, 9))
def test_the_first_rules_are_the_head_of_all_rules(baskets: list[list[str]], first: int) -> None:
    assert product_rules(baskets, max_length=4, first=first) == product_rules(baskets, max_length=4)[:first]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=4), min_size=1, max_size=12))
def test_the_measures_are_those_of_exact_fractions(baskets: list[list[str]]) -> None:
    sets = [set(basket) for basket in baskets]
    for one in product_rules(baskets, max_length=4):
        share = [
            Fraction(sum(set(items) <= basket for basket in sets), len(sets))
            for items in (one.antecedent, one.consequent, one.antecedent + one.consequent)
        ]
        left, right, both = share
        leverage = both - left * right
        scale = max(both * (1 - left), left * (right - both))
        assert one.support == float(both)
        assert one.confidence == float(both / left)
        assert one.lift == float(both / left / right)
        assert one.leverage == float(leverage)
        assert one.conviction == (float((1 - right) / (1 - both / left)) if both < left else None)
        assert one.zhang == (float(leverage / scale) if scale else 0.0)


def test_a_high_confidence_with_a_lift_below_1_is_told_by_its_measures() -> None:
    found = [one for one in product_rules(GOLDEN) if (one.antecedent, one.consequent) == (("crm",), ("erp",))]
    assert found == [
        ProductRule(("crm",), ("erp",), 3, 4, 4, 5, 0.6, 0.75, 0.9375, -0.04, 0.8, -0.25),
    ]


def test_a_rule_nothing_contradicts_has_no_conviction() -> None:
    assert rule(["a"], ["b"], both=2, left=2, right=3, of=4).conviction is None
    assert rule(["a"], ["b"], both=2, left=2, right=2, of=2).zhang == 0.0


@pytest.mark.parametrize("wrong", [(0, 1, 1, 2), (2, 1, 2, 3), (1, 3, 3, 4), (1, 1, 5, 4)])
def test_impossible_counts_are_refused(wrong: tuple[int, int, int, int]) -> None:
    both, left, right, of = wrong
    with pytest.raises(ValueError, match="baskets contradict each other"):
        rule(["a"], ["b"], both=both, left=left, right=right, of=of)


@pytest.mark.parametrize("minimum", [0.8, "0.8", Decimal("0.8"), Fraction(4, 5)])
def test_exactly_the_minimum_is_enough(minimum: float | str | Decimal | Fraction) -> None:
    baskets = [["a", "b"]] * 4 + [["a"]] + [["b"]] * 3
    assert [one.antecedent for one in product_rules(baskets, min_confidence=minimum)] == [("a",)]


def test_a_float_means_the_number_it_prints_as() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(1) == exact("1") == exact(Decimal(1)) == 1


@pytest.mark.parametrize("wrong", ["much", float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(wrong: float | str | Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        exact(wrong)


def test_a_product_twice_in_a_basket_counts_once_and_an_empty_basket_counts() -> None:
    found = product_rules([["a", "a", "b"], []])
    assert (found[0].orders, found[0].baskets, found[0].support) == (1, 2, 0.5)


def test_no_baskets_have_no_rules() -> None:
    assert product_rules([], min_support=0.5) == []
    assert product_rules([[], []]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_orders": 0},
        {"max_length": 1},
        {"max_length": 7},
        {"first": 0},
        {"min_support": 1.1},
        {"min_confidence": -0.1},
        {"min_lift": -1},
    ],
)
def test_arguments_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"out of range|from 0"):
        product_rules(GOLDEN, **wrong)


def test_a_question_that_would_count_too_many_sets_is_given_up() -> None:
    basket = [f"p{at}" for at in range(60)]
    with pytest.raises(TooManySetsError, match="sets of products"):
        product_rules([basket], max_length=6, most_sets=20_000)
    with pytest.raises(TooManySetsError, match="pairs of products"):
        product_rules([basket], most_sets=1_000)


@pytest.fixture(scope="module")
def groceries(shared_data: Path) -> list[list[str]]:
    with (shared_data / "groceries" / "groceries.csv").open(encoding="utf-8", newline="") as file:
        return [[item.strip() for item in row if item.strip()] for row in csv.reader(file)]


@pytest.mark.parametrize(
    ("setting", "support", "confidence", "lengths"),
    [
        ("supp0.006_conf0.25", 0.006, 0.25, 4),
        ("supp0.001_conf0.5", 0.001, 0.5, 6),
        ("supp0.001_conf0.8", 0.001, 0.8, 6),
    ],
)
def test_groceries_give_the_rules_that_arules_publishes(
    groceries: list[list[str]],
    expected: Callable[[str], Any],
    setting: str,
    support: float,
    confidence: float,
    lengths: int,
) -> None:
    published = expected("groceries")["published_arules"][setting]
    started = time.process_time()
    found = product_rules(groceries, min_support=support, min_confidence=confidence, max_length=6)
    assert time.process_time() - started < 3.0
    assert len(found) == published["rules"]
    by_length = Counter(str(len(one.antecedent) + 1) for one in found)
    assert max(int(length) for length in by_length) == lengths
    assert published.get("by_length", by_length) == by_length
    names, figures = published["top_lift"].rsplit(" ", 1)
    left, right = names.split("=>")
    best = found[0]
    assert (set(best.antecedent), best.consequent) == (set(left.split(",")), (right,))
    assert [best.support, best.confidence, best.lift] == pytest.approx([float(x) for x in figures.split("/")], rel=1e-6)


def test_every_pair_of_groceries_takes_no_more_than_a_second(
    groceries: list[list[str]], expected: Callable[[str], Any]
) -> None:
    answers = expected("groceries")
    assert (len(groceries), len({item for basket in groceries for item in basket})) == (
        answers["transactions"],
        answers["items"],
    )
    started = time.process_time()
    found = product_rules(groceries, first=50)
    assert time.process_time() - started < 1.0
    assert len(found) == 50


def test_northwind_has_the_published_pairs(shared_data: Path, expected: Callable[[str], Any]) -> None:
    answers = expected("northwind")
    folder = shared_data / "northwind" / "csv"
    with (folder / "products.csv").open(encoding="utf-8") as file:
        names = {row["productID"]: row["productName"] for row in csv.DictReader(file)}
    orders: defaultdict[str, list[str]] = defaultdict(list)
    with (folder / "order-details.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            orders[row["orderID"]].append(names[row["productID"]])
    found = product_rules(list(orders.values()))
    assert len({frozenset(one.antecedent + one.consequent) for one in found}) == answers["distinct_product_pairs"]
    first, second, count, support, forth, back, lift = answers["top_pair"]
    best = product_rules(list(orders.values()), min_orders=count)
    assert {one.antecedent + one.consequent: one.orders for one in best} == {
        (first, second): count,
        (second, first): count,
    }
    by_left = {one.antecedent[0]: round(one.confidence, 4) for one in best}
    assert (by_left[first], by_left[second]) == (forth, back)
    assert {(round(one.support, 5), round(one.lift, 3)) for one in best} == {(support, lift)}
