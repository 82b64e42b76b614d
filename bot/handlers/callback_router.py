"""Every tap on a button: answered first, then understood, then done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Update

from bot.handlers import broadcasts, claiming, guide, own_words, reminding, spoken, standing
from bot.handlers.community import community
from bot.handlers.deps import Context
from bot.handlers.sharing import more, share, stories
from bot.messages.callbacks import Action, parse_callback
from bot.messages.joining.refusals import say_stale
from bot.messages.texts import Texts, choose_language

TAPS: dict[Action, Callable[..., Awaitable[None]]] = {
    Action.MENU: guide.on_menu,
    Action.SHARE: share.on_share,
    Action.QR: share.on_qr,
    Action.MORE: more.on_more,
    Action.STORY: stories.on_story,
    Action.SHARE_STORY: share.on_share_story,
    Action.WORDS: own_words.on_words,
    Action.WORDS_KEEP: own_words.on_words_keep,
    Action.WORDS_DROP: own_words.on_words_drop,
    Action.WORDS_REMOVE: own_words.on_words_remove,
    Action.WORDS_STOP: own_words.on_words_stop,
    Action.CLAIM: claiming.on_claim,
    Action.NOBODY: claiming.on_nobody,
    Action.CLAIM_PICK: claiming.on_claim_pick,
    Action.NOT_ME: claiming.on_not_me,
    Action.FINDABLE: claiming.on_findable,
    Action.SPOKEN: spoken.on_spoken,
    Action.CHOOSE_SPOKEN: spoken.on_choose_spoken,
    Action.KEEP_SPOKEN: spoken.on_keep_spoken,
    Action.INVITES: standing.on_invites,
    Action.REMIND: reminding.on_remind,
    Action.NO_REMINDERS: reminding.on_no_reminders,
    Action.SHARE_AGAIN: reminding.on_share_again,
    Action.NUDGES: reminding.on_nudges,
    Action.NO_NUDGES: reminding.on_no_nudges,
    Action.REWARDS: standing.on_rewards,
    Action.TOP: standing.on_top,
    Action.APPEAR: standing.on_appear,
    Action.COMMUNITY: community.on_community,
    Action.LANGUAGE: guide.on_language,
    Action.SET_LANGUAGE: guide.on_set_language,
}
"""What members' buttons do; the callback's arguments follow update and context."""

ADMIN_TAPS: dict[Action, Callable[..., Awaitable[None]]] = {
    Action.BROADCAST_CONFIRM: broadcasts.on_confirm,
    Action.BROADCAST_PAUSE: broadcasts.on_pause,
    Action.BROADCAST_RESUME: broadcasts.on_resume,
    Action.BROADCAST_CANCEL: broadcasts.on_cancel,
    Action.BROADCAST_UNKNOWN: broadcasts.on_unknown,
    Action.BROADCAST_ABANDON: broadcasts.on_abandon,
}
"""What admins' buttons do; for anybody else these do not exist."""


async def on_tap(update: Update, context: Context) -> None:
    """Stop the button's spinner, then do what it says; data that no button of ours carries is refused kindly."""
    query = update.callback_query
    assert query is not None
    callback = parse_callback(query.data or "")
    allowed = TAPS | ADMIN_TAPS if query.from_user.id in context.deps.admin_ids else TAPS
    if callback is None or callback.action not in allowed:
        await context.answer(query, say_stale(Texts(choose_language(None, query.from_user.language_code or ""))))
        return
    await context.answer(query)
    await allowed[callback.action](update, context, *callback.arguments)
