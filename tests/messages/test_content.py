from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Message

from bot.messages.broadcasts.content import compose_parcel, parse_content

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
    assert content is not None
    parcel = compose_parcel(content)
    assert parcel.method == "sendMessage"
    sent = parcel.address(42)
    assert (sent["chat_id"], sent["text"]) == (42, "Fresh & new")
    assert json.loads(str(sent["entities"])) == [BOLD, MENTION]
    assert sent.keys() == {"chat_id", "text", "entities"}, "nothing is said that the author did not say"


def test_a_picture_is_sent_again_in_its_largest_size() -> None:
    """By its file_id, with caption and looks."""
    content = parse_content(receive(photo=PHOTO, caption="Cake!", caption_entities=[BOLD], has_media_spoiler=True))
    assert content is not None
    parcel = compose_parcel(content)
    assert parcel.method == "sendPhoto"
    assert parcel.parameters["photo"] == "large"
    assert parcel.parameters["has_spoiler"] is True
    assert "show_caption_above_media" not in parcel.parameters
    assert json.loads(str(parcel.parameters["caption_entities"])) == [BOLD]


def test_a_picture_needs_no_caption() -> None:
    """Without one only the picture goes."""
    content = parse_content(receive(photo=PHOTO))
    assert content is not None
    assert compose_parcel(content).parameters == {"photo": "large"}


def test_how_a_link_shows_is_kept() -> None:
    """Who took the preview away does not want members to see it."""
    content = parse_content(receive(text="https://example.org", link_preview_options={"is_disabled": True}))
    assert content is not None
    assert json.loads(str(compose_parcel(content).parameters["link_preview_options"])) == {"is_disabled": True}


def test_a_content_survives_the_database() -> None:
    """It is plain JSON."""
    content = parse_content(receive(text="Fresh & new", entities=[MENTION]))
    assert content is not None
    assert json.loads(json.dumps(content)) == content


@pytest.mark.parametrize(
    "fields",
    [
        {"document": {"file_id": "f", "file_unique_id": "u"}},
        {"photo": PHOTO, "media_group_id": "3"},
        {"text": "theirs", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Mei"}},
        {
            "sticker": {
                "file_id": "f",
                "file_unique_id": "u",
                "width": 5,
                "height": 5,
                "is_animated": False,
                "is_video": False,
                "type": "regular",
            }
        },
        {"new_chat_title": "x"},
    ],
    ids=["document", "album", "forwarded", "sticker", "service"],
)
def test_anything_else_cannot_go_to_everybody(fields: dict[str, Any]) -> None:
    """What cannot be sent again as it was is not taken."""
    assert parse_content(receive(**fields)) is None


def test_a_reply_is_content_like_any_other() -> None:
    """Only what it says goes out."""
    earlier = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "before"}
    content = parse_content(receive(text="after", reply_to_message=earlier))
    assert content is not None
    assert compose_parcel(content).parameters == {"text": "after"}
