"""The statements of import jobs: their nodes are written by Kith alone, outside of mutations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graph.errors import NotFound
from graph.identity import new_uid
from graph.store import Reads, Statement, Writes

_EXPECTED = {
    "01N50": "no job was created yet",
    "01N51": "no job was created yet",
    "01N52": "no job has the property yet",
}

CREATE = Statement(
    "import_jobs.create",
    "CREATE (job:ImportJob) SET job = $values\n"
    "WITH job OPTIONAL MATCH (user:User {uid: $user})\n"
    "FOREACH (one IN CASE WHEN user IS NULL THEN [] ELSE [user] END | CREATE (job)-[:REQUESTED_BY]->(one))\n"
    "RETURN job.uid",
)
READ = Statement("import_jobs.read", "MATCH (job:ImportJob {uid: $uid}) RETURN properties(job)", expected=_EXPECTED)
UPDATE = Statement(
    "import_jobs.update", "MATCH (job:ImportJob {uid: $uid}) SET job += $values RETURN job.uid", expected=_EXPECTED
)
# A state changes only from the one that was read, so that two requests cannot start one job twice.
MOVE = Statement(
    "import_jobs.move",
    "MATCH (job:ImportJob {uid: $uid}) SET job.held = true REMOVE job.held\n"
    "WITH job WHERE job.state IN $sources SET job += $values RETURN job.uid",
    expected=_EXPECTED,
)
IN_STATES = Statement(
    "import_jobs.in_states",
    "MATCH (job:ImportJob) WHERE job.state IN $states RETURN collect(job.uid)",
    expected=_EXPECTED,
)


async def create(writes: Writes, user: str | None, values: Mapping[str, Any]) -> str:
    """Creates a job of a user and returns its id. Raises Unavailable."""
    uid = new_uid()
    await writes.change(CREATE.bind(user=user, values={**values, "uid": uid, "createdAt": datetime.now(UTC)}))
    return uid


async def read(reads: Reads, uid: str) -> dict[str, Any]:
    """Returns the stored properties of a job. Raises NotFound, Unavailable."""
    found = await reads.ask(READ.bind(uid=uid))
    if found is None:
        raise NotFound(f"The import job {uid} was not found.", remedy="Read `importJobs` for the existing jobs.")
    return dict(found)


async def update(writes: Writes, uid: str, **values: Any) -> None:
    """Sets properties of a job. Raises Unavailable."""
    await writes.change(UPDATE.bind(uid=uid, values=values))


async def move(writes: Writes, uid: str, sources: tuple[str, ...], **values: Any) -> bool:
    """Sets properties of a job if it is in one of some states, and returns whether it was. Raises Unavailable."""
    return await writes.change(MOVE.bind(uid=uid, sources=list(sources), values=values)) is not None


async def in_states(reads: Reads, *states: str) -> list[str]:
    """Returns the ids of the jobs in some states. Raises Unavailable."""
    return list(await reads.ask(IN_STATES.bind(states=list(states))))
