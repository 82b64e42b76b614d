"""A year of a shop on its own clock: people come, buy, rise, go quiet, are asked and answer as they like.

`PULSE_MEMBERS=2000` in the environment walks with as many as a shop has; `make test` with some.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.core.broadcasts.windows import Hours, compute_window
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.reminding import Ask
from bot.core.zones import choose_zone
from bot.services.campaigns.opening import Source, open_shop
from bot.services.members import begin
from bot.services.pulse.answering import answer, set_asked
from bot.services.pulse.asking import ask_due, expect_pulse
from bot.services.reminding.nudges import nudge
from bot.services.reminding.offers import offer, offer_due
from bot.services.tickets import desk
from bot.services.tickets.watching import watch
from storage import Tx, open_store
from storage.pulse import AskCause, PulseCause, PulseId
from storage.records import NoticeId, PersonId, Profile, ShareWay
from storage.role import Role
from storage.tables import outbox, people, roles, shares, tickets
from storage.ticket import Said
from tests.owed import find_member
from tests.storage.clock import Clock

HOUR, DAY = 3600, 86_400
US = 1_000_000
MEMBERS = int(os.environ.get("PULSE_MEMBERS", "60"))
ASKS, PULSE, QUIET = AskRules(every_days=30), PulseRules(after_days=3, every_days=30, rest_days=30), "21-9"
OWNER = Profile(telegram_id=7, first_name="Sari")
LANGUAGES = ("en", "id", "zh", "ru", "pt-br", "es")


@dataclass
class Year:
    """What was asked of whom, as the members saw it."""

    shares: dict[PersonId, list[int]] = field(default_factory=lambda: defaultdict(list))
    """When they were asked to share."""
    asked: dict[PersonId, list[int]] = field(default_factory=lambda: defaultdict(list))
    """When they were asked how it was."""
    bad: dict[PersonId, list[int]] = field(default_factory=lambda: defaultdict(list))
    """When they said that it was bad."""
    alerts: set[int] = field(default_factory=set)
    """Tickets that the owner was told of because their answer was late."""
    off: set[PersonId] = field(default_factory=set)
    seen: int = 0
    """Up to which notice was read."""
    woken: int = 0
    """How often somebody was asked anything in their quiet hours."""

    def count(self) -> Counter[PersonId]:
        """How often each was asked anything."""
        return Counter({each: len(self.shares[each]) + len(self.asked[each]) for each in {*self.shares, *self.asked}})


def read_new(tx: Tx, year: Year, dice: random.Random) -> None:
    """Members read what has come, and most of them answer at once."""
    while page := outbox.list_owed(tx, after=NoticeId(year.seen), limit=500):
        for notice in page:
            year.seen, member = notice.id, find_member(notice)
            if member is None:
                continue
            if notice.kind == "ticket_waits" and notice.payload["late"]:
                year.alerts.add(int(notice.payload["ticket"]))
            elif notice.kind in {"nudge", "card_offered"}:
                year.shares[member].append(notice.created_at)
            elif notice.kind == "pulse_asked":
                year.asked[member].append(notice.created_at)
                if dice.random() < 0.7:
                    say(tx, year, member, PulseId(int(notice.payload["pulse"])), dice)


def say(tx: Tx, year: Year, member: PersonId, pulse_id: PulseId, dice: random.Random) -> None:
    """A face, now and then the wish never to be asked again."""
    visitor, said = people.get(tx, member).profile, dice.choices(range(1, 6), (2, 2, 2, 5, 8))[0]
    view = answer(tx, visitor=visitor, pulse_id=pulse_id, said=said)
    if view.ask is Ask.NOW:
        year.shares[member].append(tx.now)
    if said <= 2:
        year.bad[member].append(tx.now)
    if dice.random() < 0.03:
        set_asked(tx, visitor=visitor, wanted=False)
        year.off.add(member)


def live_hour(tx: Tx, year: Year, members: list[PersonId], dice: random.Random) -> None:
    """Somebody comes, some do something, and the jobs look for what is due."""
    if len(members) < MEMBERS and dice.random() < MEMBERS / (300 * 8):
        number = len(members)
        profile = Profile(telegram_id=1000 + number, first_name=f"P{number}", telegram_language=dice.choice(LANGUAGES))
        person = people.add(tx, profile, f"Code{number:06}")
        begin(tx, person)
        expect_pulse(tx, person.id, PulseCause.JOINED)
        members.append(person.id)
    for member in dice.sample(members, min(len(members), 1 + len(members) // 300)):
        act(tx, year, member, dice)
    nudge(tx, limit=60)
    ask_due(tx, limit=60)
    offer_due(tx, limit=60)
    watch(tx)
    tx.now += US
    read_new(tx, year, dice)
    if dice.random() < 0.05:
        answer_some(tx, dice)


def answer_some(tx: Tx, dice: random.Random) -> None:
    """The owner has a moment, and answers some of those who wait."""
    for ticket in tickets.list_waiting(tx, limit=20):
        if ticket.answered_at is None and dice.random() < 0.7:
            desk.answer(tx, visitor=OWNER, ticket_id=ticket.id, said=Said(words="We put it right"))


def open_year(tx: Tx, source: Source) -> None:
    """A shop with its owner."""
    open_shop(tx, source)
    begin(tx, people.add(tx, OWNER, "Owner00001"))
    roles.set(tx, OWNER.telegram_id, Role.OWNER)


def act(tx: Tx, year: Year, member: PersonId, dice: random.Random) -> None:
    """One of the things that members do, or that happen to them."""
    match dice.randrange(5):
        case 0:
            shares.add(tx, member, ShareWay.CARD, "rye")
        case 1:
            expect_pulse(tx, member, PulseCause.PURCHASED)
        case 2:
            expect_pulse(tx, member, PulseCause.REDEEMED)
            if offer(tx, member, AskCause.REDEEMED) is Ask.NOW:
                year.shares[member].append(tx.now)
        case 3:
            if offer(tx, member, AskCause.TIER) is Ask.NOW:
                year.shares[member].append(tx.now)
        case _:
            if dice.random() < 0.1:
                people.set_zone(tx, member, dice.choice(["Asia/Tokyo", "America/Lima", "Europe/Paris"]))


def live_week(tx: Tx, year: Year, members: list[PersonId], dice: random.Random) -> None:
    """In one transaction, whose clock goes on: what is kept of a moment is of that moment."""
    for _ in range(7 * 8):
        tx.now += 3 * HOUR * US
        before = year.count()
        live_hour(tx, year, members, dice)
        fresh = [member for member, number in year.count().items() if number > before[member]]
        year.woken += count_asleep(tx, fresh)


def list_close(moments: list[int], days: int) -> list[tuple[int, int]]:
    """Neighbours that are nearer than so many days."""
    return [(first, second) for first, second in pairwise(moments) if second - first < days * DAY * US]


@pytest.mark.long
async def test_a_year_of_a_shop(sqlite_url: str, campaign: Campaign) -> None:
    """Nobody displeased is asked to share in their rest, nobody above the budget, nobody at night; each bad answer has a ticket, and each ticket an answer or an alert."""
    clock, dice, year, members = Clock(), random.Random(14), Year(), list[PersonId]()
    async with open_store(sqlite_url, clock=clock) as store:
        asks = replace(campaign, pulse=PULSE, asks=ASKS, news=NewsRules(quiet=QUIET))
        await store.write(open_year, Source(campaign=asks))
        for _ in range(52):
            await store.write(live_week, year, members, dice)
            clock.advance(7 * DAY)
        await store.write(watch)
        await store.write(lambda tx: read_new(tx, year, dice))
        opened = await store.read(lambda tx: {each: tickets.list_of(tx, each, 99) for each in year.bad})
    assert (len(members), year.woken) == (MEMBERS, 0)
    assert not [each for each in year.shares.values() if list_close(each, ASKS.every_days)]
    assert not [each for each in year.asked.values() if list_close(each, PULSE.every_days)]
    for member, moments in year.bad.items():
        rests = [(at, at + PULSE.rest_days * DAY * US) for at in moments]
        assert not [at for at in year.shares[member] if any(begins <= at < ends for begins, ends in rests)]
        assert opened[member]
        assert not [each for each in opened[member] if each.answered_at is None and each.id not in year.alerts]
    told = [each.id in year.alerts for all_of in opened.values() for each in all_of]
    assert 0 < sum(told) < len(told), "some are answered in time"
    assert sum(map(len, year.shares.values())) > MEMBERS
    assert sum(map(len, year.bad.values())) > MEMBERS // 10


def count_asleep(tx: Tx, members: list[PersonId]) -> int:
    """How many of them are in their quiet hours."""
    found = people.list_by_ids(tx, members).values()
    zones = (choose_zone(each.zone, each.profile.telegram_language, ZoneInfo("UTC")) for each in found)
    return sum(compute_window(Hours(opens=9, closes=21), zone, tx.now).due_at > tx.now for zone in zones)
