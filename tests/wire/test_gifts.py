"""Telegram gifts: looked at before, claimed, never sent twice, and told to whoever can help."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from bot.playground import faults
from bot.playground.faults import Fault, When
from bot.playground.world.gifts import CAKE, HEART
from bot.services.gifts.settling import note_arrived, send_again, try_now, view_gifts
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import NotAllowed
from bot.services.privacy import collect, forget
from bot.services.rewards.giving import take_back
from storage import Store, open_store
from storage.checks import list_faults
from storage.facts import GrantState
from storage.gift import GiftState, Trouble
from storage.records import Profile
from storage.tables import gifts, grants
from tests.logged import list_values
from tests.storage.clock import Clock
from tests.telegram import LocalTelegram, telegram
from tests.thinning import BOTH_ENGINES, LONG_ON_POSTGRES, thin
from tests.wire.gifts_stage import GiftStage, open_gifts

__all__ = ["telegram"]

WAITING, USED = GrantState.WAITING, GrantState.USED
STUCK, UNKNOWN, SENT = GiftState.STUCK, GiftState.UNKNOWN, GiftState.SENT
HOURS = 3600


@pytest.fixture
async def stage(telegram: LocalTelegram, store: Store) -> AsyncIterator[GiftStage]:
    """A shop with an owner and two members."""
    async with open_gifts(telegram, store) as opened:
        yield opened


def visitor(stage: GiftStage) -> Profile:
    """The owner, as the bot sees them."""
    return Profile(telegram_id=stage.owner.id, first_name="Rosa")


@BOTH_ENGINES
async def test_a_gift_that_was_earned_is_sent_once(stage: GiftStage) -> None:
    """With a word of thanks; whoever looks again finds nothing more to do."""
    heart, cake = await stage.earn(stage.anna), await stage.earn(stage.budi, CAKE)
    await stage.send()
    await stage.send()
    assert stage.arrived == [(stage.anna, HEART), (stage.budi, CAKE)]
    assert {await stage.state(each) for each in (heart, cake)} == {(USED, SENT, Trouble.NONE)}
    assert "A thank-you from" in stage.telegram.world.gifts.given[0].text
    assert await stage.news() == []
    assert await list_faults(stage.store) == []


def take_no_hearts(stage: GiftStage) -> None:
    """Anna's settings."""
    stage.anna.accepted_gifts.discard("unlimited_gifts")


def spend_all(stage: GiftStage) -> None:
    """The bot's Stars."""
    stage.telegram.world.gifts.balance = 14


def sell_out(stage: GiftStage) -> None:
    """Telegram has none any more."""
    del stage.telegram.world.gifts.offers[HEART]


def block(stage: GiftStage) -> None:
    """Anna is gone from Telegram, and the bot does not know yet."""
    del stage.telegram.world.people[stage.anna.id]
    del stage.telegram.world.chats[stage.anna.id]


@pytest.mark.parametrize(
    ("spoil", "trouble", "told"),
    [
        (take_no_hearts, Trouble.DECLINED, ["delayed", "troubled"]),
        (spend_all, Trouble.BALANCE, ["delayed", "troubled"]),
        (sell_out, Trouble.GONE, ["delayed", "troubled"]),
        (block, Trouble.UNREACHABLE, ["troubled"]),
    ],
)
async def test_what_cannot_be_sent_waits_and_is_told_once(
    stage: GiftStage, clock: Clock, spoil: Callable[[GiftStage], None], trouble: Trouble, told: list[str]
) -> None:
    """Telegram is not even asked to send it; after hours it is tried again, and the same is not told again."""
    heart = await stage.earn(stage.anna)
    spoil(stage)
    for _ in range(3):
        await stage.send()
        clock.advance(7 * HOURS)
    assert await stage.state(heart) == (WAITING, STUCK, trouble)
    assert await stage.news() == told
    assert stage.telegram.world.journal.list_calls("sendGift") == []
    view = await stage.store.write(view_gifts, visitor=visitor(stage))
    assert [(row.grant_id, row.trouble) for row in view.rows] == [(heart, trouble)]


