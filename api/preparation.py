"""Prepares Kith after its start: each view of the explorer is requested once, so that no one waits for its plan.

Neo4j plans a statement when it first receives it. For a view of an account this takes seconds, and more while the Java
process is new; the plans are gone when it stops. `requests.json`, which the build of the explorer writes, has the
request of each view for a record that does not exist: it is planned like any other, and reads next to nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path

from api.build import EXPLORER
from graph.access import Principal
from graph.policy import access_of
from graph.query.access_shape import AccessShape
from graph.rights import CALLERS, read_rights
from graph.store import Reads
from schema.execution import Executor

REQUESTS = EXPLORER / "dist" / "requests.json"

_SECONDS_OF_A_REQUEST = 120.0
_SECONDS_FOR_COLUMNS = 30.0
_MOST_USERS = 200
_MOST_SHAPES = 3


async def prepare(executor: Executor, principal: Principal, idle: asyncio.Event, file: Path = REQUESTS) -> int:
    """Sends the requests of a file one after the other, while Kith is idle; returns how many there were.

    Without a file, as when the explorer was not built, there are none.
    """
    try:
        requests = json.loads(await asyncio.to_thread(file.read_text, encoding="utf-8"))
    except FileNotFoundError:
        return 0
    # The plan of a question that columns answer is another one.
    await executor.columns_loaded(_SECONDS_FOR_COLUMNS)
    patient = executor.limited(_SECONDS_OF_A_REQUEST)
    for request in requests:
        await idle.wait()
        await patient.execute(request["query"], request["variables"], None, principal=principal, reads_only=True)
    return len(requests)


async def usual_callers(reads: Reads) -> list[Principal]:
    """Returns a user for each of the most frequent access shapes, the most frequent first: others share their plans.

    Raises Unavailable.
    """
    users: defaultdict[AccessShape, list[Principal]] = defaultdict(list)
    for user in await reads.ask(CALLERS.bind(most=_MOST_USERS)):
        rights = await read_rights(reads, user)
        users[access_of(rights).shape].append(Principal(user, rights))
    frequent = sorted(users.values(), key=len, reverse=True)
    return [alike[0] for alike in frequent[:_MOST_SHAPES]]
