"""Posts of the announce chat with a picture: drawn as they leave, and never held up by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aiohttp import web

from bot.core.posters import Poster
from bot.messages.notices import Reader, Rendered
from bot.messages.outgoing import CAPTION_LIMIT, OutgoingMessage
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.notices import Owed, owe
from bot.wire.gate import Gate
from storage import Store
from storage.addresses import ANNOUNCE
from storage.tables import outbox
from tests.outbox.test_digests import CHANNEL, Application
from tests.owed import Numbered
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
    server: Server, application: Application, gate: Gate, store: Store, *, takes_words: bool
) -> None:
    """A group may allow either; what takes neither is told like any other post that cannot be sent."""

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
