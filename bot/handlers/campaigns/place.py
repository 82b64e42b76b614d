"""Where the shop is: its chats and its time zone, as somebody names them."""

from __future__ import annotations

import asyncio
import re

from telegram import Message, MessageOriginChannel, MessageOriginChat
from telegram.error import TelegramError

from bot.core.campaigns.rules import parse_chat
from bot.core.shop_chats import decide_inviting, decide_posting, read_standing
from bot.core.zones import find_zone_name
from bot.handlers.deps import Context
from bot.messages.place import say_chat_problem, say_no_chat
from bot.messages.texts import Html, Texts
from bot.wire.errors import FailureKind, classify
from storage.frozen import frozen

_LINK = re.compile(r"(?:https?://)?(?:t|telegram)\.me/([A-Za-z][A-Za-z0-9_]{3,31})/?", re.IGNORECASE)
_DECIDE = {"announce": decide_posting, "community": decide_inviting}
_SILENT = frozenset({FailureKind.NOT_SENT, FailureKind.UNKNOWN, FailureKind.FLOOD})
"""Nothing was said of the chat."""


@frozen(kw_only=False)
class FoundChat:
    """A chat of the shop that the bot can work in."""

    named: str
    number: int


async def read_chat(context: Context, texts: Texts, message: Message, field: str) -> FoundChat | Html:
    """The chat that is named, or whose post is forwarded; else why it will not do, and what would.

    Raises:
        TelegramError: Telegram does not say now.
    """
    named = _find_named(message)
    if named is None:
        return say_no_chat(texts)
    try:
        chat = await context.bot.post_raw("getChat", {"chat_id": named})
        me = await context.bot.post_raw("getChatMember", {"chat_id": chat["id"], "user_id": context.bot.id})
    except TelegramError as error:
        if classify(error).kind in _SILENT:
            raise
        return say_chat_problem(texts, None, chat=str(named))
    standing = read_standing(chat, me)
    problem = _DECIDE[field](standing)
    if problem is not None or standing.kind == "private":
        return say_chat_problem(texts, problem, chat=standing.title or str(named))
    return FoundChat(str(named), int(chat["id"]))


async def read_zone(texts: Texts, message: Message) -> str | None:
    """The IANA's name of the zone that is meant."""
    return await asyncio.to_thread(find_zone_name, message.text or "", texts.language)


def _find_named(message: Message) -> int | str | None:
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel):
        return origin.chat.id
    if isinstance(origin, MessageOriginChat):
        return origin.sender_chat.id
    said = (message.text or "").strip()
    link = _LINK.fullmatch(said)
    return parse_chat(f"@{link[1]}" if link else said)
