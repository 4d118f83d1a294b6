"""The shares of a rollup: the table and the bars of the reports whose query selects `shares` and the figures."""

from __future__ import annotations

from collections.abc import Sequence

from reports.bars import tiles
from reports.charts import Span
from reports.declaration import Column, Data, Row, Table

_SHARES = "shares.rollup.byChild"
_TOTALS = "account.rollup"


def _part(row: Row) -> str:
    """The account, with everything below it unless it is the account of the report itself."""
    return f"{row['account']['name']}, itself" if row["own"] else str(row["account"]["name"])


def _known(row: Row) -> list[int]:
    """The number of people to whom one of us has a tie of at least 40, and the number of all people who work there."""
    return [row["known"], row["contacts"]]


SHARES = Table(
    "parts",
    "How it adds up",
    _SHARES,
    (
        Column("account", "Account", value=_part, kind="text"),
        Column("id", "Id", "account.id", shown=False),
        Column("city", "City", "account.city", shown=False),
        Column("accounts", "Accounts", total=f"{_TOTALS}.accounts"),
        Column("won", "Won", total=f"{_TOTALS}.won"),
        Column("open", "Open", "openPipeline", total=f"{_TOTALS}.openPipeline"),
        Column("known", "Known", value=_known, kind="ratio"),
        Column("lastSpokeAt", "Last spoke"),
    ),
    empty="The account has no figures.",
)


def won_bars(data: Data) -> list[list[Span]]:
    """Returns a bar for each share: each begins where the one before it ends."""
    shares = data["shares"]["rollup"]["byChild"]
    fills: Sequence[str] = ["own" if one["own"] else "below" for one in shares]
    return tiles([one["won"] for one in shares], data["account"]["rollup"]["won"], fills)
