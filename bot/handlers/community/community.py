"""The chat that friends are invited to: a personal link for each member, and who comes and goes."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.error import ChatMigrated, TelegramError

from bot.handlers.community.chat import CLOSED, CommunityChat, find_problem, follow, look, say_look, say_moved, tell
from bot.handlers.deps import Context
from bot.handlers.guide import on_anything_else
from bot.handlers.reply import show
from bot.messages.community import render_community, render_community_closed
from bot.messages.texts import Texts
from bot.services.community.inviting import CommunityView, keep_link, view_community
from bot.services.community.membership import come, leave
from bot.updates.context import profile_of, visitor_of
from bot.wire.errors import FailureKind, classify

logger = logging.getLogger(__name__)

_INSIDE = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}


async def on_community(update: Update, context: Context) -> None:
    """Hand the member their personal link; where none can be had, say so kindly and tell the admins."""
    community = context.deps.community
    if community is None:
        await on_anything_else(update, context)
        return
    chat_id = community.chat_id or await _look_up(context, community)
    if not community.title:
        with suppress(TelegramError):  # it became the shop's while the bot runs; a link is made without its title too
            await look(context.bot, context.bot_data.store, community)
    view = await context.read(view_community, visitor=visitor_of(update), chat_id=chat_id or 0)
    link = await _provide_link(context, community, view) if chat_id else None
    texts, shop = Texts(view.member.language), context.deps.shop
    if link is None:
        await show(update, context, render_community_closed(texts, shop, view))
        return
    if view.waits and await _see_inside(update, context, community):
        view = replace(view, waits=False)
    await show(update, context, render_community(texts, shop, view, link=link, title=community.title))


async def on_chat_member(update: Update, context: Context) -> None:
    """Somebody came into a chat that the bot runs, or is no longer there; bots never count."""
    change, community = update.chat_member, context.deps.community
    assert change is not None
    user = change.new_chat_member.user
    if community is None or user.is_bot or not community.is_it(change.chat):
        return
    was, now = _is_inside(change.old_chat_member), _is_inside(change.new_chat_member)
    if now and not was:
        link = change.invite_link.invite_link if change.invite_link else ""
        await context.write(come, chat_id=change.chat.id, newcomer=profile_of(user), link=link)
    elif was and not now:
        await context.write(leave, chat_id=change.chat.id, telegram_id=user.id)


async def on_join_request(update: Update, context: Context) -> None:
    """Somebody asks to be let in: that is the admins' to decide, and it counts once they are in."""
    request, community = update.chat_join_request, context.deps.community
    assert request is not None
    if community is not None and community.is_it(request.chat):
        logger.info("Somebody asks to be let into the community chat")


async def on_own_rights(update: Update, context: Context) -> None:
    """What the bot may do in the community chat has changed."""
    change, community = update.my_chat_member, context.deps.community
    assert change is not None
    if community is not None and community.is_it(change.chat):
        await context.write(say_look, community, find_problem(change.new_chat_member))


async def on_migrated(update: Update, context: Context) -> None:
    """A group became a supergroup; told in the old one and in the new one."""
    message, community = update.effective_message, context.deps.community
    if message is None or community is None:
        return
    old_id = message.migrate_from_chat_id or message.chat.id
    new_id = message.migrate_to_chat_id or message.chat.id
    if community.chat_id == old_id != new_id:
        await context.write(say_moved, community, new_id)
        community.chat_id = new_id


async def find_chat_id(context: Context) -> int | None:
    """The community chat's number, asked of Telegram where only its name is known; None where it cannot be had now."""
    community = context.deps.community
    if community is None:
        return None
    if community.chat_id is not None:
        return community.chat_id
    try:
        return await _look_up(context, community)
    except TelegramError as error:
        logger.warning("The community chat could not be looked up: %s", classify(error).text)
        return None


async def _look_up(context: Context, community: CommunityChat) -> int | None:
    store = context.bot_data.store
    await tell(store, community, await look(context.bot, store, community))
    return community.chat_id


async def _provide_link(context: Context, community: CommunityChat, view: CommunityView) -> str | None:
    """The member's link, made anew where there is none or Telegram does not know it any more; None where it cannot be.

    Raises:
        TelegramError: for a reason that passes.
    """
    try:
        return await _renew_link(context, community, view)
    except ChatMigrated as error:
        if error.new_chat_id == community.chat_id:
            raise
        await follow(context.bot_data.store, community, error.new_chat_id)
        return await _provide_link(context, community, view)
    except TelegramError as error:
        failure = classify(error)
        if failure.kind not in CLOSED:
            raise
        logger.warning("No invite link to the community chat can be made: %s", failure.text)
        store = context.bot_data.store
        await tell(store, community, await look(context.bot, store, community))
        return None


async def _renew_link(context: Context, community: CommunityChat, view: CommunityView) -> str:
    chat_id, name = community.chat_id or 0, view.member.code
    if view.link is not None and await _stands(context, chat_id, view.link, name):
        return view.link
    made = await context.bot.create_chat_invite_link(chat_id, name=name)
    await context.bot_data.store.write(keep_link, person_id=view.member.id, chat_id=chat_id, link=made.invite_link)
    return made.invite_link


async def _stands(context: Context, chat_id: int, link: str, name: str) -> bool:
    """Whether somebody can still come by a link: there is no way to ask but to name it once more."""
    try:
        known = await context.bot.edit_chat_invite_link(chat_id, link, name=name)
    except TelegramError as error:
        failure = classify(error)
        if failure.kind is FailureKind.REFUSED:
            return "not modified" in failure.text.lower().replace("_", " ")
        raise
    return not known.is_revoked


async def _see_inside(update: Update, context: Context, community: CommunityChat) -> bool:
    """A member who waits may be in the chat since before the bot could see it: ask, and let it count."""
    visitor, chat_id = visitor_of(update), community.chat_id or 0
    try:
        inside = _is_inside(await context.bot.get_chat_member(chat_id, visitor.telegram_id))
    except TelegramError as error:
        logger.info("Whether a member is in the community chat cannot be said: %s", classify(error).text)
        return False
    if inside:
        await context.bot_data.store.write(come, chat_id=chat_id, newcomer=visitor, link="")
    return inside


def _is_inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _INSIDE
