"""The recipes of docs/clients do what they say, with the clients themselves, against a live server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.running import Running
from tests.clients.conftest import RunNode, write

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", ["apollo"])
def test_every_recipe_of_a_client_works(
    page: str, world: None, kith: Running, packages: RunNode, folder: Path
) -> None:
    write(page, folder)
    packages(folder, "run.mjs", f"{kith.url}/graphql")
