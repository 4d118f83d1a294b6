from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.page import EXPLORER_PAGE, GRAPHIQL, PageDeclaration
from tests.api.scripted import Client

HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Small built pages."""
    made = tmp_path / "built"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_text('<base href="./" /><title>Explorer</title>')
    (made / "graphql.html").write_text("<title>Kith</title>")
    (made / "secret.txt").write_text("no asset")
    for name, content in {
        "a-1.js": "plain",
        "a-1.js.br": "br",
        "a-1.js.gz": "gz",
        "b-2.css": "b",
        "c-3.exe": "c",
    }.items():
        (made / "assets" / name).write_text(content)
    return made


def test_a_browser_gets_the_page_with_a_strict_policy(create_client: Callable[..., Client], dist: Path) -> None:
    response = create_client(dist).http.get("/graphql", headers=HTML)
    assert (response.status_code, response.text) == (200, "<title>Kith</title>")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == GRAPHIQL.policy
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["vary"] == "accept"
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/", "./"),
        ("/accounts", "./"),
        ("/account/2pftbbgbbik5se3p6aaxtstk/group?h=legal", "../../"),
        ("/record/SalesOrder/x", "../../"),
        ("/account/x/a%2Fslug", "../../"),
        ("/account/x/", "../../"),
        ("/healthz/nothing", "../"),
    ],
)
def test_every_address_of_the_explorer_is_its_page_with_the_way_to_the_root(
    create_client: Callable[..., Client], dist: Path, path: str, root: str
) -> None:
    response = create_client(dist).http.get(path, headers=HTML)
    assert (response.status_code, response.text) == (200, f'<base href="{root}" /><title>Explorer</title>')
    assert response.headers["content-security-policy"] == EXPLORER_PAGE.policy
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_only_a_browser_gets_the_explorer_at_an_unknown_path(create_client: Callable[..., Client], dist: Path) -> None:
    http = create_client(dist).http
    assert http.get("/accounts").status_code == 404
    assert http.get("/accounts", headers={"accept": "application/json"}).status_code == 404
    assert http.get("/" + "a/" * 20, headers=HTML).status_code == 404
    assert http.post("/accounts", headers=HTML).status_code == 405


def test_a_page_that_has_not_been_built_says_so(client: Client) -> None:
    response = client.http.get("/", headers=HTML)
    assert response.status_code == 503
    assert "python -m api.build" in response.text


@pytest.mark.parametrize("page", [EXPLORER_PAGE, GRAPHIQL], ids=lambda page: page.file)
def test_the_policy_allows_no_other_host(page: PageDeclaration) -> None:
    directives = dict(each.split(" ", 1) for each in page.policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert {source for each in directives.values() for source in each.split()} <= {
        "'none'",
        "'self'",
        "data:",
        "'unsafe-inline'",
    }
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == ("'self'" if page is EXPLORER_PAGE else "'self' 'unsafe-inline'")


def test_an_asset_is_immutable_and_compressed_as_the_client_accepts(
    create_client: Callable[..., Client], dist: Path
) -> None:
    http = create_client(dist).http
    for accepted, content, coding in (
        ("gzip, deflate, br, zstd", b"br", "br"),
        ("gzip, br;q=0", b"gz", "gzip"),
        ("identity", b"plain", None),
    ):
        with http.stream("GET", "/assets/a-1.js", headers={"accept-encoding": accepted}) as response:
            assert b"".join(response.iter_raw()) == content
        assert response.headers.get("content-encoding") == coding
        assert response.headers["content-type"].startswith("text/javascript")
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["vary"] == "accept-encoding"
        assert response.headers["content-security-policy"] == GRAPHIQL.policy
    assert http.get("/assets/b-2.css", headers={"accept-encoding": "br"}).text == "b"


def test_a_new_build_does_not_remove_the_assets_of_the_served_page(
    create_client: Callable[..., Client], dist: Path
) -> None:
    http = create_client(dist).http
    shutil.rmtree(dist)
    assert http.get("/graphql", headers=HTML).text == "<title>Kith</title>"
    assert http.get("/assets/b-2.css").text == "b"


@pytest.mark.parametrize(
    "path", ["/assets/nothing.js", "/assets/..%2Fsecret.txt", "/assets/../index.html", "/assets/c-3.exe", "/assets/"]
)
def test_only_built_assets_are_served(create_client: Callable[..., Client], dist: Path, path: str) -> None:
    assert create_client(dist).http.get(path).status_code == 404


def test_the_page_is_not_counted_as_a_graphql_request(create_client: Callable[..., Client], dist: Path) -> None:
    client = create_client(dist)
    client.http.get("/graphql", headers=HTML)
    assert client.logged[0]["outcome"] == "page"
    assert client.metric("kith_requests_total", operation="(unnamed)", outcome="page") is None