async def test_once_it_is_put_right_it_leaves_by_itself(stage: GiftStage, clock: Clock) -> None:
    """Or at once, where somebody of the team says so; of many that lack Stars the team hears once, each member for themselves."""
    spend_all(stage)
    first, second = await stage.earn(stage.anna), await stage.earn(stage.budi)
    await stage.send()
    assert await stage.news() == ["delayed", "troubled", "delayed"]
    stage.telegram.world.gifts.balance = 15
    await stage.send()
    assert stage.arrived == []  # as yet it is not due
    await stage.store.write(try_now, visitor=visitor(stage))
    await stage.send()
    assert await stage.state(first) == (USED, SENT, Trouble.BALANCE)
    assert await stage.state(second) == (WAITING, STUCK, Trouble.BALANCE)
    stage.telegram.world.gifts.balance = 15
    clock.advance(HOURS)
    await stage.send()
    assert [person for person, _ in stage.arrived] == [stage.anna, stage.budi]


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("Forbidden: USER_DISALLOWED_STARGIFTS", Trouble.DECLINED),
        ("Bad Request: STARGIFT_USAGE_LIMITED", Trouble.GONE),
        ("Bad Request: STARGIFT_PREMIUM_NEEDED", Trouble.REFUSED),
    ],
)
async def test_a_refusal_of_telegrams_sends_nothing(
    stage: GiftStage, words: str, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    """What changed between looking and sending is read by its words, which the log has too, and told like what is seen before."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(faults.error(403 if words.startswith("F") else 400, words), "sendGift")
    await stage.send()
    assert await stage.state(heart) == (WAITING, STUCK, trouble)
    assert await stage.news() == ["delayed", "troubled"]
    said = words.partition(": ")[2].lower()
    kind = "blocked" if words.startswith("F") else "refused"
    assert [(f"({kind})" in each, said in each.lower()) for each in caplog.messages] == [(True, True)]


@pytest.mark.parametrize("fault", [faults.too_many_requests(1), faults.too_many_requests(None)])
async def test_what_surely_was_not_sent_is_tried_again(stage: GiftStage, clock: Clock, fault: Fault) -> None:
    """By itself, and nobody is told."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(fault, "sendGift")
    await stage.send()
    assert await stage.state(heart) == (WAITING, STUCK, Trouble.NONE)
    await asyncio.sleep(1.1)  # for so long Telegram has forbidden it
    clock.advance(61)
    await stage.send()
    assert (await stage.state(heart), await stage.news()) == ((USED, SENT, Trouble.NONE), [])


@pytest.mark.parametrize("method", ["getAvailableGifts", "getMyStarBalance", "getChat"])
async def test_what_telegram_does_not_say_leaves_a_gift_as_it_was(
    stage: GiftStage, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is asked again at the next run, and the log says what was in the way."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(faults.drop(after_effect=False), method)
    await stage.send()
    assert await stage.state(heart) == (WAITING, None, Trouble.NONE)
    assert ["Connection lost" in said for (said,) in list_values(caplog)] == [True]
    await stage.send()
    assert stage.arrived == [(stage.anna, HEART)]


@BOTH_ENGINES
@pytest.mark.parametrize("fault", [faults.drop(after_effect=True), faults.truncated(), faults.html_page(502)])
async def test_a_lost_answer_is_for_somebody_to_settle(stage: GiftStage, clock: Clock, fault: Fault) -> None:
    """It is never sent again by itself; the team asks, and says once that it arrived."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(fault, "sendGift")
    for _ in range(3):
        await stage.send()
        clock.advance(24 * HOURS)
    assert await stage.state(heart) == (WAITING, UNKNOWN, Trouble.NONE)
    assert len(stage.telegram.world.journal.list_calls("sendGift")) == 1
    assert await stage.news() == ["doubtful"]
    with pytest.raises(NotAllowed):
        await stage.store.write(
            note_arrived, visitor=Profile(telegram_id=stage.anna.id, first_name="A"), grant_id=heart
        )
    view = await stage.store.write(note_arrived, visitor=visitor(stage), grant_id=heart)
    assert view.rows == []
    await stage.store.write(send_again, visitor=visitor(stage), grant_id=heart)  # an older screen
    await stage.send()
    assert await stage.state(heart) == (USED, SENT, Trouble.NONE)
    assert len(stage.telegram.world.journal.list_calls("sendGift")) == 1
    assert await list_faults(stage.store) == []


async def test_it_is_sent_again_where_somebody_says_so(stage: GiftStage) -> None:
    """Once, whoever taps how often."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(faults.drop(after_effect=False), "sendGift")
    await stage.send()
    for _ in range(2):
        await stage.store.write(send_again, visitor=visitor(stage), grant_id=heart)
    await stage.send()
    await stage.send()
    assert stage.arrived == [(stage.anna, HEART)]
    assert (await stage.state(heart))[:2] == (USED, SENT)


async def test_what_no_longer_counts_is_not_sent_again(stage: GiftStage) -> None:
    """Taken back while nobody knew whether it was there: it was not, and now it goes nowhere."""
    heart = await stage.earn(stage.anna)
    stage.telegram.faults.order(faults.drop(after_effect=False), "sendGift")
    await stage.send()
    referral_id = (await stage.store.read(grants.get, heart)).referral_id
    assert referral_id is not None
    await stage.store.write(revoke, referral_id, reason=RevokeReason.LEFT)
    assert (await stage.state(heart))[:2] == (WAITING, UNKNOWN)
    await stage.store.write(send_again, visitor=visitor(stage), grant_id=heart)
    await stage.send()
    assert ((await stage.state(heart))[0], stage.arrived) == (GrantState.REVOKED, [])
    assert await list_faults(stage.store) == []


async def test_what_may_have_arrived_is_not_taken_back(stage: GiftStage) -> None:
    """What waits still is."""
    doubtful, waiting = await stage.earn(stage.anna), await stage.earn(stage.budi)
    stage.telegram.faults.order(faults.drop(after_effect=True), "sendGift")
    stage.telegram.world.gifts.balance = 15
    await stage.send()
    assert await stage.store.write(take_back, doubtful, "referral") is None
    assert await stage.store.write(take_back, waiting, "referral") is not None
    stage.telegram.world.gifts.balance = 100
    await stage.send()
    assert [await stage.state(each) for each in (doubtful, waiting)] == [
        (WAITING, UNKNOWN, Trouble.NONE),
        (GrantState.REVOKED, STUCK, Trouble.BALANCE),
    ]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (SENT, "1 gifts are with grants that stand otherwise"),
        (None, "1 gifts have arrived without having been sent"),
    ],
)
async def test_the_books_notice_a_gift_that_does_not_fit(stage: GiftStage, state: GiftState | None, found: str) -> None:
    """One that is said to be there while its grant waits, and one that is had and was never sent."""
    heart = await stage.earn(stage.anna)
    if state is None:
        await stage.store.write(grants.set_state, heart, USED, expected=WAITING)
    else:
        spend_all(stage)
        await stage.send()
        await stage.store.write(gifts.set_state, heart, state, expected=STUCK)
    assert found in await list_faults(stage.store)


