"""What is asked of the events that verbs leave, and of records before a verb."""

from __future__ import annotations

from graph.mutations.frame import begun
from graph.store import Statement

DONE = Statement("verb.done", "RETURN EXISTS { (:Event {uid: $event}) } AS done")


def stored_text(label: str) -> str:
    """Text that locks a record of a label, with all a verb will lock, and returns its properties or null."""
    return f"{begun()}\nOPTIONAL MATCH (n:{label} {{uid: $input.id}})\nRETURN properties(n) AS stored"
