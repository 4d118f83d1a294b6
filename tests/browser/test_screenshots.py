"""`make screenshots`: a picture of every view, wide and narrow, light and dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from tests.api.running import Running
from tests.browser.views import opened

FOLDER = os.environ.get("KITH_SCREENSHOTS")
SIZES = {1440: 900, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.skipif(FOLDER is None, reason="`make screenshots` sets KITH_SCREENSHOTS, the folder of the pictures")
async def test_take_a_picture_of_every_view(chromium: Browser, planner: Running, views: dict[str, str]) -> None:
    folder = Path(str(FOLDER))
    expect.set_options(timeout=120_000)
    for width, height in SIZES.items():
        for scheme in SCHEMES:
            context = await chromium.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = await context.new_page()
            page.set_default_timeout(120_000)
            for name, address in views.items():
                await page.goto(planner.url + address)
                await opened(page)
                await page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
            await context.close()
