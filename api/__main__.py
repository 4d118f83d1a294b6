"""`python -m api`: serve Kith."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from api.build import to_stderr
from graph.errors import Invalid, KithError, Refused
from graph.settings import Settings

DESCRIPTION = "Serve Kith: GraphQL over HTTP, with GraphiQL for a browser. All settings are environment variables."


def settings_table() -> str:
    """Returns every setting with its default, its allowed values and its description, for `--help`."""
    rows = []
    for line in Settings.table():
        default = f"default {line.default}; " if line.default else ""
        rows.append(f"  {line.name}\n      {line.description}\n      {default}{line.allowed}")
    return "settings:\n" + "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0 after a requested stop, 1 when a dependency is unavailable, 2 for a wrong setting."""
    parser = argparse.ArgumentParser(
        prog="python -m api",
        description=DESCRIPTION,
        epilog=settings_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    try:
        settings = Settings.read()
        # Imported late, so that --help and errors in settings are reported at once.
        from api import serve
        from api.auth.rules import SignInRules

        SignInRules.of(settings)
        serve.run(settings, to_stderr)
    except KithError as error:
        to_stderr(f"{error.message}\n{error.remedy}")
        return 2 if isinstance(error, Invalid | Refused) else 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        to_stderr("Kith was stopped before it started serving.")
        return 0
    to_stderr("Kith has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
