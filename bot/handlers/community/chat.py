"""The community chat as far as the bot knows it: its number, its name, and what keeps the bot from its work there."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberOwner
from telegram.error import ChatMigrated, TelegramError

from bot.core.community import ChatProblem, decide_problem
from bot.core.names import clean_text
from bot.services.campaigns import ShopView
from bot.services.community.membership import move, note_number
from bot.services.community.warning import note_look, note_moved
from bot.wire.errors import FailureKind, classify
from bot.wire.telegram_bot import PassalongBot
from storage.store import Store
from storage.tx import Tx

logger = logging.getLogger(__name__)

TITLE_LIMIT = 128
"""Telegram's own."""

CLOSED = {FailureKind.REFUSED, FailureKind.BLOCKED}
"""How Telegram says that the bot cannot do something in a chat, and never will as things stand."""


@dataclass(slots=True, kw_only=True)
class CommunityChat:
    """The channel or group that friends are invited to."""

    named: int | str
    """As the shop has it: a number, or a name with an @."""
    chat_id: int | None = None
    """None until a name was looked up, or was seen in an update."""
    title: str = ""
    other_id: int | None = None
    """Where the name leads now, if that is another chat than the one that is known."""
    admin_ids: Collection[int] = ()
    """Who is told when something is amiss."""

    def is_it(self, chat: Chat) -> bool:
        """Whether an update is about this chat; learns its number and title."""
        if self.chat_id is None and f"@{chat.username or ''}".lower() == str(self.named).lower():
            self.chat_id = chat.id
        if chat.id != self.chat_id:
            return False
        self.title = clean_text(chat.title or "", limit=TITLE_LIMIT)
        return True


def follow_shop(view: ShopView, known: CommunityChat | None, *, admin_ids: Collection[int]) -> CommunityChat | None:
    """The community chat of a shop, with what is known of it where it is the same as before; None where there is none."""
    named = view.community_chat
    if named is None or (known is not None and known.named == named):
        return known if named is not None else None
    number = view.community_id or (named if isinstance(named, int) else None)
    return CommunityChat(named=named, chat_id=number, admin_ids=admin_ids)


async def look_after(bot: PassalongBot, store: Store, community: CommunityChat) -> None:
    """Look at the chat and tell the admins what is missing there, once; Telegram's silence is left for later."""
    try:
        problem = await look(bot, store, community)
    except TelegramError as error:
        logger.warning("The community chat could not be looked at: %s", classify(error).text)
        return
    if problem is not None:
        logger.warning("The community chat %s is not in order: %s", community.named, problem)
    await tell(store, community, problem)


async def look(bot: PassalongBot, store: Store, community: CommunityChat) -> ChatProblem | None:
    """What keeps the bot from its work in the chat.

    Raises:
        TelegramError: that cannot be said now.
    """
    community.other_id = await _find_other(bot, community)
    if community.other_id is not None:
        return ChatProblem.OTHER_CHAT
    try:
        chat = await bot.get_chat(community.chat_id or community.named)
        community.chat_id = chat.id
        community.title = clean_text(chat.title or "", limit=TITLE_LIMIT)
        return find_problem(await bot.get_chat_member(chat.id, bot.id))
    except ChatMigrated as error:
        await follow(store, community, error.new_chat_id)
        return await look(bot, store, community)
    except TelegramError as error:
        kind = classify(error).kind
        if kind not in CLOSED:
            raise
        return ChatProblem.NO_CHAT if kind is FailureKind.REFUSED else ChatProblem.NO_ADMIN


async def _find_other(bot: PassalongBot, community: CommunityChat) -> int | None:
    """The chat that the name leads to, if it is not the one that it led to when it was first looked up."""
    if community.chat_id is None or isinstance(community.named, int):
        return None
    try:
        found = await bot.get_chat(community.named)
    except TelegramError:
        return None  # a name that leads nowhere leads nobody astray
    return found.id if found.id != community.chat_id else None


def find_problem(me: ChatMember) -> ChatProblem | None:
    """What the bot misses, by what it is in the chat."""
    admin = isinstance(me, (ChatMemberAdministrator, ChatMemberOwner))
    may_invite = not isinstance(me, ChatMemberAdministrator) or bool(me.can_invite_users)
    return decide_problem(admin=admin, may_invite=may_invite)


async def tell(store: Store, community: CommunityChat, problem: ChatProblem | None) -> None:
    """Tell the admins what is missing, unless they know; forget it when nothing is."""
    await store.write(say_look, community, problem)


def say_look(tx: Tx, community: CommunityChat, problem: ChatProblem | None) -> None:
    """`tell` as part of a unit of work."""
    if community.chat_id is not None:
        note_number(tx, community.chat_id)
    is_other = problem is ChatProblem.OTHER_CHAT
    note_look(
        tx,
        chat=community.named,
        title="" if is_other else community.title,
        problem=problem,
        admin_ids=community.admin_ids,
        number=str(community.other_id or "") if is_other else "",
    )


async def follow(store: Store, community: CommunityChat, new_id: int) -> None:
    """The group has become a supergroup: go on with its new number."""
    await store.write(say_moved, community, new_id)
    community.chat_id = new_id


def say_moved(tx: Tx, community: CommunityChat, new_id: int) -> None:
    """`follow` as part of a unit of work; the chat itself is to be changed after it."""
    old_id = community.chat_id
    if old_id is None or old_id == new_id:
        return
    move(tx, old_id=old_id, new_id=new_id)
    note_moved(tx, old_id=old_id, new_id=new_id, title=community.title, admin_ids=community.admin_ids)
