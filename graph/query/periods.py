"""Cypher for the periods of relationships: whether one is valid at a timestamp."""

from __future__ import annotations


def holds(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp."""
    return f"({edge}.validFrom IS NULL OR {edge}.validFrom <= {moment}) AND {lasts(edge, moment)}"


def lasts(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp or begins after it."""
    return f"({edge}.validTo IS NULL OR {moment} < {edge}.validTo)"
