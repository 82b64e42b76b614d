"""Following links: into the bot, into chats, out of Telegram."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.playground.world.chats import Chat, Message
from bot.playground.world.errors import ImpossibleError
from bot.playground.world.inviting import InviteActions
from bot.playground.world.people import Person
from bot.playground.world.taps import Opened, compose_draft, read_link

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


class LinkActions(InviteActions):
    """Tapping an address in a text, a button or a picture's QR code."""

    def open_link(self, person: Person, url: str) -> Opened:
        """Open an address; `t.me/<bot>?start=…` opens the bot's chat and presses START."""
        link = read_link(url)
        if link.invite:
            return self._open_invite(person, link.invite)
        if link.name.lower() == "share":
            return Opened(kind="share", url=link.options.get("url", ""), draft=compose_draft(link.options))
        target = self.names.get(link.name.lower())
        if target is self.bot:
            return self._open_bot(person, link.options.get("start"))
        if isinstance(target, Chat):
            return Opened(kind="chat", chat=target)
        if target is not None:
            return Opened(kind="chat", chat=self.open_chat(person, target), person=target)
        return Opened(kind="web", url=url)

    def share_draft(self, person: Person, chat: Chat, opened: Opened) -> Message:
        """Send the draft of a share link into the chosen chat."""
        self.require(opened.kind == "share" and opened.draft, "there is nothing to share")
        return self.send_text(person, chat, opened.draft)

    def make_share_link(self, url: str, text: str = "") -> str:
        """Return the address apps open to share another."""
        return f"https://t.me/share/url?url={quote(url, safe='')}" + (f"&text={quote(text, safe='')}" if text else "")

    def _open_bot(self, person: Person, payload: str | None) -> Opened:
        chat = self.open_chat(person)
        if payload is None:
            return Opened(kind="bot", chat=chat)
        if payload and not _START.fullmatch(payload):
            raise ImpossibleError(f"apps ignore a start parameter such as {payload!r}")
        return Opened(kind="bot", chat=chat, message=self.press_start(person, payload))

    def _open_invite(self, person: Person, url: str) -> Opened:
        invite = self.invites.get(url)
        if invite is None:
            raise ImpossibleError("the invite link is not valid")
        if invite.chat.holds(person):
            return Opened(kind="chat", chat=invite.chat)
        if invite.creates_request:
            self.ask_to_join(person, invite)
            return Opened(kind="asked", chat=invite.chat)
        self.join(person, invite.chat, invite)
        return Opened(kind="joined", chat=invite.chat)
