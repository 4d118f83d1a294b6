"""The recipes of docs/clients do what they say, with the clients themselves, against a live server."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from gql.transport.exceptions import TransportQueryError

from tests.api.running import Running
from tests.clients.conftest import HERE, RunNode, write

pytestmark = pytest.mark.slow

PREFIX = "Python recipe"


@pytest.mark.parametrize("page", ["apollo", "urql"])
def test_every_recipe_of_a_client_works(page: str, world: None, kith: Running, packages: RunNode, folder: Path) -> None:
    write(page, folder)
    packages(folder, "run.mjs", f"{kith.url}/graphql")


def test_every_recipe_of_relay_compiles_and_works(
    world: None, kith: Running, packages: RunNode, folder: Path, project: Path
) -> None:
    write("relay", folder)
    shutil.copy(project / "schema.graphql", folder)
    packages(folder, str(HERE / "node_modules/relay-compiler/cli.js"), "relay.config.json")
    packages(folder, str(HERE / "bundle.mjs"))
    packages(folder, "bundle.mjs", f"{kith.url}/graphql")


def test_generated_types_fit_the_documents(packages: RunNode, folder: Path, project: Path) -> None:
    write("codegen", folder)
    shutil.copy(project / "schema.graphql", folder)
    packages(folder, str(HERE / "node_modules/@graphql-codegen/cli/cjs/bin.js"), "--config", "codegen.ts")
    options = {"strict": True, "noEmit": True, "module": "esnext", "moduleResolution": "bundler", "target": "es2022"}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["src"]}))
    packages(folder, str(HERE / "node_modules/typescript/bin/tsc"), "--project", ".")
    wrong = folder / "src" / "wrong.ts"
    wrong.write_text('import { titles } from "./screen";\ntitles({ account: { name: 1 } });\n')
    with pytest.raises(AssertionError, match="TS2"):
        packages(folder, str(HERE / "node_modules/typescript/bin/tsc"), "--project", ".")


def test_the_schema_follows_the_rules_of_relay(packages: RunNode, folder: Path, project: Path) -> None:
    write("codegen", folder)
    shutil.copy(project / "schema.graphql", folder)
    packages(folder, str(HERE / "node_modules/eslint/bin/eslint.js"), "schema.graphql")


@pytest.fixture
def modules(folder: Path) -> Iterator[dict[str, ModuleType]]:
    """The modules of the Python recipes by name."""
    write("python", folder)
    names = [path.stem for path in folder.glob("*.py")]
    sys.path.insert(0, str(folder))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)


async def test_every_recipe_of_gql_works(world: None, kith: Running, modules: dict[str, ModuleType]) -> None:
    accounts, changes, figures = modules["accounts"], modules["changes"], modules["figures"]
    where = {"name": {"startsWith": PREFIX}}
    async with modules["client"].connect(f"{kith.url}/graphql") as session:
        names = [f"{PREFIX} {at:02}" for at in range(25)]
        created = await figures.create_all(session, [{"name": name} for name in names])
        assert created["count"] == len(names)
        ids = [one["recordId"] for one in created["results"]]
        assert [one["name"] async for one in accounts.forward(session, where, 10)] == names
        assert [one["name"] async for one in accounts.backward(session, where, 10)] == names[::-1]
        first = await anext(accounts.forward(session, where, 10))
        renamed = await changes.rename(session, first, f"{PREFIX} renamed")
        assert renamed["name"] == f"{PREFIX} renamed"
        assert await changes.rename(session, first, f"{PREFIX} lost") == renamed
        with pytest.raises(TransportQueryError) as refused:
            await changes.commit(session, changes.CREATE, {"name": "", "employees": -1})
        assert changes.fields(refused.value).keys() == {"input.name", "input.employees"}
        months = await figures.won_by_month(session, "2020-01-01")
        assert len(months) > 1
        assert all(month and count > 0 for month, count, _ in months)
        assert all(name.startswith(PREFIX) for name in await figures.search(session, "python reci"))
        for uid in ids:
            await figures.delete(session, uid)
        assert [one async for one in accounts.forward(session, where, 10)] == []
