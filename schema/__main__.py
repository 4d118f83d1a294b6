"""`python -m schema` prints the GraphQL schema; `schema.graphql` is the committed copy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from schema.build import build


def parser() -> argparse.ArgumentParser:
    """The command line."""
    return argparse.ArgumentParser(prog="python -m schema", description="Print the GraphQL schema.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the schema as SDL."""
    parser().parse_args(arguments)
    print(build()[0].as_str())


if __name__ == "__main__":
    main()
