"""`make pictures`: the owner's phone as the playground shows it, for docs/owners.md; the looks are drawn by tests.cards.sheets."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.journeys.owners_walk import WALK, OwnersPage, Step, open_page
from tests.journeys.program import ROOT

FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 80_000
WIDTH = 480
"""Pixels of each picture; pages show two beside each other."""
SETTLE_SECONDS = 1.5
"""Pictures are loaded, and toasts gone."""

TEAM = (
    Step("type", "/team", "These people run the shop"),
    Step("tap", "+ Invite a manager", "Whoever opens this link"),
)
REWARD = (
    Step("type", "/admin", "like to look at"),
    Step("tap", "Campaigns", "every link without a campaign"),
    Step("tap", "★ cafe: running", "[Rewards]"),
    Step("tap", "Rewards", "What cafe gives"),
    Step("tap", "+ Add a reward", "When shall it be given?"),
    Step("tap", "A member reaches a number of friends", "How many friends does it take?"),
    Step("tap", "3", "Who gets it?"),
    Step("tap", "The member", "What is it?"),
    Step("tap", "Something handed out", "What is it called"),
    Step("type", "a free coffee", "How often at most?"),
    Step("tap", "Once per member", "This is how it reads"),
    Step("tap", "✓ Keep it", "1. When a member has brought 3 friends"),
)
SHOWN: Mapping[str, str] = {
    "cafe: a draft": "owner-campaign",
    "Coffee at dusk, on the roof": "owner-story",
    "Inviter gets: 30 points": "owner-preview",
    "★ cafe: running": "owner-running",
    "Whoever opens this link": "owner-team",
    "1. When a member has brought 3 friends": "owner-rewards",
    "How many friends does it take?": "owner-reward-question",
    "This is how it reads": "owner-reward",
}
"""After which words a picture is taken: of the last time that they are shown."""


async def picture() -> None:
    """Walk through the page, and keep what it shows."""
    with tempfile.TemporaryDirectory() as name:
        async with open_page(Path(name), f"sqlite:///{name}/passalong.db", scale=2) as page:
            for step in (*WALK, *TEAM, *REWARD):
                await page.walk([step], kills=())
                if step.expected in SHOWN:
                    await _keep(page, SHOWN[step.expected], at_card=step.what == "Preview")


async def _keep(page: OwnersPage, name: str, *, at_card: bool) -> None:
    """The screen of the phone, small enough for a page that loads on the way."""
    await asyncio.sleep(SETTLE_SECONDS)
    phone = page.page.get_phone("sari")
    if at_card:
        await phone.get_by_test_id("photo").nth(-2).scroll_into_view_if_needed()
        await asyncio.sleep(SETTLE_SECONDS)
    shot = Image.open(io.BytesIO(await phone.locator(".screen").screenshot())).convert("RGB")
    shot = shot.resize((WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS)
    path = FOLDER / f"{name}.jpg"
    for quality in range(85, 40, -5):
        shot.save(path, "JPEG", quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    asyncio.run(picture())
