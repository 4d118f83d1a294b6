"""`python -m seed`: imports sources and generated worlds into the graph."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

from graph.errors import KithError
from seed.load import command
from seed.world import command as world_command


class Command(Protocol):
    """A subcommand: its arguments and its function, which returns the exit status."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


COMMANDS: dict[str, tuple[str, Any]] = {
    "list": ("list the mappings that come with Kith", command.LIST),
    "check": (
        "check a mapping and, optionally, a folder of source files; nothing is written",
        command.CHECK,
    ),
    "load": ("load the files of a folder", command.LOAD),
    "world": ("write a generated company world", world_command),
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    main = argparse.ArgumentParser(prog="python -m seed", description=__doc__, epilog="See docs/importing.md.")
    commands = main.add_subparsers(required=True, metavar="COMMAND")
    for name, (message, module) in COMMANDS.items():
        command = cast("Command", module)
        one = commands.add_parser(name, help=message, description=f"{message[0].upper()}{message[1:]}.")
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return main


def main(arguments: list[str] | None = None) -> int:
    """Runs a command: 0 success, 1 rows were rejected, 2 invalid mapping or command line, 3 unavailable."""
    parsed = parser().parse_args(arguments)
    status = 3
    try:
        status = asyncio.run(parsed.run(parsed))
    except KithError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again to complete it; data that was written stays.", file=sys.stderr)
        status = 130
    return status


if __name__ == "__main__":
    raise SystemExit(main())
