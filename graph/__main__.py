"""`python -m graph`: the local Neo4j server from the command line."""

from __future__ import annotations

import sys

from graph.engine.jars import Shelf, cache_folder, read_lock
from graph.engine.joining import folder_of
from graph.engine.supervisor import Supervisor
from graph.settings import Settings

if __name__ == "__main__":
    settings = Settings.read()
    shelf = Shelf.of(cache_folder(settings.cache), read_lock())
    if sys.argv[1:2] == ["supervise"]:
        sys.exit(Supervisor(folder_of(settings), shelf, settings.memory, sys.argv[2]).run())
