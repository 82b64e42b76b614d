from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from telegram import Message

from bot.core.broadcasts.content import FIRST, BroadcastContent, LinkButton, Version, read_content, write_content
from bot.core.trials import is_held_out
from bot.messages.broadcasts.composing import BroadcastComposer, Reader, compose_addresses
from bot.messages.broadcasts.content import ContentMistake, Unfit, compose_album, parse_version
from bot.wire.calls import compose_call
from tests.messages.samples import CAMPAIGN, make_shop

PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 90},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 900},
]
BOLD = {"type": "bold", "offset": 0, "length": 5}
MENTION = {"type": "text_mention", "offset": 6, "length": 3, "user": {"id": 5, "first_name": "Mei", "is_bot": False}}
FILE = {"file_id": "f", "file_unique_id": "u"}
PICTURE = {**FILE, "width": 5, "height": 5}
ANNA = Reader(language="en", code="Anna000001", key="1-abcdefgh")
QUESTION = {
    "id": "1",
    "question": "Which cake?",
    "question_entities": [{"type": "bold", "offset": 0, "length": 5}],
    "options": [{"persistent_id": str(n), "text": f"Cake {n}", "voter_count": 0} for n in (1, 2)],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": False,
    "type": "regular",
    "allows_multiple_answers": True,
    "allows_revoting": True,
    "members_only": False,
}
QUIZ = {
    **QUESTION,
    "type": "quiz",
    "allows_multiple_answers": False,
    "correct_option_ids": [1],
    "explanation": "Plums!",
}


