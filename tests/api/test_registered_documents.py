"""A real server that accepts registered documents only, and gives each caller a budget."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.build import EXPLORER
from graph import engine
from graph.errors import Invalid
from graph.sign_in.keys import create_key
from graph.store import Store
from schema.limits import DocumentLimits
from schema.trusted_documents import TrustedDocuments, documents_of
from tests.api.auth.conftest import person
from tests.api.running import Running, serving

NAMES = "query Names($first: Int!) { users(first: $first) { nodes { ...Name } } }"
FRAGMENT = "fragment Name on User { name }"
TEXT = """query Names($first: Int!) {
  users(first: $first) {
    nodes {
      ...Name
    }
  }
}

fragment Name on User {
  name
}"""
ID = hashlib.sha256(TEXT.encode()).hexdigest()
BURST = 200


def registered(folder: Path, data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "schema", "documents", str(folder)]
    environment = {**os.environ, "KITH_DATA": str(data)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(name="kith", scope="module")
def _kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("registered")
    source = folder / "operations"
    (source / "shared").mkdir(parents=True)
    (source / "names.graphql").write_text(NAMES)
    (source / "shared" / "name.graphql").write_text(FRAGMENT)
    done = registered(source, folder / "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Registered 1 operations of {source}; {folder / 'data' / 'documents.json'} has 1.\n"
    more = {"KITH_DOCUMENTS": "registered", "KITH_SIGN_IN": "required", "KITH_BUDGET_RATE": "0.5"}
    with serving(server, folder, KITH_BUDGET_BURST=str(BURST), **more) as running:
        yield running


@pytest.fixture(name="client")
async def _client(kith: Running, store: Store) -> Any:
    """A program with a key and a budget of its own."""
    key = await create_key(store.writes, (await person(store)).user, "program", "write", None)
    headers = {"authorization": f"Bearer {key}", "accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(base_url=kith.url, headers=headers, timeout=30) as client:
        yield client


async def send(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/graphql", json=body)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["extensions"]["remedy"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": f"sha256:{ID}"},
        {"documentId": ID},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ID}}},
        {"query": TEXT},
        {"query": f"{FRAGMENT} {NAMES}"},
    ],
    ids=["document id", "hash", "Apollo", "text", "other layout"],
)
async def test_a_registered_document_is_answered(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await send(client, variables={"first": 1}, **body)
    assert response.status_code == 200, response.text
    assert response.json()["data"]["users"]["nodes"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ __typename }"},
        {"query": "{ __schema { types { name } } }"},
        {"query": NAMES},
        {"query": f"{NAMES} {FRAGMENT} query Other {{ __typename }}"},
        {"query": TEXT.replace("name", "id")},
        {"query": "mutation { deleteAccount(input: { id: 1 }) { event { id } } }"},
        {"query": "not GraphQL"},
        {"query": "{ a " * 5000},
        {"documentId": "0" * 64},
        {"documentId": "../../documents"},
    ],
    ids=["typename", "introspection", "no fragment", "second operation", "other field", "mutation", "text", "long",
         "unknown id", "path"],
)  # fmt: skip
async def test_any_other_document_is_refused_with_one_code(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await send(client, **body)
    assert (response.status_code, code(response)) == (400, "DOCUMENT_NOT_REGISTERED")


async def test_anonymous_callers_learn_nothing_about_the_schema(kith: Running) -> None:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as anonymous:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "User") { name } }', TEXT):
            response = await send(anonymous, query=query)
            assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
            by_get = await anonymous.get("/graphql", params={"query": query})
            assert (by_get.status_code, code(by_get)) == (401, "UNAUTHENTICATED")
        assert (await anonymous.get("/graphql/schema.graphql")).status_code == 401


async def test_answers_carry_the_remaining_budget_until_it_is_spent(client: httpx.AsyncClient) -> None:
    first = (await send(client, documentId=ID, variables={"first": 49})).json()["extensions"]["budget"]
    assert first["limit"] == BURST
    assert BURST - 50 <= first["remaining"] <= BURST - 49
    assert 90 <= first["resetSeconds"] <= 100
    second = (await send(client, documentId=ID, variables={"first": 99})).json()["extensions"]["budget"]
    assert first["remaining"] - 100 <= second["remaining"] <= first["remaining"] - 97
    refused = await send(client, documentId=ID, variables={"first": 99})
    assert (refused.status_code, code(refused)) == (429, "UNAVAILABLE")
    wait = int(refused.headers["retry-after"])
    extensions = refused.json()["errors"][0]["extensions"]
    assert extensions["retryAfterSeconds"] == wait
    assert 90 <= wait <= 100
    assert extensions["budget"]["limit"] == BURST
    # What costs less is still answered, and other callers have budgets of their own.
    assert (await send(client, documentId=ID, variables={"first": 9})).status_code == 200


async def test_other_callers_have_budgets_of_their_own(client: httpx.AsyncClient) -> None:
    budget = (await send(client, documentId=ID, variables={"first": 199})).json()["extensions"]["budget"]
    assert budget["remaining"] <= 1
    assert (await send(client, documentId=ID, variables={"first": 199})).status_code == 429


def test_every_operation_of_the_explorer_is_registered() -> None:
    generated = EXPLORER / "src" / "generated" / "graphql.ts"
    if not generated.is_file():
        pytest.skip("The explorer was not built.")
    limits = DocumentLimits()
    documents = TrustedDocuments(documents_of(EXPLORER / "src", limits), limits)
    names = {path.stem for path in (EXPLORER / "src").rglob("*.graphql")}
    sent = re.findall(r"new TypedDocumentString\(`\s*((?:query|mutation) (\w+)[^`]*)`", generated.read_text())
    own = {name for _, name in sent}
    assert len(own) >= len(names) / 2
    for text, _ in sent:
        assert documents.text(text, None) == text


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": "query A { nothing }"}, "The operation `A` is not valid: Cannot query field 'nothing'"),
        ({"a": "query A { __typename }", "b": "query A { __typename }"}, "has a second `A`"),
        ({"a": "query A {"}, "cannot be parsed"),
        ({"a": "type A { a: Int }"}, "has a object_type_definition"),
        ({"a": "query A { ...Missing }"}, "Unknown fragment 'Missing'"),
    ],
    ids=["field", "twice", "syntax", "type", "fragment"],
)
def test_documents_that_are_not_valid_are_not_registered(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.graphql").write_text(text)
    with pytest.raises(Invalid, match=re.escape(message)):
        documents_of(tmp_path, DocumentLimits())
