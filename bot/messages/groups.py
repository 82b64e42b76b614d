"""What the bot says in a group: one sentence, and the way into the private chat."""

from __future__ import annotations

from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop, compose_join_keyboard
from bot.messages.texts import Texts


def render_group_answer(texts: Texts, shop: Shop, payload: str) -> OutgoingMessage:
    """Everything happens in private; a code that came with the command goes along."""
    address = f"{shop.address}?start={payload}" if payload else shop.address
    return OutgoingMessage(
        text=texts.say("group.answer", brand=shop.brand(texts.language)),
        keyboard=compose_join_keyboard(texts.plain("group.open"), address),
    )
