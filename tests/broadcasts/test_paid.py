"""What is paid for in Stars goes at a pace of its own, and says so to Telegram."""

from __future__ import annotations

from bot.wire.gate import Gate
from storage import Store, Tx
from storage.broadcast import News
from storage.records import BroadcastId, DeliveryState, PersonId
from storage.tables import broadcasts
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
