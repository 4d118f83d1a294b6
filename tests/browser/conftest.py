"""Chromium, and Kith in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from api.build import build, to_stderr
from graph import engine
from graph.store import Store
from tests.api.running import Running, serving
from tests.browser.views import addresses
from tests.conftest import fill

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_TIMEOUT_MS = 60_000.0
_CANCELLED = "net::ERR_ABORTED"
_SLOW_DRAWING = re.compile(r"GL Driver Message \(OpenGL, Performance, .*GPU stall due to ReadPixels")


@pytest.fixture(scope="session")
def running(server: engine.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith with a built page."""
    build(to_stderr)
    with serving(server, tmp_path_factory.mktemp("browser")) as kith:
        yield kith


@pytest.fixture(scope="module")
async def planner(
    server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """Kith with a built page and the small demo world, as `make run` starts it.

    One for each module, because the modules of other data between them empty the graph.
    """
    build(to_stderr)
    await fill(store, "the small demo world", _left_to_kith)
    with serving(server, tmp_path_factory.mktemp("planner"), KITH_WORLD="small", KITH_STATEMENT_SECONDS="60") as kith:
        yield kith


async def _left_to_kith() -> None:
    """Kith itself writes the demo world at its start when the graph is empty."""


@pytest.fixture(scope="module")
async def views(planner: Running, chromium: Browser) -> dict[str, str]:
    """The address of each view in the demo world, by its name."""
    page = await chromium.new_page()
    found = await addresses(page, planner)
    await page.close()
    return found


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; without one these tests are skipped, except in CI, where they fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        await browser.close()


@dataclass
class Tab:
    """A browser tab with its requests and its console messages."""

    page: Page
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """Records warnings and errors, except that drawing without a graphics card is slow."""
        if message.type in ("warning", "error") and not _SLOW_DRAWING.search(message.text):
            self.problems.append(message.text)

    def on_request(self, request: Request) -> None:
        """Records the URL of a request."""
        self.requests.append(request.url)

    def on_failure(self, request: Request) -> None:
        """Records a request that failed; one that was cancelled because the reader went on is no problem."""
        if request.failure != _CANCELLED:
            self.problems.append(f"{request.url}: {request.failure}")


@pytest.fixture
async def tab(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Tab]:
    """A tab without stored data; its colour scheme is light unless a test sets another one."""
    scheme: Literal["light", "dark"] = getattr(request, "param", "light")
    context = await chromium.new_context(viewport={"width": 1360, "height": 850}, color_scheme=scheme)
    opened = Tab(await context.new_page())
    opened.page.on("console", opened.on_console)
    opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.page.on("request", opened.on_request)
    opened.page.on("requestfailed", opened.on_failure)
    # Starting an editor of three megabytes may take long on a busy machine.
    opened.page.set_default_timeout(_TIMEOUT_MS)
    expect.set_options(timeout=_TIMEOUT_MS)
    yield opened
    await context.close()
