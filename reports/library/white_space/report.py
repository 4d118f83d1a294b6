"""White space and cross-sell: the product families that a group buys, and the products to propose next."""

from __future__ import annotations

from typing import Any

from reports.declaration import Column, Data, Report, Row, Table, at

_LONGEST_LIST = 3


def _for(row: Row) -> str:
    """The accounts to propose the product to: the first three, and the number of the others."""
    names = [one["name"] for one in row["accounts"][:_LONGEST_LIST]]
    others = row["accountCount"] - len(names)
    return ", ".join(names) + (f", and {others} more" if others else "")


def _because(row: Row) -> str:
    """The number of orders with the antecedent of the best rule that also have the product."""
    rule = row["rule"]
    products = " and ".join(one["name"] for one in rule["antecedent"])
    few = " (few orders)" if row["fewOrders"] else ""
    return f"{rule['orders']} of {rule['antecedentOrders']} orders with {products} have it too{few}"


def _cells(data: Data) -> list[Row]:
    """Returns the cells of the matrix with their account and family, without those that are white and empty."""
    space = data["account"]["whitespace"]
    names = {one["column"]: one["name"] for one in space["columns"]}
    return [
        {**cell, "family": names[cell["column"]], "account": row["account"]}
        for row in space["rows"]
        for cell in row["cells"]
        if cell["state"] != "WHITE" or at(cell, "expected.amount")
    ]


def _prepare(data: Data) -> dict[str, Any]:
    space = data["account"]["whitespace"]
    best = sorted(space["rows"], key=lambda row: (-row["expected"]["amount"], row["account"]["name"]))[:2]
    return {"best": [row for row in best if row["expected"]["amount"]]}


_SPACE = "account.whitespace"
_CELL = f"{_SPACE}.rows.cells"

REPORT = Report(
    title="White space and cross-sell",
    description="The product families that a group of accounts buys, and the products to propose next, with reasons.",
    about="Account",
    subject="account.name",
    facts={
        "Places": f"{_SPACE}.places",
        "Bought places": f"{_SPACE}.boughtPlaces",
        "Orders": f"{_SPACE}.orders",
        "Confidence": f"{_SPACE}.moves.rule.confidence",
    },
    tables=(
        Table(
            "moves",
            "Products to propose",
            f"{_SPACE}.moves",
            (
                Column("product", "Product", "product.name"),
                Column("id", "Id", "product.id", shown=False),
                Column("number", "Number", "product.productNumber", shown=False),
                Column("accounts", "For", value=_for, kind="text"),
                Column("because", "Because", value=_because, kind="text"),
                Column("lift", "Lift", "rule.lift"),
                Column("fewOrders", "Few orders", shown=False),
                Column("expected", "Expected"),
            ),
            empty="No rule with enough orders proposes a product here.",
        ),
        Table(
            "accounts",
            "Accounts",
            f"{_SPACE}.rows",
            (
                Column("account", "Account", "account.name"),
                Column("id", "Id", "account.id", shown=False),
                Column("level", "Level", "depth", shown=False),
                Column("city", "City", "account.city"),
                Column("bought", "Bought", total=f"{_SPACE}.bought"),
                Column("open", "Open", total=f"{_SPACE}.open"),
                Column("expected", "Expected", total=f"{_SPACE}.expected"),
            ),
            empty="The account has no figures.",
            of=f"{_SPACE}.accounts",
        ),
        Table(
            "cells",
            "Families by account",
            _cells,
            (
                Column("account", "Account", "account.name", of=f"{_SPACE}.rows.account.name"),
                Column("accountId", "Account id", "account.id", of=f"{_SPACE}.rows.account.id"),
                Column("family", "Family", of=f"{_SPACE}.columns.name"),
                Column("state", "State", of=f"{_CELL}.state"),
                Column("bought", "Bought", of=f"{_CELL}.bought"),
                Column("open", "Open", of=f"{_CELL}.open"),
                Column("lost", "Lost", of=f"{_CELL}.lost"),
                Column("canceled", "Canceled", of=f"{_CELL}.canceled"),
                Column("expected", "Expected", of=f"{_CELL}.expected"),
                Column("reason", "Reason", of=f"{_CELL}.reason"),
            ),
            empty="No family is bought, open or expected.",
        ),
    ),
    prepare=_prepare,
)  # fmt: skip
