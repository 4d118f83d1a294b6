"""`python -m graph`: commands for the Neo4j server of Kith."""

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
from graph.engine.memory import memory_of
from graph.engine.supervisor import Supervisor
from graph.errors import Invalid, KithError, Refused, Unavailable
from graph.settings import Settings
from graph.sign_in.arguments import add_key, add_user

COMMANDS = {
    "start": "start the local server and keep it running until `stop`",
    "stop": "stop the local server when no process uses it",
    "status": "print the address, the version and the contents of the server",
    "indexes": "install the constraints and indexes of the models and report drift",
    "migrate": "print the pending migration steps and run them, after a backup of the local database;"
    " complete the records that other programs wrote",
    "revalue": "convert all stored amounts to KITH_CURRENCY with KITH_RATES; continues where it was stopped",
    "backup": "write and verify a backup of the local database, also while it is used",
    "restore": "replace the database of the data folder with a backup",
    "shell": "open a Cypher prompt",
    "verify-events": "verify the hash chain over the events: print the first one that was changed, removed or inserted",
    "wipe": "delete all data after confirmation",
    "fetch": "fetch and verify the jars of the local server and create its AOT cache, unless NEO4J_URI is set",
    "lock": "resolve the jars and rewrite graph/neo4j.lock (for developers)",
}


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m graph", description="The Neo4j server behind Kith.")
    top.epilog = "Settings are read from the environment; `python -m api --help` lists them."
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, description in COMMANDS.items():
        command = commands.add_parser(name, help=description, description=description.capitalize() + ".")
        if name == "status":
            command.add_argument("--json", action="store_true", help="print JSON")
        if name == "migrate":
            command.add_argument(
                "--yes", action="store_true", help="confirm that a backup of the server at NEO4J_URI exists"
            )
        if name == "backup":
            command.add_argument(
                "path",
                metavar="PATH",
                type=Path,
                nargs="?",
                help="a folder or a new file (default: the folder backups in KITH_DATA)",
            )
        if name == "restore":
            command.add_argument("path", metavar="PATH", type=Path, help="the backup file")
            command.add_argument("--replace", action="store_true", help="delete the existing database")
        if name == "verify-events":
            command.add_argument(
                "--expect", metavar="POSITION:HASH", help="an end of the chain that the command printed before"
            )
        if name == "wipe":
            command.add_argument("--yes", action="store_true", help="skip the confirmation")
            command.add_argument("--uri", help="the value of NEO4J_URI, required for a server that Kith did not start")
    add_user(commands)
    add_key(commands)
    # Without help, because only Kith itself runs it.
    commands.add_parser("supervise").add_argument("attempt")
    return top


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    # Imported late: every start waits for the supervisor, which needs neither models nor statements.
    from graph import commands
    from graph.shell import shell

    match options.command:
        case "start":
            return await commands.start(settings)
        case "stop":
            return await commands.stop(settings)
        case "status":
            return await commands.status(settings, as_json=options.json)
        case "wipe":
            return await commands.wipe(settings, yes=options.yes, uri=options.uri)
        case "migrate":
            return await commands.migrate(settings, yes=options.yes)
        case "revalue":
            return await commands.revalue(settings)
        case "backup":
            return await commands.backup(settings, options.path)
        case "verify-events":
            return await commands.verify_events(settings, options.expect)
        case "restore":
            return commands.restore(settings, options.path, replace=options.replace)
        case "shell":
            async with engine.server(settings) as server, commands.open_store(server) as store:
                return await shell(store, server.database, commands.console)
        case "indexes":
            return await commands.indexes(settings)
        case "user" | "key":
            from graph.sign_in.commands import run

            return await run(options, settings)
    raise AssertionError(options.command)


def _rewrite_lock() -> None:
    with tempfile.TemporaryDirectory() as folder:
        jars.LOCK.write_text(jars.lock_text(jars.resolve(Path(folder))), encoding="ascii")


def _print_error(error: KithError) -> int:
    sys.stderr.write(f"{error.message}\n{error.remedy}\n")
    return 2 if isinstance(error, Invalid | Refused) else 1


def main(arguments: list[str]) -> int:
    """Runs a command. Returns 0, 1 (unavailable), 2 (refused), or 3 from `status` when no server is running."""
    options = parser().parse_args(arguments)
    try:
        settings = Settings.read()
        if options.command == "supervise":
            jar_cache = server_lease.jar_cache_of(settings)
            return Supervisor(server_lease.folder_of(settings), jar_cache, memory_of(settings), options.attempt).run()
        if options.command == "fetch":
            server_lease.prepare(settings)
            return 0
        if options.command == "lock":
            _rewrite_lock()
            return 0
        return anyio.run(_run, options, settings)
    except (Neo4jError, DriverError) as error:
        return _print_error(
            Unavailable(f"Neo4j reported an error: {error}", remedy="Check the server with `python -m graph status`.")
        )
    except KithError as error:
        return _print_error(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.close(sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
