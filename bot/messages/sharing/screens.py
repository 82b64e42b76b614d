"""What is passed on: the card with its caption and what can be done with it, the QR code, the message sent inline."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from math import ceil
from textwrap import wrap
from typing import NamedTuple

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.campaigns.campaign import StoryKind
from bot.core.own_words import shorten_words
from bot.core.sharing import filter_stories
from bot.core.trials import choose_wording
from bot.messages.buttons import FACE, MENU, STORY, STORY_HERE, TALL, WORDS, WORDS_DROP, WORDS_KEEP
from bot.messages.keyboards import Row, compose_share_keyboard, copy_button, make_button, more_row, send_row, stack
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.shop import Shop, Source, compose_join_keyboard
from bot.messages.texts import Html, Texts, escape, show_name, show_plain_name
from bot.services.members import MemberView
from storage.frozen import frozen

_LINE_LETTERS = 38
"""Of a caption, on a phone that is 390 pixels wide."""
_WORD_LINES = 3
"""Above the link, which takes two: so much fits a window 844 pixels high with the picture and the row that turns it."""
_MANY_STORIES = 10
"""From here on their number does not fit beside the story's own."""

_KINDS = {
    StoryKind.OCCASION: "story.kind.occasion",
    StoryKind.INTEREST: "story.kind.interest",
    StoryKind.NOVELTY: "story.kind.novelty",
    StoryKind.CONTROVERSY: "story.kind.controversy",
    StoryKind.INSIDE_STORY: "story.kind.inside_story",
}
_WHYS = {
    StoryKind.OCCASION: "story.why.occasion",
    StoryKind.INTEREST: "story.why.interest",
    StoryKind.NOVELTY: "story.why.novelty",
    StoryKind.CONTROVERSY: "story.why.controversy",
    StoryKind.INSIDE_STORY: "story.why.inside_story",
}


class Wording(NamedTuple):
    """What says who invites to what: alone, under a picture, and there where little fits."""

    invitation: str
    caption: str
    short: str


_WORDINGS = {
    "": Wording("share.invitation", "share.caption", "share.caption_short"),
    "give": Wording("share.give.invitation", "share.give.caption", "share.give.caption_short"),
    "get": Wording("share.get.invitation", "share.get.caption", "share.get.caption_short"),
}


@frozen
class InlineInvitation:
    """What somebody picks from in a chat, and what the friend gets."""

    story: str
    """Its key."""
    title: str
    description: str
    caption: str
    """Under the picture."""
    text: str
    """Where there is no picture: the story in words, the shop's name in its first line."""
    keyboard: InlineKeyboardMarkup


def render_share(texts: Texts, shop: Shop, member: MemberView, photo: Photo, story: str = "") -> OutgoingMessage:
    """The share card. It speaks to the friend, so that forwarding it as it is suffices."""
    keyboard = compose_card_keyboard(texts, shop, member, story)
    return OutgoingMessage(
        text=say_caption(texts, shop, member, Source.FORWARDED, story), photo=photo, keyboard=keyboard
    )


def render_step(texts: Texts, shop: Shop, member: MemberView, photo: Photo, friends: int) -> OutgoingMessage:
    """The card that says how many friends have come: to its member, with the way to send it on."""
    text = texts.say("step.caption", friends=texts.plain("step.friends", count=friends))
    return OutgoingMessage(text=text, photo=photo, keyboard=stack(send_row(texts, shop, member.code)))


def render_qr(texts: Texts, shop: Shop, member: MemberView, photo: Photo) -> OutgoingMessage:
    """The QR code alone, with the link under it."""
    brand, link = shop.brand(texts.language), escape(shop.link(member.code, Source.FORWARDED))
    caption = texts.say("qr.caption", brand=brand, link=link)
    if member.spoken_code:
        caption = Html(f"{caption}\n\n{texts.say('spoken.line', code=member.spoken_code)}")
    return OutgoingMessage(text=caption, photo=photo, keyboard=compose_share_keyboard(texts, shop, member.code))


