"""Chromium, and Kith in a process of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from api.build import build, to_stderr
from graph import engine
from tests.api.running import Running, serving

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


@pytest.fixture(scope="session")
def running(server: engine.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith with a built page."""
    build(to_stderr)
    with serving(server, tmp_path_factory.mktemp("browser")) as kith:
        yield kith


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
        """Records warnings and errors."""
        if message.type in ("warning", "error"):
            self.problems.append(message.text)

    def on_request(self, request: Request) -> None:
        """Records the URL of a request."""
        self.requests.append(request.url)


@pytest.fixture
async def tab(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Tab]:
    """A tab without stored data; its colour scheme is light unless a test sets another one."""
    scheme: Literal["light", "dark"] = getattr(request, "param", "light")
    context = await chromium.new_context(viewport={"width": 1360, "height": 850}, color_scheme=scheme)
    opened = Tab(await context.new_page())
    opened.page.on("console", opened.on_console)
    opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.page.on("request", opened.on_request)
    opened.page.on("requestfailed", lambda failed: opened.problems.append(f"{failed.url}: {failed.failure}"))
    # Starting an editor of three megabytes may take long on a busy machine.
    opened.page.set_default_timeout(_TIMEOUT_MS)
    expect.set_options(timeout=_TIMEOUT_MS)
    yield opened
    await context.close()
