"""Garbage collection for a server: rarely by count, and at once when memory has grown."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys

import psutil

_SECONDS_BETWEEN_CHECKS = 2.0
_GROWTH = 64 * 1024 * 1024


def tune() -> None:
    """Excludes permanent objects from collection and collects less often; most answers create no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def watch() -> None:
    """Collects all garbage whenever the memory of this process has grown.

    The thresholds of the collector count objects. A few cycles that hold much, such as errors with tracebacks and
    graphs, are found too late by them.
    """
    process = psutil.Process()
    settled = process.memory_info().rss
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_CHECKS)
        used = process.memory_info().rss
        if used < settled:
            settled = used
        elif used - settled > _GROWTH:
            gc.collect()
            _return_free_memory()
            settled = process.memory_info().rss


def _return_free_memory() -> None:
    """Lets the C library of Linux return free memory to the system, so that what remains is in use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
