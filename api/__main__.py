"""`python -m api`: serve Kith."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from api.build import to_stderr
from graph.errors import Invalid, KithError, Refused
from graph.settings import Settings

ABOUT = "Serve Kith: GraphQL over HTTP, with GraphiQL for a browser. All settings are environment variables."


def settings_table() -> str:
    """Every setting with its default, what is allowed and what it does."""
    rows = []
    for line in Settings.table():
        default = f"default {line.default}; " if line.default else ""
        rows.append(f"  {line.name}\n      {line.description}\n      {default}{line.allowed}")
    return "settings:\n" + "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 after a stop that was asked for, 1 when something is not there, 2 when a setting is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m api",
        description=ABOUT,
        epilog=settings_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    try:
        settings = Settings.read()
        # Imported late: --help and a wrong setting answer at once.
        from api import listening, serve

        listening.refuse_strangers(settings)
        serve.run(settings, to_stderr)
    except KithError as error:
        to_stderr(f"{error.message}\n{error.remedy}")
        return 2 if isinstance(error, Invalid | Refused) else 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        to_stderr("Kith was stopped before it was open.")
        return 0
    to_stderr("Kith has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
