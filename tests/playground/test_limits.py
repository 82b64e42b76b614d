"""How much of everything Telegram takes, and how fast: the last that fits and the first that does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.world.floods import MAX_A_MINUTE_IN_GROUP, PRIVATE_BURST
from tests.playground.calling import draw_picture
from tests.playground.facts.stage import Stage, set_stage

MARKED = {"parse_mode": "HTML"}
CUT = "<b>{}</b>&amp;"
"""Seven characters of markup, and one that is shown beside the words."""

SAID = [
    ("sendMessage", "text", 4096, "message is too long"),
    ("editMessageText", "text", 4096, "message is too long"),
    ("sendPhoto", "caption", 1024, "message caption is too long"),
    ("sendDocument", "caption", 1024, "message caption is too long"),
    ("editMessageCaption", "caption", 1024, "message caption is too long"),
    ("copyMessage", "caption", 1024, "message caption is too long"),
]
TOLD = [
    ("setMyName", "name", 64, "bot name is too long"),
    ("setMyDescription", "description", 512, "bot description is too long"),
    ("setMyShortDescription", "short_description", 120, "bot short description is too long"),
]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A world with a clock moved by hand, and Ann in it."""
    async with set_stage() as found:
        yield found


async def _aim(stage: Stage, method: str) -> dict[str, Any]:
    """Return what a method needs besides its words."""
    picture = draw_picture()
    if method == "sendMessage":
        return {"chat_id": stage.ann.id}
    if method in {"sendPhoto", "sendDocument"}:
        return {"chat_id": stage.ann.id, method.removeprefix("send").lower(): picture}
    if method == "editMessageText":
        return {"chat_id": stage.ann.id, "message_id": (await stage.send(text="before"))["message_id"]}
    photo = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=picture, caption="before")
    source = {"from_chat_id": stage.ann.id} if method == "copyMessage" else {}
    return {"chat_id": stage.ann.id, "message_id": photo["message_id"], **source}


@pytest.mark.parametrize(("method", "key", "most", "words"), SAID)
async def test_words_are_counted_as_they_are_read(stage: Stage, method: str, key: str, most: int, words: str) -> None:
    """In characters, whatever they weigh, and after the markup is gone."""
    needs = await _aim(stage, method) | MARKED
    assert await stage.tell(method, **needs, **{key: CUT.format("😀" * (most - 1))}) == "200 OK"
    assert await stage.tell(method, **needs, **{key: CUT.format("x" * most)}) == f"400 Bad Request: {words}"


@pytest.mark.parametrize(("method", "key", "most", "words"), TOLD)
async def test_what_the_bot_says_of_itself_has_its_length(
    stage: Stage, method: str, key: str, most: int, words: str
) -> None:
    """In each language alike."""
    for language in ("", "id"):
        assert await stage.tell(method, language_code=language, **{key: "ж" * most}) == "200 OK"
        told = await stage.tell(method, language_code=language, **{key: "ж" * (most + 1)})
        assert told == f"400 Bad Request: {words}"
    assert await stage.tell(method, language_code="eng", **{key: "x"}) == "400 Bad Request: LANG_CODE_INVALID"


@pytest.mark.parametrize(
    ("fits", "not_", "words"),
    [
        ({"command": "a" * 32}, {"command": "a" * 33}, "command length must not exceed 32"),
        ({"command": "/start"}, {"command": "/"}, "command must be non-empty"),
        ({"command": "a_1"}, {"command": "A"}, "BOT_COMMAND_INVALID"),
        ({"description": "ж" * 256}, {"description": "ж" * 257}, "command description length must not exceed 256"),
        ({"description": "x"}, {"description": " "}, "command description must be non-empty"),
    ],
)
async def test_a_command_has_its_form(stage: Stage, fits: dict[str, str], not_: dict[str, str], words: str) -> None:
    """One that is wrong spoils the menu."""
    usual = {"command": "x", "description": "x"}
    assert await stage.tell("setMyCommands", commands=[usual, usual | fits]) == "200 OK"
    assert await stage.tell("setMyCommands", commands=[usual, usual | not_]) == f"400 Bad Request: {words}"
    many = [usual] * 101
    assert await stage.tell("setMyCommands", commands=many) == "400 Bad Request: BOT_COMMANDS_TOO_MUCH"


