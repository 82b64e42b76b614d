"""Photos and files: limits, re-encoding, identifiers."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from bot.assets import ASSETS
from bot.cards.jpeg import render_bounded_jpeg
from tests.playground.calling import Caller, draw_picture, start_person


async def test_a_big_photo_is_shrunk_and_kept_in_several_sizes(caller: Caller) -> None:
    """The longest side becomes 1280 pixels, a PNG becomes a JPEG, sizes grow, nothing is enlarged."""
    ann = start_person(caller.telegram)
    sent = await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(2000, 2500, "PNG"))
    assert [(size["width"], size["height"]) for size in sent["photo"]] == [
        (72, 90), (256, 320), (640, 800), (1024, 1280),
    ]  # fmt: skip
    file = await caller.call("getFile", file_id=sent["photo"][-1]["file_id"])
    url = f"{caller.telegram.base_file_url}{caller.telegram.token}/{file['file_path']}"
    async with caller.session.get(url) as response:
        data = await response.read()
    assert len(data) == file["file_size"]
    assert Image.open(BytesIO(data)).format == "JPEG"

    small = await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(50, 40))
    assert [(size["width"], size["height"]) for size in small["photo"]] == [(50, 40)]


def read_tables(jpeg: bytes) -> object:
    """By what a JPEG's numbers were divided: its quality."""
    shown = Image.open(BytesIO(jpeg))
    assert isinstance(shown, JpegImageFile)
    return shown.quantization


async def test_a_light_card_is_shown_as_an_app_shows_it(caller: Caller) -> None:
    """A picture that fits a hundred kilobytes keeps its best quality where it is shown small: no blocks around letters."""
    ann = start_person(caller.telegram)
    picture = Image.open(ASSETS / "campaigns" / "pictures" / "singing.jpg").convert("RGB").resize((1080, 1350))
    sent = await caller.call("sendPhoto", chat_id=ann.id, photo=render_bounded_jpeg(picture))
    best = BytesIO()
    picture.save(best, "JPEG", quality=87)
    wanted = read_tables(best.getvalue())
    for size in sent["photo"][:-1]:
        file = await caller.call("getFile", file_id=size["file_id"])
        async with caller.session.get(
            f"{caller.telegram.base_file_url}{caller.telegram.token}/{file['file_path']}"
        ) as response:
            assert read_tables(await response.read()) == wanted


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (draw_picture(6000, 4001), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (draw_picture(2100, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (b"no picture at all", "Bad Request: IMAGE_PROCESS_FAILED"),
        (draw_picture(800, 800)[:1500], "Bad Request: IMAGE_PROCESS_FAILED"),
        (b"", "Bad Request: file must be non-empty"),
    ],
    ids=["too large", "too narrow", "no picture", "cut off", "empty"],
)
async def test_a_photo_telegram_refuses(caller: Caller, data: bytes, words: str) -> None:
    """Width and height may sum up to 10,000, one be 20 times the other, and the picture must be whole."""
    ann = start_person(caller.telegram)
    assert await caller.refuse("sendPhoto", chat_id=ann.id, photo=data) == words


async def test_a_photo_above_ten_megabytes_is_refused(caller: Caller) -> None:
    """10 MB is the limit of a photo, whatever is in it."""
    ann = start_person(caller.telegram)
    data = draw_picture() + bytes(10 * 1024 * 1024)
    words = f"file of size {len(data)} bytes is too big for a photo; the maximum size is 10485760 bytes"
    assert await caller.refuse("sendPhoto", chat_id=ann.id, photo=data) == f"Bad Request: {words}"


async def test_an_identifier_is_good_for_ever_and_nothing_else_is(caller: Caller) -> None:
    """A file_id sends again without an upload; malformed, unknown and unique ids, and addresses, do not."""
    ann = start_person(caller.telegram)
    photo = (await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture()))["photo"][-1]
    again = await caller.call("sendPhoto", chat_id=ann.id, photo=photo["file_id"], caption="again")
    assert again["photo"][-1] == photo
    wrong = {
        "not base64!": "Bad Request: wrong remote file identifier specified: Wrong character in the string",
        photo["file_unique_id"]: (
            "Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        ),
        "AAAAAAAAAAAAAAAAAAAABA": "Bad Request: wrong file identifier/HTTP URL specified",
        "https://example.com/a.jpg": "Bad Request: failed to get HTTP URL content",
        "": "Bad Request: there is no photo in the request",
    }
    for file_id, words in wrong.items():
        assert await caller.refuse("sendPhoto", chat_id=ann.id, photo=file_id) == words
    assert await caller.refuse("getFile", file_id="nonsense") == "Bad Request: invalid file_id"
    caller.telegram.assert_clean()


async def test_a_file_keeps_its_bytes_and_its_kind(caller: Caller) -> None:
    """A document comes back byte by byte; its identifier sends no photo, nor a photo's a document."""
    ann = start_person(caller.telegram)
    document = (await caller.call("sendDocument", chat_id=ann.id, document=b"a,b\n1,2\n"))["document"]
    file = await caller.call("getFile", file_id=document["file_id"])
    assert file["file_size"] == 8
    words = await caller.refuse("sendPhoto", chat_id=ann.id, photo=document["file_id"])
    assert words == "Bad Request: can't use file of type Document as Photo"
    photo = (await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture()))["photo"][-1]
    words = await caller.refuse("sendDocument", chat_id=ann.id, document=photo["file_id"])
    assert words == "Bad Request: can't use file of type Photo as Document"


async def test_an_album_is_pictures_with_one_id(caller: Caller) -> None:
    """Items name their uploads by attach://; all messages share a media_group_id; one alone is no album."""
    ann = start_person(caller.telegram)
    media = [{"type": "photo", "media": "attach://one", "caption": "a"}, {"type": "photo", "media": "attach://two"}]
    sent = await caller.call("sendMediaGroup", chat_id=ann.id, media=media, one=draw_picture(), two=draw_picture())
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message.get("caption") for message in sent] == ["a", None]
    (alone,) = await caller.call("sendMediaGroup", chat_id=ann.id, media=media[:1], one=draw_picture())
    assert "media_group_id" not in alone
    missing = await caller.refuse("sendMediaGroup", chat_id=ann.id, media=media, one=draw_picture())
    assert missing == "Bad Request: can't parse InputMedia: media not found"


async def test_profile_photos_come_newest_first_and_square(caller: Caller) -> None:
    """In the sizes that Telegram keeps; a page of them where one is asked for, none where they are hidden."""
    world = caller.telegram.world
    ann = start_person(caller.telegram)
    assert await caller.call("getUserProfilePhotos", user_id=ann.id) == {"total_count": 0, "photos": []}
    for width, height in ((300, 500), (900, 700)):
        world.set_profile_photo(ann, draw_picture(width, height))
    told = await caller.call("getUserProfilePhotos", user_id=ann.id, limit=1)
    assert told["total_count"] == 2
    assert [[size["width"] for size in photo] for photo in told["photos"]] == [[160, 320, 640]]
    older = await caller.call("getUserProfilePhotos", user_id=ann.id, offset=1)
    assert [(size["width"], size["height"]) for size in older["photos"][0]] == [(160, 160), (300, 300)]
    file = await caller.call("getFile", file_id=told["photos"][0][1]["file_id"])
    assert file["file_unique_id"] == told["photos"][0][1]["file_unique_id"]
    ann.hides_photos = True
    assert (await caller.call("getUserProfilePhotos", user_id=ann.id))["total_count"] == 0
    assert await caller.refuse("getUserProfilePhotos", user_id=77) == "Bad Request: user not found"
