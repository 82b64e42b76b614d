"""Doors in processes of their own: two web sides behind a balancer, and the bot that runs elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from sqlalchemy import text

from bot.app import run
from bot.playground.world import Message, Person
from bot.shops import guests
from bot.shops.guests import serve_guests
from bot.updates.webhook import SECRET_HEADER, compute_secret
from storage.beside import open_beside
from storage.tables import clicks
from tests.chaos.balancer import Balancer, serve_balancer
from tests.journeys.shop_at_work import ADMIN_ID, compose_settings, find_link
from tests.shops.counted_keep import CountedKeep
from tests.telegram import LocalTelegram, local_telegram
from tests.web.house import BROWSES, PHONE
from tests.web.test_at_work import find_free_port

pytestmark = pytest.mark.postgres


@dataclass
class Town:
    """A bot that runs in one place, its doors in two others, and what stands before them."""

    telegram: LocalTelegram
    url: str
    database_url: str
    ports: tuple[int, int]
    public: str
    _tasks: dict[str, tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        """Start the bot, or a web side by its port."""
        listen = name if name.isdigit() else str(find_free_port())
        settings = compose_settings(
            self.telegram,
            self.database_url,
            PASSALONG_PUBLIC_URL=self.public,
            PASSALONG_LISTEN=f"127.0.0.1:{listen}",
            PASSALONG_WEBHOOK="true",
        )
        stop = asyncio.Event()
        work = serve_guests(settings, stop) if name.isdigit() else run(settings, stop)
        self._tasks[name] = asyncio.create_task(work), stop

    async def end(self, name: str) -> None:
        """Stop it, as a signal does."""
        task, stop = self._tasks.pop(name)
        stop.set()
        await task

    async def close(self) -> None:
        """Stop everything."""
        for name in list(self._tasks):
            await self.end(name)

    async def join(self, person: Person, link: str = "") -> Message:
        """Have somebody start the bot."""
        world = self.telegram.world
        opened = world.open_link(person, link).message if link else world.press_start(person)
        assert opened is not None
        return await self.telegram.until_reply(opened)

    async def ask_all(self, path: str) -> list[int]:
        """The status that each web side answers with."""
        async with aiohttp.ClientSession() as session:
            return [await self._ask(session, f"http://127.0.0.1:{port}{path}") for port in self.ports]

    async def until_open(self) -> None:
        """Wait until both have their doors open."""
        async with asyncio.timeout(60):
            while await self.ask_all("/r/x") != [200, 200]:  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.05)

    async def _ask(self, session: aiohttp.ClientSession, url: str) -> int:
        try:
            async with session.get(url, allow_redirects=False) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0


@asynccontextmanager
async def open_town(database_url: str) -> AsyncIterator[Town]:
    """The bot and both web sides at work."""
    ports = find_free_port(), find_free_port()
    balancer = Balancer([f"http://127.0.0.1:{port}" for port in ports], seed=7)
    async with local_telegram() as telegram, serve_balancer(balancer) as public:
        telegram.world.add_person("Sari", person_id=ADMIN_ID)
        telegram.server.webhooks.retry_seconds = 0.1
        town = Town(telegram, public, database_url, ports, public)
        town.begin("bot")
        for port in ports:
            town.begin(str(port))
        try:
            await town.until_open()
            yield town
        finally:
            await town.close()
        telegram.assert_clean()


@pytest.fixture(autouse=True)
def keep(monkeypatch: pytest.MonkeyPatch) -> CountedKeep:
    """Of both web sides."""
    counted = CountedKeep()
    monkeypatch.setattr(guests, "Keep", lambda: counted)
    return counted


async def test_what_doors_make_at_their_start_is_set_aside_and_what_they_ask_for_charged(
    postgres_url: str, keep: CountedKeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as they are open; when all close nobody waits for garbage to be found. Units on other threads count for their shop."""
    charged = list[float]()
    monkeypatch.setattr(guests, "charge_shop", charged.append)
    async with open_town(postgres_url):
        assert keep.noted == ["start", "start"]
        assert charged
    assert keep.noted == ["start", "start", "all", "end", "all", "end"]


