"""How far people come is counted as it happens, and comes to what a recount of all rows says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from sqlalchemy import Table, select, update

from bot.core.campaigns.campaign import Campaign
from bot.core.durations import DAY
from bot.core.funnel import PERIOD_DAYS
from bot.services.campaigns.opening import Source, take_campaign
from bot.services.cleaning import fold_funnel
from bot.services.stats import cut, list_weeks, measure
from bot.services.visiting import Click, count_clicks
from storage import Store
from storage.checks import find_faults
from storage.conversion import SaleState
from storage.facts import RedemptionState
from storage.records import PersonId, Profile, ReferralState, ShareWay, Transfer
from storage.schema.campaigns import campaign_version
from storage.schema.conversions import sale
from storage.schema.funnel import EVER_DAY, FOLDED, FUNNEL_COUNTS, funnel
from storage.schema.people import person
from storage.schema.redeeming import redemption
from storage.schema.referrals import referral
from storage.schema.sharing import click, share
from storage.tables import campaigns, ledgers, people, redemptions, referrals, sales, shares, shops, tallies
from storage.tables import funnel as kept_counts
from storage.tables.funnel import Cut
from storage.tx import Tx
from tests.storage.clock import Clock

STATES = (ReferralState.WAITING, ReferralState.QUALIFIED, ReferralState.REVOKED)

Key = tuple[int, int, str, str, str, str]
"""Day, campaign, source, story, language, and what is counted."""


def dump(tx: Tx, table: Table) -> list[dict[str, object]]:
    """Every row, in the order of its key."""
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in tx.rows(select(*table.c).order_by(*table.primary_key))]


def recount(tx: Tx) -> Counter[Key]:
    """The funnel from nothing but the rows of what happened."""
    counted: Counter[Key] = Counter()
    campaigns = {row["id"]: row["campaign_id"] for row in dump(tx, campaign_version)}
    buyers = {row["person_id"] for row in dump(tx, sale) if row["state"] in ("counted", "reduced")}
    had = {row["person_id"] for row in dump(tx, redemption) if row["state"] in ("redeemed", "used", "granted")}

    def note(row: dict[str, object], at: str, source: str, what: dict[str, bool]) -> None:
        moment, campaign = row[at], row.get("campaign_id", campaigns.get(row.get("campaign_version_id"), 0))
        assert isinstance(moment, int)
        key = (moment // DAY, campaign, row.get(source, ""), row.get("story", ""), row.get("language", ""))
        for name, counts in what.items():
            counted[(*key, name)] += counts  # type: ignore[index]  # what a row holds is not typed

    for row in dump(tx, person):
        if row["started_at"] is not None:
            row["language"] = row["start_language"]
            note(row, "started_at", "", {"members": True, "blocked": row["blocked_at"] is not None})
    seen: set[tuple[object, bool]] = set()
    for row in dump(tx, share):
        sent = row["way"] in ("inline", "page", "guest")
        first, first_sent = ((row["person_id"], which) not in seen for which in (False, True))
        note(
            row,
            "shared_at",
            "way",
            {"reached": first, "shared": sent and first_sent, "sent": sent, "prepared": not sent},
        )
        seen |= {(row["person_id"], False)} | ({(row["person_id"], True)} if sent else set())
    for row in dump(tx, click):
        note(row, "clicked_at", "source", {"clicks": True, "clicked": bool(row["is_first"])})
    for row in dump(tx, referral):
        came = {"started": True, "clicked": bool(row["is_first_contact"]), "qualified": row["state"] == "qualified"}
        friend = row["invitee_id"]
        note(row, "joined_at", "source", came | {"purchased": friend in buyers, "redeemed": friend in had})
    return +counted


def read_kept(tx: Tx) -> Counter[Key]:
    """The funnel as the database keeps it, by day."""
    counted: Counter[Key] = Counter()
    for row in dump(tx, funnel):
        if row["day"] == EVER_DAY:
            continue
        key = tuple(row[name] for name in ("day", "campaign_id", "source", "story", "language"))
        for name in FUNNEL_COUNTS:
            counted[(*key, name)] += row[name]  # type: ignore[index, operator]  # likewise
    assert min(counted.values()) >= 0
    return +counted


class History:
    """Things that happen to people, one after the other, as chance has it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.members: list[PersonId] = []
        self.number = seed * 10_000

    def go_on(self, tx: Tx, times: int) -> None:
        """Let so many things happen."""
        for _ in range(times):
            self._act(tx)

    def _act(self, tx: Tx) -> None:
        acts: list[Callable[[Tx], None]] = [*[self._start] * 3, *[self._share] * 4, *[self._click] * 2]
        acts += [self._come] * 3 + [self._move, self._buy, self._have] * 2 + [self._block, self._forget]
        self.random.choice(acts if self.members else [self._start])(tx)

    def _start(self, tx: Tx) -> None:
        self.number += 1
        profile = Profile(telegram_id=9_000_000 + self.number, first_name="Somebody")
        added = people.add(tx, profile, f"Code{self.number:06}")
        people.set_started(tx, added.id, self.random.choice(("en", "id", "zh")))
        self.members.append(added.id)

    def _share(self, tx: Tx) -> None:
        shares.add(tx, self._pick(), self.random.choice(list(ShareWay)), self.random.choice(("", "rye", "bun")))

    def _click(self, tx: Tx) -> None:
        owner, visitor = people.get(tx, self._pick()), f"visitor {self.random.randrange(9)} of {tx.now // DAY}"
        source = self.random.choice(("web", "whatsapp"))
        clicked = Click(member_id=owner.id, code=owner.code, source=source, visitor=visitor)
        count_clicks(tx, clicked=[clicked] * self.random.randrange(1, 3))

    def _come(self, tx: Tx) -> None:
        if self.random.random() < 0.8:
            self._start(tx)
        friend, inviter = self.members[-1], self._pick()
        if inviter != friend:
            referrals.add(
                tx,
                inviter_id=inviter,
                invitee_id=friend,
                version_id=shops.get(tx).version_id,
                source=self.random.choice(("fwd", "web", "whatsapp")),
                state=self.random.choice(STATES[:2]),
                story=self.random.choice(("", "cake")),
            )

    def _move(self, tx: Tx) -> None:
        found = referrals.find_by_invitee(tx, self._pick())
        if found is not None:
            referrals.set_state(tx, found.id, self.random.choice(STATES), expected=found.state)

    def _buy(self, tx: Tx) -> None:
        order = sales.lock_order(tx, f"order {self.random.randrange(6)}")
        state = self.random.choice((SaleState.COUNTED, SaleState.REDUCED, SaleState.REFUNDED))
        changes = {"person_id": self._pick(), "state": state, "amount": 100, "currency": "EUR"}
        sales.set_all(tx, replace(order, **changes))  # type: ignore[arg-type]  # values of several types

    def _have(self, tx: Tx) -> None:
        buyer, shop = self._pick(), shops.get(tx)
        redemptions.take_from_stock(tx, shop.campaign_id, "bread", None)
        self.number += 1
        number = redemptions.add(
            tx,
            reference=f"R{self.number}",
            person_id=buyer,
            version_id=shop.version_id,
            item="bread",
            price=5,
            expires_at=tx.now + DAY,
        )
        if self.random.random() < 0.3:
            redemptions.set_declined(tx, number)
            return
        redemptions.set_paid(tx, number, ledger_id=_pay(tx, buyer, f"{number}"), expires_at=tx.now + DAY)
        if self.random.random() < 0.4:
            row = redemptions.get(tx, number)
            assert row.state is RedemptionState.REDEEMED
            redemptions.set_expired(tx, number, ledger_id=_pay(tx, buyer, f"{number} back", back=True))

    def _block(self, tx: Tx) -> None:
        people.set_blocked(tx, self._pick(), blocked=self.random.random() < 0.7)

    def _forget(self, tx: Tx) -> None:
        gone = self._pick()
        if self.random.random() < 0.3 and len(self.members) > 5:
            people.forget(tx, gone)
            self.members.remove(gone)

    def _pick(self) -> PersonId:
        return self.random.choice(self.members)


