"""The caller that a demo world has."""

from __future__ import annotations

from graph.settings import Settings


def demo_caller(settings: Settings) -> str | None:
    """Returns the id of the demo world's own user, or None without a demo world."""
    if settings.world == "none":
        return None
    # Imported late, because the generator of the world takes long to import.
    from seed.world.generate import you

    return you()
