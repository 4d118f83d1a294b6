"""Short links to large maps: what is kept, what is refused, and what an unknown hash answers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from api.links import MOST_BYTES, link_routes
from graph.access import Principal

_ADDRESS = "/map/abc123/calinex?x=" + ",".join(f"n{at}:knows" for at in range(400))


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    """A client of the routes alone, with room for two links."""
    app = Starlette(routes=link_routes(tmp_path / "links", most_links=2))

    async def authenticated(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "principal": Principal("u1")}, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=authenticated), base_url="http://kith")


async def test_an_address_is_kept_once_under_its_hash(client: httpx.AsyncClient, tmp_path: Path) -> None:
    first = await client.post("/links", json={"address": _ADDRESS})
    again = await client.post("/links", json={"address": _ADDRESS})
    assert (first.status_code, again.status_code) == (201, 201)
    digits = first.json()["hash"]
    assert again.json() == {"hash": digits}
    assert [path.name for path in (tmp_path / "links").iterdir()] == [digits]
    found = await client.get(f"/links/{digits}")
    assert found.json() == {"address": _ADDRESS}


@pytest.mark.parametrize("digits", ["0" * 32, "short", "..%2f..%2fetc", "A" * 32])
async def test_an_unknown_hash_is_not_found(client: httpx.AsyncClient, digits: str) -> None:
    answer = await client.get(f"/links/{digits}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/map/a",
        "/account/a?x=1",
        "//evil.example/map/a?x=1",
        "/map/a?x=1 2",
        "/map/a?x=\u00e9",
        "/map/../a?x",
        7,
        None,
    ],
)
async def test_nothing_but_an_address_of_a_map_is_kept(
    client: httpx.AsyncClient, tmp_path: Path, address: object
) -> None:
    answer = await client.post("/links", json={"address": address})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID"
    assert not (tmp_path / "links").exists()


async def test_size_number_and_type_are_limited(client: httpx.AsyncClient) -> None:
    long = await client.post("/links", json={"address": "/map/a?x=" + "y" * MOST_BYTES})
    assert (long.status_code, long.json()["errors"][0]["extensions"]["limit"]) == (413, MOST_BYTES)
    form = await client.post("/links", content=b'{"address": "/map/a?x=1"}', headers={"content-type": "text/plain"})
    assert form.status_code == 400
    statuses = [(await client.post("/links", json={"address": f"/map/a?x={at}"})).status_code for at in range(3)]
    assert statuses == [201, 201, 413]
