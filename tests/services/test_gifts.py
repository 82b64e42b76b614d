"""Telegram gifts on their way: claimed once, told where they do not arrive, and settled by whoever runs the shop."""

from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.gifts import PATIENCE_SECONDS, RETRY_SECONDS
from bot.services.audit import list_acts
from bot.services.gifts import sending
from bot.services.gifts.settling import MOST_SHOWN, GiftsView, note_arrived, send_again, try_now, view_gifts
from bot.services.joining.joining import start
from bot.services.members import NotAllowed
from storage import Store
from storage.facts import GrantId, GrantState
from storage.gift import DueGift, GiftState, Trouble
from storage.records import NoticeId, Profile
from storage.role import Role
from storage.tables import gifts, grants, outbox, people, roles
from tests.services.test_joining import arrive
from tests.storage.clock import Clock
from tests.wire.gifts_stage import earn

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
TONO = Profile(telegram_id=901, first_name="Tono", telegram_language="en")
ANNA = Profile(telegram_id=902, first_name="Anna", telegram_language="id")
HEART = "heart"


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """Sari owns the shop, Tono manages it; Anna has brought a friend, and earns gifts."""
    for visitor, role in ((SARI, Role.OWNER), (TONO, Role.MANAGER), (ANNA, Role.MEMBER)):
        await arrive(store, visitor)
        await store.write(roles.set, visitor.telegram_id, role)
    anna = await store.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    await store.write(start, visitor=Profile(telegram_id=903, first_name="Budi"), payload=anna.code)
    return store


async def find_due(store: Store, grant_id: GrantId) -> DueGift:
    """A gift that can be tried now."""
    return next(each for each in await store.read(sending.list_due, limit=99) if each.grant_id == grant_id)


async def leave(store: Store) -> DueGift:
    """A gift that Anna has earned is on its way."""
    due = await find_due(store, await store.write(earn, ANNA.telegram_id, HEART))
    assert await store.write(sending.claim, due, stars=15)
    return due