@pytest.mark.parametrize(
    ("fits", "not_", "words"),
    [
        ({"callback_data": "ж" * 32}, {"callback_data": "ж" * 32 + "x"}, "BUTTON_DATA_INVALID"),
        ({"copy_text": {"text": "x" * 256}}, {"copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"url": "https://t.me/x"},
            {"url": "javascript:x"},
            "inline keyboard button URL 'javascript:x' is invalid: Wrong port number specified in the URL",
        ),
        ({"text": "x", "url": "t.me"}, {"text": "\r", "url": "t.me"}, "inline keyboard button text must be non-empty"),
    ],
)
async def test_a_button_has_its_form_wherever_a_keyboard_goes(
    stage: Stage, fits: dict[str, Any], not_: dict[str, Any], words: str
) -> None:
    """Under a message that is sent, edited or copied, under an inline result."""
    good, bad = ({"inline_keyboard": [[{"text": "x", **button}]]} for button in (fits, not_))
    sent = await stage.send()
    where = {"chat_id": stage.ann.id, "message_id": sent["message_id"]}
    assert await stage.tell("sendMessage", chat_id=stage.ann.id, text="x", reply_markup=good) == "200 OK"
    assert await stage.tell("editMessageReplyMarkup", **where, reply_markup=good) == "200 OK"
    told = f"400 Bad Request: {words}"
    assert await stage.tell("sendMessage", chat_id=stage.ann.id, text="x", reply_markup=bad) == told
    assert await stage.tell("editMessageText", **where, text="y", reply_markup=bad) == told
    assert await stage.tell("editMessageReplyMarkup", **where, reply_markup=bad) == told
    assert await stage.tell("copyMessage", **where, from_chat_id=stage.ann.id, reply_markup=bad) == told
    query = stage.world.type_inline(stage.ann, stage.world.open_chat(stage.ann), "q")
    article = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x"}}
    result = article | {"reply_markup": bad}
    answered = await stage.tell("answerInlineQuery", inline_query_id=query.id, results=[result])
    assert answered == f"400 Bad Request: can't parse inline query result: {words}"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"button": {"text": "x", "start_parameter": "a" * 65}}, "too long start_parameter specified"),
        ({"button": {"text": "x", "start_parameter": ""}}, "can't use empty start_parameter"),
        ({"button": {"text": "x", "start_parameter": "ä"}}, "unallowed characters in start_parameter are used"),
        ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
    ],
)
async def test_an_inline_answer_has_its_form(stage: Stage, params: dict[str, Any], words: str) -> None:
    """What leads into the chat, and where to go on."""
    query = stage.world.type_inline(stage.ann, stage.world.open_chat(stage.ann), "q")
    told = await stage.tell("answerInlineQuery", inline_query_id=query.id, results=[], **params)
    assert told == f"400 Bad Request: {words}"


async def test_a_toast_is_two_hundred_characters(stage: Stage) -> None:
    """As it is read: what is cleaned away does not count."""
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    message = stage.find(await stage.send(reply_markup=button))
    for text, told in (("x" * 201, "400 Bad Request: MESSAGE_TOO_LONG"), ("x" * 200 + "\u202e", "200 OK")):
        callback = stage.world.tap(stage.ann, message, "x").callback
        assert callback is not None
        assert await stage.tell("answerCallbackQuery", callback_query_id=callback.id, text=text) == told


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"type": "chat", "chat_id": 77}, "chat not found"),
        ({"type": "chat", "chat_id": -77}, "chat not found"),
        ({"type": "chat_administrators", "chat_id": "ann"}, "can't use specified scope in private chats"),
        ({"type": "chat_member", "chat_id": "ann", "user_id": 77}, "user not found"),
        ({"type": "chat", "chat_id": "news"}, "can't change commands in channel chats"),
    ],
)
async def test_a_menu_is_for_whom_the_bot_knows(stage: Stage, scope: dict[str, Any], words: str) -> None:
    """Somebody who never wrote has no chat yet; a channel has no menu; the same for setting, reading and forgetting."""
    known = {"ann": stage.ann.id, "news": stage.add_chat("channel").id}
    asked = scope | {"chat_id": known.get(scope["chat_id"], scope["chat_id"])}
    menu = [{"command": "x", "description": "x"}]
    for method, more in (("setMyCommands", {"commands": menu}), ("getMyCommands", {}), ("deleteMyCommands", {})):
        assert await stage.tell(method, scope=asked, **more) == f"400 Bad Request: {words}"
    own = {"type": "chat", "chat_id": stage.ann.id}
    assert await stage.tell("setMyCommands", scope=own, commands=menu) == "200 OK"


