"""Passing the card on: what people can do for it."""

from __future__ import annotations

from telegram.ext import ChosenInlineResultHandler, InlineQueryHandler, MessageHandler, filters

from bot.core.roles import EVERYBODY
from bot.handlers.guide import for_story
from bot.handlers.sharing.guest import on_guest_message
from bot.handlers.sharing.inline import on_chosen_inline_result, on_inline_query
from bot.handlers.sharing.more import on_more
from bot.handlers.sharing.share import on_qr, on_share, on_share_story
from bot.handlers.sharing.stories import on_story
from bot.handlers.sharing.tall import on_tall
from bot.messages.buttons import MORE, QR, SHARE, SHARE_STORY, STORY, STORY_HERE, TALL
from bot.messages.commands import Command
from bot.updates.capability import Capability, Listener
from bot.updates.routing import FROM_HUMAN

CAPABILITY = Capability(
    name="sharing",
    roles=EVERYBODY,
    commands={
        Command(name="share", text="command.share", place=10): on_share,
        Command(name="qr", text="command.qr", place=50): on_qr,
    },
    buttons={
        SHARE: on_share,
        QR: on_qr,
        MORE: on_more,
        STORY: for_story(on_story),
        STORY_HERE: for_story(on_story),
        SHARE_STORY: for_story(on_share_story),
        TALL: for_story(on_tall),
    },
    listeners=[
        Listener(update_type="inline_query", handler=InlineQueryHandler(on_inline_query)),
        Listener(update_type="chosen_inline_result", handler=ChosenInlineResultHandler(on_chosen_inline_result)),
        Listener(
            update_type="guest_message",
            handler=MessageHandler(filters.UpdateType.GUEST_MESSAGE & FROM_HUMAN, on_guest_message),
        ),
    ],
)
