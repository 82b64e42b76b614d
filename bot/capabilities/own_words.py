"""A member puts the card into their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.handlers.guide import for_story
from bot.late import late
from bot.messages.buttons import WORDS, WORDS_DROP, WORDS_KEEP, WORDS_REMOVE, WORDS_STOP
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import own_words
else:
    own_words = late("bot.handlers.own_words")

CAPABILITY = Capability(
    name="own_words",
    roles=EVERYBODY,
    buttons={
        WORDS: for_story(own_words.on_words),
        WORDS_KEEP: for_story(own_words.on_words_keep),
        WORDS_DROP: for_story(own_words.on_words_drop),
        WORDS_REMOVE: for_story(own_words.on_words_remove),
        WORDS_STOP: own_words.on_words_stop,
    },
    flows={"words": own_words.FLOW},
)
