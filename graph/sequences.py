"""Sequences: integers without gaps, each used once, in the order in which the transactions commit."""

from __future__ import annotations


def next_value(sequence: str, variable: str) -> str:
    """Returns Cypher that increases the `value` of a sequence by one, and binds its node to `variable`.

    The node stays locked until the transaction ends: numbers have no gaps, but transactions
    that use the same sequence run one after the other. Take the number after all other locks.
    """
    return (
        f"MERGE ({variable}:Sequence {{name: '{sequence}'}})\n"
        f"SET {variable}.held = true REMOVE {variable}.held\n"
        f"SET {variable}.value = coalesce({variable}.value, 0) + 1"
    )
