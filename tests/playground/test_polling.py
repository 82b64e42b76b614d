"""The long poll."""

from __future__ import annotations

import asyncio

from bot.playground.api.polling import OTHER_POLLER, WEBHOOK_ACTIVE
from tests.playground.calling import Caller, start_person


async def test_a_poll_that_waits_is_woken_by_an_update(caller: Caller) -> None:
    """The answer comes with the update, long before the timeout, and brings what came at the same moment."""
    ann = caller.telegram.world.add_person("Ann")
    waiting = asyncio.create_task(caller.call("getUpdates", timeout=50))
    await caller.telegram.until_polling()
    caller.telegram.world.press_start(ann)
    caller.telegram.world.send_text(ann, caller.telegram.world.open_chat(ann), "and more")
    updates = await asyncio.wait_for(waiting, 30)
    assert [update["message"]["text"] for update in updates] == ["/start", "and more"]


async def test_a_second_poller_sends_the_first_away(caller: Caller) -> None:
    """Of two that wait only the later one stays; the other reads Telegram's 409."""
    first = asyncio.create_task(caller.refuse("getUpdates", timeout=50))
    await caller.telegram.until_polling()
    second = asyncio.create_task(caller.call("getUpdates", timeout=50))
    assert await asyncio.wait_for(first, 30) == OTHER_POLLER
    start_person(caller.telegram)
    assert len(await asyncio.wait_for(second, 30)) == 1


async def test_two_pollers_with_a_backlog_get_the_same(caller: Caller) -> None:
    """Nobody is sent away while there is something to fetch, which is how updates are doubled."""
    caller.telegram.server.polls.throttles = False
    start_person(caller.telegram)
    one, two = await asyncio.gather(caller.call("getUpdates", timeout=50), caller.call("getUpdates", timeout=50))
    assert one == two
    assert len(one) == 1


async def test_a_webhook_and_a_poll_exclude_each_other(caller: Caller) -> None:
    """Setting a webhook ends the poll that waits; while it is set, polling is a conflict."""
    caller.telegram.server.polls.throttles = False
    waiting = asyncio.create_task(caller.refuse("getUpdates", timeout=50))
    await caller.telegram.until_polling()
    await caller.call("setWebhook", url="https://example.com/hook")
    assert await asyncio.wait_for(waiting, 30) == "Conflict: terminated by setWebhook request"
    assert await caller.refuse("getUpdates") == WEBHOOK_ACTIVE
    await caller.call("deleteWebhook")
    assert await caller.call("getUpdates") == []


async def test_asking_the_same_at_once_again_is_slowed_down(caller: Caller) -> None:
    """Within half a second the same offset gives one update; afterwards an empty answer waits three seconds."""
    polls = caller.telegram.server.polls
    polls.single_within_seconds = polls.wait_within_seconds = 60.0
    ann = start_person(caller.telegram)
    caller.telegram.world.send_text(ann, caller.telegram.world.open_chat(ann), "two")
    assert len(await caller.call("getUpdates")) == 2
    (first,) = await caller.call("getUpdates")
    assert len(await caller.call("getUpdates", offset=first["update_id"] + 1)) == 1
    assert await caller.call("getUpdates", offset=first["update_id"] + 2) == []
    slow = asyncio.create_task(caller.call("getUpdates", offset=first["update_id"] + 2))
    await asyncio.sleep(0.1)
    assert not slow.done()
    caller.telegram.world.send_text(ann, caller.telegram.world.open_chat(ann), "three")
    assert len(await asyncio.wait_for(slow, 30)) == 1


async def test_conflicts_in_a_row_are_answered_slowly(caller: Caller) -> None:
    """The first conflict is told at once, those that follow soon wait, so that two pollers do not spin."""
    polls = caller.telegram.server.polls
    polls.conflict_pause_seconds = 0.2
    await caller.call("setWebhook", url="https://example.com/hook")
    begun = asyncio.get_running_loop().time()
    assert await caller.refuse("getUpdates") == WEBHOOK_ACTIVE
    assert await caller.refuse("getUpdates") == WEBHOOK_ACTIVE
    assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_allowed_updates_are_remembered(caller: Caller) -> None:
    """What a call names holds for later ones that name nothing."""
    world = caller.telegram.world
    caller.telegram.server.polls.throttles = False
    await caller.call("getUpdates", allowed_updates=["callback_query"])
    ann = start_person(caller.telegram)
    assert await caller.call("getUpdates") == []
    await caller.call("getUpdates", allowed_updates=[])
    world.send_text(ann, world.open_chat(ann), "now")
    assert len(await caller.call("getUpdates")) == 1


async def test_limit_and_timeout_are_bounded(caller: Caller) -> None:
    """At most a hundred come at once, whatever is asked."""
    ann = start_person(caller.telegram)
    for number in range(120):
        caller.telegram.world.send_text(ann, caller.telegram.world.open_chat(ann), str(number))
    assert len(await caller.call("getUpdates", limit=1000)) == 100
    assert len(await caller.call("getUpdates", limit=7, offset=-9)) == 7
