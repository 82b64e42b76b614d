"""How the bot stands in the chats of the shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Protocol

from bot.core.campaigns.rules import parse_chat
from bot.core.community import ChatProblem
from bot.core.setting import PREFIX
from bot.core.shop_chats import Standing, decide_inviting, decide_posting, read_standing
from bot.core.tickets import STAFF_CHAT
from bot.doctor.finding import Finding
from bot.settings import Settings
from storage.frozen import frozen
from storage.tables.shops import Said

CHOSEN = "/campaigns, in the chat with the bot"
"""Where a shop says what its settings do not."""


class Ask(Protocol):
    """Calls a method of the Bot API: what it says, and the time by its clock."""

    def __call__(self, method: str, **parameters: object) -> Awaitable[tuple[dict[str, Any], str]]:
        """Raises whatever the way to Telegram raises."""


@frozen
class ShopChat:
    """A chat that the shop has named."""

    subject: str
    named: int | str
    setting: str
    """Where it is named."""
    may: str
    """What the bot has to be able to do there, in words."""
    decide: Callable[[Standing], ChatProblem | None]


_STATES = {
    ChatProblem.NO_CHAT: "cannot be found",
    ChatProblem.NOT_INSIDE: "the bot is not in it",
    ChatProblem.NO_ADMIN: "the bot is no admin there, and sees nobody come or go",
    ChatProblem.NO_INVITING: "the bot may not invite there",
    ChatProblem.NO_POSTING: "the bot may not post there",
}
_CURES = {
    ChatProblem.NO_CHAT: "Look at {setting}: for a private chat it takes the number, like -1001234567890; and add the bot to the chat.",
    ChatProblem.NOT_INSIDE: "Add the bot to the chat; to a channel or a community as an admin.",
    ChatProblem.NO_ADMIN: "Make it an admin there, with the right to invite users by link.",
    ChatProblem.NO_INVITING: "Give it the right to invite users by link.",
    ChatProblem.NO_POSTING: "Let it post: in a channel as an admin with the right to post messages, in a group by lifting what it is restricted by.",
}


async def check_chats(settings: Settings, place: Said | None, bot_id: int, ask: Ask) -> AsyncIterator[Finding]:
    """A finding for each chat that the shop has named: in its `place`, or, where that cannot be asked, in its settings."""
    for chat in list_chats(settings, place or read_place(settings)):
        yield await _check(chat, bot_id, ask)


def read_place(settings: Settings) -> Said:
    """What the settings, and the campaign file they name, say of the shop's chats and zone."""
    community = settings.community_chat or _find_community(settings)
    return Said(
        announce_chat=str(settings.announce_chat or ""),
        community_chat=str(community or ""),
        zone=settings.given.get("TIMEZONE") or "",
    )


def list_chats(settings: Settings, place: Said) -> Iterator[ShopChat]:
    """The chats that are named, by what they are for."""
    written = read_place(settings)
    if place.announce_chat:
        yield ShopChat(
            subject="announce chat",
            named=parse_chat(place.announce_chat) or place.announce_chat,
            setting=f"{PREFIX}ANNOUNCE_CHAT" if place.announce_chat == written.announce_chat else CHOSEN,
            may="the bot may post there",
            decide=decide_posting,
        )
    if settings.vault_chat is not None:
        yield ShopChat(
            subject="vault chat",
            named=settings.vault_chat,
            setting=f"{PREFIX}VAULT_CHAT",
            may="the bot may put pictures there",
            decide=decide_posting,
        )
    staff = STAFF_CHAT.read(settings.given)
    if staff is not None:
        yield ShopChat(
            subject="staff chat",
            named=staff,
            setting=f"{PREFIX}STAFF_CHAT",
            may="the team can answer members there",
            decide=decide_posting,
        )
    if place.community_chat:
        yield ShopChat(
            subject="community chat",
            named=parse_chat(place.community_chat) or place.community_chat,
            setting=_name_community(settings) if place.community_chat == written.community_chat else CHOSEN,
            may="the bot sees who comes, and may invite",
            decide=decide_inviting,
        )


def _name_community(settings: Settings) -> str:
    return f"{PREFIX}COMMUNITY_CHAT" if settings.community_chat else f"community in {settings.campaign}"


def _find_community(settings: Settings) -> int | str | None:
    from bot.campaign_file import CampaignMistake, load_campaign  # noqa: PLC0415 -- heavy

    try:
        return load_campaign(settings.campaign).campaign.rules.community
    except CampaignMistake:
        return None  # has a finding of its own


async def _check(chat: ShopChat, bot_id: int, ask: Ask) -> Finding:
    found, _ = await ask("getChat", chat_id=chat.named)
    if not found["ok"]:
        return _explain(chat, found)
    chat_id = found["result"]["id"]
    if found["result"]["type"] == "group":  # one that has grown into a supergroup says so only to who wants to write
        writing, _ = await ask("sendChatAction", chat_id=chat_id, action="typing")
        if not writing["ok"]:
            return _explain(chat, writing)
    me, _ = await ask("getChatMember", chat_id=chat_id, user_id=bot_id)
    if not me["ok"]:
        return _explain(chat, me)
    standing = read_standing(found["result"], me["result"])
    problem = chat.decide(standing)
    called = standing.title or str(chat.named)
    if problem is None:
        return Finding(chat.subject, f"{called}, {chat.may}")
    return Finding(chat.subject, f"{called}: {_STATES[problem]}", _CURES[problem].format(setting=chat.setting))


def _explain(chat: ShopChat, refusal: dict[str, Any]) -> Finding:
    """What Telegram's refusal to look means."""
    new_id = (refusal.get("parameters") or {}).get("migrate_to_chat_id")
    if new_id:
        state, cure = "the group has become a supergroup", f"Set {chat.setting} to its new number, {new_id}."
        return Finding(chat.subject, f"{chat.named}: {state}", cure, serious=False)
    said = str(refusal.get("description", "refused"))
    problem = ChatProblem.NOT_INSIDE if refusal.get("error_code") == 403 else ChatProblem.NO_CHAT
    return Finding(
        chat.subject, f"{chat.named}: {_STATES[problem]} ({said})", _CURES[problem].format(setting=chat.setting)
    )
