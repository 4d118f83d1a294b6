"""Threads for work that takes more than a few milliseconds, so that the event loop goes on.

Each pool has one thread: more of them would only take turns with the event loop, which would wait for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")

DOCUMENTS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kith-documents")
INSIGHTS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kith-insights")


async def run_in(pool: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any) -> Result:
    """Calls a function in a pool; a call that has not begun ends with the task that waits for it."""
    return await asyncio.get_running_loop().run_in_executor(pool, function, *arguments)
