"""`python -m schema` prints the GraphQL schema, and registers documents; `schema.graphql` is the committed copy."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from graph.errors import KithError
from graph.settings import Settings
from schema.build import build
from schema.execution import options_of
from schema.trusted_documents import FILE, register


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m schema", description="Print the GraphQL schema.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    description = "register the operations of all .graphql files below a folder, for KITH_DOCUMENTS=registered"
    documents = commands.add_parser("documents", help=description, description=description.capitalize() + ".")
    documents.add_argument("folder", metavar="FOLDER", type=Path, help="the folder")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the schema as SDL, or registers documents. Returns 0, or 2 if a document is not valid."""
    options = parser().parse_args(arguments)
    if options.command is None:
        print(build()[0].as_str())
        return 0
    try:
        settings = Settings.read()
        file = settings.data / FILE
        own, every = register(options.folder, file, options_of(settings).documents)
    except KithError as error:
        sys.stderr.write(f"{error.message}\n{error.remedy}\n")
        return 2
    print(f"Registered {own} operations of {options.folder}; {file} has {every}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
