"""Changing and taking back messages."""

from __future__ import annotations

from typing import Any

from tests.playground.calling import Caller, draw_picture, start_person

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
BUTTON = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}


async def test_an_edit_that_changes_nothing_is_refused(caller: Caller) -> None:
    """Text, formatting and keyboard are compared; an edit without a keyboard takes it away."""
    ann = start_person(caller.telegram)
    target = await _send(caller, ann.id, reply_markup=BUTTON)
    assert await caller.refuse("editMessageText", **target, text="x", reply_markup=BUTTON) == NOT_MODIFIED
    assert await caller.refuse("editMessageReplyMarkup", **target, reply_markup=BUTTON) == NOT_MODIFIED
    bold = await caller.call("editMessageText", **target, text="<b>x</b>", parse_mode="HTML")
    assert "reply_markup" not in bold
    assert bold["edit_date"] >= bold["date"]


async def test_only_what_is_there_and_ones_own_can_be_edited(caller: Caller) -> None:
    """Unknown messages, those of humans, and captions of texts are refused in their words."""
    ann = start_person(caller.telegram)
    theirs = caller.telegram.world.send_text(ann, caller.telegram.world.open_chat(ann), "mine")
    target = await _send(caller, ann.id)
    photo = await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(), caption="x")
    picture = {"chat_id": ann.id, "message_id": photo["message_id"]}
    refusals = [
        ("editMessageText", {"chat_id": ann.id, "message_id": 999, "text": "y"}, "message to edit not found"),
        ("editMessageText", {"chat_id": ann.id, "message_id": theirs.id, "text": "y"}, "message can't be edited"),
        ("editMessageText", {"chat_id": ann.id, "text": "y"}, "message identifier is not specified"),
        ("editMessageText", {**picture, "text": "y"}, "there is no text in the message to edit"),
        ("editMessageCaption", {**target, "caption": "y"}, "there is no caption in the message to edit"),
        ("editMessageText", {"inline_message_id": "nope", "text": "y"}, "MESSAGE_ID_INVALID"),
    ]
    for method, params, words in refusals:
        assert await caller.refuse(method, **params) == f"Bad Request: {words}"
    edited = await caller.call("editMessageCaption", **picture, caption="y")
    assert edited["photo"] == photo["photo"]
    assert edited["caption"] == "y"


async def test_messages_can_be_deleted_for_two_days(caller: Caller) -> None:
    """The bot's and, in private, the human's; not twice, not an old one, not one of others in a group."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    target = await _send(caller, ann.id)
    assert await caller.call("deleteMessage", **target)
    assert await caller.refuse("deleteMessage", **target) == "Bad Request: message to delete not found"
    group = world.add_group("Club", ann)
    world.add_bot(ann, group)
    theirs = world.send_text(ann, group, "hello")
    words = await caller.refuse("deleteMessage", chat_id=group.id, message_id=theirs.id)
    assert words == "Bad Request: message can't be deleted"
    world.add_bot(ann, group, rights=["can_delete_messages"])
    assert await caller.call("deleteMessage", chat_id=group.id, message_id=theirs.id)


async def test_a_copy_is_the_bots_own_and_a_forward_is_not(caller: Caller) -> None:
    """CopyMessage keeps words and picture, drops the keyboard and the origin; forwardMessage tells the origin."""
    world = caller.telegram.world
    ann, bob = start_person(caller.telegram), start_person(caller.telegram, "Bob")
    original = world.send_photo(ann, world.open_chat(ann), draw_picture(), "From <b>me</b>")
    source = {"from_chat_id": ann.id, "message_id": original.id}
    copied = await caller.call("copyMessage", chat_id=bob.id, **source, reply_markup=BUTTON)
    copy = world.open_chat(bob).messages[copied["message_id"]]
    assert (copy.text, copy.sender, copy.forward_origin) == ("From me", world.bot, None)
    assert copy.entities == original.entities
    assert copy.photo == original.photo
    assert [button.text for button in copy.buttons] == ["x"]
    forwarded = await caller.call("forwardMessage", chat_id=bob.id, **source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == ann.id
    other = await caller.call("copyMessage", chat_id=bob.id, **source, caption="Other")
    assert world.open_chat(bob).messages[other["message_id"]].text == "Other"
    for purpose in ("copy", "forward"):
        words = await caller.refuse(f"{purpose}Message", chat_id=bob.id, from_chat_id=ann.id, message_id=999)
        assert words == f"Bad Request: message to {purpose} not found"


async def _send(caller: Caller, chat_id: int, **more: Any) -> dict[str, Any]:
    sent = await caller.call("sendMessage", chat_id=chat_id, text="x", **more)
    return {"chat_id": chat_id, "message_id": sent["message_id"]}


async def test_a_copy_may_answer_a_message(caller: Caller) -> None:
    """It hangs on the message it answers; one that is not there is refused."""
    ann = start_person(caller.telegram)
    sent = await _send(caller, ann.id)
    source = {"chat_id": ann.id, "from_chat_id": ann.id, "message_id": sent["message_id"]}
    copied = await caller.call("copyMessage", **source, reply_parameters={"message_id": sent["message_id"]})
    answered = caller.telegram.world.open_chat(ann).messages[copied["message_id"]].reply_to
    assert answered is not None
    assert answered.id == sent["message_id"]
    words = await caller.refuse("copyMessage", **source, reply_parameters={"message_id": 999})
    assert words == "Bad Request: message to be replied not found"
