"""Taps, inline queries and guests: what the bot may answer, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.playground.world import ImpossibleError, InlineQuery, Message, World
from tests.playground.calling import Caller, draw_picture, open_caller, start_person
from tests.telegram import local_telegram

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
SECOND = 1_000_000
ARTICLE = {"type": "article", "id": "1", "title": "A", "input_message_content": {"message_text": "Hello"}}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = 1_700_000_000 * SECOND

    def __call__(self) -> int:
        """Return the time it was moved to."""
        return self.now


async def test_a_tap_is_answered_once_and_in_time(caller: Caller) -> None:
    """A second answer, an unknown id and too long a toast are refused."""
    message = await _send_button(caller)
    tap = caller.telegram.world.tap(message.chat.get_person(), message, "x")
    assert tap.callback is not None
    too_long = await caller.refuse("answerCallbackQuery", callback_query_id=tap.callback.id, text="x" * 201)
    assert too_long == "Bad Request: MESSAGE_TOO_LONG"
    other = await caller.refuse("answerCallbackQuery", callback_query_id=tap.callback.id, url="https://example.com")
    assert other == "Bad Request: URL_INVALID"
    assert await caller.call("answerCallbackQuery", callback_query_id=tap.callback.id, text="Done", show_alert=True)
    assert tap.callback.answer is not None
    assert tap.callback.answer.show_alert
    for query_id in (tap.callback.id, "12345"):
        assert await caller.refuse("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD


async def test_an_answer_that_comes_too_late_is_refused() -> None:
    """Telegram waits some seconds for the answer to a tap, half a minute for one to an inline query."""
    clock = Clock()
    async with local_telegram(World(clock=clock)) as telegram, open_caller(telegram) as caller:
        message = await _send_button(caller)
        ann = message.chat.get_person()
        tap = telegram.world.tap(ann, message, "x")
        query = telegram.world.type_inline(ann, message.chat, "card")
        clock.now += 31 * SECOND
        assert tap.callback is not None
        assert await caller.refuse("answerCallbackQuery", callback_query_id=tap.callback.id) == TOO_OLD
        assert await caller.refuse("answerInlineQuery", inline_query_id=query.id, results=[]) == TOO_OLD


def test_what_is_gone_cannot_be_tapped() -> None:
    """A human cannot tap a button that an edit took away, nor tap at all after blocking."""
    world = World()
    ann = world.add_person("Ann")
    world.press_start(ann)
    chat = world.open_chat(ann)
    message = world.post(chat, world.send_text(ann, chat, "x").content)
    with pytest.raises(KeyError, match="no button 'More'"):
        world.tap(ann, message, "More")
    world.block(ann)
    with pytest.raises(ImpossibleError, match="has blocked the bot"):
        world.send_text(ann, chat, "y")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"results": [ARTICLE] * 51}, "too many inline query results specified"),
        ({"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        ({"results": [{**ARTICLE, "id": ""}]}, "RESULT_ID_INVALID"),
        ({"results": [{**ARTICLE, "id": "x" * 65}]}, "RESULT_ID_INVALID"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "x", "start_parameter": ""}}, "can't use empty start_parameter"),
        ({"results": [], "button": {"text": "x", "start_parameter": "x" * 65}}, "too long start_parameter specified"),
        (
            {"results": [], "button": {"text": "x", "start_parameter": "a b"}},
            "unallowed characters in start_parameter are used",
        ),
        (
            {"results": [{"type": "photo", "id": "1", "photo_file_id": "AAAAAAAAAAAAAAAAAAAABA"}]},
            "can't parse inline query result: wrong file identifier/HTTP URL specified",
        ),
        (
            {"results": [{**ARTICLE, "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}]},
            (
                "can't parse inline query result: can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            ),
        ),
    ],
)
async def test_inline_results_telegram_refuses(caller: Caller, params: dict[str, Any], words: str) -> None:
    """Number, ids, offset, button and content of results are held against the rules."""
    query = _ask(caller)
    assert await caller.refuse("answerInlineQuery", inline_query_id=query.id, **params) == f"Bad Request: {words}"
    caller.telegram.assert_clean()


async def test_results_are_kept_for_everybody_unless_they_are_personal(caller: Caller) -> None:
    """Without is_personal the next person who types the same gets the first one's results, unasked."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    first = world.type_inline(ann, world.open_chat(ann), "card")
    await caller.call("answerInlineQuery", inline_query_id=first.id, results=[ARTICLE], is_personal=True)
    assert world.type_inline(ann, world.open_chat(ann), "card").was_cached
    second = world.type_inline(bob, world.open_chat(bob), "card")
    assert second.answer is None
    await caller.call("answerInlineQuery", inline_query_id=second.id, results=[ARTICLE])
    carl = start_person(caller.telegram, "Carl")
    assert world.type_inline(carl, world.open_chat(carl), "card").answer == second.answer
    third = world.type_inline(ann, world.open_chat(ann), "fresh")
    await caller.call("answerInlineQuery", inline_query_id=third.id, results=[ARTICLE], cache_time=0)
    assert not world.type_inline(ann, world.open_chat(ann), "fresh").was_cached


async def test_only_a_result_with_buttons_can_be_edited_later(caller: Caller) -> None:
    """A chosen result without a keyboard has no inline_message_id."""
    world = caller.telegram.world
    query = _ask(caller)
    await caller.call("answerInlineQuery", inline_query_id=query.id, results=[ARTICLE])
    message = world.choose_inline(query.person, query)
    assert (message.text, message.inline_id) == ("Hello", "")
    (chosen,) = [update for update in await caller.call("getUpdates") if "chosen_inline_result" in update]
    assert "inline_message_id" not in chosen["chosen_inline_result"]


async def test_a_guest_answers_once_where_it_is_called(caller: Caller) -> None:
    """A mention in a chat the bot is not in brings guest_message; the one answer shows who called."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    group = world.add_group("Friends", ann)
    world.join(bob, group)
    called = world.call_guest(bob, group, "@passalong_bot show a card")
    guest = next(up for up in await caller.call("getUpdates") if "guest_message" in up)["guest_message"]
    assert (guest["guest_query_id"], guest["text"]) == (called.id, "@passalong_bot show a card")
    file_id = (await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture()))["photo"][-1]["file_id"]
    result = {"type": "photo", "id": "1", "photo_file_id": file_id, "caption": "A card"}
    answered = await caller.call("answerGuestQuery", guest_query_id=called.id, result=result)
    assert called.reply is not None
    assert called.reply.render()["guest_bot_caller_user"]["id"] == bob.id
    assert await caller.refuse("answerGuestQuery", guest_query_id=called.id, result=result) == TOO_OLD
    await caller.call("editMessageCaption", inline_message_id=answered["inline_message_id"], caption="Another")
    assert group.messages[called.reply.id].text == "Another"


async def _send_button(caller: Caller) -> Message:
    ann = start_person(caller.telegram)
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    sent = await caller.call("sendMessage", chat_id=ann.id, text="x", reply_markup=keyboard)
    return caller.telegram.world.open_chat(ann).messages[sent["message_id"]]


def _ask(caller: Caller) -> InlineQuery:
    ann = start_person(caller.telegram)
    return caller.telegram.world.type_inline(ann, caller.telegram.world.open_chat(ann), "card")