def _pay(tx: Tx, buyer: PersonId, key: str, *, back: bool = False) -> int:
    own, house = ledgers.open_account(tx, buyer), ledgers.HOUSE_ACCOUNT
    debit, credit = (house, own) if back else (own, house)
    transfer = Transfer(debit=debit, credit=credit, amount=5, key=f"test:{key}", reason="item:bread", referral_id=None)
    return ledgers.post(tx, transfer)


@pytest.mark.parametrize("seed", range(3))
async def test_the_funnel_is_what_a_recount_of_all_rows_says(store: Store, clock: Clock, seed: int) -> None:
    """Whatever happens in whatever order: people once each, by day, campaign, source, story and language."""
    history = History(seed)
    for _ in range(12):
        await store.write(history.go_on, 25)
        clock.advance(history.random.randrange(3 * 86_400))
        await store.write(fold_funnel, history.random.randrange(1, 60))
    counted, kept = await store.read(recount), await store.read(read_kept)
    assert {key: (counted[key], kept[key]) for key in counted | kept if counted[key] != kept[key]} == {}
    assert {name for *_, name in counted} == set(FUNNEL_COUNTS)


async def test_days_that_are_over_are_folded_and_nothing_is_counted_otherwise(store: Store, clock: Clock) -> None:
    """Of each kind one row a day stays, and one for all times, by which alone everything is said that ever was."""
    history = History(8)
    for _ in range(4):
        await store.write(history.go_on, 40)
        clock.advance(86_400)
    before = await _say_all(store)
    while await store.write(fold_funnel, 30):
        assert await _say_all(store) == before
        assert await store.read(_list_wrong) == []
    kept, today = await store.read(lambda tx: list(dump(tx, funnel))), clock() // DAY
    assert {row["shard"] for row in kept if EVER_DAY < row["day"] < today - 2} == {FOLDED}  # type: ignore[operator]
    assert await store.read(read_kept) == await store.read(recount)
    await store.write(history.go_on, 60)  # purchases of friends who came on days that are folded
    while await store.write(fold_funnel, 500):
        pass
    assert await store.read(read_kept) == await store.read(recount)
    assert await store.read(_list_wrong) == []


