"""Columns in memory for questions about the whole graph, kept in step with it. See decision 0023."""

from __future__ import annotations

from graph.columns.follow import Columns
from graph.columns.snapshot import Snapshot

__all__ = ["Columns", "Snapshot"]
