"""Owed notices made into letters: looked up in the store, worded by messages, addressed here."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.notices import render_notices
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.outbox.outgoing import Letter
from bot.services.notices import view_notices
from storage.records import Notice, PersonId
from storage.store import Store


class NoticeRenderer:
    """Renders for people in their language, for the announce chat in the campaign's.

    Args:
        store: Where names, balances and languages of the moment come from.
        shop: The bot's identity and campaign.
        announce_chat: Id or @name; None where joins are not announced.
    """

    def __init__(self, *, store: Store, shop: Shop, announce_chat: int | str | None) -> None:
        self._store = store
        self._shop = shop
        self._announce_chat = announce_chat

    async def render(self, recipient_id: PersonId | None, notices: Sequence[Notice]) -> Sequence[Letter]:
        """The letters for one recipient, in the order of sending; none for an announce chat that was given up."""
        views = await self._store.read(view_notices, recipient_id=recipient_id, notices=notices)
        chat_id = views[0].chat_id if recipient_id is not None else self._announce_chat
        if chat_id is None:
            return []
        language = views[0].language or self._shop.campaign.channel_language
        parts = render_notices(Texts(language), self._shop, views)
        return [
            Letter(chat_id=chat_id, text=part.text, notice_ids=part.notice_ids, keyboard=part.keyboard)
            for part in parts
        ]

    async def move_announce_chat(self, _old: int | str, new: int) -> None:
        """The group became a supergroup: address it by its new id until the setting is changed."""
        self._announce_chat = new
