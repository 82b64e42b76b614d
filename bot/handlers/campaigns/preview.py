"""A campaign as members will see it, before anybody does."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_editor import render_editor
from bot.messages.joining.notices import render_welcome_invited
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import say_invitation
from bot.messages.shop import Source
from bot.messages.texts import Html, Texts, show_name
from bot.services.campaigns.editing import EditorView


async def show_preview(update: Update, context: Context, view: EditorView) -> None:
    """Every card in every language with its caption, and what both sides read; where something is missing, what."""
    if view.gaps:
        await show(update, context, render_editor(Texts(view.member.language), context.deps.shop, view))
        return
    shop = replace(context.deps.shop, campaign=view.draft)
    pictures = context.deps.pictures.of_shop(shop)
    for language in view.draft.languages:
        member, texts = replace(view.member, language=language), Texts(language)
        for story in view.draft.stories:
            image = await pictures.draw_card(member, story.key)
            caption = say_invitation(texts, shop, member, Source.FORWARDED, story.key)
            await context.deliver(OutgoingMessage(text=caption, photo=Photo(image=image)))
        await context.deliver(_compose_words(view, shop_language=language, context=context))
    await context.deliver(render_editor(Texts(view.member.language), context.deps.shop, view))


def _compose_words(view: EditorView, *, shop_language: str, context: Context) -> OutgoingMessage:
    """What a friend reads, and what the inviter reads."""
    shop, texts = replace(context.deps.shop, campaign=view.draft), Texts(shop_language)
    name, code = view.member.name, view.member.code
    friend = render_welcome_invited(texts, shop, name=name, code=code, inviter=name, points=view.draft.invitee_points)
    inviter = texts.say(
        "friend_joined.alone",
        friend=show_name(texts, name, first=True),
        points=shop.points(view.draft.inviter_points, shop_language),
        balance=view.draft.inviter_points,
    )
    head = texts.say("editor.reads", language=texts.plain("locale.name"))
    return OutgoingMessage(text=Html(f"{head}\n\n{friend.text}\n\n{inviter}"))
