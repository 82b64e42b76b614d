from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from bot.app import run
from bot.playground.world import Message
from bot.settings import read_settings
from bot.web.listening import ListenRefused
from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in
from tests.telegram import local_telegram
from tests.web.house import BROWSES, PHONE, PREVIEW


def find_free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def find_code(message: Message) -> str:
    """The code in the first link of a message."""
    return find_link(message).partition("?start=")[2].partition("-")[0]


async def test_a_link_from_outside_is_credited(tmp_path: Path) -> None:
    """The whole way: a member's short link, opened in a browser, leads a friend into the bot and is credited."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"PASSALONG_PUBLIC_URL": url, "PASSALONG_LISTEN": f"127.0.0.1:{port}"}
    async with open_shop(sqlite_in(tmp_path), settings=settings) as shop, aiohttp.ClientSession() as browser:
        rina, budi = shop.add_person("Rina"), shop.add_person("Budi")
        greeting = await shop.join(rina)
        code = find_code(greeting)
        async with browser.get(f"{url}/r/{code}-line", headers={"User-Agent": PREVIEW}) as answer:
            assert "Rina invites you" in await answer.text()
        async with browser.get(
            f"{url}/r/{code}-line", headers={"User-Agent": PHONE, **BROWSES}, allow_redirects=False
        ) as answer:
            target = answer.headers["Location"]
        welcome = await shop.join(budi, target)
        assert "Rina" in welcome.text
        news = await shop.telegram.until_message(rina, lambda message: "Budi" in message.text, after=greeting)
        assert "joined through you" in news.text


async def test_without_a_public_address_more_ways_are_buttons(tmp_path: Path) -> None:
    """Two taps under the card: more ways, then the network; the link there is the member's."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        rina = await shop.add_member("Rina")
        card = await shop.ask(rina, "/share")
        await shop.tap(rina, card, "More ways")
        ways = await shop.telegram.until_message(rina, lambda message: "Where shall it go" in message.text, after=card)
        urls = [str(button.value) for button in ways.buttons if button.action == "url"]
        assert [url.split("/")[2] for url in urls] == [
            "wa.me",
            "twitter.com",
            "www.facebook.com",
            "social-plugins.line.me",
            "vk.com",
        ]


async def test_a_taken_port_ends_the_start_with_a_reason(tmp_path: Path) -> None:
    """Half a bot is no bot: the owner reads which setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with local_telegram() as telegram:
            values = {
                "PASSALONG_BOT_TOKEN": telegram.token,
                "PASSALONG_BOT_API_URL": telegram.url,
                "PASSALONG_DATABASE_URL": sqlite_in(tmp_path),
                "PASSALONG_PUBLIC_URL": f"http://127.0.0.1:{port}",
                "PASSALONG_LISTEN": f"127.0.0.1:{port}",
            }
            with pytest.raises(ListenRefused, match=str(port)):
                await asyncio.wait_for(run(read_settings(values), asyncio.Event()), 60)


async def test_an_owner_comes_from_the_chat_to_the_figures(tmp_path: Path) -> None:
    """The whole way: /admin, the button, the link, one tap in the browser; a member is not even shown the panel."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "PASSALONG_PUBLIC_URL": url,
        "PASSALONG_LISTEN": f"127.0.0.1:{port}",
        "PASSALONG_METRICS_TOKEN": "secret",
    }
    async with open_shop(sqlite_in(tmp_path), settings=settings) as shop, aiohttp.ClientSession() as browser:
        await shop.join(shop.admin)
        panel = await shop.ask(shop.admin, "/admin", "like to look at")
        await shop.tap(shop.admin, panel, "📊 Dashboard")
        shown = await shop.until_edited(panel, "The link works once")
        (address,) = [str(button.value) for button in shown.buttons if button.action == "url"]
        assert address.startswith(f"{url}/dashboard/enter/")
        token = address.rpartition("/")[2]
        own = {"Sec-Fetch-Site": "same-origin"}
        async with browser.post(
            f"{url}/dashboard/enter", data={"token": token}, headers=own, allow_redirects=False
        ) as answer:
            session = answer.headers["Set-Cookie"].partition(";")[0]
        async with browser.get(f"{url}/dashboard", headers={"Cookie": session}) as answer:
            assert (answer.status, "<h1>Funnel</h1>" in await answer.text()) == (200, True)
        async with browser.get(f"{url}/metrics", headers={"Authorization": "Bearer secret"}) as answer:
            assert "passalong_updates_done_total" in await answer.text()
        async with browser.get(f"{url}/readyz") as answer:
            assert (answer.status, await answer.text()) == (
                200,
                "store: ok\npoller: ok\nupdates: ok\ndeliverer: ok\njobs: ok\ndisk: ok\n",
            )
