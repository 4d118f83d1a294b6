"""Starlette and the driver without GraphQL: `python -m bench.bare STATEMENTS PORT`.

STATEMENTS is a JSON file that maps a path to Cypher, parameters, the names of the parameters for the requested id and
for the current time, and the key of the result in `data`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import neo4j
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.endpoints import run, serve


def _route(driver: neo4j.AsyncDriver, path: str, statement: Mapping[str, Any]) -> Route:
    text, fixed, id_name, now_name, key = (statement[name] for name in ("text", "parameters", "id", "now", "key"))

    async def endpoint(request: Request) -> Response:
        parameters = dict(fixed)
        body = orjson.loads(await request.body())
        if id_name:
            parameters[id_name] = body["variables"]["id"]
        if now_name:
            parameters[now_name] = datetime.now(UTC)
        async with driver.session(
            database=os.environ["NEO4J_DATABASE"], default_access_mode="READ", fetch_size=-1
        ) as session:
            record = await (await session.run(text, parameters)).single()
        value = None if record is None else record[0]
        return Response(orjson.dumps({"data": {key: value}}), media_type="application/json")

    return Route(f"/{path}", endpoint, methods=["POST"])


async def main(statements: Mapping[str, Any], port: int) -> None:
    """Serves until it receives a signal."""
    async with neo4j.AsyncGraphDatabase.driver(
        os.environ["NEO4J_URI"],
        auth=(os.environ["NEO4J_USER"], os.environ["NEO4J_PASSWORD"]),
        notifications_min_severity="OFF",
    ) as driver:
        await serve([_route(driver, path, statement) for path, statement in statements.items()], port)


if __name__ == "__main__":
    run(main)
