"""Passing the card on: what people can do for it."""

from __future__ import annotations

from telegram.ext import ChosenInlineResultHandler, InlineQueryHandler, MessageHandler, filters

from bot.core.roles import EVERYBODY
from bot.handlers.guide import for_story
from bot.handlers.sharing import guest, inline, more, share, stories, tall
from bot.messages.buttons import MORE, QR, SHARE, SHARE_STORY, STORY, STORY_HERE, TALL
from bot.messages.commands import Command
from bot.updates.capability import Capability, Listener
from bot.updates.routing import FROM_HUMAN

CAPABILITY = Capability(
    name="sharing",
    roles=EVERYBODY,
    commands={
        Command(name="share", text="command.share", place=10): share.on_share,
        Command(name="qr", text="command.qr", place=50): share.on_qr,
    },
    buttons={
        SHARE: share.on_share,
        QR: share.on_qr,
        MORE: more.on_more,
        STORY: for_story(stories.on_story),
        STORY_HERE: for_story(stories.on_story),
        SHARE_STORY: for_story(share.on_share_story),
        TALL: for_story(tall.on_tall),
    },
    listeners=[
        Listener(update_type="inline_query", handler=InlineQueryHandler(inline.on_inline_query)),
        Listener(update_type="chosen_inline_result", handler=ChosenInlineResultHandler(inline.on_chosen_inline_result)),
        Listener(
            update_type="guest_message",
            handler=MessageHandler(filters.UpdateType.GUEST_MESSAGE & FROM_HUMAN, guest.on_guest_message),
        ),
    ],
)
