"""A story that goes to many is on each reader's own card: drawn once, then known to Telegram by its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram.error import BadRequest

from bot.messages.broadcasts.composing import STORY
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.wire.snapshot import Snapshot
from bot.wire.story_cards import send_story
from bot.wire.telegram_bot import JSONDict
from storage import Store
from storage.errors import StoreUnavailable
from storage.records import PersonId
from tests.logged import list_values
from tests.messages.samples import make_shop
from tests.storage.cast import add_member

LOST = BadRequest("Bad Request: wrong file identifier/HTTP URL specified")


@dataclass
class Desk:
    """Draws, sends, and notes both; fails when it is told to."""

    store: Store
    drawn: list[str] = field(default_factory=list)
    photos: list[Photo | None] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    answer: JSONDict = field(default_factory=lambda: {"photo": [{"file_id": "small"}, {"file_id": "large"}]})

    def of_card(self, _signature: object, _language: str, story: str) -> str:
        """A version of a card."""
        return f"version of {story}"

    async def draw_card(self, _member: object, story: str) -> bytes:
        """A picture."""
        self.drawn.append(story)
        return b"picture"

    async def send(self, message: OutgoingMessage) -> JSONDict:
        """To Telegram."""
        self.photos.append(message.photo)
        if self.errors:
            raise self.errors.pop(0)
        return self.answer

    async def write(self, story: str, store: Any = None) -> JSONDict:
        """Send somebody a story."""
        pictures = SimpleNamespace(versions=self, draw_card=self.draw_card)
        snapshot = cast("Snapshot", SimpleNamespace(shop=make_shop(), pictures=pictures))
        message = OutgoingMessage(method=STORY, formatting={"story": story})
        return await send_story(store or self.store, snapshot, PersonId(1), message, self.send)


class NotKeeping:
    """A store that is away once something was sent."""

    def __init__(self, store: Store) -> None:
        self.read = store.read

    async def write(self, *_: object, **__: object) -> None:
        """Fail."""
        raise StoreUnavailable("away")


@pytest.fixture
async def desk(store: Store) -> Desk:
    """A shop with one member."""
    await store.write(add_member, 1)
    return Desk(store)


UPLOADED, KNOWN = Photo(image=b"picture"), Photo(file_id="large")


async def test_a_card_is_drawn_and_uploaded_once(desk: Desk) -> None:
    """The next time it goes by the name that Telegram gave its largest size; each story has a card of its own."""
    assert await desk.write("mina") == desk.answer
    assert await desk.write("mina") == desk.answer
    await desk.write("named")
    assert desk.photos == [UPLOADED, KNOWN, UPLOADED]
    assert desk.drawn == ["mina", "named"]


async def test_a_card_that_telegram_has_lost_is_uploaded_again(desk: Desk) -> None:
    """And is known by its new name from then on."""
    await desk.write("mina")
    desk.errors, desk.answer = [LOST], {"photo": [{"file_id": "new"}]}
    assert await desk.write("mina") == desk.answer
    await desk.write("mina")
    assert desk.photos == [UPLOADED, KNOWN, UPLOADED, Photo(file_id="new")]


async def test_a_lost_card_that_cannot_be_uploaded_now_is_forgotten_all_the_same(desk: Desk) -> None:
    """Nobody asks for it by its old name again."""
    await desk.write("mina")
    desk.errors = [LOST, BadRequest("Bad Request: not now")]
    with pytest.raises(BadRequest):
        await desk.write("mina")
    await desk.write("mina")
    assert desk.photos == [UPLOADED, KNOWN, UPLOADED, UPLOADED]


async def test_any_other_refusal_is_the_broadcasts(desk: Desk) -> None:
    """The card stays known, and nothing is drawn for it."""
    await desk.write("mina")
    desk.errors = [BadRequest("Bad Request: chat not found")]
    with pytest.raises(BadRequest, match="Chat not found"):
        await desk.write("mina")
    await desk.write("mina")
    assert desk.photos == [UPLOADED, KNOWN, KNOWN]


async def test_what_was_sent_was_sent(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Though its name cannot be kept, or Telegram gives none: the next one uploads it again. The log says why it is not kept."""
    assert await desk.write("mina", NotKeeping(desk.store)) == desk.answer
    assert [said.endswith("away") for (said,) in list_values(caplog)] == [True]
    desk.answer = {"message_id": 1}
    assert await desk.write("mina") == desk.answer
    await desk.write("mina")
    assert desk.photos == [UPLOADED] * 3
