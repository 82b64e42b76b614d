"""What is paid for in Stars goes at a pace of its own, and says so to Telegram."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from bot.broadcasts.circuit_breaker import FareWatch
from bot.core.broadcasts.fare import compute_fare
from bot.playground import faults
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.gate import Gate
from storage import Store, Tx
from storage.broadcast import News
from storage.records import BroadcastId, DeliveryState, NoticeId, PersonId
from storage.tables import broadcasts, outbox
from tests.broadcasts.stage import CONTENT, confirm, open_stage
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


def pay(tx: Tx, broadcast_id: BroadcastId) -> None:
    """Have a broadcast go faster."""
    broadcasts.set_plan(tx, broadcast_id, news=News.OFFERS, timing=None, paid=True)


def confirm_both(tx: Tx, author: PersonId, free: dict[str, object], paid: dict[str, object]) -> list[BroadcastId]:
    """Two broadcasts at once, of which the later is paid for."""
    found = [confirm(tx, author, content, None) for content in (free, paid)]
    pay(tx, found[1])
    return found


async def test_what_is_paid_for_passes_what_is_not(telegram: LocalTelegram, store: Store) -> None:
    """The earlier one keeps to its slow pace, the paid one is through long before; only its messages are paid for."""
    slow = Gate(send_rate=5, chat_rate=1000, cold_seconds=0)
    async with open_stage(telegram, store, 40, gate=slow) as stage, stage.running():
        free, paid = await store.write(confirm_both, stage.ids[0], CONTENT, {"text": "Paid bread"})
        await telegram.until(lambda: stage.received("Paid bread").total() == 40, what="all that is paid for")
        assert stage.received().total() < 40
        assert (await stage.count(free)).keys() != {DeliveryState.SENT}
        calls = telegram.world.journal.list_calls("sendMessage")
        assert {(call.params["text"], call.params.get("allow_paid_broadcast", False)) for call in calls} == {
            ("Fresh bread", False),
            ("Paid bread", True),
        }
    assert paid != free


async def test_where_no_stars_are_taken_it_goes_on_free_of_charge_and_its_author_is_told(
    telegram: LocalTelegram, store: Store
) -> None:
    """Nobody is lost by it: what was refused for want of Stars goes out at the usual pace, and no longer says it is paid for."""
    telegram.faults.order(faults.error(400, "Bad Request: BALANCE_TOO_LOW"), "sendMessage", times=3)
    async with open_stage(telegram, store, 20) as stage, stage.running() as broadcaster:
        _, paid = await store.write(confirm_both, stage.ids[0], {"text": "Free bread"}, CONTENT)
        await telegram.until(lambda: stage.received().total() == 20, what="the whole audience")
        await broadcaster.settled()
        assert await stage.count(paid) == {DeliveryState.SENT: 20}
        assert not (await stage.find(paid)).paid
        assert set(stage.received().values()) == {1}
        told = await store.read(outbox.list_owed, after=NoticeId(0), limit=9)
        assert [(each.kind, each.payload) for each in told if each.kind == "broadcast_slowed"] == [
            ("broadcast_slowed", {"broadcast": paid})
        ]


def test_floods_in_a_row_are_no_single_chats() -> None:
    """One 429 may be a chat's own; three without a message between them say that nothing faster is taken."""
    watch, of = FareWatch(), BroadcastId(1)
    flood = Failure(kind=FailureKind.FLOOD, text="Too Many Requests", retry_after=1)
    assert not any(watch.note(of, failure) for failure in (flood, flood, None, flood, flood))
    assert watch.note(of, flood)
    assert not watch.note(of, flood)
    assert watch.note(of, classify(BadRequest("Bad Request: BALANCE_TOO_LOW")))
    assert not watch.note(of, classify(BadRequest("Bad Request: chat not found")))


@pytest.mark.parametrize(
    ("balance", "messages", "stars", "is_affordable"),
    [
        (None, 100, 10, False),
        (9_999, 100, 10, False),
        (10_000, 100, 10, True),
        (10_000, 100_000, 10_000, True),
        (10_000, 100_001, 10_001, False),
        (10_001, 100_001, 10_001, True),
    ],
)
def test_a_fare_is_paid_from_what_telegram_asks_for(
    balance: int | None, messages: int, stars: int, is_affordable: bool
) -> None:
    """A tenth of a Star each, rounded up, and ten thousand in any case."""
    fare = compute_fare(messages, {"text": "Hi"}, balance)
    assert (fare.stars, fare.is_affordable) == (stars, is_affordable)


def test_an_album_costs_as_many_messages_as_it_has_parts() -> None:
    """Its words and buttons below it are one more."""
    version = {"kind": "album", "items": [{"type": "photo", "media": "P"}] * 4}
    assert compute_fare(10, {"versions": {"": version, "id": {"kind": "text"}}}).messages == 50
