from __future__ import annotations

import asyncio
import json

from bot.broadcasts.failure_watch import FailureWatch
from bot.messages.outgoing import OutgoingMessage
from bot.wire.calls import compose_edit
from storage import Store, Tx
from storage.broadcast import Action
from storage.records import BroadcastId, BroadcastState, DeliveryState
from storage.tables import broadcasts
from tests.broadcasts.stage import ANYTHING, Stage, open_stage
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

SENT = DeliveryState.SENT


def begin_echo(tx: Tx, of: BroadcastId, action: Action, content: dict[str, object] | None = None) -> BroadcastId:
    """An edit or a deletion that its author has confirmed."""
    echo = broadcasts.add(tx, broadcasts.get(tx, of).author_id, action=action, of_id=of)
    if content is not None:
        broadcasts.set_content(tx, echo.id, content)
        broadcasts.set_content(tx, of, content)
    broadcasts.fix_audience(tx, echo.id)
    broadcasts.set_state(tx, echo.id, BroadcastState.RUNNING, expected=ANYTHING)
    return echo.id


async def until_done(stage: Stage, *found: BroadcastId) -> None:
    """Wait until these are over."""
    async with asyncio.timeout(60):
        for broadcast_id in found:
            while (await stage.find(broadcast_id)).state is BroadcastState.RUNNING:  # noqa: ASYNC110 -- a table tells nobody
                await asyncio.sleep(0.02)


def list_shown(stage: Stage, words: str) -> list[int]:
    """How often each guest reads these words in the end."""
    world = stage.telegram.world
    chats = (world.open_chat(guest) for guest in stage.guests)
    return [sum(words in each.text for each in chat.messages.values()) for chat in chats]


async def test_an_edit_and_a_deletion_in_mid_flight_reach_all_and_nobody_twice(
    telegram: LocalTelegram, store: Store
) -> None:
    """Whoever has the old form has the new one in its place, whoever had none gets the new one; then nobody has any."""
    async with open_stage(telegram, store, 40) as stage, stage.running(most_in_flight=5):
        of = await stage.confirm()
        await stage.until_sent(10)
        edit = await store.write(begin_echo, of, Action.EDIT, {"text": "Warm bread"})
        await until_done(stage, of, edit)
        assert list_shown(stage, "Warm bread") == [1] * 40
        assert list_shown(stage, "Fresh bread") == [0] * 40
        assert (await stage.count(edit)).keys() == {SENT}
        delete = await store.write(begin_echo, of, Action.DELETE)
        await until_done(stage, delete)
        assert list_shown(stage, "Warm bread") == [0] * 40
        assert await stage.count(delete) == {SENT: 40}


def test_a_file_takes_the_place_of_a_file_with_its_words() -> None:
    """All that was said of it goes into the medium; where it stands and the buttons stay beside it."""
    entities = [{"type": "bold", "offset": 0, "length": 5}]
    said = {"photo": "p", "caption": "Fresh", "caption_entities": json.dumps(entities), "reply_markup": "{}"}
    method, parameters = compose_edit(OutgoingMessage(method="sendPhoto", formatting=said), chat_id=7, message_id=8)
    assert method == "editMessageMedia"
    assert json.loads(str(parameters.pop("media"))) == {
        "type": "photo",
        "media": "p",
        "caption": "Fresh",
        "caption_entities": entities,
    }
    assert parameters == {"chat_id": 7, "message_id": 8, "reply_markup": "{}"}


def test_what_goes_wrong_for_too_many_is_noticed_once() -> None:
    """A fifth is borne, and so are few; whoever has blocked the bot says nothing about the message."""
    watch, of = FailureWatch(), BroadcastId(1)
    first = [DeliveryState.FAILED] * 10 + [DeliveryState.BLOCKED] * 100 + [SENT] * 40
    assert not any(watch.note(of, state) for state in first)
    assert watch.note(of, DeliveryState.UNKNOWN)
    assert not watch.note(of, DeliveryState.UNKNOWN)
    assert not any(watch.note(of, DeliveryState.FAILED) for _ in range(48))
    assert watch.note(of, DeliveryState.FAILED)
