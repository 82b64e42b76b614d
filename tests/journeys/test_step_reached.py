"""A friend makes a step: the word with its reward, and behind it the card that says so, to be sent on."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in
from tests.shipped import SHIPPED, write_campaign

STEP = '\n[[rewards]]\nwhen = "milestone"\nfriends = 1\nwho = "inviter"\ngive = { by_hand = "a coffee" }\n'


async def test_a_step_brings_a_picture_to_send_on(tmp_path: Path) -> None:
    """One, behind the word, with the way to send the card; it is no other card than the member's."""
    settings = {"PASSALONG_CAMPAIGN": str(write_campaign(tmp_path / "own.toml", SHIPPED + STEP))}
    async with open_shop(sqlite_in(tmp_path), settings=settings) as shop:
        anna = await shop.add_member("Anna")
        await shop.join(shop.add_person("Budi"), find_link(await shop.ask(anna, "/share")))
        word = await shop.telegram.until_message(anna, "a coffee: that")
        shown = await shop.telegram.until_message(anna, "This one is yours: 1 friend came through you.", after=word)
        assert shown.photo is not None
        assert "Send" in shown.keyboard[0][0].text
