"""Mutations that resolve, cancel and reopen cases."""

from __future__ import annotations

from graph.mutations.declarations import NOW, Given
from graph.mutations.records import RecordRules, WritableIn
from graph.mutations.transitions import Transition

RecordRules(
    "Case",
    writable_in=(
        WritableIn(("status",), ("ACTIVE",), among=("IN_PROGRESS", "ON_HOLD", "WAITING_FOR_DETAILS", "RESEARCHING")),
        WritableIn(("resolvedAt",), ("RESOLVED",)),
    ),
)

Transition(
    name="resolveCase",
    label="Case",
    description="Closes an active case as resolved.",
    sources=("ACTIVE",),
    target="RESOLVED",
    takes=(
        Given("status", default="PROBLEM_SOLVED", among=("PROBLEM_SOLVED", "INFORMATION_PROVIDED")),
        Given("resolvedAt", default=NOW),
    ),
)

Transition(
    name="cancelCase",
    label="Case",
    description="Closes an active case without a resolution.",
    sources=("ACTIVE",),
    target="CANCELED",
    takes=(Given("status", default="CANCELED", among=("CANCELED", "MERGED")),),
)

Transition(
    name="reopenCase",
    label="Case",
    description="Reopens a resolved or canceled case.",
    sources=("RESOLVED", "CANCELED"),
    target="ACTIVE",
    sets={"status": "IN_PROGRESS"},
    clears=("resolvedAt",),
)
