"""Updates that Telegram brings instead of being asked for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.app import run
from bot.playground import faults
from bot.playground.world import Person
from bot.settings import Settings
from bot.updates.intake import PollingEnded
from bot.updates.webhook import compute_secret
from storage import open_store
from storage.tables import inbox
from tests.journeys.shop_at_work import compose_settings, find_link, open_shop, sqlite_in
from tests.telegram import LocalTelegram, local_telegram
from tests.web.test_at_work import find_free_port

SETTING = "PASSALONG_WEBHOOK"


def compose_web(port: int) -> dict[str, str]:
    """A web side that Telegram can reach."""
    public = f"http://127.0.0.1:{port}"
    return {"PASSALONG_PUBLIC_URL": public, "PASSALONG_LISTEN": f"127.0.0.1:{port}", SETTING: "true"}


async def test_all_there_is_works_without_being_asked_for(tmp_path: Path) -> None:
    """A friend joins by a link, taps, and types behind the bot's name; nobody polls."""
    settings = compose_web(find_free_port())
    async with open_shop(sqlite_in(tmp_path), settings=settings) as shop:
        rina, budi = shop.add_person("Rina"), shop.add_person("Budi")
        greeting = await shop.join(rina)
        await shop.join(budi, find_link(greeting))
        news = await shop.telegram.until_message(rina, lambda message: "Budi" in message.text, after=greeting)
        assert "joined through you" in news.text
        card = await shop.ask(rina, "/share")
        await shop.tap(rina, card, "More ways")
        query = shop.world.type_inline(rina, shop.world.open_chat(rina), "")
        assert (await shop.telegram.until_results(query)).results
        hook = shop.world.webhook
        assert (hook.url, hook.secret) == (
            f"{settings['PASSALONG_PUBLIC_URL']}/telegram",
            compute_secret(shop.telegram.token),
        )
        assert {"chat_member", "inline_query", "message"} <= set(shop.world.updates.allowed)
        assert shop.world.journal.list_calls("getUpdates") == []


@pytest.mark.long
async def test_switching_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """To the webhook, back, and to it again while people go on coming: everybody is greeted, and exactly once."""
    url, web = sqlite_in(tmp_path), compose_web(find_free_port())
    async with local_telegram() as telegram:
        guests: list[Person] = []
        coming = asyncio.create_task(_come(telegram, guests))
        for webhook in ("true", "false"):
            await _greet_all(
                telegram, guests, len(guests) + 5, compose_settings(telegram, url, **web | {SETTING: webhook})
            )
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await _greet_all(telegram, guests, len(guests), compose_settings(telegram, url, **web))
        async with open_store(url) as store:
            assert await store.read(inbox.count_open) == 0
        assert [guest.first_name for guest in guests if count_greetings(telegram, guest) != 1] == []


def count_greetings(telegram: LocalTelegram, guest: Person) -> int:
    """How often the bot has welcomed somebody."""
    texts = [each.text for each in telegram.world.open_chat(guest).messages.values()]
    return sum(f"Hi {guest.first_name}," in each for each in texts)


async def _come(telegram: LocalTelegram, guests: list[Person]) -> None:
    while True:
        guests.append(telegram.world.add_person(f"Guest{len(guests):03d}x"))
        telegram.world.press_start(guests[-1])
        await asyncio.sleep(0.2)


async def _greet_all(telegram: LocalTelegram, guests: list[Person], many: int, settings: Settings) -> None:
    """Work until so many have been greeted."""
    stop, open_chat = asyncio.Event(), telegram.world.open_chat
    running = asyncio.create_task(run(settings, stop))

    def find() -> bool:
        greeted = len(guests) >= many and all(len(open_chat(guest).messages) > 1 for guest in guests[:many])
        return greeted or running.done()

    await telegram.until(find, what="greetings")
    stop.set()
    await running


async def test_another_public_address_is_told_at_the_start(tmp_path: Path) -> None:
    """Updates are brought to where the doors are now; without the webhook it is taken away, and what waits is fetched."""
    url = sqlite_in(tmp_path)
    async with local_telegram() as telegram:
        guests: list[Person] = []
        coming = asyncio.create_task(_come(telegram, guests))
        for web in (compose_web(find_free_port()), compose_web(find_free_port())):
            await _greet_all(telegram, guests, len(guests) + 2, compose_settings(telegram, url, **web))
            assert telegram.world.webhook.url == f"{web['PASSALONG_PUBLIC_URL']}/telegram"
        await _greet_all(telegram, guests, len(guests) + 2, compose_settings(telegram, url))
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        assert telegram.world.webhook.url == ""
        assert not [call for call in telegram.world.journal.list_calls("deleteWebhook") if "drop" in str(call.params)]
        assert [guest.first_name for guest in guests if count_greetings(telegram, guest) > 1] == []


async def test_what_somebody_else_has_changed_is_put_right(tmp_path: Path) -> None:
    """Another program of the same token takes the address away; a look finds it."""
    async with open_shop(sqlite_in(tmp_path), settings=compose_web(find_free_port())) as shop:
        await shop.join(shop.add_person())
        async with aiohttp.ClientSession() as session:
            await session.post(f"{shop.telegram.url}/bot{shop.telegram.token}/deleteWebhook")
        await shop.telegram.until_call("setWebhook", 2)
        await shop.join(shop.add_person())


async def test_an_address_that_telegram_refuses_ends_the_start_in_words(tmp_path: Path) -> None:
    """The owner reads which address it is, what Telegram says, and what to do."""
    async with local_telegram() as telegram:
        telegram.faults.order(
            faults.error(400, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"), "setWebhook"
        )
        settings = compose_settings(telegram, sqlite_in(tmp_path), **compose_web(find_free_port()))
        with pytest.raises(PollingEnded, match=r"/telegram: .*reserved.*PASSALONG_WEBHOOK=false"):
            await asyncio.wait_for(run(settings, asyncio.Event()), 60)
