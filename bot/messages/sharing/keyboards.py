"""Under the card: pass it on, turn to another story, put it into one's own words."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.campaigns.campaign import StoryKind
from bot.messages.buttons import FACE, STORY, STORY_HERE, TALL, WORDS, WORDS_DROP, WORDS_KEEP
from bot.messages.keyboards import Row, make_button, more_row, send_row, stack
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.members import MemberView

_MANY_STORIES = 10
"""From here on their number does not fit beside the story's own."""


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


def say_kind(texts: Texts, kind: StoryKind) -> str:
    """What makes people pass a story on, in a word."""
    return texts.plain(_KINDS[kind])


def say_why(texts: Texts, kind: StoryKind) -> str:
    """The same as a phrase."""
    return texts.plain(_WHYS[kind])
