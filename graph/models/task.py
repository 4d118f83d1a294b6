"""A task."""

from __future__ import annotations

from graph.models.properties import Int
from graph.models.record import Activity


class Task(Activity):
    """Work to be done by a party (`task`)."""

    plural = "tasks"

    percentComplete = Int("How much of it is done, in percent.")
