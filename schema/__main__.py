"""`python -m schema`: prints the whole schema, or its reference in Markdown; both have a committed copy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from schema.build import build
from schema.reference import reference

ABOUT = "Print the whole schema; `reference` prints it as the Markdown page docs/reference/schema.md."


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m schema", description=ABOUT)
    top.add_argument(
        "form",
        nargs="?",
        choices=("graphql", "reference"),
        default="graphql",
        help="as schema.graphql is (the default), or as a page to read",
    )
    return top


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the schema in the form asked for."""
    made, core = build()
    print(made.as_str() if parser().parse_args(arguments).form == "graphql" else reference(core))


if __name__ == "__main__":
    main()
