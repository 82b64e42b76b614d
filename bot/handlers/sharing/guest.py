"""The bot as a guest: called by name in a chat it is not in, it answers once with the caller's card."""

from __future__ import annotations

from dataclasses import replace

from telegram import InlineQueryResult, InlineQueryResultArticle, InputTextMessageContent, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.handlers.deps import Context
from bot.handlers.sharing.inline import find_offers, forget_offers, offer_card
from bot.messages.sharing.screens import choose_stories, render_inline_invitation, render_stranger_invitation
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.sharing.cards import InlineView, note_chosen
from bot.wire.errors import classify
from storage.records import ShareWay


async def on_guest_message(update: Update, context: Context) -> None:
    """Answer a call; of the message itself nothing is kept.

    It never was in the inbox: words from a chat that is not ours are not for our database, and an answer that comes
    late is refused anyway. Telegram takes one answer a call, so that a call which comes twice is answered once.
    """
    message = update.guest_message
    assert message is not None
    assert message.guest_query_id is not None
    caller = message.from_user
    view = await find_offers(context, caller.id) if caller is not None else None
    if caller is None or view is None:
        language = context.deps.shop.choose_language(caller.language_code or "" if caller else "")
        await context.bot.answer_guest_query(message.guest_query_id, _offer_start(context.deps.shop, language))
        return
    story = await _answer(message.guest_query_id, context, view, _read_words(context, message))
    await context.write(note_chosen, telegram_id=caller.id, way=ShareWay.GUEST, story=story)


async def _answer(query_id: str, context: Context, view: InlineView, typed: str) -> str:
    """Answer with the story that the call names, else the first; returns its key."""
    shop, texts = context.deps.shop, Texts(view.member.language)
    story = next(iter(choose_stories(texts, shop, typed)), shop.choose_first_story(view.member.id))
    invitation = render_inline_invitation(texts, shop, view.member, story, Source.GUEST)
    try:
        await context.bot.answer_guest_query(query_id, offer_card(shop, view, invitation))
    except BadRequest as error:
        if classify(error).is_too_late or story not in view.file_ids:
            raise
        await context.bot.answer_guest_query(query_id, offer_card(shop, replace(view, file_ids={}), invitation))
        await forget_offers(context, replace(view, file_ids={story: view.file_ids[story]}))
    return story


def _offer_start(shop: Shop, language: str) -> InlineQueryResult:
    invitation = render_stranger_invitation(Texts(language), shop)
    return InlineQueryResultArticle(
        "start",
        invitation.title,
        InputTextMessageContent(invitation.text, parse_mode=ParseMode.HTML, disable_web_page_preview=True),
        reply_markup=invitation.keyboard,
        description=invitation.description,
    )


def _read_words(context: Context, message: Message) -> str:
    """What the call says besides our name."""
    said = (message.text or message.caption or "").split()
    return " ".join(word for word in said if word.lower() != f"@{context.deps.shop.bot_username}".lower())
