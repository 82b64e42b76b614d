"""Follows the world and knows what each open page has not been told yet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from bot.playground.page.calls import render_journal
from bot.playground.page.cast import Cast, Phone, name_peer
from bot.playground.page.guide import render_guide
from bot.playground.page.views import render_chat, render_people, render_phone
from bot.playground.world import Call, Chat, Happening, World

SECOND = 1_000_000
TYPING = 5 * SECOND
"""How long "typing…" stands unless a message comes first."""
_POLL_GAP = 4 * SECOND  # a bot that works on a batch asks again within this
_SEEN = frozenset({"message", "edited", "deleted", "chat", "members", "pinned", "typing"})
_LOOK_BACK = 400

Pieces = dict[str, Any]


@dataclass(eq=False, slots=True)
class Follower:
    """One open page."""

    chats: dict[int, Chat] = field(default_factory=dict)
    """Chats that changed since it was told."""
    wants_all: bool = True
    wants_journal: bool = True
    told: dict[str, str] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Return when something changed, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()

    def sift(self, pieces: Pieces) -> Pieces:
        """Return the pieces that say something new, and remember them as told."""
        fresh = {}
        for key, value in pieces.items():
            words = json.dumps(value, ensure_ascii=False, sort_keys=True)
            if self.told.get(key) != words:
                self.told[key] = words
                fresh[key] = value
        return fresh


class Feed:
    """Hears what happens and hands out pieces of the page that changed."""

    def __init__(self, world: World, cast: Cast, *, can_reset: bool = False) -> None:
        self.world = world
        self.cast = cast
        self.closed = False
        self._can_reset = can_reset
        self._followers: set[Follower] = set()
        self._typing: dict[int, int] = {}
        self._poll: Call | None = None
        self._polled_at = 0
        self._stop = world.listen(self._hear)

    def close(self) -> None:
        """Let every page go."""
        self.closed = True
        self._stop()
        self._wake(self._followers)

    @contextmanager
    def follow(self) -> Iterator[Follower]:
        """Count a page among those that are told."""
        follower = Follower()
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    def refresh(self) -> None:
        """Tell every page everything that differs from what it knows."""
        for follower in self._followers:
            follower.wants_all = True
        self._wake(self._followers)

    def collect(self, follower: Follower) -> Pieces:
        """Return what a page has not been told yet."""
        follower.woken.clear()
        pieces: Pieces = {"bot": self._render_bot(), "guide": render_guide(self.world, self.cast)}
        if follower.wants_all:
            pieces["people"] = render_people(self.cast)
            pieces |= self._render_phones()
        else:
            pieces |= self._render_changed([*follower.chats.values(), *self._list_silenced()])
        if follower.wants_journal:
            pieces["journal"] = render_journal(self.world)
        follower.chats.clear()
        follower.wants_all = follower.wants_journal = False
        return follower.sift(pieces)

    def _render_bot(self) -> dict[str, Any]:
        bot = self.world.bot
        names = {"name": bot.full_name, "username": bot.username}
        return names | {"listening": self._is_listening(), "canReset": self._can_reset}

    def _render_phones(self) -> Pieces:
        pieces: Pieces = {}
        for phone in self.cast.phones:
            pieces[f"phone/{phone.id}"] = render_phone(self.world, phone, self._list_typing())
            pieces |= self._render_chats(phone, phone.list_chats(self.world))
        return pieces

    def _render_changed(self, changed: list[Chat]) -> Pieces:
        pieces: Pieces = {}
        for phone in self.cast.phones if changed else ():
            mine = [chat for chat in changed if phone.sees(chat)]
            if mine or any(not chat.is_private for chat in changed):
                pieces[f"phone/{phone.id}"] = render_phone(self.world, phone, self._list_typing())
                pieces |= self._render_chats(phone, mine)
        return pieces

    def _render_chats(self, phone: Phone, chats: Iterable[Chat]) -> Pieces:
        world = self.world
        return {
            f"chat/{phone.id}/{name_peer(world, phone.person, chat)}": render_chat(world, phone, chat) for chat in chats
        }

    def _is_listening(self) -> bool:
        """Whether the bot waits for updates, or did a moment ago."""
        if self.world.webhook.url:
            return True
        recent = zip(range(_LOOK_BACK), reversed(self.world.journal.calls), strict=False)
        self._poll = next((call for _, call in recent if call.method == "getUpdates"), self._poll)
        if self._poll is not None and self._poll.status == 0 and not self._poll.error:
            return True
        return self.world.now - self._polled_at < _POLL_GAP

    def _list_typing(self) -> set[int]:
        return {chat_id for chat_id, at in self._typing.items() if self.world.now - at < TYPING}

    def _list_silenced(self) -> list[Chat]:
        """Return the chats where the typing has run out, once."""
        over = [chat_id for chat_id, at in self._typing.items() if self.world.now - at >= TYPING]
        for chat_id in over:
            del self._typing[chat_id]
        return [self.world.chats[chat_id] for chat_id in over]

    def _hear(self, happening: Happening) -> None:
        if happening.kind == "call":
            self._hear_call(happening.about)
        elif happening.kind == "violation":
            self._tell_journal()
        elif happening.kind in _SEEN and happening.chat is not None:
            self._hear_chat(happening, happening.chat)

    def _hear_call(self, call: Call) -> None:
        if call.method == "getUpdates" and not call.error:
            self._polled_at = self.world.now
        elif call.method.startswith(("setMy", "deleteMy")):
            self.refresh()
        self._tell_journal()

    def _hear_chat(self, happening: Happening, chat: Chat) -> None:
        if happening.kind == "typing":
            self._typing[chat.id] = self.world.now
        elif happening.message is not None and happening.message.sender is self.world.bot:
            self._typing.pop(chat.id, None)
        for follower in self._followers:
            follower.chats[chat.id] = chat
        self._wake(self._followers)

    def _tell_journal(self) -> None:
        for follower in self._followers:
            follower.wants_journal = True
        self._wake(self._followers)

    def _wake(self, followers: Iterable[Follower]) -> None:
        for follower in followers:
            follower.woken.set()
