"""What the mutations of import jobs need from the server, which runs the jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from graph.errors import Refused
from graph.events import EventHeader


def hidden_records() -> Refused:
    """Returns the refusal of an import by a caller from whom records may be hidden."""
    return Refused(
        "An import can change any record of its source, so you must be allowed to change all their fields.",
        remedy="Ask somebody who may, such as an administrator.",
    )


class ImportJobs(Protocol):
    """The import jobs of a server. Each method raises NotFound, Conflict, Invalid and Unavailable."""

    async def change(self, uid: str, given: Mapping[str, Any]) -> None:
        """Changes the mapping of a job."""

    async def check(self, uid: str) -> None:
        """Begins a check."""

    async def start(self, uid: str, header: EventHeader) -> None:
        """Begins a load."""

    async def stop(self, uid: str) -> None:
        """Stops a check or a load."""

    async def undo(self, uid: str, header: EventHeader) -> None:
        """Begins to undo a load."""
