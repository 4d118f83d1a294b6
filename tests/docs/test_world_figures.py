"""The figures of docs/world.md and docs/questions.md, computed from the world and asked of the API."""

from __future__ import annotations

import re

from schema.execution import Executor
from tests.docs.pages import ROOT
from tests.docs.test_readme import EXAMPLES, answered
from tests.seed.world.rows import small
from tests.seed.world.test_shape import baskets, lift, tops
from tests.seed.world.test_stories import won


def page(name: str) -> str:
    """The text of a page on one line."""
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())


def test_the_table_of_sizes_has_the_counts_of_the_small_world() -> None:
    rows = small()
    shown = re.search(r"\| small \|([\d,|\s]+)\| medium", page("world.md"))
    assert shown is not None
    figures = [int(one.replace(",", "")) for one in shown[1].split("|") if one.strip()]
    counts = [sum(map(len, rows.nodes.values())), sum(map(len, rows.lines.values()))]
    counts += [len(rows.nodes[label]) for label in ("Account", "Contact", "User", "Lead", "Case")]
    assert all(abs(figure - count) <= count * 0.01 for figure, count in zip(figures, counts, strict=True)), counts


def test_the_amounts_of_the_rollup_story_are_those_of_the_world() -> None:
    rows, text = small(), page("world.md")
    own, root = won(rows), rows.fact("rollup", "the group's root").uid
    loud = rows.fact("rollup", "the account with").uid
    group = [uid for uid, (top, _) in tops(rows).items() if top == root]
    assert f"{own[loud] / 1e8:.2f} million" in text
    assert f"follows after a hundred other accounts with {own[root] / 100:,.0f}" in text
    assert (
        f"the {len(group)} accounts of its group, on nine levels, won {sum(own[u] for u in group) / 1e8:.1f} million"
        in text
    )


def test_the_trap_has_the_figures_of_the_page() -> None:
    found, text = baskets(small()), page("world.md")
    confidence, lifted = lift(found, "SPK-01", "COM-01")
    common = sum("COM-01" in basket for basket in found) / len(found)
    assert f"{confidence:.0%}".replace("%", " %") + " of the orders with a spare parts kit" in text
    assert f"{common:.0%}".replace("%", " %") + " of all orders include one" in text
    assert f"The lift is {lifted:.2f}" in text


async def test_the_first_suggestion_is_convincing_and_has_the_figures_of_the_pages(
    executor: Executor, world: None
) -> None:
    example = next(one for one in EXAMPLES if str(one).endswith("questions.md: CrossSell"))
    first, second, _ = (await answered(executor, example))["account"]["crossSell"]
    rule = first["evidence"]["rules"][0]
    assert [one["product"]["productNumber"] for one in (first, second)] == ["SIO-08", "LGT-10"]
    assert rule["lift"] > 5
    assert rule["orders"] > 20
    share = f"{rule['confidence']:.0%}".replace("%", " %")
    assert f"{share} of the orders with a safety controller also had one" in page("questions.md")
    assert f"{rule['lift']:.0f} times as often" in page("questions.md")
    assert f"in {rule['orders']} orders of {first['evidence']['sampleSize']} " in page("questions.md")
    assert f"{share} of the orders with a safety controller include SIO-08 ({rule['orders']} orders, " in page(
        "world.md"
    )
    assert f"lift {rule['lift']:.1f})" in page("world.md")