async def test_a_bot_and_its_doors_are_one_shop(postgres_url: str) -> None:
    """What comes in at any door is answered by the bot, whichever process is met; nothing is lost while one of them is away."""
    async with open_town(postgres_url) as town, aiohttp.ClientSession() as browser:
        world, telegram = town.telegram.world, town.telegram
        rina = world.add_person("Rina")
        greeting = await town.join(rina)
        query = world.type_inline(rina, world.open_chat(rina), "")
        assert (await telegram.until_results(query)).results
        code = find_link(greeting).partition("?start=")[2].partition("-")[0]
        for _ in range(6):
            async with browser.get(
                f"{town.url}/r/{code}", headers={"User-Agent": PHONE, **BROWSES}, allow_redirects=False
            ) as sent:
                assert sent.headers["Location"] == f"https://t.me/{world.bot.username}?start={code}-web"
        async with browser.get(f"{town.url}/c/{code}.jpg") as card:
            assert card.headers["Content-Type"] == "image/jpeg"
        friends = [world.add_person(f"Friend{number}x") for number in range(12)]
        for friend in friends[:6]:
            world.open_link(friend, f"https://t.me/{world.bot.username}?start={code}")
        await town.end(str(town.ports[0]))
        for friend in friends[6:]:
            world.open_link(friend, f"https://t.me/{world.bot.username}?start={code}")
        for friend in friends:
            await telegram.until_message(friend, lambda message: "Rina" in message.text)
        texts = [[m.text for m in world.open_chat(friend).messages.values()] for friend in friends]
        assert [sum("Friend" in each and each.startswith("Hi") for each in said) for said in texts] == [1] * 12
        assert world.journal.list_calls("getUpdates") == []
        await town.end(str(town.ports[1]))
        with open_beside(town.database_url) as beside:
            assert await beside.read(clicks.count_by_source) == {"web": 1}


@pytest.mark.long
async def test_an_owner_is_let_in_at_any_door(postgres_url: str) -> None:
    """A session begun at one web side is one at the other as well, and a link works once at either."""
    async with open_town(postgres_url) as town, aiohttp.ClientSession() as browser:
        telegram, world = town.telegram, town.telegram.world
        sari = world.people[ADMIN_ID]
        await town.join(sari)
        panel = await telegram.until_reply(world.send_text(sari, world.open_chat(sari), "/admin"), "like to look at")
        await telegram.until_answered(world.tap(sari, panel, "📊 Dashboard"))

        def find() -> str | None:
            shown = world.open_chat(sari).messages[panel.id]
            return next((str(each.value) for each in shown.buttons if each.action == "url"), None)

        token = (await telegram.until(find, what="the link")).rpartition("/")[2]
        own = {"Sec-Fetch-Site": "same-origin"}
        first, second = (f"http://127.0.0.1:{port}/dashboard" for port in town.ports)
        async with browser.post(f"{first}/enter", data={"token": token}, headers=own, allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        for door in (first, second):
            async with browser.get(door, headers={"Cookie": cookie}) as answer:
                assert (answer.status, "<h1>Funnel</h1>" in await answer.text()) == (200, True)
        async with browser.post(f"{second}/enter", data={"token": token}, headers=own) as answer:
            assert answer.status == 401


@pytest.mark.long
async def test_updates_wait_for_a_bot_that_is_away(postgres_url: str) -> None:
    """The doors need the database alone: they keep what Telegram brings, and whoever runs the shop next goes on with it."""
    async with open_town(postgres_url) as town:
        world, telegram = town.telegram.world, town.telegram
        await town.join(world.add_person("Rina"))
        await town.end("bot")
        friends = [world.add_person(f"Friend{number}x") for number in range(5)]
        for friend in friends:
            world.press_start(friend)
        await telegram.until_confirmed()
        assert all(len(world.open_chat(friend).messages) == 1 for friend in friends)
        assert await town.ask_all("/healthz") == [200, 200]
        town.begin("bot")
        for friend in friends:
            await telegram.until_message(friend, lambda message: message.text.startswith("Hi Friend"))


async def test_the_chatter_of_groups_is_not_kept_at_the_door(postgres_url: str) -> None:
    """What no handler wants is taken and forgotten there as well: words that are none of ours never reach the database."""
    async with open_town(postgres_url) as town, aiohttp.ClientSession() as session:
        headers = {SECRET_HEADER: compute_secret(town.telegram.token), "Content-Type": "application/json"}
        ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
        chat = {"id": -100, "type": "supergroup", "title": "Elsewhere"}
        said = {"message_id": 1, "date": 1, "chat": chat, "from": ann, "text": "between us"}
        async with session.post(
            f"http://127.0.0.1:{town.ports[0]}/telegram", json={"update_id": 1, "message": said}, headers=headers
        ) as answer:
            assert answer.status == 200
        with open_beside(town.database_url) as beside:
            assert await beside.read(lambda tx: tx.rows(_INBOX)) == []


_INBOX = text("SELECT * FROM inbox WHERE update_id = 1")