def receive(**fields: Any) -> Message:
    """A message as Telegram sends it."""
    message = Message.de_json({"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, **fields}, None)
    assert message is not None
    return message


def parse(**fields: Any) -> Version:
    """What can go to everybody of a message."""
    version = parse_version(receive(**fields))
    assert isinstance(version, Version), version
    return version


def send(version: Version, reader: Reader = ANNA, **said: Any) -> list[tuple[str, dict[str, Any]]]:
    """The calls that send it, after it was kept in the store; what is JSON is read."""
    content = BroadcastContent(versions={FIRST: version}, **{"shares": False, **said})
    kept = read_content(json.loads(json.dumps(write_content(content))))
    calls = [compose_call(message) for message in BroadcastComposer(kept, make_shop()).compose(reader)]
    return [(method, {name: read(value) for name, value in parameters.items()}) for method, parameters in calls]


def read(value: object) -> Any:
    """What is written in a parameter."""
    return json.loads(value) if isinstance(value, str) and value[:1] in {"[", "{"} else value


def test_a_text_is_sent_again_with_its_formatting() -> None:
    """Entities travel as Telegram gave them, and nothing is said that the author did not say."""
    sent = send(parse(text="Fresh & new", entities=[BOLD, MENTION]))
    assert sent == [("sendMessage", {"text": "Fresh & new", "entities": [BOLD, MENTION]})]


def test_an_emoji_of_somebodys_own_shows_as_the_usual_one() -> None:
    """Bots may not send it: the character that stands in the text is what is left of it."""
    emoji = {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"}
    assert send(parse(text="🍞 bread", entities=[emoji, BOLD])) == [
        ("sendMessage", {"text": "🍞 bread", "entities": [BOLD]})
    ]


def test_a_picture_is_sent_again_in_its_largest_size() -> None:
    """By its file_id, with caption and looks."""
    sent = send(parse(photo=PHOTO, caption="Cake!", caption_entities=[BOLD], has_media_spoiler=True))
    said = {"photo": "large", "caption": "Cake!", "caption_entities": [BOLD], "has_spoiler": True}
    assert sent == [("sendPhoto", said)]
    assert send(parse(photo=PHOTO)) == [("sendPhoto", {"photo": "large"})]


@pytest.mark.parametrize(
    ("fields", "method", "name"),
    [
        ({"video": {**PICTURE, "duration": 1}}, "sendVideo", "video"),
        ({"animation": {**PICTURE, "duration": 1}, "document": FILE}, "sendAnimation", "animation"),
        ({"document": FILE}, "sendDocument", "document"),
        ({"document": {**FILE, "mime_type": "image/png"}}, "sendDocument", "document"),
        ({"voice": {**FILE, "duration": 1}}, "sendVoice", "voice"),
        ({"audio": {**FILE, "duration": 1}}, "sendAudio", "audio"),
    ],
)
def test_every_kind_of_file_is_sent_again_as_what_it_was(fields: dict[str, Any], method: str, name: str) -> None:
    """With its caption, by the method of its kind: a file_id is good for no other."""
    sent = send(parse(**fields, caption="Fresh bread", caption_entities=[BOLD]))
    assert sent == [(method, {name: "f", "caption": "Fresh bread", "caption_entities": [BOLD]})]


def test_a_round_video_has_no_caption() -> None:
    """It is sent as one."""
    assert send(parse(video_note={**FILE, "length": 5, "duration": 1})) == [("sendVideoNote", {"video_note": "f"})]


def test_a_poll_asks_everybody_the_same() -> None:
    """Its question with its looks, its answers, and how it is answered; of a quiz what is right, and why."""
    ((method, poll),) = send(parse(poll=QUESTION))
    assert (method, poll["question"], poll["question_entities"]) == ("sendPoll", "Which cake?", [BOLD])
    assert [option["text"] for option in poll["options"]] == ["Cake 1", "Cake 2"]
    assert (poll["is_anonymous"], poll["allows_multiple_answers"], poll["type"]) == (False, True, "regular")
    ((_, quiz),) = send(parse(poll=QUIZ))
    assert (quiz["type"], quiz["correct_option_ids"], quiz["explanation"]) == ("quiz", [1], "Plums!")


def test_an_album_is_one_message_until_there_are_buttons() -> None:
    """Then its words move below it, where Telegram lets buttons be; an album without words has the shop's name there."""
    items = [parse(photo=PHOTO, caption="Fresh", caption_entities=[BOLD]), parse(video={**PICTURE, "duration": 1})]
    album = compose_album(items)
    ((method, plain),) = send(album)
    photo = {"type": "photo", "media": "large", "caption": "Fresh", "caption_entities": [BOLD]}
    assert (method, plain["media"]) == ("sendMediaGroup", [photo, {"type": "video", "media": "f"}])
    (_, bare), (below, words) = send(album, shares=True)
    assert [sorted(item) for item in bare["media"]] == [["media", "type"]] * 2
    assert (below, words["text"], words["entities"]) == ("sendMessage", "Fresh", [BOLD])
    assert words["reply_markup"]["inline_keyboard"]
    (_, silent) = send(compose_album(items[1:] * 2), shares=True)[1]
    assert silent["text"].startswith("👆")


def test_how_a_link_shows_is_kept() -> None:
    """Who took the preview away does not want members to see it."""
    ((_, sent),) = send(parse(text="https://example.org", link_preview_options={"is_disabled": True}))
    assert sent["link_preview_options"] == {"is_disabled": True}


def test_who_is_never_asked_to_share_has_no_share_button() -> None:
    """All else is the same, and whoever looks at what members get sees the button."""
    held = replace(CAMPAIGN, rules=replace(CAMPAIGN.rules, hold_out_percent=50))
    shop = replace(make_shop(), campaign=held)
    composer = BroadcastComposer(BroadcastContent(versions={FIRST: parse(text="Hi")}), shop)
    for number in range(20):
        (message,) = composer.compose(Reader(language="en", code="c", number=number))
        said = compose_call(message)[1]
        assert said["text"] == "Hi"
        assert ("reply_markup" in said) is not is_held_out(number, 50)


def test_the_share_button_comes_last_and_in_the_readers_language() -> None:
    """It is the one that members have everywhere; the author's own stand above it, one a row."""
    buttons = [LinkButton("Book a table", "https://example.org/table")]
    sent = {
        language: send(parse(text="Hi"), Reader(language=language, code="c"), shares=True, buttons=buttons)[0][1]
        for language in ("en", "id", "zh-hans")
    }
    rows = [each["reply_markup"]["inline_keyboard"] for each in sent.values()]
    assert [row[0][0] for row in rows] == [{"text": "Book a table", "url": "https://example.org/table"}] * 3
    assert len({row[1][0]["text"] for row in rows}) == 3
    assert all("switch_inline_query_chosen_chat" in row[1][0] for row in rows)


def test_each_reads_the_version_in_their_language() -> None:
    """Whoever has none, and whoever says nothing of themselves, reads the first."""
    versions = {FIRST: parse(text="Hello"), "id": parse(text="Halo"), "zh": parse(text="你好")}
    composer = BroadcastComposer(BroadcastContent(versions=versions, shares=False))
    read_by = {
        language: compose_call(composer.compose(Reader(language=language, code=""))[0])[1]["text"]
        for language in ("", "en", "fr", "id", "id-ID", "zh-hans", "zh")
    }
    assert read_by == {
        "": "Hello",
        "en": "Hello",
        "fr": "Hello",
        "id": "Halo",
        "id-ID": "Halo",
        "zh-hans": "你好",
        "zh": "你好",
    }


def test_counted_links_are_each_readers_own() -> None:
    """In words, behind words, below pictures and on buttons; the words stay, and what unfolds is the page itself."""
    text = "🍞 example.org/a and more"
    entities = [
        {"type": "url", "offset": 3, "length": 13},
        {"type": "text_link", "offset": 21, "length": 4, "url": "https://example.org/b"},
    ]
    content = BroadcastContent(
        versions={FIRST: parse(text=text, entities=entities)}, buttons=[LinkButton("Go", "https://example.org/c")]
    )
    numbers = {"https://example.org/a": 1, "https://example.org/b": 2, "https://example.org/c": 3}
    addresses = compose_addresses(content, numbers, 36, "https://shop.example")
    composer = BroadcastComposer(content, make_shop(), addresses)
    (anna,) = [compose_call(each)[1] for each in composer.compose(ANNA)]
    (budi,) = [compose_call(each)[1] for each in composer.compose(Reader(language="en", code="b", key="2-zzzzzzzz"))]
    assert anna["text"] == text
    led = [entity["url"] for entity in json.loads(str(anna["entities"]))]
    assert led == [f"https://shop.example/l/10-{number}.1-abcdefgh" for number in (1, 2)]
    assert json.loads(str(anna["link_preview_options"]))["url"] == "https://example.org/a"
    button = json.loads(str(budi["reply_markup"]))["inline_keyboard"][0][0]
    assert button["url"] == "https://shop.example/l/10-3.2-zzzzzzzz"


def test_what_was_written_before_there_were_versions_is_still_sent() -> None:
    """As it was: without a share button nobody had chosen."""
    old = {"text": "Fresh bread", "entities": [BOLD]}
    (message,) = BroadcastComposer(read_content(old), make_shop()).compose(ANNA)
    assert compose_call(message) == ("sendMessage", {"text": "Fresh bread", "entities": json.dumps([BOLD])})
    (picture,) = BroadcastComposer(read_content({"photo": "p", "caption": "x"}), make_shop()).compose(ANNA)
    assert compose_call(picture) == ("sendPhoto", {"photo": "p", "caption": "x"})


PLACE = {"latitude": 1.5, "longitude": 2.5}
OTHERS = {"type": "hidden_user", "date": 1, "sender_user_name": "Mei"}
STICKER = {**PICTURE, "is_animated": False, "is_video": False, "type": "regular"}
VENUE = {"location": PLACE, "title": "Oven", "address": "Baker Street"}
STORY = {"chat": {"id": 7, "type": "private"}, "id": 1}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": "theirs", "forward_origin": OTHERS}, Unfit.FORWARDED),
        ({"photo": PHOTO, "media_group_id": "3", "forward_origin": OTHERS}, Unfit.FORWARDED),
        ({"poll": QUESTION, "forward_origin": OTHERS}, Unfit.FORWARDED),
        ({"poll": {**QUESTION, "is_closed": True}}, Unfit.POLL_CLOSED),
        ({"poll": {**QUIZ, "correct_option_ids": []}}, Unfit.QUIZ),
        ({"poll": {**QUESTION, "media": {}}}, Unfit.POLL_MEDIA),
        ({"poll": {**QUESTION, "options": [{**QUESTION["options"][0], "media": {}}]}}, Unfit.POLL_MEDIA),  # type: ignore[index]
        ({"sticker": STICKER}, Unfit.STICKER),
        ({"location": PLACE}, Unfit.PLACE),
        ({"location": PLACE, "venue": VENUE}, Unfit.PLACE),
        ({"contact": {"phone_number": "1", "first_name": "Mei"}}, Unfit.CONTACT),
        ({"dice": {"value": 3, "emoji": "🎲"}}, Unfit.DICE),
        ({"story": STORY}, Unfit.STORY),
        ({"game": {"title": "x", "description": "y", "photo": PHOTO}}, Unfit.OTHER),
        ({"photo": PHOTO, "caption": "x" * 1025}, Unfit.CAPTION_TOO_LONG),
        ({"document": FILE, "caption": "x" * 1025}, Unfit.CAPTION_TOO_LONG),
        ({"text": "🍞" * 4097}, Unfit.TEXT_TOO_LONG),
    ],
)
def test_anything_else_cannot_go_to_everybody_and_the_reason_is_told(fields: dict[str, Any], why: Unfit) -> None:
    """What cannot be sent again as it was is not taken; the first reason that stands is the one that is said."""
    mistake = parse_version(receive(**fields))
    assert isinstance(mistake, ContentMistake)
    assert mistake.why is why
    assert mistake.length == {Unfit.CAPTION_TOO_LONG: 1025, Unfit.TEXT_TOO_LONG: 4097}.get(why, 0)


def test_what_just_fits_goes_to_everybody() -> None:
    """Telegram counts code points: an emoji is one, though it is two units of UTF-16."""
    parse(photo=PHOTO, caption="🍞" * 1024)
    parse(text="🍞" * 4096)


def test_a_reply_is_content_like_any_other() -> None:
    """Only what it says goes out."""
    earlier = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "before"}
    assert send(parse(text="after", reply_to_message=earlier)) == [("sendMessage", {"text": "after"})]
