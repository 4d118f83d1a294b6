"""Imports over HTTP and GraphQL: the upload, the job and its mutations, and the file of rejected rows."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
import pytest

from graph.store import Bound, Store
from tests.api.running import Running

ROWS = b"""id,company,parent id,employees
I1,Alder Works,,12
I2,Birch Tools,I1,many
I3,Cedar,I1,3
I4,Dill,,4
I5,Elm,,5
"""
JOB = """{ state message target keyColumn rows created changed unchanged links rejected canUndo
  columns { name samples field } targetFields { name kind required } rejects { row column value reason }
  samples { isNew title recordId changes { field before after } } }"""


@pytest.fixture
async def clean(store: Store) -> AsyncIterator[None]:
    """Removes what the tests import."""
    yield
    text = "MATCH (n) WHERE n:ImportJob OR n:Event OR n.source IN ['trees', 'file'] DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("clean", text, {}))


def _send(url: str, body: bytes | None = None, kind: str = "text/csv") -> tuple[int, bytes, Any]:
    request = urllib.request.Request(url, body, {} if body is None else {"content-type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def _upload(kith: Running, body: bytes = ROWS, name: str = "trees.csv") -> str:
    status, answer, _ = _send(f"{kith.url}/imports?name={name}", body)
    assert status == 201, answer
    return str(json.loads(answer)["id"])


def _mutate(kith: Running, name: str, **given: Any) -> Any:
    title = name[0].upper() + name[1:]
    text = f"mutation M($input: {title}Input!) {{ {name}(input: $input) {{ importJob {JOB} }} }}"
    return kith.ask(text, {"input": given})


def _job(kith: Running, uid: str) -> Any:
    for _ in range(600):
        job = kith.ask(f"query J($id: ID!) {{ importJob(id: $id) {JOB} }}", {"id": uid})["data"]["importJob"]
        if job["state"] not in ("CHECKING", "LOADING", "UNDOING"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def _walk(kith: Running) -> None:
    uid = _upload(kith)
    job = _job(kith, uid)
    assert (job["state"], job["target"], job["keyColumn"], job["rows"]) == ("UPLOADED", "Account", "id", 5)
    assert [one["field"] for one in job["columns"]] == [None, "name", "parent", "employees"]
    assert job["columns"][1]["samples"] == ["Alder Works", "Birch Tools", "Cedar"]
    assert job["targetFields"][0] == {"name": "name", "kind": "text", "required": True}
    changed = _mutate(kith, "changeImportMapping", id=uid, columns=[{"column": "id", "field": "accountNumber"}])
    assert changed["data"]["changeImportMapping"]["importJob"]["columns"][0]["field"] == "accountNumber"
    assert _mutate(kith, "checkImport", id=uid)["data"]["checkImport"]["importJob"]["state"] == "CHECKING"
    job = _job(kith, uid)
    assert (job["state"], job["created"], job["links"], job["rejected"]) == ("CHECKED", 4, 1, 1)
    assert job["rejects"][0]["value"] == "many"
    _mutate(kith, "startImport", id=uid)
    assert (_job(kith, uid)["state"], _job(kith, uid)["canUndo"]) == ("LOADED", True)
    sources = kith.ask("{ importSources { name records loads rejected lastLoadAt } }")["data"]["importSources"]
    assert next(one for one in sources if one["name"] == "trees") | {"lastLoadAt": ""} == {
        "name": "trees", "records": 4, "loads": 1, "rejected": 1, "lastLoadAt": "",
    }  # fmt: skip
    status, body, headers = _send(f"{kith.url}/imports/{uid}/rejects.csv")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert b"many" in body
    twice = _mutate(kith, "startImport", id=uid)
    assert twice["data"]["startImport"] is None
    assert twice["errors"][0]["extensions"]["code"] == "CONFLICT"
    account = kith.ask('{ accounts(where: { name: { eq: "Alder Works" } }) { nodes { id } } }')["data"]["accounts"]
    update = "mutation U($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id version } } }"
    kith.ask(update, {"input": {"id": account["nodes"][0]["id"], "city": "Ulm"}})
    refused = _mutate(kith, "undoImport", id=uid)["errors"][0]
    assert refused["message"] == "1 record changed since the import: Alder Works."
    assert refused["extensions"]["code"] == "CONFLICT"


async def test_a_file_is_uploaded_mapped_checked_loaded_and_its_undo_refused(running: Running, clean: None) -> None:
    del clean
    await anyio.to_thread.run_sync(_walk, running)


def _undo(kith: Running) -> None:
    uid = _upload(kith)
    _mutate(kith, "startImport", id=uid)
    _job(kith, uid)
    _mutate(kith, "undoImport", id=uid)
    assert _job(kith, uid)["state"] == "UNDONE"
    assert kith.ask('{ accounts(where: { name: { eq: "Alder Works" } }) { totalCount } }')["data"]["accounts"] == {
        "totalCount": 0
    }
    assert "trees" not in [one["name"] for one in kith.ask("{ importSources { name } }")["data"]["importSources"]]


async def test_an_import_is_undone_as_a_whole(running: Running, clean: None) -> None:
    del clean
    await anyio.to_thread.run_sync(_undo, running)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (ROWS, "text/plain", 415, "INVALID"),
        (ROWS, "multipart/form-data; boundary=x", 415, "INVALID"),
        (b"", "text/csv", 400, "INVALID"),
        (b"PK\x03\x04", "application/octet-stream", 400, "INVALID"),
    ],
)
async def test_a_refused_upload_leaves_no_job(body: bytes, kind: str, status: int, code: str, running: Running) -> None:
    found, answer, _ = await anyio.to_thread.run_sync(_send, f"{running.url}/imports?name=../x.csv", body, kind)
    assert (found, json.loads(answer)["errors"][0]["extensions"]["code"]) == (status, code)
    jobs = await anyio.to_thread.run_sync(running.ask, "{ importJobs { totalCount } }")
    assert jobs["data"]["importJobs"]["totalCount"] == 0


async def test_the_rejected_rows_of_no_job_are_not_found(running: Running) -> None:
    for uid in ("nothing", "..%2F..%2Fx"):
        status, _, _ = await anyio.to_thread.run_sync(_send, f"{running.url}/imports/{uid}/rejects.csv")
        assert status == 404
