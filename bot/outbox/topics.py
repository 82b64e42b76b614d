"""The team's group: one topic for each ticket where the group has topics, made when first needed and anew when gone."""

from __future__ import annotations

import asyncio
import logging

from telegram.error import BadRequest, Forbidden

from bot.messages.outgoing import OutgoingMessage
from bot.services.notices import Thread
from bot.services.tickets.passing import find_topic, set_topic
from bot.wire.errors import classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import JSONDict, PassalongBot
from storage.store import Store
from storage.ticket import TicketId

logger = logging.getLogger(__name__)

SHUTTING = frozenset({"closeForumTopic", "reopenForumTopic"})

LOOK_SECONDS = 600.0
"""So long it is believed that a group has topics, or none."""

NAME_LIMIT = 128
"""Characters of a topic's name; Telegram's own limit."""


class Topics:
    """Sends to the team's group, each ticket in its topic.

    Args:
        store: Remembers which topic is whose.
        bot: Who sends.
    """

    def __init__(self, store: Store, bot: PassalongBot) -> None:
        self._store = store
        self._bot = bot
        self._seen: dict[int | str, tuple[float, bool]] = {}

    async def deliver(self, chat_id: int | str, message: OutgoingMessage, thread: Thread) -> JSONDict:
        """Send a message to the team's group, and return it as Telegram has it; empty where nothing had to be sent.

        Raises:
            TelegramError: see `bot.wire.errors.classify`.
        """
        topic_id = await self._find(chat_id, thread.ticket_id, make=message.method not in SHUTTING)
        if message.method in SHUTTING:
            await self._shut(chat_id, message.method, topic_id)
            return {}
        try:
            return await self._bot.deliver(
                chat_id, message, thread_id=topic_id, priority=Priority.NOTICE, keeps_topic=True
            )
        except BadRequest as error:
            if topic_id is None or not classify(error).is_topic_gone:
                raise
        await self._store.write(set_topic, thread.ticket_id, None)
        topic_id = await self._find(chat_id, thread.ticket_id, make=True)
        return await self._bot.deliver(chat_id, message, thread_id=topic_id, priority=Priority.NOTICE)

    async def _shut(self, chat_id: int | str, method: str, topic_id: int | None) -> None:
        if topic_id is None:
            return
        try:
            await self._bot.tell(method, {"chat_id": chat_id, "message_thread_id": topic_id}, priority=Priority.NOTICE)
        except (BadRequest, Forbidden) as error:
            logger.info("A topic of the team's group stays as it is: %s", error)

    async def _find(self, chat_id: int | str, ticket_id: TicketId, *, make: bool) -> int | None:
        topic_id, name = await self._store.read(find_topic, ticket_id)
        if topic_id is not None or not make or not await self._has_topics(chat_id):
            return topic_id
        try:
            made = await self._bot.post_raw(
                "createForumTopic",
                {"chat_id": chat_id, "name": f"#{ticket_id} {name}"[:NAME_LIMIT]},
                priority=Priority.NOTICE,
            )
        except (BadRequest, Forbidden) as error:
            logger.warning("No topic could be made in the team's group: %s", error)
            self._seen[chat_id] = (asyncio.get_running_loop().time(), False)
            return None
        topic_id = int(made["message_thread_id"])
        await self._store.write(set_topic, ticket_id, topic_id)
        return topic_id

    async def _has_topics(self, chat_id: int | str) -> bool:
        now = asyncio.get_running_loop().time()
        seen_at, has = self._seen.get(chat_id, (now - LOOK_SECONDS, False))
        if now - seen_at >= LOOK_SECONDS:
            chat = await self._bot.post_raw("getChat", {"chat_id": chat_id}, priority=Priority.NOTICE)
            has = bool(chat.get("is_forum"))
            self._seen[chat_id] = (now, has)
        return has
