"""A real browser at the playground's page."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.journeys.program import PATIENCE_SECONDS, Home, Program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=PATIENCE_SECONDS * 1000)  # its own five seconds are too few for a loaded machine
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@dataclass
class BotData:
    """The page, and what its console complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def get_phone(self, key: str) -> Locator:
        """One phone by its word: anna, budi, sari, channel."""
        return self.page.get_by_test_id(f"phone-{key}")

    async def tap_key(self, key: str, label: str | re.Pattern[str]) -> None:
        """Tap the last button of this label in a phone's open chat."""
        await self.get_phone(key).get_by_test_id("key").filter(has_text=label).last.click()

    async def choose(self, key: str, label: str) -> None:
        """Choose from what has slid up in a phone."""
        await self.get_phone(key).get_by_test_id("choice").filter(has_text=label).first.click()

    async def write(self, key: str, text: str) -> None:
        """Type into a phone's open chat and send."""
        await self.get_phone(key).get_by_test_id("box").fill(text)
        await self.get_phone(key).get_by_test_id("send").click()

    async def until_bubble(self, key: str, text: str | re.Pattern[str]) -> Locator:
        """Wait for a bubble in a phone's open chat."""
        bubble = self.get_phone(key).get_by_test_id("message").filter(has_text=text).last
        await bubble.wait_for()
        return bubble

    async def assert_clean(self) -> None:
        """Fail if the page's console complained or the bot broke the Bot API's contract."""
        assert not self.complaints
        assert not await self.page.get_by_test_id("violations").is_visible()

    def note(self, message: ConsoleMessage) -> None:
        """Keep what the console says in earnest."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def find_chromium() -> str:
    """The path of a Chromium; where there is none the test skips with a line saying so, or fails if CI is set."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    found = found or next((path for path in MAC_PATHS if Path(path).exists()), None)
    if found:
        return found
    reason = f"NOT TESTED IN A BROWSER: none of {', '.join(NAMES)} is installed (Debian: apt install chromium)"
    if os.environ.get("CI"):
        pytest.fail(f"In CI nothing may be skipped: {reason}")
    pytest.skip(reason)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start Chromium without a window."""
    path = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_desk(url: str, *, width: int = 1440, height: int = 900, scale: float = 1) -> AsyncIterator[BotData]:
    """Open the page in a window of this size (pixels; `scale` of the screen's for each) and wait for its phones."""
    async with open_browser() as browser:
        page = await browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        bot_data = BotData(page)
        page.on("console", bot_data.note)
        page.on("pageerror", lambda error: bot_data.complaints.append(str(error)))
        page.on("dialog", lambda dialog: bot_data.complaints.append(f"dialog: {dialog.message}"))
        await page.goto(url)
        await bot_data.get_phone("channel").wait_for()
        yield bot_data


@asynccontextmanager
async def open_demo(folder: Path, *, width: int = 1440, height: int = 900) -> AsyncIterator[BotData]:
    """Run `passalong demo` and open its page once its bot listens; a failure tells what both programs said."""
    find_chromium()
    async with (
        _run_demo(folder) as program,
        open_desk(await _until_open(program), width=width, height=height) as bot_data,
    ):
        try:
            await bot_data.page.get_by_test_id("light").filter(has_text="Bot is listening").wait_for()
            yield bot_data
        except BaseException as error:
            error.add_note(f"The demo said:\n{program.read_errors()[-4000:]}")
            raise


@asynccontextmanager
async def _run_demo(folder: Path) -> AsyncIterator[Program]:
    """Run the demo and ask it to stop: killed, it could not take its bot along."""
    async with Home(folder=folder, forks=True).running("demo", "--no-browser") as program:
        try:
            yield program
        finally:
            status = await program.stop() if program.status is None else program.status
        assert status == 0, program.read_errors()


async def _until_open(program: Program) -> str:
    for _ in range(int(PATIENCE_SECONDS * 10)):
        if found := _ADDRESS.search(program.read_output()):
            return found[0]
        assert program.status is None, program.read_errors()
        await asyncio.sleep(0.1)
    raise AssertionError(f"the demo said no address: {program.read_output()}{program.read_errors()}")
