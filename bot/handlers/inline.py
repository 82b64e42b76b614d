"""Inline mode: the member's own card in any chat, and the count of those that were chosen."""

from __future__ import annotations

from telegram import (
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode

from bot.core.languages import choose_language
from bot.handlers.kit import Context
from bot.handlers.start import FROM_INLINE
from bot.messages.screens.share import InlineInvitation, render_inline_invitation, say_start_first
from bot.messages.texts import Texts
from bot.services.sharing import find_card, note_inline_share

CACHE_SECONDS = 5
"""Telegram may answer for us this long; short, because a card drawn meanwhile should show."""


async def on_inline_query(update: Update, context: Context) -> None:
    """Offer the card Telegram already has, and always the words; never upload anything here."""
    query = update.inline_query
    assert query is not None
    compute_version = await context.kit.pictures.card_version()
    view = await context.read(find_card, telegram_id=query.from_user.id, compute_version=compute_version)
    if view is None:
        label = say_start_first(Texts(choose_language(None, query.from_user.language_code or "")))
        button = InlineQueryResultsButton(label, start_parameter=FROM_INLINE)
        await query.answer([], cache_time=0, is_personal=True, button=button)
        return
    invitation = render_inline_invitation(Texts(view.member.language), context.kit.shop, view.member)
    results: list[InlineQueryResult] = [_offer_words(invitation)]
    if view.file_id is not None:
        results.insert(0, _offer_card(invitation, view.file_id))
    await query.answer(results, cache_time=CACHE_SECONDS, is_personal=True)


async def on_chosen_inline_result(update: Update, context: Context) -> None:
    """Somebody sent a card by inline mode; Telegram tells when /setinlinefeedback is on."""
    chosen = update.chosen_inline_result
    assert chosen is not None
    await context.write(note_inline_share, telegram_id=chosen.from_user.id)


def _offer_card(invitation: InlineInvitation, file_id: str) -> InlineQueryResultCachedPhoto:
    return InlineQueryResultCachedPhoto(
        "card",
        file_id,
        title=invitation.title,
        description=invitation.description,
        caption=invitation.caption,
        parse_mode=ParseMode.HTML,
        reply_markup=invitation.keyboard,
    )


def _offer_words(invitation: InlineInvitation) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        "words",
        invitation.title,
        InputTextMessageContent(invitation.caption, parse_mode=ParseMode.HTML, disable_web_page_preview=True),
        reply_markup=invitation.keyboard,
        description=invitation.description,
    )