def render_tall(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """With the card for an app's story or status: how it is used."""
    keyboard = stack([copy_button(texts, shop, member.code), make_button(texts, MENU)])
    return OutgoingMessage(text=texts.say("tall.caption"), keyboard=keyboard)


def render_inline_invitation(
    texts: Texts, shop: Shop, member: MemberView, story: str = "", source: Source = Source.INLINE
) -> InlineInvitation:
    """The card as a friend gets it in any chat; its one button opens the bot with the member's code."""
    told = shop.story(texts.language, story)
    return InlineInvitation(
        story=told.key,
        title=told.headline,
        description=texts.plain("story.offer", why=say_why(texts, told.kind), offer=told.offer),
        caption=say_caption(texts, shop, member, source, told.key),
        text=say_invitation(texts, shop, member, source, told.key),
        keyboard=compose_join_keyboard(texts.plain("button.accept"), shop.link(member.code, source, told.key)),
    )


def render_stranger_invitation(texts: Texts, shop: Shop) -> InlineInvitation:
    """For a guest's caller who has not started the bot: the shop's first story, and the way to a card of their own."""
    told = shop.story(texts.language)
    story = _say_story(texts, shop, told.key, own_words="")
    said = Html(f"{story}\n\n{texts.say('guest.stranger', brand=shop.brand(texts.language))}")
    return InlineInvitation(
        story=told.key,
        title=told.headline,
        description=told.offer,
        caption=said,
        text=said,
        keyboard=compose_join_keyboard(texts.plain("guest.start"), shop.address),
    )


def choose_stories(texts: Texts, shop: Shop, typed: str) -> list[str]:
    """Keys of the campaign's stories that what was typed names; all where nothing was."""
    if not typed:  # as it is whenever the bot's name was just typed
        return [story.key for story in shop.campaign.stories]
    return filter_stories(_list_said(texts, shop), typed)


def say_text_only(texts: Texts) -> str:
    """What the choice without a picture is called."""
    return texts.plain("story.text_only")


def say_start_first(texts: Texts) -> str:
    """The button above the inline results of somebody who is not a member yet."""
    return texts.plain("inline.start_first")


def say_caption(texts: Texts, shop: Shop, member: MemberView, source: Source, story: str = "") -> Html:
    """Under the picture, which says the rest: the headline, the member's own words, who invites to what, the link.

    It has five lines at most, so that a phone shows the picture with all that can be tapped under it. Where that is too
    little, the inviter's name stands on the picture alone, then the headline, and at last own words are shortened: whole
    they stand there, and large.
    """
    headline, brand = shop.story(texts.language, story).headline, shop.brand(texts.language)
    inviter, words = show_plain_name(texts, member.name, first=True), member.own_words
    wording, points = _choose_wording(texts, shop, member)

    def fits(words: str, key: str, *, titled: bool) -> bool:
        way_in = texts.plain(key, inviter=inviter, brand=brand, points=points, link="")
        quote = [texts.plain("words.quote", words=words)] if words else []
        return sum(map(_count_lines, [headline] * titled + quote + [way_in])) <= _WORD_LINES

    titled_ways = [(wording.caption, True), (wording.short, True)]
    bare = [(key, False) for key, _ in titled_ways] if words or wording is not _WORDINGS[""] else []
    ways = titled_ways + bare
    key, titled = next((way for way in ways if fits(words, way[0], titled=way[1])), ways[-1])
    kept = shorten_words(words, lambda part: fits(part, key, titled=titled)) if words else ""
    link = escape(shop.link(member.code, source, story))
    above = [f"<b>{escape(headline)}</b>"] if titled else []
    quote = [texts.say("words.quote", words=kept)] if kept else []
    said = {"inviter": Html(escape(inviter)), "brand": brand, "points": points, "link": link}
    return Html("\n".join([*above, *quote, texts.say(key, **said)]))


def _choose_wording(texts: Texts, shop: Shop, member: MemberView) -> tuple[Wording, str]:
    """In which words this member invites, and to how many points; plainly, where a friend gets none."""
    campaign, rules = shop.campaign, shop.campaign.rules
    is_worded = bool(campaign.invitee_points and (rules.wording or rules.try_wordings))
    wording = choose_wording(rules, member.id) if is_worded else ""
    return _WORDINGS[wording], shop.told(texts.language).invitee_points


def _count_lines(text: str) -> int:
    """On a phone, where letters of Chinese, Japanese and Korean are twice as wide and a line ends with any of them."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return ceil((len(text) + wide) / _LINE_LETTERS) if wide else len(wrap(text, _LINE_LETTERS))


def say_invitation(texts: Texts, shop: Shop, member: MemberView, source: Source, story: str = "") -> Html:
    """Without a picture: shop, story, inviter and link; at most 1,024 visible characters with the limits of a campaign."""
    told = _say_story(texts, shop, story, own_words=member.own_words)
    return Html("\n\n".join([told, _say_way_in(texts, shop, member, source, story)]))


def _say_way_in(texts: Texts, shop: Shop, member: MemberView, source: Source, story: str) -> Html:
    wording, points = _choose_wording(texts, shop, member)
    return texts.say(
        wording.invitation,
        inviter=show_name(texts, member.name, first=True),
        brand=shop.brand(texts.language),
        points=points,
        link=escape(shop.link(member.code, source, story)),
    )


def _say_story(texts: Texts, shop: Shop, key: str, *, own_words: str) -> Html:
    story, brand = shop.story(texts.language, key), escape(shop.brand(texts.language))
    own = [texts.say("words.quote", words=own_words)] if own_words else []
    title = f"<b>{brand} · {escape(story.headline)}</b>"
    return Html("\n\n".join([title, *own, escape(story.text), escape(story.offer)]))


def _list_said(texts: Texts, shop: Shop) -> Mapping[str, str]:
    return {
        story.key: " ".join(
            [
                story.headline,
                story.text,
                say_kind(texts, story.kind),
                say_why(texts, story.kind),
            ]
        )
        for story in shop.told(texts.language).stories
    }


def compose_card_keyboard(texts: Texts, shop: Shop, member: MemberView, story: str) -> InlineKeyboardMarkup:
    """For the card's owner, four rows at most: pass it on, turn it, where it leads, make it one's own.

    Forwarded, only the addresses stay; the first of them is the friend's way in. To the owner it shows what the friend
    will see.
    """
    told = shop.story(texts.language, story).key
    invitation = InlineKeyboardButton(
        texts.plain("button.invitation"), url=shop.link(member.code, Source.FORWARDED, story)
    )
    words = make_button(texts, WORDS, told, label=texts.plain("words.change" if member.own_words else "words.begin"))
    face = make_button(texts, FACE, told, label=texts.plain("face.mine" if member.face else "face.show"))
    return stack(
        send_row(texts, shop, member.code, story),
        story_row(texts, shop, told),
        [make_button(texts, TALL, told), face],
        [invitation, *more_row(texts, shop, member.code), words],
    )


def compose_keep_keyboard(texts: Texts, shop: Shop, story: str) -> InlineKeyboardMarkup:
    """Under the card with words that were just typed."""
    told = shop.story(texts.language, story).key
    again = make_button(texts, WORDS, told, label=texts.plain("words.again"))
    return stack([make_button(texts, WORDS_KEEP, told)], [again, make_button(texts, WORDS_DROP, told)])


def story_row(texts: Texts, shop: Shop, story: str) -> Row:
    """Turn to the story before or after, round and round; between them which one this is, and of what kind."""
    stories, place = shop.campaign.stories, shop.story_place(story)
    count = len(stories)
    if count == 1:
        return []
    number = str(place + 1) if count >= _MANY_STORIES else f"{place + 1}/{count}"
    label = texts.plain("story.place", kind=say_kind(texts, stories[place].kind), number=number)
    return [
        make_button(texts, STORY, stories[place - 1].key, label=texts.plain("button.before")),
        make_button(texts, STORY_HERE, stories[place].key, label=label),
        make_button(texts, STORY, stories[(place + 1) % count].key, label=texts.plain("button.after")),
    ]


def back_row(texts: Texts) -> Row:
    """For somebody whom inline mode sent here: apps lead this button back to the chat they came from."""
    return [InlineKeyboardButton(texts.plain("story.back"), switch_inline_query="")]


def say_kind(texts: Texts, kind: StoryKind) -> str:
    """What makes people pass a story on, in a word."""
    return texts.plain(_KINDS[kind])


def say_why(texts: Texts, kind: StoryKind) -> str:
    """The same as a phrase."""
    return texts.plain(_WHYS[kind])
