"""What it costs to look at a friend who comes by a busy member, with few members and with many."""

from __future__ import annotations

import asyncio
import tempfile
import time
from statistics import median

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.services.campaigns import get_terms
from bot.services.campaigns.opening import Source, open_shop
from bot.services.fairness.holding import look_at_join
from storage import Store, Tx, open_store
from storage.records import Person, PersonId, Profile, ReferralState
from storage.tables import people, referrals
from tests.benchmarks.rows import Row, row

FEW, MANY = 1_000, 1_000_000
EACH = 40
"""A member brings so many less one."""
LOOKS, ROUNDS, BATCH = 500, 5, 4_000


def measure() -> list[Row]:
    """CPU of one look, the reading of the member's last friends included; the median of five rounds."""
    few, many = (asyncio.run(_measure(members)) for members in (FEW, MANY))
    return [
        row("looking at a friend who comes, a million members", many, "ms CPU", at_most=0.3),
        row("  against a thousand members", many / few, "x", at_most=1.5),
    ]


async def _measure(members: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{folder}/bench.db") as store:
            await store.write(open_shop, Source(campaign=_load()))
            await fill(store, members)
            return median([await store.read(_look, members) for _ in range(ROUNDS)])


async def fill(store: Store, members: int) -> None:
    """So many members; every fortieth has brought those that follow, who count."""
    for first in range(0, members, BATCH):
        await store.write(_bring, range(first, min(members, first + BATCH)))


def find_number(place: int) -> int:
    """A member's number at Telegram."""
    return 100_000_000 + place * 7_919


def _bring(tx: Tx, numbers: range) -> None:
    version_id = get_terms(tx).version_id
    host: Person | None = None
    for number in numbers:
        profile = Profile(telegram_id=find_number(number), first_name=f"Anna {number % 50}")
        person = people.add(tx, profile, f"C{number:09}")
        if host is None or number % EACH == 0:
            host = person
        else:
            referrals.add(
                tx,
                inviter_id=host.id,
                invitee_id=person.id,
                version_id=version_id,
                source="",
                state=ReferralState.QUALIFIED,
            )


def _look(tx: Tx, members: int) -> float:
    """Milliseconds of one look."""
    terms, hosts = get_terms(tx), [1 + EACH * (place * 37 % (members // EACH)) for place in range(LOOKS)]
    pairs = [(people.get(tx, PersonId(each)), people.get(tx, PersonId(each + 1))) for each in hosts]
    began = time.process_time()
    for host, guest in pairs:
        look_at_join(tx, terms, host, guest)
    return (time.process_time() - began) / LOOKS * 1_000


def _load() -> Campaign:
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(text, themes=themes, find_picture=lambda _: "")
