"""Posts of the announce chat with a picture: drawn as they leave, and never held up by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest
from aiohttp import web
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.core.posters import Poster
from bot.messages.notices import Reader, Rendered
from bot.messages.outgoing import CAPTION_LIMIT, OutgoingMessage, Photo
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.notices import Owed, owe
from bot.wire.errors import LostAnswer, NotSent
from bot.wire.gate import Gate
from bot.wire.pacing import Priority
from bot.wire.pictures import Pictures
from bot.wire.posters import add_poster, deliver_post
from storage import Store
from storage.addresses import ANNOUNCE
from storage.tables import outbox
from tests.logged import list_values
from tests.outbox.test_digests import CHANNEL, Application
from tests.owed import Numbered
from tests.wire.asked import Asked
from tests.wire.server import Call, Server, refuse, until
from tests.wire.stage import make_snapshots

FINE = Poster(brand="Mina", sign="3", headline="friends", below="A free tea")


@pytest.mark.parametrize(
    ("text", "pictured"),
    [("<b>Three</b> friends", True), ("<b>" + "x" * CAPTION_LIMIT + "</b>", True), ("x" * (CAPTION_LIMIT + 1), False)],
)
async def test_a_post_has_its_picture_where_its_words_fit_below(
    server: Server, application: Application, gate: Gate, store: Store, text: str, *, pictured: bool
) -> None:
    """Otherwise its words alone: they are what counts."""
    await _deliver(application, gate, store, text)
    await until(lambda: server.list_calls("sendPhoto") or server.list_calls("sendMessage"))
    assert bool(server.list_calls("sendPhoto")) is pictured
    assert bool(server.list_calls("sendMessage")) is not pictured


@pytest.mark.parametrize("takes_words", [True, False])
async def test_a_chat_that_takes_no_pictures_has_the_words(
    server: Server,
    application: Application,
    gate: Gate,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    *,
    takes_words: bool,
) -> None:
    """A group may allow either; what takes neither is told like any other post that cannot be sent. The log says what it does not take."""

    async def refuse_pictures(_: Call) -> web.StreamResponse:
        return refuse(400, "Bad Request: not enough rights to send photos to the chat")

    async def refuse_words(_: Call) -> web.StreamResponse:
        return refuse(400, "Bad Request: not enough rights to send text messages to the chat")

    server.replies["sendPhoto"] = refuse_pictures
    if not takes_words:
        server.replies["sendMessage"] = refuse_words
    await _deliver(application, gate, store, "Three friends", until_sent=None if takes_words else server)
    assert len(server.list_calls("sendPhoto")) == 1
    assert [call.data["text"] for call in server.list_calls("sendMessage")][:1] == ["Three friends"]
    said = list_values(caplog, "bot.wire.posters")
    assert ["ot enough rights to send photos" in each for (each,) in said] == [True]
    owed = await store.read(outbox.count_owed)
    assert owed == (0 if takes_words else 1)


async def _deliver(
    application: Application, gate: Gate, store: Store, text: str, *, until_sent: Server | None = None
) -> None:
    def render(_: Reader, owed: Sequence[Owed[Numbered]]) -> list[Rendered]:
        return [Rendered(messages=[OutgoingMessage(text=text, poster=FINE)], owed=owed)]

    worker = OutboxWorker(
        store=store,
        bot=application.bot,
        gate=gate,
        snapshots=make_snapshots(store),
        renderers={Numbered: render},
        chats=ShopChats(store, CHANNEL),
    )
    await store.write(lambda tx: owe(tx, ANNOUNCE, Numbered(n=1), key=1))
    worker.start()
    try:
        if until_sent is None:
            await worker.settled()
        else:
            await until(lambda: until_sent.list_calls("sendMessage"))
    finally:
        await worker.stop(1)


class Clumsy:
    """Draws a poster, or fails to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.drawn: list[Poster] = []

    async def draw_poster(self, poster: Poster) -> bytes:
        """A picture."""
        self.drawn.append(poster)
        if self.error is not None:
            raise self.error
        return b"picture"


async def test_a_poster_that_cannot_be_drawn_holds_up_no_post(caplog: pytest.LogCaptureFixture) -> None:
    """Its words go out as they are, and the log says what went wrong; one that can is the post's photo."""
    post = OutgoingMessage(text="Three friends", poster=FINE)
    drawing, clumsy = Clumsy(), Clumsy(OSError("no typeface"))
    assert await add_poster(cast("Pictures", drawing), post) == replace(post, photo=Photo(image=b"picture"))
    assert await add_poster(cast("Pictures", clumsy), post) is post
    assert drawing.drawn == clumsy.drawn == [FINE]
    assert [each.exc_info[1] if each.exc_info else None for each in caplog.records] == [clumsy.error]
    silent = OutgoingMessage(text="Three friends")
    assert await add_poster(cast("Pictures", drawing), silent) is silent


@pytest.mark.parametrize(
    ("poster", "error", "sent"),
    [
        (FINE, BadRequest("Bad Request: not enough rights to send photos to the chat"), 2),
        (FINE, BadRequest("Bad Request: IMAGE_PROCESS_FAILED"), 2),
        (FINE, NotSent("No connection"), 1),
        (FINE, LostAnswer("Connection lost"), 1),
        (FINE, ChatMigrated(-1009), 1),
        (None, BadRequest("Bad Request: not enough rights to send text messages to the chat"), 1),
    ],
)
async def test_only_what_the_picture_may_be_to_blame_for_is_sent_without(
    poster: Poster | None, error: TelegramError, sent: int
) -> None:
    """What may have arrived would be there twice, and where Telegram is away the words would not come through either."""
    telegram, post = Asked(error), OutgoingMessage(text="Three friends", poster=poster)
    if sent == 2:
        await deliver_post(telegram.bot, cast("Pictures", Clumsy()), CHANNEL, post)
    else:
        with pytest.raises(type(error)):
            await deliver_post(telegram.bot, cast("Pictures", Clumsy()), CHANNEL, post)
    pictured = replace(post, photo=Photo(image=b"picture")) if poster is not None else post
    assert telegram.calls == [
        ("deliver", (CHANNEL, each), {"priority": Priority.NOTICE}) for each in (pictured, post)[:sent]
    ]