async def test_whoever_is_forgotten_gets_nothing_any_more(stage: GiftStage, clock: Clock) -> None:
    """What is kept of a gift is shown to its member until then."""
    spend_all(stage)
    heart = await stage.earn(stage.anna)
    await stage.send()
    data = await stage.store.write(collect, visitor=Profile(telegram_id=stage.anna.id, first_name="Anna"))
    assert [row["trouble"] for row in data.rows["gift"]] == [Trouble.BALANCE]
    await stage.store.write(forget, telegram_id=stage.anna.id)
    clock.advance(24 * HOURS)
    await stage.send()
    assert await stage.state(heart) == (GrantState.DECLINED, None, Trouble.NONE)
    assert (await stage.store.write(view_gifts, visitor=visitor(stage))).rows == []


@LONG_ON_POSTGRES
@pytest.mark.parametrize(
    ("killed", "ends"),
    thin(
        [
            (("getChat", "after"), (1, USED, SENT)),
            (("sendGift", "before"), (0, WAITING, UNKNOWN)),
            (("sendGift", "after"), (1, WAITING, UNKNOWN)),
        ],
        2,
    ),
)
async def test_killed_at_any_moment_it_is_not_sent_twice(
    telegram: LocalTelegram, store_url: str, killed: tuple[str, When], ends: tuple[int, GrantState, GiftState]
) -> None:
    """Before the claim it is sent by the next process; after it, sent or not, it is for somebody of the team to settle."""
    async with open_store(store_url) as store, open_gifts(telegram, store) as stage:
        heart = await stage.earn(stage.anna)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wire.gifts_stage", store_url, telegram.url, telegram.token
    )

    async def kill(_number: int, called: str, when: When) -> None:
        if (called, when) == killed and process.returncode is None:
            process.kill()
            await process.wait()

    telegram.faults.on_request = kill
    if killed == ("sendGift", "before"):
        telegram.faults.order(faults.drop(after_effect=False), "sendGift")
    assert await process.wait() == -9
    telegram.faults.on_request = None
    async with open_store(store_url) as store, open_gifts(telegram, store, fresh=False) as stage:
        await stage.send()
        await stage.send()
        assert (len(stage.arrived), *(await stage.state(heart))[:2]) == ends
        assert await stage.news() == (["doubtful"] if UNKNOWN in ends else [])
        assert await list_faults(store) == []
