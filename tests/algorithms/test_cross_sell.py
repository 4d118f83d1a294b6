"""What to offer next, against every rule looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.cross_sell import RuleIndex, cross_sell, proven_gain
from algorithms.rules import ProductRule, product_rules

baskets_of = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=16)


@given(baskets_of, st.sets(st.sampled_from("abcdefx")), st.integers(1, 3))
def test_the_index_finds_what_looking_at_every_rule_finds(
    baskets: list[list[str]], owned: set[str], min_orders: int
) -> None:
    rules = product_rules(baskets, max_length=4)
    speaking: dict[str, list[ProductRule]] = {}
    for one in rules:
        if (
            one.orders >= min_orders
            and one.lift > 1.0
            and set(one.antecedent) <= owned
            and one.consequent[0] not in owned
        ):
            speaking.setdefault(one.consequent[0], []).append(one)
    found = cross_sell(owned, RuleIndex(rules, min_orders), first=9)
    assert {offer.product: set(offer.evidence.rules) for offer in found} == {
        name: set(them) for name, them in speaking.items()
    }
    for offer in found:
        assert offer.score == offer.evidence.rules[0].confidence
        gains = [proven_gain(one) for one in offer.evidence.rules]
        assert gains == sorted(gains, reverse=True)
        assert offer.evidence.sample_size == len(baskets)
    ranks = [proven_gain(offer.evidence.rules[0]) for offer in found]
    assert ranks == sorted(ranks, reverse=True)
    assert cross_sell(owned, RuleIndex(rules[::-1], min_orders), first=2) == found[:2]


def test_what_is_owned_is_not_offered() -> None:
    rules = RuleIndex(product_rules([["a", "b"]] * 3 + [["c"]]))
    assert [one.product for one in cross_sell({"a"}, rules)] == ["b"]
    assert cross_sell({"a", "b"}, rules) == []
    assert cross_sell(set(), rules) == []


def test_too_few_orders_are_no_evidence() -> None:
    rules = product_rules([["a", "b"]] * 2 + [["c"]] * 5)
    assert cross_sell({"a"}, RuleIndex(rules)) == []
    assert [one.product for one in cross_sell({"a"}, RuleIndex(rules, min_orders=2))] == ["b"]


def test_a_product_that_everybody_buys_is_not_offered_for_its_confidence_alone() -> None:
    milk = [["bread", "milk"]] * 9 + [["bread"]] + [["milk"]] * 20
    assert max(one.confidence for one in product_rules(milk)) == 0.9
    assert cross_sell({"bread"}, RuleIndex(product_rules(milk))) == []


def test_a_product_in_most_orders_comes_after_one_that_the_antecedent_makes_likely() -> None:
    camera = [["camera", "light", "visit"]] * 26 + [["camera", "visit"]] * 8 + [["visit"]] * 50 + [["plc"]] * 16
    found = cross_sell({"camera"}, RuleIndex(product_rules(camera)))
    assert [one.product for one in found] == ["light", "visit"]
    assert found[0].score < found[1].score == 1.0


def test_many_orders_prove_more_than_three() -> None:
    orders = [["a", "rare"]] * 3 + [["b", "often"]] * 40 + [["b"]] * 10 + [["c"]] * 400
    found = cross_sell({"a", "b"}, RuleIndex(product_rules(orders)))
    assert [one.product for one in found] == ["often", "rare"]
    assert found[1].score == 1.0


def test_the_evidence_comes_strongest_first() -> None:
    baskets = [["a", "b", "z"]] * 4 + [["a", "z"]] * 3 + [["a"]] * 3 + [["b"]] * 4 + [["q"]] * 10
    found = cross_sell({"a", "b"}, RuleIndex(product_rules(baskets, max_length=3)))
    assert [one.product for one in found] == ["z"]
    assert [one.antecedent for one in found[0].evidence.rules] == [("a", "b"), ("a",), ("b",)]
    assert found[0].score == 1.0


def test_asking_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1; got 0"):
        cross_sell({"a"}, RuleIndex([]), first=0)