async def hear(store: Store) -> list[tuple[str, int, dict[str, object]]]:
    """What is told of gifts: of which kind, to whom, in which words."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=999)
    return [
        (row.kind, getattr(row.address, "person_id", 0), dict(row.payload))
        for row in owed
        if row.kind.startswith("gift_")
    ]


async def list_written(store: Store) -> list[tuple[str, str, str, str]]:
    """What people have done, the latest first."""
    acts = [each for each in await store.read(list_acts, most=99) if not each.by_command]
    return [(each.act, each.actor, each.subject, each.after) for each in acts]


async def test_a_gift_is_claimed_once_and_arrives_once(shop: Store) -> None:
    """For whom, in which language and which one is known; what is on its way is not due; what arrived is used."""
    number = await shop.write(earn, ANNA.telegram_id, HEART)
    due = await find_due(shop, number)
    assert (due.telegram_id, due.language, due.gift) == (ANNA.telegram_id, "id", HEART)
    assert await shop.read(sending.choose_language, due) == "id"
    assert not await shop.read(sending.is_interrupted)
    assert [await shop.write(sending.claim, due, stars=15) for _ in range(2)] == [True, False]
    assert await shop.read(sending.is_interrupted)
    assert await shop.read(sending.list_due, limit=9) == []
    for _ in range(2):
        await shop.write(sending.note_sent, number)
    assert (await shop.read(grants.get, number)).state is GrantState.USED
    assert not await shop.read(sending.is_interrupted)
    assert await hear(shop) == []


async def test_what_was_cut_off_is_doubtful_and_told_to_who_runs_the_shop(shop: Store) -> None:
    """Once, with how many; a lost answer as well, each by itself."""
    await shop.write(sending.give_up)
    assert await hear(shop) == []
    first, second = await leave(shop), await leave(shop)
    for _ in range(2):
        await shop.write(sending.give_up)
    assert await hear(shop) == [("gift_doubtful", 1, {"count": 2}), ("gift_doubtful", 2, {"count": 2})]
    rows = [await shop.read(gifts.find, each.grant_id) for each in (first, second)]
    assert [row is not None and row.state for row in rows] == [GiftState.UNKNOWN, GiftState.UNKNOWN]
    third = await leave(shop)
    for _ in range(2):
        await shop.write(sending.note_doubt, third.grant_id, error="cut off")
    assert (await hear(shop))[2:] == [("gift_doubtful", 1, {"count": 1}), ("gift_doubtful", 2, {"count": 1})]
    row = await shop.read(gifts.find, third.grant_id)
    assert row is not None
    assert (row.state, row.error, row.stars) == (GiftState.UNKNOWN, "cut off", 15)


async def test_why_a_gift_could_not_be_sent_is_told_where_it_is_new(shop: Store, clock: Clock) -> None:
    """To the member what they can help or wait for, to the team what it can help; then it is tried again."""
    due = await leave(shop)
    told: list[tuple[str, int, dict[str, object]]] = []

    async def meet(
        trouble: Trouble, of: DueGift = due, error: str = "", stars: int = 0
    ) -> list[tuple[str, int, dict[str, object]]]:
        await shop.write(sending.note_trouble, of, trouble, error=error, stars=stars)
        new = (await hear(shop))[len(told) :]
        told.extend(new)
        return new

    assert await meet(Trouble.NONE) == []
    clock.advance(RETRY_SECONDS[Trouble.NONE] - 1)
    assert await shop.read(sending.list_due, limit=9) == []
    clock.advance(1)
    assert len(await shop.read(sending.list_due, limit=9)) == 1
    said = {"trouble": "balance", "gift": HEART, "stars": 15, "error": ""}
    assert await meet(Trouble.BALANCE, stars=15) == [
        ("gift_delayed", 3, {"trouble": "balance"}),
        ("gift_troubled", 1, said),
        ("gift_troubled", 2, said),
    ]
    assert await meet(Trouble.BALANCE, stars=15) == [], "the same is not told again"
    assert await meet(Trouble.NONE) == [], "and goes on being why"
    row = await shop.read(gifts.find, due.grant_id)
    assert row is not None
    assert (row.state, row.trouble) == (GiftState.STUCK, Trouble.BALANCE)
    other = await leave(shop)
    assert await meet(Trouble.BALANCE, other, stars=15) == [("gift_delayed", 3, {"trouble": "balance"})]
    assert [each[0] for each in await meet(Trouble.DECLINED, other)] == [
        "gift_delayed",
        "gift_troubled",
        "gift_troubled",
    ]
    clock.advance(PATIENCE_SECONDS - 1)
    assert other.grant_id not in [each.grant_id for each in await shop.read(sending.list_due, limit=9)]
    clock.advance(1)
    assert other.grant_id in [each.grant_id for each in await shop.read(sending.list_due, limit=9)]
    said = {"trouble": "unreachable", "gift": HEART, "stars": 0, "error": "nobody there"}
    assert await meet(Trouble.UNREACHABLE, other, error="nobody there") == [
        ("gift_troubled", 1, said),
        ("gift_troubled", 2, said),
    ]
    await shop.write(grants.set_state, other.grant_id, GrantState.REVOKED, expected=GrantState.WAITING)
    assert await meet(Trouble.REFUSED, other) == [], "what is not earned any more is nobody's news"


async def test_who_runs_the_shop_settles_what_is_doubtful(shop: Store) -> None:
    """Once: it is there, or it is sent once more; what waits is seen with whose it is, so many at a time."""
    due = [await leave(shop) for _ in range(MOST_SHOWN + 1)]
    for each in due[:-1]:
        await shop.write(sending.note_doubt, each.grant_id, error="")
    await shop.write(sending.note_trouble, due[-1], Trouble.BALANCE, stars=15)
    await shop.write(earn, ANNA.telegram_id, HEART)
    seen = await shop.read(view_gifts, visitor=TONO)
    assert (seen.member.name, seen.total, seen.next_up, dict(seen.names)) == ("Tono", MOST_SHOWN + 1, 1, {3: "Anna"})
    assert [row.grant_id for row in seen.rows] == [each.grant_id for each in due[:MOST_SHOWN]]

    async def settle(unit: object, number: GrantId, visitor: Profile = TONO) -> GiftsView:
        view: GiftsView = await shop.write(unit, visitor=visitor, grant_id=number)  # type: ignore[arg-type]
        return view

    for _ in range(2):
        assert (await settle(note_arrived, due[0].grant_id)).total == MOST_SHOWN
    assert (await shop.read(grants.get, due[0].grant_id)).state is GrantState.USED
    assert (await settle(note_arrived, due[-1].grant_id)).total == MOST_SHOWN - 1, "thanked by hand"
    for _ in range(2):
        again = await settle(send_again, due[1].grant_id)
        assert (again.total, again.member.name) == (MOST_SHOWN - 2, "Tono")
    assert due[1].grant_id in [each.grant_id for each in await shop.read(sending.list_due, limit=9)]
    await settle(send_again, GrantId(999))
    written = [("gift_again", "Tono", "Anna", HEART), *[("gift_arrived", "Tono", "Anna", HEART)] * 2]
    assert await list_written(shop) == written
    for refused in (settle(note_arrived, due[2].grant_id, ANNA), settle(send_again, due[2].grant_id, ANNA)):
        with pytest.raises(NotAllowed):
            await refused
    for unit in (view_gifts, try_now):
        with pytest.raises(NotAllowed):
            await shop.write(unit, visitor=ANNA)
    assert await list_written(shop) == written


async def test_what_is_stuck_can_be_tried_at_once(shop: Store) -> None:
    """When what was wrong has been put right."""
    due = await leave(shop)
    await shop.write(sending.note_trouble, due, Trouble.BALANCE, stars=15)
    assert await shop.read(sending.list_due, limit=9) == []
    seen = await shop.write(try_now, visitor=SARI)
    assert (seen.member.name, seen.total) == ("Sari", 1)
    assert [each.grant_id for each in await shop.read(sending.list_due, limit=9)] == [due.grant_id]
