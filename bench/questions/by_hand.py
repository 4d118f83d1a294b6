"""Starlette and asyncpg without GraphQL: `python -m bench.questions.by_hand STATEMENTS PORT`.

STATEMENTS is a JSON file that maps a path to SQL, which returns the data of the answer as JSON. The variables of a
request are its parameters, in their order.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.endpoints import run, serve

_CONNECTIONS = 10


def _route(pool: asyncpg.Pool, path: str, statement: str) -> Route:
    async def endpoint(request: Request) -> Response:
        variables = orjson.loads(await request.body())["variables"]
        async with pool.acquire() as connection:
            data = await connection.fetchval(statement, *map(_parameter, variables.values()))
        return Response(b'{"data":%b}' % data.encode(), media_type="application/json")

    return Route(f"/{path}", endpoint, methods=["POST"])


def _parameter(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


async def main(statements: Mapping[str, str], port: int) -> None:
    """Serves until it receives a signal."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=_CONNECTIONS, max_size=_CONNECTIONS) as pool:
        await serve([_route(pool, path, statement) for path, statement in statements.items()], port)


if __name__ == "__main__":
    run(main)
