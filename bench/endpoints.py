"""Serves a few endpoints on the loopback address, for the servers without GraphQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route


async def serve(routes: Iterable[Route], port: int) -> None:
    """Serves routes until it receives a signal."""
    settings = uvicorn.Config(
        Starlette(routes=list(routes)),
        host="127.0.0.1", port=port, access_log=False, log_level="warning", lifespan="off",
    )  # fmt: skip
    await uvicorn.Server(settings).serve()


def run(main: Callable[[Any, int], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` with the content of the JSON file and the port that are the arguments of the command."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(orjson.loads(Path(sys.argv[1]).read_bytes()), int(sys.argv[2])))
