"""`passalong campaign …` as a shop keeper meets it, with the bot stopped and with the bot at work."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.program import Home, furnish_forking
from tests.shipped import keep_stories, write_campaign
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram) -> Home:
    """A bot's home."""
    return furnish_forking(tmp_path, telegram, LOG_LEVEL="INFO")


@pytest.fixture
def shared_home(tmp_path: Path, telegram: LocalTelegram, store_url: str) -> Home:
    """A bot's home, its database on each engine in turn."""
    return furnish_forking(tmp_path, telegram, LOG_LEVEL="INFO", DATABASE_URL=store_url)


ONE_STORY = keep_stories(1)
RULE = """[[rewards]]
when = "milestone"
friends = 3
who = "inviter"
give = { by_hand = "a free coffee" }
limit = { per_member = 1 }
"""


def write(home: Home, text: str, name: str = "mine.toml") -> None:
    """Put a campaign file into the home."""
    write_campaign(home.folder / name, text)


async def test_a_file_is_checked_by_line_and_field(home: Home) -> None:
    """Nothing and 0 where all is well, or the sentence of each rule; else one line that editors can jump to, and 1. No token is asked for."""
    write(home, ONE_STORY)
    good = await home.run("campaign", "check", "mine.toml", BOT_TOKEN="")
    assert (good.status, good.read_output(), good.read_errors()) == (0, "", "")
    write(home, f"{ONE_STORY}\n{RULE}")
    ruled = await home.run("campaign", "check", "mine.toml", BOT_TOKEN="")
    said = "When a member has brought 3 friends, they get a free coffee (once per member).\n"
    assert (ruled.status, ruled.read_output()) == (0, said)
    line = ONE_STORY[: ONE_STORY.index("inviter = 50")].count("\n") + 1
    for old, new, said in (
        ("inviter = 50", "inviter = 0", f"mine.toml:{line}: points.inviter: 0 is out of range."),
        ("theme = ", 'logo = "gone.png"\ntheme = ', 'logo: "gone.png": it cannot be read'),
    ):
        write(home, ONE_STORY.replace(old, new, 1))
        bad = await home.run("campaign", "check", "mine.toml", BOT_TOKEN="")
        assert bad.status == 1
        assert said in bad.read_output()
    missing = await home.run("campaign", "check", "nowhere.toml", BOT_TOKEN="")
    assert (missing.status, missing.read_output().startswith("nowhere.toml:1: file: ")) == (1, True)


@pytest.mark.long
async def test_a_file_goes_in_and_comes_out_with_its_remarks(home: Home) -> None:
    """What is exported is taken by check; its picture lies beside it, without what a camera wrote into it."""
    text = keep_stories(2)
    Image.new("RGB", (300, 200), "teal").save(home.folder / "bar.jpg")
    write(home, text.replace("theme = ", 'photo = "bar.jpg"\ntheme = ', 1))
    assert (await home.run("campaign", "apply", "mine.toml")).status == 0
    assert (await home.run("campaign", "list")).read_output() == "welcome  running  Little Oven  (main)\n"
    out = await home.run("campaign", "export", "welcome", "--to", "out.toml")
    assert out.status == 0, out.read_errors()
    exported = (home.folder / "out.toml").read_text("utf-8")
    said = [re.sub('"pictures/.*?"', "", line) for line in text.split("\n")]
    named = re.findall(r'(?m)^picture = "(.*?)"', exported)
    assert [piece for line in said for piece in line.split("  ") if piece not in exported] == []
    assert all((home.folder / name).is_file() for name in named)
    assert len(named) == text.count("\npicture = ")
    assert (await home.run("campaign", "check", "out.toml")).status == 0
    again = await home.run("campaign", "apply", "out.toml")
    assert (again.status, again.read_output()) == (0, "welcome says what it said before.\n")
    assert (await home.run("campaign", "export", "lost")).status == 1


@pytest.mark.long
async def test_a_file_is_applied_while_the_bot_is_at_work(shared_home: Home, telegram: LocalTelegram) -> None:
    """The next update within two seconds is answered by it, and a start with the old file does not take it back."""
    home, nia = shared_home, telegram.world.add_person("Nia")
    write(home, ONE_STORY, "first.toml")
    async with home.running(CAMPAIGN="first.toml") as program:
        await program.until_polling(telegram)
        telegram.world.press_start(nia)
        await telegram.until_message(nia, "Little Oven")
        write(home, ONE_STORY.replace("Little Oven", "Moon Bakery"))
        applied = await home.run("campaign", "apply", "mine.toml")
        assert applied.status == 0, applied.read_output() + applied.read_errors()
        asked, deadline = "", time.monotonic() + 30
        while "Moon Bakery" not in asked and time.monotonic() < deadline:
            said = telegram.world.send_text(nia, telegram.world.open_chat(nia), "/start")
            asked = (await telegram.until_reply(said)).text
        assert "Moon Bakery" in asked
        assert await program.stop() == 0
    async with home.running(CAMPAIGN="first.toml") as program:
        await program.until_polling(telegram)
        await program.until_says("what was changed since by other ways holds")
        said = telegram.world.send_text(nia, telegram.world.open_chat(nia), "/start")
        assert "Moon Bakery" in (await telegram.until_reply(said)).text


async def test_the_shop_is_a_file_as_well(home: Home) -> None:
    """Its name in every campaign at once."""
    write(home, ONE_STORY)
    await home.run("campaign", "apply", "mine.toml")
    assert (await home.run("shop", "export", "--to", "shop.toml")).status == 0
    write(home, (home.folder / "shop.toml").read_text("utf-8").replace("Little Oven", "Moon Bakery"), "shop.toml")
    assert (await home.run("shop", "apply", "shop.toml")).status == 0
    assert "Moon Bakery" in (await home.run("campaign", "list")).read_output()
