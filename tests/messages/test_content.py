from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Message

from bot.messages.broadcasts.content import ContentMistake, Unfit, compose_outgoing, parse_content
from bot.wire.telegram_bot import compose_call

PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 90},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 900},
]
BOLD = {"type": "bold", "offset": 0, "length": 5}
MENTION = {"type": "text_mention", "offset": 6, "length": 3, "user": {"id": 5, "first_name": "Mei", "is_bot": False}}


def receive(**fields: Any) -> Message:
    """A message as Telegram sends it."""
    message = Message.de_json({"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, **fields}, None)
    assert message is not None
    return message


def test_a_text_is_sent_again_with_its_formatting() -> None:
    """Entities travel as Telegram gave them; nested values as JSON, once for all recipients."""
    content = parse_content(receive(text="Fresh & new", entities=[BOLD, MENTION]))
    assert isinstance(content, dict)
    method, sent = compose_call(compose_outgoing(content), chat_id=42)
    assert method == "sendMessage"
    assert (sent["chat_id"], sent["text"]) == (42, "Fresh & new")
    assert json.loads(str(sent["entities"])) == [BOLD, MENTION]
    assert sent.keys() == {"chat_id", "text", "entities"}, "nothing is said that the author did not say"


def test_a_picture_is_sent_again_in_its_largest_size() -> None:
    """By its file_id, with caption and looks."""
    content = parse_content(receive(photo=PHOTO, caption="Cake!", caption_entities=[BOLD], has_media_spoiler=True))
    assert isinstance(content, dict)
    method, sent = compose_call(compose_outgoing(content))
    assert method == "sendPhoto"
    assert (sent["photo"], sent["caption"]) == ("large", "Cake!")
    assert sent["has_spoiler"] is True
    assert not {"show_caption_above_media", "parse_mode"} & sent.keys()
    assert json.loads(str(sent["caption_entities"])) == [BOLD]


def test_a_picture_needs_no_caption() -> None:
    """Without one only the picture goes."""
    content = parse_content(receive(photo=PHOTO))
    assert isinstance(content, dict)
    assert compose_call(compose_outgoing(content)) == ("sendPhoto", {"photo": "large"})


def test_how_a_link_shows_is_kept() -> None:
    """Who took the preview away does not want members to see it."""
    content = parse_content(receive(text="https://example.org", link_preview_options={"is_disabled": True}))
    assert isinstance(content, dict)
    assert json.loads(str(compose_call(compose_outgoing(content))[1]["link_preview_options"])) == {"is_disabled": True}


def test_a_content_survives_the_database() -> None:
    """It is plain JSON."""
    content = parse_content(receive(text="Fresh & new", entities=[MENTION]))
    assert isinstance(content, dict)
    assert json.loads(json.dumps(content)) == content


FILE = {"file_id": "f", "file_unique_id": "u"}
PICTURE = {**FILE, "width": 5, "height": 5}
PLACE = {"latitude": 1.5, "longitude": 2.5}
OTHERS = {"type": "hidden_user", "date": 1, "sender_user_name": "Mei"}
STICKER = {**PICTURE, "is_animated": False, "is_video": False, "type": "regular"}
VENUE = {"location": PLACE, "title": "Oven", "address": "Baker Street"}
STORY = {"chat": {"id": 7, "type": "private"}, "id": 1}
POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": True,
    "members_only": False,
}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": "theirs", "forward_origin": OTHERS}, Unfit.FORWARDED),
        ({"photo": PHOTO, "media_group_id": "3", "forward_origin": OTHERS}, Unfit.FORWARDED),
        ({"photo": PHOTO, "media_group_id": "3"}, Unfit.ALBUM),
        ({"video": {**PICTURE, "duration": 1}, "media_group_id": "3"}, Unfit.ALBUM),
        ({"document": FILE}, Unfit.FILE),
        ({"document": {**FILE, "mime_type": "image/png"}, "caption": "a picture"}, Unfit.FILE),
        ({"animation": {**PICTURE, "duration": 1}, "document": FILE}, Unfit.VIDEO),
        ({"video": {**PICTURE, "duration": 1}}, Unfit.VIDEO),
        ({"video_note": {**FILE, "length": 5, "duration": 1}}, Unfit.VIDEO),
        ({"voice": {**FILE, "duration": 1}}, Unfit.SOUND),
        ({"audio": {**FILE, "duration": 1}}, Unfit.SOUND),
        ({"sticker": STICKER}, Unfit.STICKER),
        ({"poll": POLL}, Unfit.POLL),
        ({"location": PLACE}, Unfit.PLACE),
        ({"location": PLACE, "venue": VENUE}, Unfit.PLACE),
        ({"contact": {"phone_number": "1", "first_name": "Mei"}}, Unfit.CONTACT),
        ({"dice": {"value": 3, "emoji": "🎲"}}, Unfit.DICE),
        ({"story": STORY}, Unfit.STORY),
        ({"game": {"title": "x", "description": "y", "photo": PHOTO}}, Unfit.OTHER),
        ({"photo": PHOTO, "caption": "x" * 1025}, Unfit.CAPTION_TOO_LONG),
        ({"text": "🍞" * 4097}, Unfit.TEXT_TOO_LONG),
    ],
)
def test_anything_else_cannot_go_to_everybody_and_the_reason_is_told(fields: dict[str, Any], why: Unfit) -> None:
    """What cannot be sent again as it was is not taken; the first reason that stands is the one that is said."""
    mistake = parse_content(receive(**fields))
    assert isinstance(mistake, ContentMistake)
    assert mistake.why is why
    assert mistake.length == {Unfit.CAPTION_TOO_LONG: 1025, Unfit.TEXT_TOO_LONG: 4097}.get(why, 0)


def test_what_just_fits_goes_to_everybody() -> None:
    """Telegram counts code points: an emoji is one, though it is two units of UTF-16."""
    assert isinstance(parse_content(receive(photo=PHOTO, caption="🍞" * 1024)), dict)
    assert isinstance(parse_content(receive(text="🍞" * 4096)), dict)


def test_a_reply_is_content_like_any_other() -> None:
    """Only what it says goes out."""
    earlier = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "before"}
    content = parse_content(receive(text="after", reply_to_message=earlier))
    assert isinstance(content, dict)
    assert compose_call(compose_outgoing(content)) == ("sendMessage", {"text": "after"})
