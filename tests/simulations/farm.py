"""A crowd comes to a shop through the real services on the real store, and it is counted who was held or refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.jobs.fairness import watch
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.members import meet
from storage import Store, Tx, open_store
from storage.records import Profile, ReferralId
from storage.review import ReviewState
from storage.tables import inbox, people, referrals, reviews
from tests.simulations.crowd import DAY, HOUR, Guest
from tests.storage.clock import Clock
from tests.storage.migrated import lay_migrated

if TYPE_CHECKING:
    from bot.core.campaigns.campaign import Campaign

SECOND = 1_000_000
ROUND_SECONDS = HOUR // 2
"""How often the shop's job looks in the simulation; at work it does so every minute."""


@dataclass(slots=True)
class Tally:
    """Of one kind of guests who were brought by somebody."""

    came: int = 0
    held: int = 0
    refused: int = 0
    signals: Counter[str] = field(default_factory=Counter)

    @property
    def caught(self) -> float:
        """The share that was held or refused, in per cent."""
        return 100 * (self.held + self.refused) / self.came if self.came else 0.0


async def run_farm(guests: list[Guest], campaign: Campaign) -> dict[str, Tally]:
    """Let everybody come, and count by kind; the shop is a file that is gone afterwards."""
    with TemporaryDirectory() as folder:
        clock = Clock()
        async with open_store(lay_migrated(Path(folder) / "shop.db"), clock=clock) as store:
            await store.write(open_shop, Source(campaign=campaign))
            await _live(store, clock, guests)
            return await store.read(_count, guests)


async def _live(store: Store, clock: Clock, guests: list[Guest]) -> None:
    """Everything that happens, in order, and the shop's job in between."""
    began, order = clock.now, count()
    agenda: list[tuple[int, int, str, Guest]] = []
    for guest in guests:
        heappush(agenda, (guest.at, next(order), "come", guest))
        if guest.acts_at is not None:
            heappush(agenda, (guest.acts_at, next(order), "act", guest))
        if guest.blocks_at is not None:
            heappush(agenda, (guest.blocks_at, next(order), "block", guest))
        if guest.claims_from is not None:
            heappush(agenda, (guest.at + HOUR, next(order), "claim", guest))
    looked, last = 0, max(at for at, *_ in agenda)
    pending: list[asyncio.Future[object]] = []
    updates = count(1)
    while agenda or looked < last + 2 * DAY:
        at = agenda[0][0] if agenda else looked + ROUND_SECONDS
        if at >= looked + ROUND_SECONDS:
            looked += ROUND_SECONDS
            clock.now = began + looked * SECOND
            await watch(store)
            continue
        at, _, what, guest = heappop(agenda)
        clock.now = max(clock.now, began + at * SECOND)
        await store.write(_happen, what, guest, guests, next(updates))
    del pending


def _happen(tx: Tx, what: str, guest: Guest, guests: list[Guest], update_id: int) -> None:
    profile = _compose_profile(guest)
    if what == "come":
        start(tx, visitor=profile, payload=_find_code(tx, guests[guest.by]) if guest.by is not None else "")
    elif what == "act":
        inbox.close_all(tx, [row.seq for row in inbox.add_batch(tx, [(update_id, guest.number, b"{}")])])
    elif what == "claim" and guest.claims_from is not None:
        start(tx, visitor=profile, payload=_find_code(tx, guests[guest.claims_from]))
    elif what == "block":
        people.set_blocked(tx, meet(tx, profile).id, blocked=True)


def _compose_profile(guest: Guest) -> Profile:
    return Profile(
        telegram_id=guest.number,
        first_name=guest.first_name,
        last_name=guest.last_name,
        username=guest.username,
        telegram_language=guest.language,
    )


def _find_code(tx: Tx, guest: Guest) -> str:
    person = people.find_by_telegram_id(tx, guest.number)
    return person.code if person is not None else ""


def _count(tx: Tx, guests: list[Guest]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for guest in guests:
        person = people.find_by_telegram_id(tx, guest.number)
        referral = referrals.find_by_invitee(tx, person.id) if person is not None else None
        if referral is None:
            continue
        tally = tallies.setdefault(guest.kind, Tally())
        tally.came += 1
        row = reviews.find(tx, ReferralId(referral.id))
        if row is None:
            continue
        by_machine = row.state is ReviewState.REFUSED
        tally.refused += by_machine
        tally.held += not by_machine
        tally.signals.update(key for key, _ in row.evidence)
    return tallies