async def _say_all(store: Store) -> list[object]:
    cuts = [await store.read(cut, by) for by in Cut]
    return [(await store.read(measure)).funnel, await store.read(list_weeks), *cuts]


async def test_the_check_of_a_database_hears_of_days_that_do_not_come_to_the_whole(store: Store, clock: Clock) -> None:
    """What is kept for all times is held against the days that were folded into it."""
    await store.write(History(5).go_on, 60)
    clock.advance(5 * 86_400)
    await store.write(fold_funnel, 500)
    assert await store.read(_list_wrong) == []
    clicks = {"clicks": funnel.c.clicks + 1}
    await store.write(lambda tx: tx.run(update(funnel).where(funnel.c.shard == FOLDED).values(clicks)))
    (said,) = await store.read(_list_wrong)
    assert "clicks" in said


async def test_the_check_of_a_database_hears_of_a_funnel_that_is_wrong(store: Store) -> None:
    """Of each figure of which there still are rows, and of nothing where all is as it should be."""
    history = History(5)
    await store.write(history.go_on, 150)
    assert await store.read(_list_wrong) == []
    for name in ("members", "blocked", "started", "qualified", "purchased", "redeemed"):

        def miscount(tx: Tx, name: str = name, *, by: int) -> None:
            tx.run(update(funnel).values({name: funnel.c[name] + by}))

        await store.write(partial(miscount, by=1))
        (said,) = await store.read(_list_wrong)
        assert f"as {name}, and there are" in said
        await store.write(partial(miscount, by=-1))


def _list_wrong(tx: Tx) -> list[str]:
    return [fault for fault in find_faults(tx) if "funnel" in fault]


