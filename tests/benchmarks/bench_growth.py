"""What a join, the rankings, one's places, invitations and rewards cost with a thousand and with a million members."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.contests import Contest, Prize
from bot.core.campaigns.rewards import Give
from bot.core.dashboard import BoardPage
from bot.core.periods import BoardKind
from bot.jobs.cleaning import PAGE
from bot.services.broadcasts.results import list_results
from bot.services.campaigns.opening import Source, open_shop
from bot.services.cleaning import fold_funnel
from bot.services.contests.contests import turn_contests, view_contests
from bot.services.dashboard.entering import make_link, use_link
from bot.services.dashboard.viewing import compute_mark, view_page
from bot.services.joining.joining import start
from bot.services.members import enter
from bot.services.standing import list_invites, list_rewards, rank
from bot.services.stats import count
from storage import Store, open_store
from storage.facts import GrantKind
from storage.records import Profile
from storage.tables import roles
from tests.benchmarks.million import Town, code_of, fill
from tests.benchmarks.rows import Row, row

SMALL, LARGE = 1_000, 1_000_000
RACE = Contest(
    key="race",
    name={"en": "Race"},
    begins="2020-01-01",
    ends="2099-01-01",
    prizes=(Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=1)),),
)

ROUNDS = 400
OWNER = Profile(telegram_id=90_000_000, first_name="Owner", telegram_language="en")


def measure() -> list[Row]:
    """The ratio large to small of each, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    for members in (SMALL, LARGE):
        async with open_store(f"sqlite:///{folder}/{members}.db"):
            pass
        fill(folder / f"{members}.db", members)
    async with (
        open_store(f"sqlite:///{folder}/{SMALL}.db") as small,
        open_store(f"sqlite:///{folder}/{LARGE}.db") as large,
    ):
        costs = await _measure_in_turns({SMALL: small, LARGE: large})
        broadcasts = await _measure_broadcasts(folder, large)
    return [
        broadcasts,
        *(
            row(
                f"{what}, a million members against a thousand ({costs[LARGE][what] * 1000:.2f} ms)",
                costs[LARGE][what] / costs[SMALL][what],
                "x",
                at_most=1.5,
            )
            for what in costs[SMALL]
        ),
    ]


async def _measure_broadcasts(folder: Path, store: Store) -> Row:
    """Every recipient of a broadcast is counted when its page is looked at: the only one that takes longer for more of them."""
    with sqlite3.connect(folder / f"{LARGE}.db") as connection:
        connection.execute(
            "INSERT INTO broadcast (id, author_id, state, content, created_at, started_at) VALUES (1, 1, 'done', '{\"text\": \"x\"}', 1, 1)"
        )
        connection.execute("INSERT INTO delivery (broadcast_id, person_id, state) SELECT 1, id, 'sent' FROM person")
    connection.close()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        await store.read(list_results)
        times.append(time.perf_counter() - began)
    return row("dashboard, broadcasts, one of them to a million", statistics.median(times) * 1000, "ms", at_most=1000)


async def _measure_in_turns(stores: dict[int, Store]) -> dict[int, dict[str, float]]:
    sessions = {size: await open_books(store) for size, store in stores.items()}
    times: dict[int, dict[str, list[float]]] = {size: {} for size in stores}
    for number in range(ROUNDS):
        for size, store in stores.items():
            await store.write(enter, find_known(size, number))  # who has been here today, as most who ask have
            for what, ask in list_questions(store, size, number, sessions[size]).items():
                began = time.perf_counter()
                await ask()
                times[size].setdefault(what, []).append(time.perf_counter() - began)
    return {size: {what: statistics.median(each) for what, each in by.items()} for size, by in times.items()}


async def open_books(store: Store) -> str:
    """Have the shop opened, with a race and an owner, and cleaned; the name of the owner's session in the dashboard."""
    while await store.write(fold_funnel, PAGE):
        pass
    campaign = replace(load_campaign(), contests=(RACE,))
    await store.write(open_shop, Source(campaign=campaign), announce_chat="@news")
    await store.write(turn_contests)
    await store.write(roles.set_owners, [OWNER.telegram_id])
    await store.write(enter, OWNER)
    link = await store.write(make_link, visitor=OWNER)
    return await store.write(use_link, token=link.token, former="")


def list_questions(store: Store, members: int, number: int, session: str) -> dict[str, Callable[[], Awaitable[object]]]:
    """What people ask for again and again, by what it is called; each is asked for by calling it."""
    known = find_known(members, number)
    newcomer = Profile(telegram_id=10_000_000 + number, first_name="New", telegram_language="en")

    def join() -> Awaitable[object]:
        return store.write(start, visitor=newcomer, payload=code_of(known.telegram_id))

    return {
        "join": join,
        "/top and my place in all four": lambda: store.read(rank, visitor=known, kind=BoardKind.WEEK),
        "/contests": lambda: store.read(view_contests, visitor=known),
        "/invites": lambda: store.read(list_invites, visitor=known),
        "/rewards": lambda: store.read(list_rewards, visitor=known),
        "/stats": lambda: store.read(count, visitor=OWNER),
        "dashboard, whether something has changed": lambda: store.read(compute_mark, session=session),
        **{
            f"dashboard, {page}": partial(store.read, view_page, session=session, page=page)
            for page in BoardPage
            if page is not BoardPage.BROADCASTS
        },
    }


def find_known(members: int, number: int) -> Profile:
    """One of those who have been here from the beginning, another for each number."""
    member = (number * 7919) % Town(members).founders + 1
    return Profile(telegram_id=member, first_name=f"Member {member}", telegram_language="en")


def load_campaign() -> Campaign:
    """The campaign that ships."""
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(
        (ASSETS / "campaigns" / "welcome.toml").read_bytes(), themes=themes, find_picture=lambda _: ""
    )
