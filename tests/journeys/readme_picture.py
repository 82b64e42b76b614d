"""`make pictures`: the playground as README shows it, after the loop was played once."""

from __future__ import annotations

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.journeys.browser import BotData, open_demo
from tests.journeys.owners_pictures import FOLDER, SETTLE_SECONDS
from tests.journeys.program import ROOT

COLOURS = 256
"""Of the picture: enough for a page, and a third of the bytes."""


async def picture() -> None:
    """Play, and keep what all four phones show."""
    with tempfile.TemporaryDirectory() as name:
        async with open_demo(Path(name)) as desk:
            await _play(desk)
            await asyncio.sleep(SETTLE_SECONDS)
            shot = Image.open(io.BytesIO(await desk.page.screenshot())).convert("RGB")
    path = FOLDER / "playground.png"
    shot.quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes\n")


async def _play(desk: BotData) -> None:
    """Anna sends her card with three taps, Budi opens it and joins, Sari looks at what came of it."""
    anna, budi, sari = (desk.get_phone(key) for key in ("anna", "budi", "sari"))
    await anna.get_by_test_id("start").click()
    await anna.get_by_test_id("photo").first.wait_for()  # once her card is drawn, it travels as a picture
    await desk.tap_key("anna", "Send to a friend")
    await desk.choose("anna", "Budi")
    await anna.get_by_test_id("inline-result").first.click()
    await desk.until_bubble("anna", "via @little_oven_bot")
    await _open_chat(desk, "budi", "Anna")
    await desk.until_bubble("budi", "via @little_oven_bot")
    await budi.get_by_test_id("key").last.click()
    await budi.get_by_test_id("start").click()
    await desk.until_bubble("channel", re.compile("Budi.*Anna", re.DOTALL))
    await anna.get_by_test_id("banner").click()
    await desk.until_bubble("anna", re.compile(r"Budi.*\+50", re.DOTALL))
    await sari.get_by_test_id("start").click()
    await desk.until_bubble("sari", "t.me/little_oven_bot")
    await desk.write("sari", "/stats")
    await desk.until_bubble("sari", re.compile(r"Word of mouth", re.DOTALL))
    await budi.get_by_test_id("back").click()
    await _open_chat(desk, "budi", "Anna")
    await desk.until_bubble("budi", "via @little_oven_bot")


async def _open_chat(desk: BotData, key: str, name: str) -> None:
    """Which is known by its name, and not by what was said in it last."""
    named = desk.page.get_by_text(name, exact=True)
    await desk.get_phone(key).get_by_test_id("chat").filter(has=named).click()


if __name__ == "__main__":
    asyncio.run(picture())
