"""The shops of a cluster: a folder of settings, a world for each bot, and the people in it who go on with their lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from bot.playground.api.fleet import Fleet
from bot.playground.api.server import Server
from bot.playground.world import Chat, World
from tests.chaos.audience import Audience, gather_audience
from tests.chaos.books import Reader
from tests.chaos.crowd import Crowd, NeverCameError
from tests.chaos.pace import BanWatch
from tests.chaos.plan import Action, draw_plan
from tests.chaos.stage import SECRET, note_update
from tests.telegram import LocalTelegram

BIG = "bakery"
FIRST_BOT_ID = 7_000_000_000
CHANNEL = "chaos_news"
PATIENCE_SECONDS = 150.0
"""A process falls, the one that takes over stands still, and the third is being replaced."""

SEND_RATE, CHAT_RATE = 30, 20
"""Messages a second, as many as Telegram takes for nothing; a chat's are a minute's."""


@dataclass(slots=True, kw_only=True)
class Shop:
    """One of them, and what its people have done so far."""

    name: str
    url: str
    world: World
    server: Server
    channel: Chat
    crowd: Crowd
    reader: Reader
    bans: BanWatch
    actions: Sequence[Action]
    """What its people will do, in order."""
    audience: Audience | None = None
    """For whom its broadcast is, where it has one."""
    handed: set[int] = field(default_factory=set)
    """The ids of all updates that Telegram had for the bot."""
    done: list[Action] = field(default_factory=list)
    stopped: str = ""
    """Why its people could not go on."""
    is_acting: bool = False
    told: asyncio.Queue[Sequence[Action]] = field(default_factory=asyncio.Queue)

    @property
    def telegram(self) -> LocalTelegram:
        """Its bot's side of Telegram, with ways to wait."""
        return LocalTelegram(self.server)

    @property
    def is_idle(self) -> bool:
        """Whether its people have done all that they were told."""
        return self.told.empty() and not self.is_acting

    def compose_settings(self) -> dict[str, str]:
        """Return the shop's own settings, by names without the prefix."""
        owners = {"ADMIN_IDS": str(self.audience.admin.id)} if self.audience else {}
        return owners | {
            "BOT_TOKEN": self.server.token,
            "ANNOUNCE_CHAT": f"@{CHANNEL}",
            "SEND_RATE": str(SEND_RATE),
            "CHAT_RATE": str(CHAT_RATE),
        }

    async def live(self) -> None:
        """Do what is told, one thing after the other, for ever."""
        while True:
            actions = await self.told.get()
            self.is_acting = True
            if not self.stopped:
                await self._act(actions)
            self.is_acting = False
            self.told.task_done()

    async def _act(self, actions: Sequence[Action]) -> None:
        for action in actions:
            try:
                await self.crowd.act(action)
            except NeverCameError as error:
                self.stopped = f"{self.name}: {error}, after {len(self.done)} of {len(self.actions)} actions"
                return
            self.done.append(action)


def open_shops(url: str, *, seed: int, count: int, updates: int, members: int, trickle: int) -> list[Shop]:
    """Return the big shop, with so many updates and a broadcast to so many, and others where a few people come by."""
    shops = [_open_shop(url, BIG, seed=seed, number=0, updates=updates, members=members)]
    others = (_open_shop(url, f"shop{number}", seed=seed, number=number, updates=trickle) for number in range(1, count))
    return [*shops, *others]


def _open_shop(url: str, name: str, *, seed: int, number: int, updates: int, members: int = 0) -> Shop:
    world = World(seed=seed + number, bot_id=FIRST_BOT_ID + number, bot_name=name, bot_username=f"{name}_bot")
    owner = world.add_person("Owner")
    channel = world.add_channel("News", owner, username=CHANNEL)
    world.add_bot(owner, channel)
    server = Server(world, f"{world.bot.id}:{SECRET}-{name}")
    address = f"{url}{'&' if '?' in url else '?'}schema={name}"
    plan = draw_plan(seed * 100 + number, updates=updates, kills=1)
    shop = Shop(
        name=name,
        url=address,
        world=world,
        server=server,
        channel=channel,
        crowd=Crowd(LocalTelegram(server), PATIENCE_SECONDS),
        reader=Reader(address),
        bans=BanWatch(world),
        actions=list(chain.from_iterable(segment.actions for segment in plan)),
        audience=gather_audience(world, size=members, seed=seed, first=updates) if members else None,
    )
    shop.handed |= {update.id for update in world.updates.list_waiting()}
    world.listen(lambda happening: note_update(happening, shop.handed))
    return shop


def write_folder(shops: Sequence[Shop], folder: Path) -> None:
    """Write a file of settings for each shop."""
    folder.mkdir(exist_ok=True)
    for shop in shops:
        lines = [f"PASSALONG_{name}={value}\n" for name, value in shop.compose_settings().items()]
        (folder / f"{shop.name}.env").write_text("".join(lines), encoding="utf-8")


def open_fleet(shops: Sequence[Shop]) -> Fleet:
    """Return the Telegram of all their bots."""
    return Fleet(shop.server for shop in shops)


def share_out(actions: Sequence[Action], parts: int) -> Iterator[Sequence[Action]]:
    """Cut what people do into so many parts, some of them empty where there is little."""
    for number in range(parts):
        yield actions[len(actions) * number // parts : len(actions) * (number + 1) // parts]
