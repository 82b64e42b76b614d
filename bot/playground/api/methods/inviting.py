"""Methods about invite links and those who ask to be let in."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import Chat, World
from bot.playground.world.cleaning import clean_name
from bot.playground.world.errors import bad_request

SECOND = 1_000_000
MAX_NAME = 32
MAX_TAG = 16
MAX_LIMIT = 99_999


def create_chat_invite_link(world: World, args: Args) -> Any:
    """Make a link."""
    chat = _get_run_chat(world, args)
    limit, asks = args.get("member_limit", 0), args.get("creates_join_request", False)
    if limit and asks:
        raise bad_request("member limit can't be specified for links requiring administrator approval")
    if not 0 <= limit <= MAX_LIMIT:
        raise bad_request("wrong member limit specified")
    invite = world.add_invite(
        chat,
        world.bot,
        name=clean_name(args.get("name", ""), MAX_NAME),
        expires_at=args.get("expire_date", 0) * SECOND,
        member_limit=limit,
        creates_request=asks,
    )
    return world.render_invite(invite)


def edit_chat_invite_link(world: World, args: Args) -> Any:
    """Change a link of the bot's own; one that was revoked cannot be changed any more."""
    chat = _get_run_chat(world, args)
    invite = world.get_invite(chat, args["invite_link"])
    if invite.is_revoked or invite.creator is not world.bot:
        raise bad_request("INVITE_HASH_EXPIRED")
    invite.name = clean_name(args.get("name", ""), MAX_NAME)
    invite.expires_at = args.get("expire_date", 0) * SECOND
    invite.member_limit = args.get("member_limit", 0)
    invite.creates_request = args.get("creates_join_request", False)
    return world.render_invite(invite)


def export_chat_invite_link(world: World, args: Args) -> Any:
    """Make the chat's main link anew."""
    chat = _get_run_chat(world, args)
    invite = world.add_invite(chat, world.bot)
    invite.is_primary = True
    if chat.invite_link in world.invites:
        world.revoke_invite(world.invites[chat.invite_link])
    chat.invite_link = invite.url
    return invite.url


def revoke_chat_invite_link(world: World, args: Args) -> Any:
    """Let nobody in by a link any more."""
    invite = world.get_invite(_get_run_chat(world, args), args["invite_link"])
    world.revoke_invite(invite)
    return world.render_invite(invite)


def approve_chat_join_request(world: World, args: Args) -> Any:
    """Let somebody in."""
    chat = _get_run_chat(world, args, "chat join requests")
    world.approve_request(chat, world.get_human(args["user_id"]), world.bot)
    return True


def decline_chat_join_request(world: World, args: Args) -> Any:
    """Turn somebody away."""
    chat = _get_run_chat(world, args, "chat join requests")
    world.decline_request(chat, world.get_human(args["user_id"]))
    return True


def set_chat_member_tag(world: World, args: Args) -> Any:
    """Call a member something beside the name; only in groups, and no administrator.

    What is refused is refused in the words of the Bot API server's source, `RANK_…` of MTProto being `TAG_…` there.
    """
    chat = world.get_chat(args["chat_id"], "write")
    if chat.kind not in {"group", "supergroup"}:
        raise bad_request("method is available only for groups and supergroups")
    own = chat.find_member(world.bot)
    if own is None or not own.may("can_manage_tags"):
        raise bad_request("CHAT_ADMIN_REQUIRED")
    tag = clean_name(args.get("tag", ""), MAX_TAG + 1)
    if len(tag) > MAX_TAG:
        raise bad_request("TAG_INVALID")
    if any(unicodedata.category(sign) == "So" for sign in tag):
        raise bad_request("TAG_EMOJI_NOT_ALLOWED")
    member = chat.find_member(world.get_human(args["user_id"]))
    if member is None or not member.is_inside:
        raise bad_request("USER_NOT_PARTICIPANT")
    if member.is_admin:
        raise bad_request("TAG_CHANGE_FORBIDDEN")
    world.set_member(chat, replace(member, tag=tag))
    return True


def _get_run_chat(world: World, args: Args, what: str = "chat invite link") -> Chat:
    chat = world.get_chat(args["chat_id"], "write")
    if chat.is_private:
        raise bad_request("can't invite members to a private chat")
    world.check_admin(chat, "can_invite_users", f"manage {what}")
    return chat


METHODS = {
    "createChatInviteLink": create_chat_invite_link,
    "editChatInviteLink": edit_chat_invite_link,
    "exportChatInviteLink": export_chat_invite_link,
    "revokeChatInviteLink": revoke_chat_invite_link,
    "approveChatJoinRequest": approve_chat_join_request,
    "setChatMemberTag": set_chat_member_tag,
    "declineChatJoinRequest": decline_chat_join_request,
}
