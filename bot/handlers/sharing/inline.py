"""Inline mode: the member's own cards in any chat, and the count of those that were chosen."""

from __future__ import annotations

from dataclasses import replace

from telegram import (
    InlineQuery,
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultPhoto,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.handlers.deps import Context
from bot.handlers.joining.start import FROM_INLINE
from bot.handlers.sharing.wishing import wish_pictures
from bot.messages.sharing.screens import (
    InlineInvitation,
    choose_stories,
    render_inline_invitation,
    say_start_first,
    say_text_only,
)
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.sharing.cards import InlineView, find_cards, forget_cards, note_chosen
from bot.wire.errors import classify
from storage.records import ShareWay

CACHE_SECONDS = 5
"""Telegram may answer for us this long; short, because a card drawn meanwhile should show."""

MOST_RESULTS = 50
"""An answer with more is refused (Bot API, answerInlineQuery): several campaigns together may have more stories."""

CARD, WORDS = "card", "words"
"""How a result's id begins; behind the colon stands the story's key."""

_WIDTH, _HEIGHT = 1024, 1280


async def on_inline_query(update: Update, context: Context) -> None:
    """Offer the cards Telegram already has, and always the words; never upload anything here."""
    query = update.inline_query
    assert query is not None
    view = await find_offers(context, query.from_user.id)
    if view is None:
        label = say_start_first(Texts(context.deps.shop.choose_language(query.from_user.language_code or "")))
        button = InlineQueryResultsButton(label, start_parameter=FROM_INLINE)
        await query.answer([], cache_time=0, is_personal=True, button=button)
    else:
        await _answer(query, context, view)
        await wish_pictures(context, view)


async def on_chosen_inline_result(update: Update, context: Context) -> None:
    """Somebody sent a card by inline mode; Telegram tells when /setinlinefeedback is on."""
    chosen = update.chosen_inline_result
    assert chosen is not None
    story = _read_story(context.deps.shop, chosen.result_id)
    await context.write(note_chosen, telegram_id=chosen.from_user.id, way=ShareWay.INLINE, story=story)


async def find_offers(context: Context, telegram_id: int) -> InlineView | None:
    """What somebody's cards are, and which of them Telegram has; None for somebody who has not started the bot."""
    return await context.read(
        find_cards,
        telegram_id=telegram_id,
        versions=context.deps.pictures.versions,
        stories=[story.key for story in context.deps.shop.campaign.stories],
    )


def compose_results(shop: Shop, view: InlineView, typed: str) -> list[InlineQueryResult]:
    """A result for each story that what was typed names: those with a picture first, a text-only one last.

    The story that was named comes first of its kind: who turned to a story sends that one. Of more than an answer takes,
    the first are offered, the main campaign's before all others; what is typed leads to the rest.
    """
    texts = Texts(view.member.language)
    first = shop.choose_first_story(view.member.id)
    chosen = sorted(choose_stories(texts, shop, typed), key=lambda key: key != first)[: MOST_RESULTS - 1]
    cards = [offer_card(shop, view, render_inline_invitation(texts, shop, view.member, story)) for story in chosen]
    cards.sort(key=lambda card: isinstance(card, InlineQueryResultArticle))
    told = chosen[0] if chosen else first
    words = render_inline_invitation(texts, shop, view.member, told)
    return [*cards, _offer_article(WORDS, replace(words, title=say_text_only(texts), description=words.title))]


def offer_card(shop: Shop, view: InlineView, invitation: InlineInvitation) -> InlineQueryResult:
    """The card as a picture Telegram has, else one that it can fetch, else the story as text."""
    file_id = view.file_ids.get(invitation.story)
    if file_id is not None:
        return _offer_cached(invitation, file_id)
    address = _find_address(shop, view, invitation.story)
    return _offer_fetched(invitation, address) if address else _offer_article(CARD, invitation)


async def _answer(query: InlineQuery, context: Context, view: InlineView) -> None:
    """Answer; where Telegram refuses and the pictures are to blame, without them, and they are forgotten."""
    shop = context.deps.shop
    try:
        await query.answer(compose_results(shop, view, query.query), cache_time=CACHE_SECONDS, is_personal=True)
    except BadRequest as error:
        if classify(error).is_too_late or not view.file_ids:
            raise
        plain = compose_results(shop, replace(view, file_ids={}), query.query)
        await query.answer(plain, cache_time=CACHE_SECONDS, is_personal=True)
        await forget_offers(context, view)


async def forget_offers(context: Context, view: InlineView) -> None:
    """Telegram has lost one of these pictures and does not say which: the next time each is sent it is uploaded."""
    versions = [view.versions[story] for story in view.file_ids]
    await context.bot_data.store.write(forget_cards, person_id=view.member.id, versions=versions)


def _offer_cached(invitation: InlineInvitation, file_id: str) -> InlineQueryResultCachedPhoto:
    return InlineQueryResultCachedPhoto(
        _name(CARD, invitation),
        file_id,
        title=invitation.title,
        description=invitation.description,
        caption=invitation.caption,
        parse_mode=ParseMode.HTML,
        reply_markup=invitation.keyboard,
    )


def _offer_fetched(invitation: InlineInvitation, address: str) -> InlineQueryResultPhoto:
    return InlineQueryResultPhoto(
        _name(CARD, invitation),
        address,
        address,
        photo_width=_WIDTH,
        photo_height=_HEIGHT,
        title=invitation.title,
        description=invitation.description,
        caption=invitation.caption,
        parse_mode=ParseMode.HTML,
        reply_markup=invitation.keyboard,
    )


def _offer_article(shape: str, invitation: InlineInvitation) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        _name(shape, invitation),
        invitation.title,
        InputTextMessageContent(invitation.text, parse_mode=ParseMode.HTML, disable_web_page_preview=True),
        reply_markup=invitation.keyboard,
        description=invitation.description,
    )


def _find_address(shop: Shop, view: InlineView, story: str) -> str:
    """Where Telegram can fetch the card; it comes by https alone.

    The version makes a changed card another address, since Telegram keeps what it has fetched.
    """
    if not shop.has_public_web:
        return ""
    return f"{shop.card_address(view.member.code, story)}?v={view.versions[story]}"


def _name(shape: str, invitation: InlineInvitation) -> str:
    return f"{shape}:{invitation.story}"


def _read_story(shop: Shop, result_id: str) -> str:
    """The story's key in a result's id; empty for one that the campaign does not have any more."""
    key = result_id.partition(":")[2]
    return key if key in {story.key for story in shop.campaign.stories} else ""
