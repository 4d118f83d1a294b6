"""The sizes of generated worlds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """The counts from which all others are derived."""

    name: str
    accounts: int
    users: int
    teams: int
    largest: int
    mailings: int
    receivers: int


SIZES = {
    "small": Size("small", accounts=300, users=40, teams=8, largest=46, mailings=12, receivers=40),
    "medium": Size("medium", accounts=7_000, users=300, teams=36, largest=420, mailings=72, receivers=120),
    "large": Size("large", accounts=70_000, users=1_800, teams=160, largest=2_400, mailings=360, receivers=240),
}