async def test_an_effect_is_for_private_chats(stage: Stage) -> None:
    """In a group it is refused, in private it stays with the message."""
    group = stage.add_chat("supergroup")
    words = "400 Bad Request: can't use message effects in the chat"
    assert await stage.tell("sendMessage", chat_id=group.id, text="x", message_effect_id="5104841245755180586") == words
    assert (await stage.send(message_effect_id="5104841245755180586"))["effect_id"] == "5104841245755180586"


EDITS: dict[str, dict[str, Any]] = {
    "editMessageText": {"text": "{}"},
    "editMessageCaption": {"caption": "{}"},
    "editMessageMedia": {"media": {"type": "photo", "media": "attach://a", "caption": "{}"}},
    "editMessageReplyMarkup": {"reply_markup": {"inline_keyboard": [[{"text": "{}", "callback_data": "x"}]]}},
}


@pytest.mark.parametrize("method", EDITS)
@pytest.mark.parametrize(("kind", "most"), [("private", PRIVATE_BURST), ("supergroup", MAX_A_MINUTE_IN_GROUP)])
async def test_an_edit_counts_like_a_message_in_its_chat(stage: Stage, method: str, kind: str, most: int) -> None:
    """Whatever it changes; the refusal says for how long, and another chat is not concerned."""
    chat = stage.world.open_chat(stage.ann) if kind == "private" else stage.add_chat(kind)
    files = {"a": draw_picture()} if method == "editMessageMedia" else {}
    if method == "editMessageText":
        target = await stage.send(chat_id=chat.id)
    else:
        target = await stage.caller.call("sendPhoto", chat_id=chat.id, photo=draw_picture())
    where = {"chat_id": chat.id, "message_id": target["message_id"]}
    stage.world.floods.enabled = True
    for number in range(most):
        params = _fill(EDITS[method], f"number {number}")
        assert await stage.tell(method, **where, **params, **files) == "200 OK"
    told = await stage.tell(method, **where, **_fill(EDITS[method], "one more"), **files)
    assert told.startswith("429 Too Many Requests: retry after")
    assert '{"retry_after": ' in told
    assert (await stage.tell("sendMessage", chat_id=chat.id, text="x")).startswith("429")
    other = stage.add_chat("supergroup")
    assert await stage.tell("sendMessage", chat_id=other.id, text="x") == "200 OK"


async def test_an_album_counts_whole_or_not_at_all(stage: Stage) -> None:
    """In a group each picture is one of the twenty; where there is no room for all, none is sent."""
    chat = stage.add_chat("supergroup")
    media = [{"type": "photo", "media": "attach://a"}] * 8
    stage.world.floods.enabled = True
    for told in ("200", "200", "429"):
        answered = await stage.tell("sendMediaGroup", chat_id=chat.id, media=media, a=draw_picture())
        assert answered.startswith(told)
    assert len([message for message in chat.messages.values() if message.is_outgoing]) == 16


def _fill(pattern: Any, words: str) -> Any:
    if isinstance(pattern, dict):
        return {key: _fill(value, words) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [_fill(value, words) for value in pattern]
    return str(pattern).format(words)
