"""The real web side on loopback, with a real store, and somebody who rings at its doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from sqlalchemy import update

from bot.assets import ASSETS
from bot.core.campaigns.campaign import parse_campaign
from bot.messages.shop import Shop
from bot.services.guide import choose_language
from bot.services.members import MemberView
from bot.updates.reception import Reception
from bot.web.deps import WebDeps
from bot.web.listening import open_listener
from bot.web.server import Patience, serve_site
from bot.web.site import build_deps, build_site
from bot.web.throttle import Throttle
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store
from storage.records import Person, Profile
from storage.schema.people import code_key
from storage.tables import people
from storage.tx import Tx
from tests.easel import draw_for

PUBLIC = "https://share.example.org"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
BROWSES = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en,id;q=0.8"}
"""What a browser sends beside its name."""
PREVIEW = "TelegramBot (like TwitterBot)"
UNKNOWN = "ZZZZZZZZZZ"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class House:
    """The web side at work."""

    url: str
    deps: WebDeps
    store: Store
    session: aiohttp.ClientSession
    stop: asyncio.Event
    _ids: int = field(default=0)

    async def add_member(
        self, first_name: str = "Rina", *, language: str = "en", code: str = "", started: bool = True
    ) -> Person:
        """A member with a code of one's choice, or a plain one: as from before codes had a check."""
        self._ids += 1
        profile = Profile(telegram_id=1000 + self._ids, first_name=first_name, telegram_language=language)
        return await self.store.write(add_person, profile=profile, code=code or f"Code{self._ids:06d}", started=started)

    async def set_language(self, person: Person, language: str) -> MemberView:
        """What /language does."""
        return await self.store.write(choose_language, visitor=person.profile, language=language)

    async def ask(self, path: str, *, method: str = "GET", agent: str = PHONE, **headers: str) -> Answer:
        """Ask for a path; underscores in header names become hyphens. Redirects are not followed."""
        sent = {"User-Agent": agent, **(BROWSES if agent.startswith("Mozilla") else {})} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        async with self.session.request(method, self.url + path, headers=sent, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection."""
        host, port = self.url.removeprefix("http://").split(":")
        return await asyncio.open_connection(host, int(port))

    async def read(self, unit: Callable[[Tx], dict[str, int]]) -> dict[str, int]:
        """What the store has counted, once everything noted is written."""
        await self.deps.click_writer.settle()
        return await self.store.read(unit)


def add_person(tx: Tx, *, profile: Profile, code: str, started: bool) -> Person:
    """Somebody whom Telegram has shown us, and who has started the bot."""
    person = people.add(tx, profile, code)
    if started:
        people.set_started(tx, person.id)
    return person


def set_unchecked(tx: Tx, upto: int) -> None:
    """Let people up to an id have codes that know nothing of the key."""
    tx.run(update(code_key).values(unchecked_upto=upto))


def make_shop(public_url: str = PUBLIC) -> Shop:
    """The shop that ships, with a web side."""
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return Shop(
        bot_username="oven_bot",
        inline_mode=True,
        campaign=parse_campaign(
            (ASSETS / "campaigns" / "welcome.toml").read_bytes(), themes=themes, find_picture=lambda _: ""
        ),
        public_url=public_url,
    )


@asynccontextmanager
async def open_house(
    store: Store,
    *,
    clock: Callable[[], int],
    own_address: bool = False,
    guesses: Throttle | None = None,
    old_codes: bool = True,
    patience: Patience | None = None,
    logo: str = "",
    updates: Reception | None = None,
) -> AsyncIterator[House]:
    """Serve the web side while the context lasts; with `own_address` its pages speak of where it really is.

    `logo` is the SHA-256 of a picture in the store.
    """
    if old_codes:
        await store.write(set_unchecked, upto=1_000_000)
    listener = open_listener("127.0.0.1", 0)
    url = "http://{}:{}".format(*listener.getsockname())
    shop = make_shop(url if own_address else PUBLIC)
    shop = replace(shop, campaign=replace(shop.campaign, logo=logo))
    snapshots = Snapshots(store, Snapshot(shop=shop, pictures=draw_for(shop, store)))
    deps = build_deps(store=store, snapshots=snapshots, assets=ASSETS, clock=clock, guesses=guesses, updates=updates)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_site(build_site(deps), listener, stop, patience or Patience()))
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            yield House(url, deps, store, session, stop)
    finally:
        stop.set()
        await serving
        await deps.click_writer.settle()
