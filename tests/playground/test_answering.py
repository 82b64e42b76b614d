"""What a message answers, and what may be copied, forwarded and pinned: the same in every method that does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.world import Content
from tests.playground.calling import draw_picture
from tests.playground.facts.stage import Stage, set_stage

LOST = "400 Bad Request: message to be replied not found"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A world with a clock moved by hand, and Ann in it."""
    async with set_stage() as found:
        yield found


async def _send(stage: Stage, method: str, **params: Any) -> Any:
    """Send by a method all that it needs; returns the message, the first of an album."""
    picture = draw_picture()
    needs: dict[str, dict[str, Any]] = {
        "sendMessage": {"text": "x"},
        "sendPhoto": {"photo": picture},
        "sendDocument": {"document": picture},
        "sendMediaGroup": {"media": [{"type": "photo", "media": "attach://a"}] * 2, "a": picture},
    }
    if method in {"copyMessage", "forwardMessage"}:
        source = {"from_chat_id": stage.ann.id, "message_id": (await stage.send())["message_id"]}
    else:
        source = needs[method]
    result = await stage.caller.call(method, **{"chat_id": stage.ann.id, **source, **params})
    first = result[0] if isinstance(result, list) else result
    return stage.world.chats[params.get("chat_id", stage.ann.id)].messages[first["message_id"]].render()


