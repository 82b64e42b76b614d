"""What Telegram, or something that stands in its place, says to one method or in one chat concerns nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.world import Person
from storage import open_store
from storage.tables import directory
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in

FOR_LONG_SECONDS = 3000
OTHERS = (
    "setMyCommands", "deleteMyCommands", "setMyDescription", "setMyShortDescription", "getMyCommands", "getChat",
    "getChatMember", "createChatInviteLink", "editChatInviteLink", "revokeChatInviteLink", "getFile",
    "getUserProfilePhotos", "deleteWebhook", "sendChatAction", "answerInlineQuery", "answerGuestQuery", "answerCallbackQuery",
    "deleteMessage", "setMessageReaction",
)  # fmt: skip
"""Methods of the bot that put no words into anybody's chat."""
WORDS = ("sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageCaption", "editMessageMedia",
         "editMessageReplyMarkup")  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[ShopAtWork]:
    """A shop at work, at a pace at which nothing waits for anything else."""
    async with open_shop(sqlite_in(tmp_path)) as found:
        yield found


@pytest.mark.long
async def test_a_silence_about_one_thing_keeps_no_newcomer_waiting(shop: ShopAtWork) -> None:
    """One method after another is shut for an hour, and one chat after another; each newcomer is greeted all the same."""
    for method in OTHERS:
        shop.telegram.faults.order(faults.too_many_requests(FOR_LONG_SECONDS), method, times=-1)
        assert "Your link" in (await shop.join(shop.add_person())).text, method
    for method in WORDS:
        shut = await shop.add_member()
        shop.telegram.faults.order(faults.too_many_requests(FOR_LONG_SECONDS), method, times=-1, chat_id=shut.id)
        greeting = shop.world.open_chat(shut).list_messages()[-1]
        for said in ("/help", "/share", "/print", "/mydata"):
            shop.world.send_text(shut, shop.world.open_chat(shut), said)
        for button in greeting.buttons[:2]:
            if button.action == "callback_data":
                shop.world.tap(shut, greeting, button)
        assert "Your link" in (await shop.join(shop.add_person())).text, method


NOT_TELEGRAM: dict[str, Fault] = {
    **{
        f"html {status}": faults.html_page(status) for status in (200, 301, 302, 400, 401, 403, 404, 407, 409, 429, 502)
    },
    "empty": faults.empty(),
    "truncated": faults.truncated(),
    "not ok": faults.not_ok(),
    "dropped": faults.drop(after_effect=False),
}


@pytest.mark.long
async def test_what_is_not_telegrams_word_drops_no_notice_and_blocks_nobody(tmp_path: Path) -> None:
    """A page, half an answer or none in place of Telegram's: the notice comes later, and everybody stays in the audience."""
    url = sqlite_in(tmp_path)
    async with open_store(url) as store, open_shop(url, store=store) as shop:
        owed = [await _owe_notice(shop, fault) for fault in NOT_TELEGRAM.values()]
        async with asyncio.timeout(60):
            for inviter in owed:
                await shop.telegram.until_message(inviter, "Friend of", timeout_seconds=60)
        assert await store.read(directory.count_blocked) == 0
        assert "Your link" in (await shop.join(shop.add_person())).text


async def _owe_notice(shop: ShopAtWork, fault: Fault) -> Person:
    inviter = shop.add_person()
    link = find_link(await shop.join(inviter))
    for method in ("sendMessage", "sendPhoto"):
        shop.telegram.faults.order(fault, method, chat_id=inviter.id)
    await shop.join(shop.add_person(f"Friend of {inviter.first_name}"), link)
    return inviter
