from __future__ import annotations

import asyncio

from bot.wire.turns import Turns


async def test_one_at_a_time_for_each_member() -> None:
    """Whoever comes second goes when the first is done; another member's turn is another."""
    queue, order = Turns(), list[str]()

    async def go(name: str, telegram_id: int) -> None:
        async with queue.alone(telegram_id):
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(go("first", 1), go("second", 1), go("other", 2))
    assert order.index("first ends") < order.index("second begins")
    assert order.index("other begins") < order.index("first ends")
    assert queue.take(1)
    assert not queue.take(1)
    queue.give_back(1)
    assert queue.take(1)


async def test_nobody_waits_for_a_turn_for_ever() -> None:
    """An upload that hangs keeps an answer back for a while, and keeps its own turn."""
    queue = Turns(patience_seconds=0.01)
    assert queue.take(1)
    async with queue.alone(1):
        pass
    assert not queue.take(1)
