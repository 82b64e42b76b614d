"""Every tap on a button: looked at, answered, then done."""

from __future__ import annotations

import logging
from typing import Any

from telegram import CallbackQuery, Update

from bot.messages.callbacks import Button, Value, split_data
from bot.messages.joining.refusals import say_stale
from bot.messages.texts import Texts, choose_language
from bot.services.roles import NotAllowed
from bot.updates.authority import find_place, is_allowed
from bot.updates.capability import Bound, Registry
from bot.updates.context import PassalongContext

logger = logging.getLogger(__name__)


class CallbackRouter:
    """Gives a tap to what its button is bound to, if it is one of ours, in its place, and open to who pressed it."""

    def __init__(self, registry: Registry) -> None:
        self._buttons = registry.buttons

    async def on_tap(self, update: Update, context: PassalongContext[Any]) -> None:
        """Stop the button's spinner, then do what it says; anything else gets one kind sentence and edits nothing."""
        query = update.callback_query
        assert query is not None
        found = self._find(query, context.bot.id)
        if found is None or not await is_allowed(context, query.from_user.id, found[0].roles):
            await context.answer(query, say_stale(Texts(choose_language(None, query.from_user.language_code or ""))))
            return
        await context.answer(query)
        bound, values = found
        try:
            await bound.handler(update, context, *values)
        except NotAllowed:
            logger.info("A button was pressed by somebody who may not use it any more")

    def _find(self, query: CallbackQuery, bot_id: int) -> tuple[Bound[Button], tuple[Value, ...]] | None:
        """What the tap asks for; None for anything that no button of ours says in this place."""
        name, words = split_data(query.data or "")
        bound = self._buttons.get(name)
        if bound is None:
            return None
        values = bound.declared.parse(words)
        return (bound, values) if values is not None and find_place(query, bot_id) is bound.declared.place else None
