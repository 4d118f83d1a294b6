"""Settings of what callers may send, and how much."""

from __future__ import annotations

from typing import Literal

from graph.setting import setting
from graph.sign_in_settings import SignInSettings


class CallerSettings(SignInSettings):
    """The operations that callers may send, and the budget of each caller."""

    documents: Literal["any", "registered"] = setting(
        "KITH_DOCUMENTS",
        "any",
        "any or registered",
        "The GraphQL documents that callers may send over HTTP: any, or only those that `python -m schema documents`"
        " registered and those of the explorer.",
    )
    budget_rate: float = setting(
        "KITH_BUDGET_RATE",
        0.0,
        "0 to 1000000000",
        "The cost that each caller may spend per second in the long run; 0 sets no budget. A request costs 1, and the"
        " number of records that its pages could hold.",
        ge=0,
        le=1_000_000_000,
    )
    budget_burst: int = setting(
        "KITH_BUDGET_BURST",
        1_000_000,
        "1 to 1000000000",
        "The cost that a caller who has spent nothing for a while may spend at once, if KITH_BUDGET_RATE is set.",
        ge=1,
        le=1_000_000_000,
    )
