"""Threads for work that takes more than a few milliseconds, so that the event loop goes on; work that is not cancelled.

Each pool has one thread: more of them would only take turns with the event loop, which would wait for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from graph.errors import Busy

Result = TypeVar("Result")

DOCUMENTS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kith-documents")
INSIGHTS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kith-insights")

SECONDS_TO_BEGIN = 5.0


async def run_in(pool: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any) -> Result:
    """Calls a function in a pool; a call that has not begun ends with the task that waits for it.

    Raises Busy when the call has not begun after some seconds.
    """
    call = pool.submit(function, *arguments)
    late = asyncio.get_running_loop().call_later(SECONDS_TO_BEGIN, call.cancel)
    try:
        return await asyncio.wrap_future(call)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling() or not call.cancelled():
            raise
        raise Busy(
            f"The server is busy: the request waited {SECONDS_TO_BEGIN:g} seconds for its turn.",
            remedy="Try again in a few seconds, or request less at once.",
        ) from None
    finally:
        late.cancel()


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Awaits work that goes on when the caller is cancelled; the cancellation takes effect when it has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
