"""What rules cost: friends who come, qualify and are rewarded, with `[points]` alone and with rules beside it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.coupons.importing import Imported, import_coupons
from bot.services.joining.joining import start
from storage import Store, open_store
from storage.records import Profile
from storage.steps import take_steps
from tests.benchmarks.rows import Row, row

INVITERS, FRIENDS_EACH, ROUNDS = 100, 10, 6
AT_ONCE = 64
"""As many units wait for one commit as a busy bot has in hand."""

RULES = """
[[rewards]]
when = "milestone"
friends = 3
who = "inviter"
give = { coupon = "coffee" }

[[rewards]]
when = "milestone"
friends = 10
who = "inviter"
give = { by_hand = "loaf" }

[[rewards]]
when = "joined"
who = "friend"
give = { points = 5 }
limit = { first = 500, per_member = 1 }
"""


def measure() -> list[Row]:
    """Joins a second in turns, each on a fresh database, synchronous=FULL, units sharing commits."""
    times: dict[str, list[float]] = {"": [], RULES: []}
    for _ in range(ROUNDS):
        for rules, each in times.items():
            each.append(asyncio.run(_measure(rules)))
    plain, ruled = (sorted(each)[len(each) // 2] for each in times.values())
    return [
        row("friends who count, rewarded by [points]", plain, "/s", at_least=1000),
        row("the same with three rules: coupon, by hand, limited points", ruled, "/s"),
        row("  against [points] alone", plain / ruled, "x"),
    ]


async def _measure(rules: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{folder}/bench.db") as store:
            await store.write(open_shop, Source(campaign=_load(rules)))
            await _bring_coupons(store, Path(folder))
            codes = [await _start(store, number, "") for number in range(INVITERS)]
            friends = iter(range(INVITERS, INVITERS * (FRIENDS_EACH + 1)))

            async def come() -> None:
                for number in friends:
                    await _start(store, number, codes[number % INVITERS])

            began = time.perf_counter()
            await asyncio.gather(*(come() for _ in range(AT_ONCE)))
            return INVITERS * FRIENDS_EACH / (time.perf_counter() - began)


def _load(rules: str) -> Campaign:
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8") + rules
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(text, themes=themes, find_picture=lambda _: "")


async def _start(store: Store, number: int, payload: str) -> str:
    visitor = Profile(telegram_id=number + 1, first_name=f"Person {number}", telegram_language="en")
    return (await store.write(start, visitor=visitor, payload=payload)).member.code


async def _bring_coupons(store: Store, folder: Path) -> None:
    path = folder / "coffee.csv"
    path.write_text("\n".join(f"COFFEE-{number:05}" for number in range(INVITERS)), encoding="utf-8")
    with path.open("rb") as file:
        await take_steps(import_coupons(file, "coffee", Imported(), by=None, told=lambda _: None), store.write)
