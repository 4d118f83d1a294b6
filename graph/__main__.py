"""`python -m graph`: the Neo4j server behind Kith, from the command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import anyio
from neo4j.exceptions import DriverError, Neo4jError

from graph import engine
from graph.engine import jars, server_lease
from graph.engine.supervisor import Supervisor
from graph.errors import Invalid, KithError, Refused, Unavailable
from graph.settings import Settings

COMMANDS = {
    "start": "start the local server and let it run until stop",
    "stop": "stop the local server once nobody uses it",
    "status": "tell where the server is, its version and what it holds",
    "indexes": "install the constraints and indexes of the models, and report drift",
    "migrate": "show the pending migration steps of the data and run them, after a backup of the local store",
    "backup": "write a checked backup of the local store, which may run meanwhile",
    "restore": "make a backup the database of the data folder",
    "shell": "a Cypher prompt",
    "wipe": "delete all data, after asking",
    "fetch": "fetch and verify the jars of the local server and prepare quick starts; nothing with NEO4J_URI set",
    "lock": "resolve the jars anew and rewrite graph/neo4j.lock (for developers)",
}


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m graph", description="The Neo4j server behind Kith.")
    top.epilog = "Settings are read from the environment; `python -m api --help` lists them."
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, description in COMMANDS.items():
        verb = verbs.add_parser(name, help=description, description=description.capitalize() + ".")
        if name == "status":
            verb.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
        if name == "migrate":
            verb.add_argument("--yes", action="store_true", help="a backup of the server in NEO4J_URI was made")
        if name == "backup":
            verb.add_argument(
                "path", metavar="PATH", type=Path, nargs="?", help="a folder, or a new file (backups in KITH_DATA)"
            )
        if name == "restore":
            verb.add_argument("path", metavar="PATH", type=Path, help="the backup")
            verb.add_argument("--replace", action="store_true", help="delete the database that the folder holds")
        if name == "wipe":
            verb.add_argument("--yes", action="store_true", help="do not ask")
            verb.add_argument("--uri", help="the address in NEO4J_URI once more, to wipe a server Kith did not start")
    # without help: this is how Kith calls itself
    verbs.add_parser("supervise").add_argument("attempt")
    return top


async def _run(chosen: argparse.Namespace, settings: Settings) -> int:
    # Imported late: the supervisor, which every start waits for, needs neither models nor statements.
    from graph import commands
    from graph.shell import shell

    match chosen.command:
        case "start":
            return await commands.start(settings)
        case "stop":
            return await commands.stop(settings)
        case "status":
            return await commands.status(settings, as_json=chosen.json)
        case "wipe":
            return await commands.wipe(settings, yes=chosen.yes, uri=chosen.uri)
        case "migrate":
            return await commands.migrate(settings, yes=chosen.yes)
        case "backup":
            return await commands.backup(settings, chosen.path)
        case "restore":
            return commands.restore(settings, chosen.path, replace=chosen.replace)
        case "shell":
            async with engine.server(settings) as server, commands.opened(server) as store:
                return await shell(store, server.database, commands.out)
        case "indexes":
            return await commands.indexes(settings)
    raise AssertionError(chosen.command)


def _relock() -> None:
    with tempfile.TemporaryDirectory() as folder:
        jars.LOCK.write_text(jars.lock_text(jars.resolve(Path(folder))), encoding="ascii")


def _complain(error: KithError) -> int:
    sys.stderr.write(f"{error.message}\n{error.remedy}\n")
    return 2 if isinstance(error, Invalid | Refused) else 1


def main(arguments: list[str]) -> int:
    """Run one command; 0 when it was done, 1 when something is not there, 2 when it was refused, 3 from `status`."""
    chosen = parser().parse_args(arguments)
    try:
        settings = Settings.read()
        if chosen.command == "supervise":
            jar_cache = server_lease.jar_cache_of(settings)
            return Supervisor(server_lease.folder_of(settings), jar_cache, settings.memory, chosen.attempt).run()
        if chosen.command == "fetch":
            server_lease.prepare(settings)
            return 0
        if chosen.command == "lock":
            _relock()
            return 0
        return anyio.run(_run, chosen, settings)
    except (Neo4jError, DriverError) as error:
        return _complain(Unavailable(f"Neo4j says: {error}", remedy="`python -m graph status` tells whether it is up."))
    except KithError as error:
        return _complain(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.close(sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