ANSWERING = ("sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "copyMessage")


@pytest.mark.parametrize("method", ANSWERING)
async def test_every_method_may_answer_a_message_here_or_elsewhere(stage: Stage, method: str) -> None:
    """Here it hangs on the message and may quote it; one from elsewhere comes with where it is from."""
    asked = await stage.send(text="ab <b>cd</b> ef", parse_mode="HTML")
    group = stage.add_chat("supergroup")
    here: dict[str, Any] = {"message_id": asked["message_id"]}
    answer = await _send(stage, method, reply_parameters=here)
    assert answer["reply_to_message"]["text"] == "ab cd ef"
    quoting = {**here, "quote": "<b>cd</b> e", "quote_parse_mode": "HTML"}
    quote = (await _send(stage, method, reply_parameters=quoting))["quote"]
    assert (quote["text"], quote["position"], quote["entities"][0]["type"]) == ("cd e", 3, "bold")
    elsewhere = await _send(stage, method, chat_id=group.id, reply_parameters={**here, "chat_id": stage.ann.id})
    assert elsewhere["external_reply"]["origin"]["sender_user"]["id"] == stage.world.bot.id
    assert "reply_to_message" not in elsewhere


@pytest.mark.parametrize("method", ANSWERING)
async def test_what_cannot_be_answered_is_refused_unless_that_may_be(stage: Stage, method: str) -> None:
    """A message that never was, was deleted, or was given up by the server; words that are not in it."""
    asked, gone, forgotten = [(await stage.send(text="abc"))["message_id"] for _ in range(3)]
    chat = stage.world.open_chat(stage.ann)
    await stage.tell("deleteMessage", chat_id=stage.ann.id, message_id=gone)
    chat.forgotten.add(forgotten)
    with pytest.raises(AssertionError, match="QUOTE_TEXT_INVALID"):
        await _send(stage, method, reply_parameters={"message_id": asked, "quote": "xyz"})
    for lost in (gone, forgotten, 999):
        with pytest.raises(AssertionError, match="message to be replied not found"):
            await _send(stage, method, reply_parameters={"message_id": lost})
        anyway = await _send(stage, method, reply_parameters={"message_id": lost, "allow_sending_without_reply": True})
        assert "reply_to_message" not in anyway
    with pytest.raises(AssertionError, match="chat not found"):
        await _send(stage, method, reply_parameters={"message_id": asked, "chat_id": -1009999})


async def test_an_answer_shows_what_it_answers_as_it_is_now(stage: Stage) -> None:
    """Corrected words are shown, deleted ones are not, and what the server gave up is not there either."""
    asked = await stage.send(text="first")
    answer = stage.find(await stage.send(text="answer", reply_parameters={"message_id": asked["message_id"]}))
    where = {"chat_id": stage.ann.id, "message_id": asked["message_id"]}
    await stage.tell("editMessageText", **where, text="second")
    assert answer.render()["reply_to_message"]["text"] == "second"
    answer.chat.forgotten.add(asked["message_id"])
    assert "reply_to_message" not in answer.render()
    answer.chat.forgotten.clear()
    await stage.tell("deleteMessage", **where)
    assert "reply_to_message" not in answer.render()


async def test_what_is_protected_stays_where_it_is(stage: Stage) -> None:
    """Nothing forwards or quotes it elsewhere, an edit leaves it protected, and the bot may copy its words."""
    for method in (*ANSWERING, "forwardMessage"):
        assert (await _send(stage, method, protect_content=True))["has_protected_content"], method
    sent = stage.find(await stage.send(protect_content=True))
    source = {"from_chat_id": stage.ann.id, "chat_id": stage.ann.id}
    await stage.tell("editMessageText", chat_id=stage.ann.id, message_id=sent.id, text="other")
    assert sent.chat.messages[sent.id].render()["has_protected_content"]
    words = "400 Bad Request: {} can't be forwarded"
    assert await stage.tell("forwardMessage", **source, message_id=sent.id) == words.format("the message")
    assert await stage.tell("forwardMessages", **source, message_ids=[sent.id]) == words.format("messages")
    assert await stage.tell("copyMessage", **source, message_id=sent.id) == "200 OK"
    assert await stage.tell("copyMessages", **source, message_ids=[sent.id]) == "200 OK"
    group = stage.add_chat("supergroup")
    elsewhere = await stage.send(chat_id=group.id, reply_parameters={"message_id": sent.id, "chat_id": stage.ann.id})
    assert "external_reply" not in elsewhere


@pytest.mark.parametrize("method", ["copyMessages", "forwardMessages"])
async def test_several_are_sent_on_at_once(stage: Stage, method: str) -> None:
    """In their order, an album as one, those that are not there passed over; wrong lists are refused."""
    media = [{"type": "photo", "media": "attach://a", "caption": "words"}] * 2
    album = await stage.caller.call("sendMediaGroup", chat_id=stage.ann.id, media=media, a=draw_picture())
    ids = [message["message_id"] for message in album]
    where = {"chat_id": stage.ann.id, "from_chat_id": stage.ann.id}
    sent = await stage.caller.call(method, **where, message_ids=[*ids, 999])
    shown = [stage.world.open_chat(stage.ann).messages[each["message_id"]].render() for each in sent]
    groups = {message["media_group_id"] for message in shown}
    assert len(shown) == 2
    assert len(groups) == 1
    assert groups != {album[0]["media_group_id"]}
    assert all(("forward_origin" in message) is (method == "forwardMessages") for message in shown)
    refusals: dict[str, list[int]] = {
        "message identifiers are not specified": [],
        "too many message identifiers specified": list(range(1, 102)),
        "invalid message identifier specified": [0],
        "message identifiers must be in a strictly increasing order": ids[::-1],
        "messages can't be forwarded": [999],
    }
    for words, given in refusals.items():
        assert await stage.tell(method, **where, message_ids=given) == f"400 Bad Request: {words}"


async def test_what_is_pinned_may_be_out_of_reach(stage: Stage) -> None:
    """The bot hears of every pin; of a message that the server gave up it gets the place and the date 0."""
    chat = stage.world.open_chat(stage.ann)
    first, second = [stage.find(await stage.send()) for _ in range(2)]
    chat.forgotten.add(second.id)
    for pinned in (first, second):
        stage.world.pin(stage.ann, pinned)
    assert await stage.tell("pinChatMessage", chat_id=stage.ann.id, message_id=first.id) == "200 OK"
    told = [update.get("message", {}) for update in await stage.caller.call("getUpdates")]
    heard = [message["pinned_message"] for message in told if "pinned_message" in message]
    assert [(message["message_id"], message["date"] > 0) for message in heard] == [
        (first.id, True),
        (second.id, False),
        (first.id, True),
    ]
    assert set(heard[1]) == {"chat", "message_id", "date"}
    assert (await stage.caller.call("getChat", chat_id=stage.ann.id))["pinned_message"]["message_id"] == first.id


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ([], "there are no messages to send"),
        (["photo"] * 11, "too many messages to send as an album"),
        (["photo", "document"], "document can't be mixed with other media types"),
        (["audio", "video"], "audio can't be mixed with other media types"),
        (["audio", "document"], "audio can't be mixed with other media types"),
    ],
)
async def test_an_album_that_cannot_be_is_refused(stage: Stage, media: list[str], words: str) -> None:
    """Too few, too many, or kinds that do not go together."""
    items = [{"type": kind, "media": "attach://a"} for kind in media]
    files = {"a": draw_picture()} if media else {}
    assert await stage.tell("sendMediaGroup", chat_id=stage.ann.id, media=items, **files) == f"400 Bad Request: {words}"


