"""A story that goes to many, each on a card of their own: known to Telegram, or drawn and uploaded on the way."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest

from bot.messages.broadcasts.composing import compose_story, read_story
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.services.sharing.cards import ShareView, forget_cards, keep_card, view_card_of
from bot.wire.errors import classify
from bot.wire.snapshot import Snapshot
from bot.wire.telegram_bot import JSONDict, find_file_id
from storage.errors import StoreError
from storage.records import PersonId
from storage.store import Store

logger = logging.getLogger(__name__)

Send = Callable[[OutgoingMessage], Awaitable[JSONDict]]


async def send_story(
    store: Store, snapshot: Snapshot, person_id: PersonId, message: OutgoingMessage, send: Send
) -> JSONDict:
    """Send the story that a message names on somebody's card, and return it as Telegram has it.

    Raises:
        RowMissing: there is nobody of this number.
        TelegramError: see `errors.classify`.
    """
    story, versions = read_story(message), snapshot.pictures.versions
    view = await store.read(view_card_of, person_id=person_id, versions=versions, story=story)
    if view.file_id is not None:
        try:
            return await send(compose_story(message, snapshot.shop, view.member, Photo(file_id=view.file_id)))
        except BadRequest as error:
            if not classify(error).is_lost_file:
                raise
            await store.write(forget_cards, person_id=person_id, versions=[view.version])
    image = await snapshot.pictures.draw_card(view.member, story)
    sent = await send(compose_story(message, snapshot.shop, view.member, Photo(image=image)))
    await _keep(store, view, find_file_id(sent))
    return sent


async def _keep(store: Store, view: ShareView, file_id: str | None) -> None:
    """What was sent was sent: the next one uploads it again."""
    try:
        if file_id is not None:
            await store.write(keep_card, person_id=view.member.id, version=view.version, file_id=file_id)
    except StoreError as error:
        logger.warning("The name of a card was not kept: %s", error)
