"""The tie formula as data: the activities and roles that count, and their weights. All Cypher is generated from it.

`algorithms` has the same formula for columns and the definition of both; a test holds the constants equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MEETING, CALL, MAIL = "Appointment", "PhoneCall", "Email"
SENDING = ("FROM",)
MAILING = (*SENDING, "TO", "CC", "BCC")
ATTENDING = (*MAILING, "REQUIRED", "OPTIONAL", "ORGANIZER")
DAY = 86_400_000.0
ONE_WAY, ANSWERED = 0.4, 1.2


@dataclass(frozen=True, slots=True)
class Formula:
    """The weights of the labels that count, the half-life in days, and the version that ties are marked with."""

    weights: Mapping[str, float] = field(default_factory=lambda: {MEETING: 3.0, CALL: 2.0, MAIL: 1.0})
    half_life_days: float = 90.0
    model_version: int = 1

    def parameters(self, now: datetime | None) -> dict[str, Any]:
        """Returns the parameters of every statement that applies the formula."""
        return {
            "weights": dict(self.weights),
            "halfLifeDays": self.half_life_days,
            "attending": list(ATTENDING),
            "mailing": list(MAILING),
            "modelVersion": self.model_version,
            "now": now or datetime.now(UTC),
        }


USUAL = Formula()

# The conditions under which an activity counts in each sum and count of a tie, on `activity` and `wrote`: True for an
# email that the start of the tie sent, False for one that it received, null for other activities.
SUMS = {"both": "wrote IS NULL", "`in`": "NOT wrote", "out": "wrote"}
COUNTS = {"meetings": f"activity:{MEETING}", "calls": f"activity:{CALL}", "inCount": "NOT wrote", "outCount": "wrote"}

ROLES = f"CASE WHEN activity:{MAIL} THEN $mailing ELSE $attending END"
HAPPENED = (
    f"({' OR '.join(f'activity:{label}' for label in USUAL.weights)})\n"
    "  AND activity.status = 'COMPLETED' AND activity.startedAt <= $now"
)
WORTH = f"CASE {' '.join(f'WHEN activity:{label} THEN $weights.{label}' for label in USUAL.weights)} END / sqrt(size)"
_USUAL_WEIGHTS = " ".join(f"WHEN activity:{label} THEN {weight}" for label, weight in USUAL.weights.items())
USUAL_WORTH = f"CASE {_USUAL_WEIGHTS} END / sqrt(size)"

# The condition that a person took part by `own`, which for an email means to have sent it.
SPOKE = f"own.role IN CASE WHEN activity:{MAIL} THEN {list(SENDING)} ELSE {list(ATTENDING)} END"

# The same roles as literals, for statements that are compiled from selections.
TAKING_PART = f"CASE WHEN activity:{MAIL} THEN {list(MAILING)} ELSE {list(ATTENDING)} END"

# From `activity` and `mine`, the participants whose ties are requested: a row for each tie that runs from one of them.
# `start` is the user if exactly one party is a user, else the party with the lower uid.
PAIRS = f"""CALL (activity) {{
  MATCH (activity)<-[part:PARTICIPATED_IN]-(party)
  WHERE part.role IN {ROLES}
  RETURN collect(DISTINCT party) AS people,
    collect(DISTINCT CASE WHEN part.role IN {list(SENDING)} THEN party END) AS sending
}}
WITH activity, mine, people, size(people) AS size, CASE WHEN activity:{MAIL} THEN sending END AS senders,
  CASE WHEN activity:{MAIL} THEN [one IN people WHERE NOT one IN sending] END AS receivers
UNWIND mine AS start
UNWIND CASE WHEN senders IS NULL THEN people WHEN start IN senders THEN receivers ELSE senders END AS end
WITH activity, start, end, size, start IN senders AS wrote
WHERE CASE WHEN start:User THEN NOT end:User OR start.uid < end.uid ELSE NOT end:User AND start.uid < end.uid END"""


def remaining(earlier: str, later: str, half_life_days: str = "$halfLifeDays") -> str:
    """Returns the expression of the share of a value that remains between two times in epoch milliseconds."""
    return f"2.0 ^ (({earlier} - {later}) / ({half_life_days} * {DAY}))"


def raw(both: str, inbound: str, outbound: str) -> str:
    """Returns the expression of the raw sum of a tie."""
    less = f"CASE WHEN {inbound} < {outbound} THEN {inbound} ELSE {outbound} END"
    return f"{both} + {ONE_WAY} * ({inbound} + {outbound}) + {ANSWERED} * {less}"


def at_least(strength: float) -> str:
    """Returns the expression of the raw sum from which the strength of a tie is at least a number up to the cap."""
    return f"{-math.log1p(-strength / 100)!r} * $tieK"
