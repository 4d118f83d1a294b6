"""`python -m schema`: prints the whole schema; `schema.graphql` is its committed copy."""

from __future__ import annotations

from schema.build import build

if __name__ == "__main__":
    print(build()[0].as_str())
