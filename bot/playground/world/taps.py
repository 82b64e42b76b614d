"""What taps and links lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from bot.playground.world.buttons import Button
from bot.playground.world.chats import Chat, Message
from bot.playground.world.people import Person
from bot.playground.world.queries import Callback


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """The chooser a switch_inline_query button opens."""

    query: str
    current_chat: bool = False
    chat_kinds: frozenset[str] = frozenset({"user", "bot", "group", "channel"})


@dataclass(frozen=True, slots=True)
class Tap:
    """What a tap on a button did: told the bot, opens a link, copied a text, or opens a picker."""

    kind: Literal["callback", "url", "copy", "switch_inline", "web_app"]
    callback: Callback | None = None
    url: str = ""
    text: str = ""
    picker: Picker | None = None

    @staticmethod
    def from_button(button: Button) -> Tap:
        """Return what a button without callback data leads to."""
        if button.action == "copy_text":
            return Tap("copy", text=button.value["text"])
        if button.action in {"web_app", "login_url"}:
            return Tap("web_app", url=button.value["url"])
        if button.action == "url":
            return Tap("url", url=button.value)
        return Tap("switch_inline", picker=_read_picker(button))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link led to: a chat (with the message START sent), a draft to share, or a page outside Telegram."""

    kind: Literal["bot", "chat", "joined", "asked", "share", "web"]
    chat: Chat | None = None
    person: Person | None = None
    message: Message | None = None
    url: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A t.me address taken apart; `name` is empty for what does not lead into Telegram."""

    url: str
    name: str = ""
    invite: str = ""
    options: dict[str, str] = field(default_factory=dict)


def read_link(url: str) -> Link:
    """Take an address apart: `t.me/<name>?…`, `t.me/+<invite>`, `tg://resolve?domain=<name>`, `t.me/share/url?…`."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    options = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.scheme == "tg":
        name = {"resolve": options.get("domain", ""), "msg_url": "share"}.get(parts.netloc, "")
        return Link(url, name, options.get("invite", ""), options)
    if parts.netloc.lower() not in {"t.me", "telegram.me", "www.t.me"}:
        return Link(url)
    head = parts.path.strip("/").split("/")[0]
    if head.startswith("+"):
        return Link(url, invite=url.partition("?")[0])
    return Link(url, head, "", options)


def compose_draft(options: dict[str, str]) -> str:
    """Return the words a share link puts into the chosen chat: the address first, then the text."""
    draft = "\n".join(part for part in (options.get("url", ""), options.get("text", "")) if part)
    return f" {draft}" if draft.startswith("@") else draft


def has_kind(picker: Picker, chat: Chat, bot: Person) -> bool:
    """Whether a picker offers this chat."""
    if not chat.is_private:
        return ("channel" if chat.kind == "channel" else "group") in picker.chat_kinds
    return ("bot" if bot.id in chat.members else "user") in picker.chat_kinds


def _read_picker(button: Button) -> Picker:
    if button.action != "switch_inline_query_chosen_chat":
        return Picker(query=button.value, current_chat=button.action.endswith("current_chat"))
    flags = {
        "user": "allow_user_chats",
        "bot": "allow_bot_chats",
        "group": "allow_group_chats",
        "channel": "allow_channel_chats",
    }
    kinds = frozenset(kind for kind, flag in flags.items() if button.value.get(flag))
    return Picker(query=button.value.get("query", ""), chat_kinds=kinds)
