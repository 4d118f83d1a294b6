"""Sequences: whole numbers that are given once each, in the order in which the transactions commit."""

from __future__ import annotations


def next_value(sequence: str, variable: str) -> str:
    """Cypher that binds `variable` to the node of a sequence, after its `value` was increased by one.

    The node stays locked until the transaction ends: numbers without gaps, at the price that the transactions which
    take one commit one after the other. Take it after every other lock.
    """
    return (
        f"MERGE ({variable}:Sequence {{name: '{sequence}'}})\n"
        f"SET {variable}.held = true REMOVE {variable}.held\n"
        f"SET {variable}.value = coalesce({variable}.value, 0) + 1"
    )
