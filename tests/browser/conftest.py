"""A browser, Debian's Chromium, in front of Kith as a process of its own."""

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


_PATIENCE = 60_000.0


@pytest.fixture(scope="session")
def running(server: engine.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith with its page built."""
    build(to_stderr)
    with serving(server, tmp_path_factory.mktemp("browser")) as kith:
        yield kith


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; a machine without one skips these tests, CI may not."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        says = "there is no Chromium here (Debian: apt-get install chromium)"
        pytest.fail(says) if os.environ.get("CI") else pytest.skip(says)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        await browser.close()


@dataclass
class Seen:
    """A tab, and what a person watching the developer tools would see."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """Keeps warnings and errors."""
        if message.type in ("warning", "error"):
            self.complaints.append(message.text)

    def on_request(self, request: Request) -> None:
        """Keeps where requests go."""
        self.requests.append(request.url)


@pytest.fixture
async def seen(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Seen]:
    """A fresh tab that has never been here; its colour scheme is light unless the test says."""
    scheme: Literal["light", "dark"] = getattr(request, "param", "light")
    context = await chromium.new_context(viewport={"width": 1360, "height": 850}, color_scheme=scheme)
    tab = Seen(await context.new_page())
    tab.page.on("console", tab.on_console)
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.on("request", tab.on_request)
    tab.page.on("requestfailed", lambda failed: tab.complaints.append(f"{failed.url}: {failed.failure}"))
    # A busy machine takes its time to start an editor of three megabytes.
    tab.page.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    yield tab
    await context.close()