async def test_every_cut_comes_to_the_whole(store: Store, clock: Clock) -> None:
    """By campaign, source, story, language or week: the parts of each figure are the figure; each week has seven days."""
    history = History(9)
    for _ in range(6):
        await store.write(history.go_on, 20)
        clock.advance(5 * 86_400)
    ever = (await store.read(measure)).funnel
    for by in Cut:
        parts = (await store.read(cut, by)).values()
        for name in FUNNEL_COUNTS:
            assert sum(getattr(part, name) for part in parts) == getattr(ever, name), (by, name)
    weeks = await store.read(list_weeks)
    assert len(weeks) == 12
    assert {(monday + 3) % 7 for monday in weeks} == {0}
    assert sum(week.started for week in weeks.values()) == ever.started
    assert set(await store.read(cut, Cut.CAMPAIGN)) == {"", "welcome"}


async def test_a_figure_is_of_its_days_to_the_last_one(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Today is one of them; what came before the last so many days is of those before; each click has its campaign."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    shown = (await store.read(shops.get)).campaign_id
    click = Click(member_id=anna.id, code=anna.code, source="web", visitor="v", campaign=shown)
    assert await store.write(count_clicks, clicked=[click]) == 1

    async def count(days: int | None = None) -> int:
        parts = await store.read(cut, Cut.CAMPAIGN, days=days)
        return parts["welcome"].clicks if "welcome" in parts else 0

    async def measure_all() -> tuple[int, int, int]:
        figures = await store.read(measure)
        return figures.funnel.clicks, figures.lately.clicks, figures.before.clicks

    await store.write(take_campaign, Source(campaign=replace(campaign, slug="beside")), main=False)
    row = await store.read(campaigns.find_by_slug, "beside")
    assert row is not None
    other = replace(click, visitor="w", campaign=row.id)
    assert await store.write(count_clicks, clicked=[other, other]) == 1
    assert (await store.read(cut, Cut.CAMPAIGN))["beside"].clicks == 1
    assert [await count(days) for days in (None, 0, 1, 2)] == [1, 0, 1, 1]
    clock.advance(86_400)
    assert [await count(days) for days in (None, 1, 2)] == [1, 0, 1]
    assert await measure_all() == (2, 2, 0)
    clock.advance((PERIOD_DAYS - 2) * 86_400)
    assert await measure_all() == (2, 2, 0)
    clock.advance(86_400)
    assert await measure_all() == (2, 0, 2)
    clock.advance((PERIOD_DAYS - 1) * 86_400)
    assert await measure_all() == (2, 0, 2)
    clock.advance(86_400)
    assert await measure_all() == (2, 0, 0)


async def test_the_last_weeks_end_with_this_one(store: Store, clock: Clock) -> None:
    """A week is counted from its Monday on, and leaves the list once it is the thirteenth."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    while (clock.now // DAY + 3) % 7:
        clock.advance(86_400)
    monday = clock.now // DAY
    click = Click(member_id=anna.id, code=anna.code, source="web", visitor="v")
    await store.write(count_clicks, clicked=[click])
    clock.advance(6 * 86_400)
    weeks = await store.read(list_weeks)
    assert [*weeks] == list(range(monday - 77, monday + 1, 7))
    assert [week.clicks for week in weeks.values()] == [*[0] * 11, 1]
    clock.advance((11 * 7 - 6) * 86_400)
    assert [week.clicks for week in (await store.read(list_weeks)).values()] == [1, *[0] * 11]
    assert [*await store.read(list_weeks, 2)] == [monday + 70, monday + 77]
    clock.advance(7 * 86_400)
    assert [week.clicks for week in (await store.read(list_weeks)).values()] == [0] * 12


async def test_somebody_who_clicks_often_is_one_person_a_day(store: Store, clock: Clock) -> None:
    """The same visitor on several links and in several hours; tomorrow's visitors are others."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    ben = await store.write(people.add, Profile(telegram_id=2, first_name="Ben"), "Code000002")
    for visitor in ("today", "today", "another day"):
        for owner in (anna, ben):
            click = Click(member_id=owner.id, code=owner.code, source="web", visitor=visitor)
            await store.write(count_clicks, clicked=[click, click])
        clock.advance(3 * 3_600)
    figures = (await store.read(measure)).funnel
    assert (figures.clicks, figures.clicked) == (6, 2)


async def test_a_friend_who_opened_the_link_before_is_no_second_person(store: Store) -> None:
    """Who comes by a link that was opened on the web side was counted there; who comes by another, comes here first."""
    members = []
    for number in range(1, 4):
        added = await store.write(people.add, Profile(telegram_id=number, first_name="Somebody"), f"Code{number:06}")
        members.append(added)
    anna, ben, cleo = members
    clicked = Click(member_id=anna.id, code=anna.code, source="whatsapp", visitor="v")
    await store.write(count_clicks, clicked=[clicked])
    for friend, source in ((ben, "whatsapp"), (cleo, "fwd")):
        await store.write(_refer, anna.id, friend.id, source)
    figures = (await store.read(measure)).funnel
    assert (figures.clicked, figures.started) == (2, 2)


def _refer(tx: Tx, inviter: PersonId, friend: PersonId, source: str) -> None:
    version_id, state = shops.get(tx).version_id, ReferralState.QUALIFIED
    referrals.add(tx, inviter_id=inviter, invitee_id=friend, version_id=version_id, source=source, state=state)


async def test_what_is_prepared_is_no_invitation(store: Store) -> None:
    """Looking at one's own code counts beside K's invitations, not in them; a card in hand reaches, and does not share."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    await store.write(people.set_started, anna.id, "en")
    for way in (ShareWay.QR, ShareWay.PRINT, ShareWay.CARD, ShareWay.CARD):
        await store.write(shares.add, anna.id, way)
    figures = await store.read(measure)
    assert (figures.funnel.reached, figures.funnel.shared, figures.growth.sent, figures.growth.handed) == (1, 0, 0, 4)
    for way in (ShareWay.INLINE, ShareWay.PAGE, ShareWay.GUEST):
        await store.write(shares.add, anna.id, way)
    figures = await store.read(measure)
    assert (figures.funnel.reached, figures.funnel.shared, figures.growth.sent, figures.growth.handed) == (1, 1, 3, 7)
    assert (figures.growth.invitations_per_member, figures.growth.handed_per_member) == (3.0, 7.0)


async def test_a_cycle_is_the_median_from_start_to_a_friends_coming(store: Store, clock: Clock) -> None:
    """In hours, from two days on in whole days; nothing is told of fewer than thirty friends."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    await store.write(people.set_started, anna.id, "en")
    for number in range(2, 33):
        if number == 31:
            assert (await store.read(measure)).cycle_hours is None
        clock.advance(2 * 3_600)
        friend = await store.write(people.add, Profile(telegram_id=number, first_name="F"), f"Code{number:06}")
        await store.write(_refer, anna.id, friend.id, "fwd")
    figures = await store.read(measure)
    assert figures.cycle_hours == 32
    assert figures.growth.tells
    assert await store.read(kept_counts.list_cycles) == {
        min(48, hours): 1 if hours < 48 else 8 for hours in range(2, 63, 2)
    }


async def test_long_cycles_are_put_together_and_the_median_stays(store: Store, clock: Clock) -> None:
    """Days become weeks from four weeks on, and weeks four of them from a year on; shards become one."""
    anna = await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
    await store.write(people.set_started, anna.id, "en")
    for number in range(2, 42):
        clock.advance((3 if number < 22 else 20 * 24) * 3_600)
        friend = await store.write(people.add, Profile(telegram_id=number, first_name="F"), f"Code{number:06}")
        await store.write(_refer, anna.id, friend.id, "fwd")
    before = (await store.read(measure)).cycle_hours, await store.read(kept_counts.list_cycles)
    while await store.write(fold_funnel, 7):
        pass
    assert ((await store.read(measure)).cycle_hours, await store.read(kept_counts.list_cycles)) == before
    hours = sorted(before[1])
    assert all(each % (7 * 24) == 0 for each in hours if each >= 28 * 24)
    assert len([each for each in hours if each >= 364 * 24]) < 20
    assert sum(before[1].values()) == 40
    assert len(await store.read(tallies.read, "cycle")) == len(hours)
