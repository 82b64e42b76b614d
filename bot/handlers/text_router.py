"""What somebody types means what they were asked for last; without a question it gets the usual pointer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Update

from bot.core.roles import MANAGERS
from bot.handlers import broadcasts, claiming, own_words, spoken
from bot.handlers.deps import Context, visitor_of
from bot.handlers.guide import on_anything_else
from bot.services.claiming.window import CLAIM
from bot.services.own_words import WORDS, find_expected
from bot.services.spoken import SPOKEN
from bot.updates.authority import is_allowed

EXPECTED: dict[str, Callable[[Update, Context, str], Awaitable[None]]] = {
    WORDS: own_words.on_words_typed,
    CLAIM: claiming.on_claim_typed,
    SPOKEN: spoken.on_spoken_typed,
}
"""By kind of expectation; each is given the expectation's argument."""


async def on_text(update: Update, context: Context) -> None:
    """A message that is no command."""
    message = update.effective_message
    assert message is not None
    if (message.text or "").startswith("/"):
        await on_anything_else(update, context)
    elif await answer_expected(update, context):
        return
    elif await is_allowed(context, visitor_of(update).telegram_id, MANAGERS):
        await broadcasts.on_admin_message(update, context)
    else:
        await on_anything_else(update, context)


async def answer_expected(update: Update, context: Context) -> bool:
    """Whether this text was asked for, and so is answered now."""
    message = update.effective_message
    assert message is not None
    expected = await context.read(find_expected, visitor=visitor_of(update)) if message.text else None
    on_expected = EXPECTED.get(expected[0]) if expected else None
    if expected is None or on_expected is None:
        return False
    await on_expected(update, context, expected[1])
    return True