async def test_an_album_keeps_its_kind_and_its_number(stage: Stage) -> None:
    """Each item has its own caption and stays in the album when it is edited; a picture cannot become a file."""
    media = [{"type": "photo", "media": "attach://a", "caption": words} for words in ("one", "two")]
    album = await stage.caller.call("sendMediaGroup", chat_id=stage.ann.id, media=media, a=draw_picture())
    assert [message["caption"] for message in album] == ["one", "two"]
    where = {"chat_id": stage.ann.id, "message_id": album[0]["message_id"], "a": draw_picture(color="teal")}
    edited = await stage.caller.call("editMessageMedia", **where, media={"type": "photo", "media": "attach://a"})
    assert edited["media_group_id"] == album[0]["media_group_id"]
    told = await stage.tell("editMessageMedia", **where, media={"type": "document", "media": "attach://a"})
    assert told == "400 Bad Request: can't change media type in the album"
    above = [{**media[0], "show_caption_above_media": True}, media[1]]
    told = await stage.tell("sendMediaGroup", chat_id=stage.ann.id, media=above, a=draw_picture())
    assert told == "400 Bad Request: parameter show_caption_above_media must be the same for all messages"


CANT_DELETE = "400 Bad Request: message can't be deleted"


@pytest.mark.parametrize(
    ("kind", "late", "theirs"),
    [
        ("private", f"{CANT_DELETE} for everyone", "200 OK"),
        ("group", f"{CANT_DELETE} for everyone", f"{CANT_DELETE} for everyone"),
        ("supergroup", CANT_DELETE, CANT_DELETE),
        ("channel", CANT_DELETE, "200 OK"),
    ],
)
async def test_two_days_are_the_end_of_deleting_and_not_of_editing(
    stage: Stage, kind: str, late: str, theirs: str
) -> None:
    """Even for a bot that runs the chat; what others wrote it deletes in private, or where it may."""
    chat = stage.world.open_chat(stage.ann) if kind == "private" else stage.add_chat(kind)
    if kind == "supergroup":
        stage.world.add_bot(stage.ann, chat, rights=["can_pin_messages"])
    said = stage.world.say(stage.ann, chat, Content(text="mine"))
    assert await stage.tell("deleteMessages", chat_id=chat.id, message_ids=[said.id]) == theirs
    sent = await stage.send(chat_id=chat.id)
    where = {"chat_id": chat.id, "message_id": sent["message_id"]}
    stage.clock.now += 3 * 86_400 * 1_000_000
    assert await stage.tell("editMessageText", **where, text="later") == "200 OK"
    assert await stage.tell("deleteMessage", **where) == late
    assert await stage.tell("deleteMessages", chat_id=chat.id, message_ids=[sent["message_id"]]) == late


DIRTY, CLEANED = "a\x07b\u202ec\rd\u2028e", "a bcde"


async def test_every_text_is_cleaned_that_people_see(stage: Stage) -> None:
    """Labels, what is copied, toasts, titles, names and descriptions: no control characters, no false directions."""
    button = {"text": DIRTY, "copy_text": {"text": DIRTY}}
    shown = (await stage.send(reply_markup={"inline_keyboard": [[button]]}))["reply_markup"]["inline_keyboard"][0][0]
    assert shown == {"text": CLEANED, "copy_text": {"text": CLEANED}}
    caption = await stage.caller.call("sendPhoto", chat_id=stage.ann.id, photo=draw_picture(), caption=DIRTY)
    assert caption["caption"] == CLEANED
    for method, key in (("Name", "name"), ("Description", "description"), ("ShortDescription", "short_description")):
        await stage.caller.call(f"setMy{method}", **{key: DIRTY})
        assert await stage.caller.call(f"getMy{method}") == {key: CLEANED}
    await stage.caller.call("setMyCommands", commands=[{"command": "x", "description": DIRTY}])
    assert await stage.caller.call("getMyCommands") == [{"command": "x", "description": CLEANED}]
    group = stage.add_chat("supergroup")
    stage.world.add_bot(stage.ann, group, rights=["can_invite_users"])
    link = await stage.caller.call("createChatInviteLink", chat_id=group.id, name=f"  {DIRTY}  {'x' * 40}")
    assert link["name"] == f"{CLEANED} {'x' * 24}"
    query = stage.world.type_inline(stage.ann, stage.world.open_chat(stage.ann), "q")
    result = {"type": "article", "id": "1", "title": DIRTY, "input_message_content": {"message_text": DIRTY}}
    await stage.caller.call("answerInlineQuery", inline_query_id=query.id, results=[result])
    assert query.answer is not None
    assert (query.answer.results[0].title, query.answer.results[0].content.text) == (CLEANED, CLEANED)
