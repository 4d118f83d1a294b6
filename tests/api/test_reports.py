"""Reports over HTTP: the list, the formats by suffix and by `Accept`, and errors."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message

import pytest

from reports.formats import FORMATS
from tests.api.running import Running
from tests.reports.conftest import ask, executor, largest, world

__all__ = ["ask", "executor", "largest", "world"]


async def fetch(kith: Running, path: str, accept: str = "*/*") -> tuple[int, Message, bytes]:
    import anyio.to_thread

    return await anyio.to_thread.run_sync(_fetch, kith.url + path, accept)


def _fetch(url: str, accept: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers={"accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


async def test_the_list_is_json_or_a_page(running: Running) -> None:
    status, headers, body = await fetch(running, "/reports")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "group-rollup" in [one["name"] for one in json.loads(body)["reports"]]
    _, headers, body = await fetch(running, "/reports", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b'action="reports/group-rollup"' in body


@pytest.mark.parametrize("name", list(FORMATS))
async def test_a_format_is_chosen_by_suffix_or_by_accept(name: str, running: Running, largest: str) -> None:
    media_type = FORMATS[name].media_type
    query = f"?about={largest}&as-of=2026-07-01"
    status, headers, body = await fetch(running, f"/reports/group-rollup.{name}{query}")
    assert (status, headers["content-type"]) == (200, media_type)
    assert f'filename="group-rollup-2026-07-01.{name}"' in headers["content-disposition"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, again = await fetch(running, f"/reports/group-rollup{query}", media_type.partition(";")[0])
    assert (status, headers["content-type"]) == (200, media_type)
    assert again == body


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/reports/weather", 404, "NOT_FOUND"),
        ("/reports/group-rollup?about=nothing", 404, "NOT_FOUND"),
        ("/reports/group-rollup", 400, "INVALID"),
        ("/reports/group-rollup.doc?about=nothing", 400, "INVALID"),
        ("/reports/group-rollup?about=nothing&as-of=yesterday", 400, "INVALID"),
        ("/reports/group-rollup?about=nothing&as-of=9999-01-01", 400, "INVALID"),
        ("/reports/group-rollup?about=nothing&paper=a3", 400, "INVALID"),
    ],
)
async def test_an_error_has_a_code_and_a_remedy(path: str, status: int, code: str, running: Running) -> None:
    found, headers, body = await fetch(running, path)
    assert (found, headers["content-type"]) == (status, "application/json")
    extensions = json.loads(body)["errors"][0]["extensions"]
    assert extensions["code"] == code
    assert extensions["remedy"]


async def test_a_type_that_no_format_has_is_not_acceptable(running: Running) -> None:
    assert (await fetch(running, "/reports/group-rollup?about=nothing", "image/png"))[0] == 406


async def test_the_schema_of_a_report_is_served(running: Running) -> None:
    status, headers, body = await fetch(running, "/reports/group-rollup.schema.json")
    assert (status, headers["content-type"]) == (200, "application/schema+json")
    assert json.loads(body)["properties"]["report"] == {"const": "group-rollup"}
