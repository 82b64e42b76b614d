"""A campaign as members will get it: the very messages, with the shop's buttons made still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup

from bot.messages.buttons import PREVIEW
from bot.messages.campaigns_panel import name_language
from bot.messages.joining.notices import NOTICES, render_welcome
from bot.messages.keyboards import make_button, stack
from bot.messages.notices import Reader, render_notices
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import render_share
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.joining.notices import FriendJoined, FriendWaiting, WelcomeInvited, WelcomeWaiting
from bot.services.members import MemberView
from bot.services.notices import NoticesView, Owed
from storage.records import NoticeId

if TYPE_CHECKING:
    from bot.services.campaigns.editing import EditorView


def compose_preview_shop(shop: Shop, view: EditorView) -> Shop:
    """The shop as it would be with this campaign alone; links of one that is not the main one carry its number."""
    number = None if view.entry.main else int(view.entry.id)
    stories = tuple(replace(story, campaign=number) for story in view.draft.stories)
    return replace(shop, campaign=replace(view.draft, stories=stories))


def render_card_preview(texts: Texts, shop: Shop, member: MemberView, story: str, image: bytes) -> OutgoingMessage:
    """A member's card with its caption; `texts` are the owner's, the member reads their own language."""
    card = render_share(Texts(member.language), shop, member, Photo(image=image), story)
    return _make_still(texts, card, texts.plain("preview.card", language=name_language(member.language)))


def render_word_previews(texts: Texts, shop: Shop, view: EditorView, language: str) -> Iterator[OutgoingMessage]:
    """What a newcomer reads who comes alone, what a friend reads who was invited, and what the inviter hears of it.

    Who comes alone is told of the main campaign, whichever is previewed: `shop` is the shop as it is now.
    """
    draft, member = view.draft, replace(view.member, language=language, own_words="")
    if view.entry.main:
        shop = compose_preview_shop(shop, view)
    spoken, named = Texts(language), name_language(language)
    welcome = render_welcome(spoken, shop, name=member.name, code=member.code, asks=True)
    yield _make_still(texts, welcome, texts.plain("preview.welcome", language=named))
    waits = draft.rules.join_community
    invited = (WelcomeWaiting if waits else WelcomeInvited)(inviter=member.id, points=draft.invitee_points)
    joined = (FriendWaiting if waits else FriendJoined)(friend=member.id, points=draft.inviter_points)
    reader = Reader(
        texts=spoken, shop=shop, view=NoticesView(member=replace(member, balance=0), names={member.id: member.name})
    )
    for notice, points, label in (
        (invited, draft.invitee_points, "preview.friend"),
        (joined, draft.inviter_points, "preview.inviter"),
    ):
        told = replace(reader, view=replace(reader.view, member=replace(member, balance=0 if waits else points)))
        (rendered,) = render_notices(told, [Owed(id=NoticeId(0), notice=notice)], NOTICES)
        yield _make_still(texts, rendered.messages[0], texts.plain(label, language=named))


def _make_still(texts: Texts, message: OutgoingMessage, label: str) -> OutgoingMessage:
    """The message with buttons that only say that this is a preview, and above them what it is a preview of."""
    rows = message.keyboard.inline_keyboard if message.keyboard is not None else ()
    still = [[make_button(texts, PREVIEW, label=button.text) for button in row] for row in rows]
    keyboard: InlineKeyboardMarkup = stack([make_button(texts, PREVIEW, label=label)], *still)
    return replace(message, keyboard=keyboard)
