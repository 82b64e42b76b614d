"""Links of people who are forgotten are closed, each once, and none is given up because Telegram is away."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.wire.errors import Flooded, LostAnswer, NotSent
from bot.wire.link_revoking import revoke_owed
from bot.wire.pacing import Priority
from storage import Store
from storage.tables import link_revocations
from tests.storage.clock import Clock
from tests.wire.asked import Asked, Call

GROUP = -1001


def name(number: int) -> str:
    """A link."""
    return f"https://t.me/+link{number}"


def expect(number: int) -> Call:
    """What Telegram is asked for one of them: behind everybody who waits."""
    return "revoke_chat_invite_link", (GROUP, name(number)), {"rate_limit_args": Priority.ERRAND}


async def owe(store: Store, clock: Clock, count: int) -> None:
    """Owe so many, one after the other."""
    for number in range(count):
        await store.write(link_revocations.add, GROUP, name(number))
        clock.advance(1)


async def test_each_link_is_closed_once_the_oldest_first(store: Store, clock: Clock) -> None:
    """A few each time, and nothing is asked where none is owed."""
    telegram = Asked()
    await owe(store, clock, 3)
    for _ in range(3):
        await revoke_owed(telegram.bot, store, limit=2)
    assert telegram.calls == [expect(0), expect(1), expect(2)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadRequest("Bad Request: INVITE_HASH_EXPIRED"), ("refused", "Invite_hash_expired")),
        (Forbidden("Forbidden: bot was kicked"), ("blocked", "Forbidden: bot was kicked")),
        (ChatMigrated(-1002), ("migrated", "Group migrated to supergroup. New chat id: -1002")),
    ],
    ids=["BadRequest", "Forbidden", "ChatMigrated"],
)
async def test_a_link_that_is_closed_or_out_of_reach_is_done_with(
    store: Store, clock: Clock, error: TelegramError, said: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """It leads to nobody any more, or the bot has no say there; the next one has its turn, and the log says why."""
    telegram = Asked(error)
    await owe(store, clock, 2)
    for _ in range(2):
        await revoke_owed(telegram.bot, store)
    assert telegram.calls == [expect(0), expect(1)]
    assert [each.args for each in caplog.records] == [said]


@pytest.mark.parametrize(
    "error", [Flooded(7), NotSent("no connection"), LostAnswer("timed out")], ids=lambda error: type(error).__name__
)
async def test_while_telegram_is_away_all_stay_owed(store: Store, clock: Clock, error: TelegramError) -> None:
    """One that may not have been closed is asked for again; the others wait, so that a server that is away hears one call."""
    telegram = Asked(error)
    await owe(store, clock, 2)
    await revoke_owed(telegram.bot, store)
    assert telegram.calls == [expect(0)]
    assert len(await store.read(link_revocations.list_owed, 10)) == 2
    await revoke_owed(telegram.bot, store)
    assert telegram.calls == [expect(0), expect(0), expect(1)]
    assert await store.read(link_revocations.list_owed, 10) == []
