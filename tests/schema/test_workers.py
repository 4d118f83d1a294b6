"""Work in threads waits for a limited time, and mutations end although their clients went away."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.errors import Busy
from schema import workers
from schema.workers import run_in, to_the_end


async def test_a_call_that_does_not_begin_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS_TO_BEGIN", 0.1)
    free = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = asyncio.create_task(run_in(pool, free.wait, 30))
        await asyncio.sleep(0)
        with pytest.raises(Busy, match=r"waited 0\.1 seconds"):
            await run_in(pool, abs, -1)
        await asyncio.sleep(0.1)
        free.set()
        assert await first is True
        assert await run_in(pool, abs, -1) == 1


async def test_a_call_ends_with_its_task_before_it_has_begun() -> None:
    free, begun = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = asyncio.create_task(run_in(pool, free.wait, 30))
        second = asyncio.create_task(run_in(pool, begun.set))
        await asyncio.sleep(0.05)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        free.set()
        await first
        assert await run_in(pool, begun.is_set) is False


async def test_work_goes_on_to_its_end_when_its_task_is_cancelled() -> None:
    begun, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.1)
        done.set()

    task = asyncio.create_task(to_the_end(work()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()
