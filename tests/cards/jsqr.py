"""A fourth reader of QR codes: jsQR in Chromium, which is how pages in a browser read them."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page

from tests.journeys.browser import open_browser

SCRIPT = Path(__file__).parent / "readers" / "node_modules" / "jsqr" / "dist" / "jsQR.js"

_READ = """async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const code = jsQR(pixels.data, canvas.width, canvas.height, {inversionAttempts: "dontInvert"});
  return code ? [code.data] : [];
}"""


@dataclass(frozen=True, slots=True)
class JsQR:
    """The reader in its page."""

    page: Page

    async def read(self, picture: Image.Image) -> list[str]:
        """What it reads in a picture."""
        buffer = BytesIO()
        (picture if picture.mode == "L" else picture.convert("RGB")).save(buffer, "PNG", compress_level=1)
        address = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
        found: list[str] = await self.page.evaluate(_READ, address)
        return found


@asynccontextmanager
async def open_jsqr() -> AsyncIterator[JsQR]:
    """Open it; where it is not installed the test skips with a line saying so, or fails if CI is set."""
    if not SCRIPT.exists():
        reason = "NOT READ BY JSQR: it is not installed (npm ci --prefix tests/cards/readers)"
        if os.environ.get("CI"):
            pytest.fail(f"In CI nothing may be skipped: {reason}")
        pytest.skip(reason)
    async with open_browser() as browser:
        page = await browser.new_page()
        await page.add_script_tag(path=SCRIPT)
        yield JsQR(page)
