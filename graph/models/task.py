"""A task."""

from __future__ import annotations

from graph.models.properties import Int
from graph.models.record import Activity


class Task(Activity):
    """A to-do item (`task`)."""

    plural = "tasks"

    percentComplete = Int("The progress, as a percentage.", title="Done", minimum=0, maximum=100)
