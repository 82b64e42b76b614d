from __future__ import annotations

from pathlib import Path

import pytest

from storage import Tx, open_store
from storage.pulse import PulseCause
from storage.records import PersonId
from storage.tables import pulses
from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in


async def test_the_figures_come_as_a_picture_with_a_caption(tmp_path: Path) -> None:
    """Members, how far people come, and K or why there is none, in one message; every page is a tap away, one in another's place."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        await shop.join(shop.admin)
        anna = shop.add_person("Anna")
        link = find_link(await shop.join(anna))
        for _ in range(2):
            await shop.join(shop.add_person(), link)
        for _ in range(4):
            await shop.ask(anna, "/share")
        await shop.ask(anna, "/help")  # by now the last one is counted
        chat = shop.world.open_chat(shop.admin)
        shown = await shop.telegram.until_reply(
            shop.world.send_text(shop.admin, chat, "/stats"), "Members", timeout_seconds=30
        )
        assert shown.photo is not None
        assert shown.photo.sizes[-1].width == 1280
        for line in ("Members: 4 (blocked the bot: 0), 4 new", "Came 2 → Count 2", "K: too few to tell. 2 friends"):
            assert line in shown.text
        await shop.tap(shop.admin, shown, "Members")
        page = await shop.telegram.until_message(shop.admin, "Top inviters", after=shown)
        assert "1. Anna · 2" in page.text
        for label, said in (
            ("Growth", "28 days"),
            ("Stories", "taken"),
            ("What it means", "Came:"),
            ("Rewards", "Promised"),
        ):
            await shop.tap(shop.admin, page, label)
            await shop.until_edited(page, said)
        for label, said in (
            ("On trial", "Which story"),
            ("Try 2 stories", "Not enough yet"),
            ("Effect of asking", "what asking really brings"),
            ("Never ask 10 %", "10 of 100 members are never asked"),
            ("Ask everybody again", "what asking really brings"),
            ("On trial", "Not enough yet"),
        ):
            await shop.tap(shop.admin, page, label)
            await shop.until_edited(page, said)
        friend = shop.add_person()
        await shop.join(friend)
        cards = [(await shop.ask(each, "/share")).text.splitlines()[0] for each in (anna, shop.admin, friend)]
        assert len(set(cards)) == 2, "members take turns with two stories"
        await shop.tap(shop.admin, page, "End the trial")
        await shop.until_edited(page, "Which story")


def answer_often(tx: Tx) -> None:
    """Twenty times somebody says how it was."""
    for number in range(20):
        pulses.answer(tx, pulses.add(tx, PersonId(1), PulseCause.JOINED, ""), 3 + number % 3)


@pytest.mark.long
async def test_how_it_was_comes_as_a_picture(tmp_path: Path) -> None:
    """Once enough have answered; before that nothing is offered."""
    url = sqlite_in(tmp_path)
    async with open_store(url) as store, open_shop(url, store=store) as shop:
        await shop.join(shop.admin)
        shown = await shop.ask(shop.admin, "/stats", "Members")
        await shop.tap(shop.admin, shown, "How it was")
        page = await shop.telegram.until_message(shop.admin, "Nobody is asked", after=shown)
        assert "As a picture" not in [button.text for button in page.buttons]
        await store.write(answer_often)
        await shop.tap(shop.admin, page, "The sprout")
        await shop.until_edited(page, "The sprout")
        await shop.tap(shop.admin, page, "How it was")
        await shop.until_edited(page, "On average")
        await shop.tap(shop.admin, page, "As a picture")
        picture = await shop.telegram.until_message(shop.admin, "How it was", after=page)
        assert picture.photo is not None
        assert picture.photo.sizes[-1].width == 1280
