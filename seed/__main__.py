"""`python -m seed`: sources and generated worlds become the graph."""

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
    """What a subcommand is: its arguments, and what it does; the number it gives is the exit status."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


COMMANDS: dict[str, tuple[str, Any]] = {
    "list": ("the mappings that come with Kith", command.LIST),
    "check": (
        "whether a mapping fits the graph, and a folder fits the mapping; nothing is written",
        command.CHECK,
    ),
    "load": ("load the files of a folder by a mapping", command.LOAD),
    "world": ("a generated company world", world_command),
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
    """Runs one command: 0 done, 1 rows were rejected, 2 mapping or command line wrong, 3 it cannot be done now."""
    given = parser().parse_args(arguments)
    status = 3
    try:
        status = asyncio.run(given.run(given))
    except KithError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped. What was written stays; run the same command again to complete it.", file=sys.stderr)
        status = 130
    return status


if __name__ == "__main__":
    raise SystemExit(main())
