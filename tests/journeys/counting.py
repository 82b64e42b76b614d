"""Launch cost: what a person's hands do between wanting to tell somebody and that somebody having the card.

A tap is a touch of the screen: a button, a chat in a chooser, a result, the arrow that sends. A typed character is one
that the person's fingers write; what the app puts into the line by itself costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.playground.world import CallbackAnswer, Chat, InlineQuery, Message, Opened, Person, Tap
from bot.playground.world.taps import has_kind
from tests.journeys.shop_at_work import ShopAtWork


@dataclass
class Hand:
    """Does what a person's hand does, and counts."""

    shop: ShopAtWork
    person: Person
    taps: int = field(default=0)
    typed: int = field(default=0)

    @property
    def cost(self) -> tuple[int, int]:
        """Taps and typed characters so far."""
        return self.taps, self.typed

    def tap(self, message: Message, label: str) -> Tap:
        """Tap a button: one tap."""
        self.taps += 1
        return self.shop.world.tap(self.person, message, label)

    def command(self, command: str) -> Message:
        """Choose a command from the bot's menu, which sends it: two taps."""
        self.taps += 2
        return self.shop.world.send_text(self.person, self.shop.world.open_chat(self.person), command)

    async def tap_and_wait(self, message: Message, label: str) -> CallbackAnswer:
        """Tap a button that asks the bot something, until its spinner stops: one tap."""
        return await self.shop.telegram.until_answered(self.tap(message, label))

    def follow(self, message: Message, label: str) -> Opened:
        """Tap a button with an address: one tap, the app opens it."""
        tap = self.tap(message, label)
        assert tap.kind == "url", f"{label} leads to {tap.kind}"
        return self.shop.world.open_link(self.person, tap.url)

    def pick_chat(self, tap: Tap, chat: Chat) -> InlineQuery:
        """Choose a chat in the chooser that a button opened; the app writes the bot's name and the query: one tap."""
        assert tap.picker is not None, f"a tap of kind {tap.kind} opens no chooser"
        assert has_kind(tap.picker, chat, self.shop.world.bot), "the chooser does not offer this chat"
        self.taps += 1
        return self.shop.world.type_inline(self.person, chat, tap.picker.query)

    def write_inline(self, chat: Chat, words: str = "") -> InlineQuery:
        """Write the bot's name, and perhaps words, in a chat: all of it typed."""
        self.typed += len(f"@{self.shop.world.bot.username} {words}")
        return self.shop.world.type_inline(self.person, chat, words)

    async def choose(self, query: InlineQuery, result_id: str = "") -> Message:
        """Choose a result, the first unless named, when the picker shows some: one tap."""
        await self.shop.telegram.until_results(query)
        self.taps += 1
        return self.shop.world.choose_inline(self.person, query, result_id)

    def forward(self, message: Message, chat: Chat) -> Message:
        """Forward a message: the arrow beside it, the chat, send: three taps."""
        self.taps += 3
        return self.shop.world.forward(self.person, message, chat)

    def share_draft(self, opened: Opened, chat: Chat) -> Message:
        """Choose a chat for what a share address has prepared, and send it: two taps."""
        self.taps += 2
        return self.shop.world.share_draft(self.person, chat, opened)

    def paste(self, text: str, chat: Chat) -> Message:
        """Go to a chat, hold the line, paste, send: four taps."""
        self.taps += 4
        return self.shop.world.send_text(self.person, chat, text)

    def write(self, chat: Chat, text: str) -> Message:
        """Type a text and send it: one tap."""
        self.typed += len(text)
        self.taps += 1
        return self.shop.world.send_text(self.person, chat, text)
