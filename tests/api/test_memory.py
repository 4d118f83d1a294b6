"""Memory stays level while cycles are created that hold much."""

from __future__ import annotations

import asyncio
import gc

import psutil
import pytest

from api import memory


async def test_cycles_that_hold_much_are_collected_as_memory_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_SECONDS_BETWEEN_CHECKS", 0.005)
    before, process = gc.get_threshold(), psutil.Process()
    gc.set_threshold(1_000_000)
    watch = asyncio.create_task(memory.watch())
    try:
        started = peak = process.memory_info().rss
        for _ in range(400):
            cycle: list[object] = [bytearray(4_000_000)]
            cycle.append(cycle)
            peak = max(peak, process.memory_info().rss)
            await asyncio.sleep(0.006)
        assert peak - started < 200_000_000
    finally:
        watch.cancel()
        gc.set_threshold(*before)
