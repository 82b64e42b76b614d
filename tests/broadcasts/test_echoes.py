from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from bot.broadcasts.circuit_breaker import FailureWatch
from bot.core.broadcasts.content import read_content
from bot.messages.broadcasts.composing import BroadcastComposer, Reader
from bot.messages.outgoing import OutgoingMessage
from bot.wire.calls import compose_edit
from storage import Store, Tx
from storage.broadcast import Action
from storage.records import BroadcastId, BroadcastState, DeliveryState
from storage.tables import broadcasts, people
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


def compose_edits(
    version: Mapping[str, object], *message_ids: int, buttons: bool = True
) -> dict[int, tuple[str, object]]:
    """Which calls edit what somebody got, and what they say."""
    content = {
        "versions": {"": version},
        "buttons": [["Menu", "https://example.org"]] if buttons else [],
        "share": False,
    }
    edits = BroadcastComposer(read_content(content)).compose_edits(Reader(language="en", code="X"), message_ids)
    calls = {number: compose_edit(message, chat_id=7, message_id=number) for number, message in edits.items()}
    return {
        number: (method, {name: said for name, said in parameters.items() if name not in {"chat_id", "message_id"}})
        for number, (method, parameters) in calls.items()
    }


KEYBOARD = '{"inline_keyboard": [[{"text": "Menu", "url": "https://example.org"}]]}'


def test_what_can_be_shown_anew_only_in_part_is_edited_in_part() -> None:
    """The words of a voice message, the buttons below a poll, a round video or a card; and none where there are none."""
    voice = {"kind": "voice", "voice": "V", "caption": "Hear"}
    assert compose_edits(voice, 5) == {5: ("editMessageCaption", {"caption": "Hear", "reply_markup": KEYBOARD})}
    for fixed in (
        {"kind": "poll", "question": "?"},
        {"kind": "video_note", "video_note": "N"},
        {"kind": "story", "story": "s"},
    ):
        assert compose_edits(fixed, 5) == {5: ("editMessageReplyMarkup", {"reply_markup": KEYBOARD})}
        assert compose_edits(fixed, 5, buttons=False) == {5: ("editMessageReplyMarkup", {})}


def test_an_album_is_edited_where_its_words_stand() -> None:
    """With buttons they are in the message below it; without, at the part that carries them."""
    items = [{"type": "photo", "media": "A"}, {"type": "photo", "media": "B", "caption": "Fresh"}]
    album = {"kind": "album", "items": items}
    below = compose_edits(album, 5, 6, 7)
    assert list(below) == [7]
    assert below[7][0] == "editMessageText"
    alone = compose_edits(album, 5, 6, buttons=False)
    assert alone == {6: ("editMessageCaption", {"caption": "Fresh", "caption_entities": "[]"})}


async def test_each_language_reads_its_own_new_form_and_the_new_buttons(telegram: LocalTelegram, store: Store) -> None:
    """An edit says all versions, and members of each language see theirs change."""
    versions = {"": {"kind": "text", "text": "Fresh"}, "id": {"kind": "text", "text": "Segar"}}
    after = {"": {"kind": "text", "text": "Warm"}, "id": {"kind": "text", "text": "Hangat"}}
    async with open_stage(telegram, store, 6) as stage, stage.running():
        for person_id in stage.ids[:2]:
            await store.write(people.set_language, person_id, "id")
        of = await stage.confirm({"versions": versions, "buttons": [], "share": False})
        await until_done(stage, of)
        new = {"versions": after, "buttons": [["Menu", "https://example.org/"]], "share": False}
        edit = await store.write(begin_echo, of, Action.EDIT, new)
        await until_done(stage, edit)
        assert list_shown(stage, "Hangat") == [1, 1, 0, 0, 0, 0]
        assert list_shown(stage, "Warm") == [0, 0, 1, 1, 1, 1]
        chats = (stage.telegram.world.open_chat(guest) for guest in stage.guests)
        assert all([each.text for each in list(chat.messages.values())[-1].buttons] == ["Menu"] for chat in chats)
