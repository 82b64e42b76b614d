from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Chat, Message
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot that members have taken into their groups."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("groups"))) as opened:
        yield opened


def add_group(shop: ShopAtWork, title: str) -> Chat:
    """A group with the bot in it."""
    group = shop.world.add_group(title, shop.admin)
    shop.world.add_bot(shop.admin, group)
    return group


def list_said(shop: ShopAtWork, group: Chat) -> list[Message]:
    """What the bot has said in a group."""
    return [sent.message for sent in shop.world.journal.sent if sent.message.chat is group]


async def test_a_command_in_a_group_leads_into_the_private_chat(shop: ShopAtWork) -> None:
    """One sentence and a button; a code that came along goes along."""
    anna = await shop.add_member("Anna")
    code = find_link(await shop.ask(anna, "/start")).split("=")[1]
    username = shop.world.bot.username
    for number, (said, end) in enumerate([(f"/start@{username}", username), (f"/share@{username} {code}", f"={code}")]):
        group = add_group(shop, f"Group {number}")
        answer = await shop.telegram.until_reply(shop.world.send_text(shop.admin, group, said))
        assert "private chat" in answer.text
        assert [str(button.value).endswith(end) for button in answer.buttons] == [True]


async def test_a_group_is_answered_once_a_minute(shop: ShopAtWork) -> None:
    """However many ask; another group has its own minute, and what other bots are told is nothing to us."""
    first, second = add_group(shop, "First"), add_group(shop, "Second")
    username = shop.world.bot.username
    for text in ("/start@somebody_else_bot", f"/start@{username}", f"/help@{username.upper()}", f"/share@{username}"):
        shop.world.send_text(shop.admin, first, text)
    await shop.telegram.until_reply(shop.world.send_text(shop.admin, second, f"/top@{username}"))
    await shop.telegram.until_confirmed()
    await shop.join(shop.admin)
    assert (len(list_said(shop, first)), len(list_said(shop, second))) == (1, 1)
