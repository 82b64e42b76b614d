from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.world import Chat, Message, World
from tests.handlers.sharing_stage import CARDS, STORIES, Stage, list_results, list_uploads
from tests.journeys.shop_at_work import open_shop, sqlite_in

WORDS = ("article", f"words:{STORIES[0]}")


def list_posts(vault: Chat) -> list[Message]:
    """What lies in the vault."""
    return [message for message in vault.messages.values() if message.photo is not None]


@pytest.mark.long
async def test_what_was_met_in_words_has_a_picture_the_next_time(tmp_path: Path) -> None:
    """Opening the picker asks for nothing: the vault takes each missing picture once, silently; who never looks costs none."""
    world = World()
    keeper = world.add_person("Keeper")
    vault = world.add_channel("Cards", keeper)
    world.add_bot(keeper, vault)
    settings = {"PASSALONG_VAULT_CHAT": str(vault.id)}
    async with open_shop(sqlite_in(tmp_path), world=world, settings=settings) as shop:
        stage = Stage(shop, tmp_path / "shop.db")
        anna, budi = await shop.add_member("Anna"), await shop.add_member("Budi")
        for person in (anna, budi):
            await stage.until_handed(person)
        met = list_results(await stage.offer(anna))
        assert met == [("photo", CARDS[0]), *(("article", card) for card in CARDS[1:]), WORDS]
        await stage.offer(anna, " ")
        await stage.until_handed(anna)
        assert len(list_posts(vault)) == len(STORIES) - 1
        assert all(post.text == "" and not post.buttons for post in list_posts(vault))
        assert list_results(await stage.offer(anna, "  ")) == [*(("photo", card) for card in CARDS), WORDS]
        assert len(list_uploads(world)) == len(STORIES) + 1, "each story once, and Budi's first card"
    sent = [call for call in world.journal.list_calls("sendPhoto") if str(call.params.get("chat_id")) == str(vault.id)]
    assert {str(call.params.get("disable_notification")).lower() for call in sent} == {"true"}


async def test_a_member_who_comes_back_has_a_picture(tmp_path: Path) -> None:
    """Under another name the old card will not do: /start brings the new one quietly, and the picker has it."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        stage = Stage(shop, tmp_path / "shop.db")
        anna = await shop.add_member("Anna")
        await stage.until_handed(anna)
        shop.world.rename(anna, "Annabel")
        home = await shop.ask(anna, "/start")
        card = await shop.telegram.until_reply(home, lambda message: message.photo is not None)
        assert "Annabel" in card.text
        await stage.until_handed(anna)
        assert list_results(await stage.offer(anna))[0] == ("photo", CARDS[0])
        again = await shop.ask(anna, "/start")
        await stage.settle(anna)
        assert [message for message in again.chat.messages.values() if message.photo and message.id > card.id] == []
