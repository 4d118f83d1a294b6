"""Kith on a data folder that an older version of Kith wrote."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph import engine
from graph.engine.folder import Folder
from graph.migrations.execution import CURRENT
from graph.settings import Settings
from graph.store import Bound, connect
from tests.api.running import serving
from tests.graph.migrations import old

pytestmark = pytest.mark.slow

QUERY = """{
  account(id: "243lg3qk5jiglbejjdufzkst") { name parent { name } }
  contact(id: "22u46kfrwihtwr7l4k4ylo5k") { fullName manager { fullName } }
  opportunity(id: "zf4a6ruuaola3tqmhcajzq7t") { state }
  users(where: {name: {eq: "Summer Sewald"}}) { nodes { reports { totalCount } } }
}"""

OTHER = "CREATE (n:Account:Party:Record {uid: 'other', name: 'Other', relationship: 'CUSTOMER'}) RETURN 1"


async def test_a_folder_that_0_1_0_wrote_opens_with_its_data(tmp_path: Path) -> None:
    settings = Settings.read(data=tmp_path / "data", memory="384m", neo4j_uri=None)
    async with engine.server(settings) as server:
        async with connect(server.uri, server.user, server.password, seconds=60) as store:
            await old.write(store)
        folder = {"NEO4J_URI": "", "KITH_DATA": str(settings.data), "KITH_MEMORY": "384m"}
        with serving(server, tmp_path, **folder) as kith:
            answer = kith.ask(QUERY)
            said = kith.err.read_text()
        async with connect(server.uri, server.user, server.password, seconds=60) as store:
            await store.writes.change(Bound("test.other", OTHER, {}))
        with serving(server, tmp_path, **folder) as kith:
            for _ in range(300):
                warned = kith.err.read_text()
                if "Another program" in warned:
                    break
                await asyncio.sleep(0.1)
    assert (
        "Another program wrote records that lists and searches do not find (1)."
        " Run `python -m graph migrate` to complete them." in warned
    )
    assert answer == {
        "data": {
            "account": {"name": "Selerasta Logistics Pvt. Ltd.", "parent": {"name": "Familia Arquibaldo"}},
            "contact": {"fullName": "Carlos González", "manager": {"fullName": "Slazena Kraiska"}},
            "opportunity": {"state": "WON"},
            "users": {"nodes": [{"reports": {"totalCount": 2}}]},
        }
    }
    assert "Creating a backup before the migration." in said
    assert f"The data has schema version {CURRENT}." in said
    assert len(list(Folder(settings.data).backups.iterdir())) == 1
