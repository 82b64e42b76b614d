"""Under the card: pass it on, turn to another story, put it into one's own words."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.campaigns.campaign import StoryKind
from bot.messages.callbacks import Action, Callback
from bot.messages.keyboards import Row, share_rows, stack
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts

_MANY_STORIES = 10
"""From here on their number does not fit beside the story's own."""


def compose_card_keyboard(texts: Texts, shop: Shop, code: str, story: str, *, own_words: bool) -> InlineKeyboardMarkup:
    """Forwarded, only the addresses stay; then the first of them is the friend's way in."""
    send, *others = share_rows(texts, shop, code, story)
    accept = InlineKeyboardButton(texts.plain("button.accept"), url=shop.link(code, Source.FORWARDED))
    place = shop.story_place(story)
    return stack(send, story_row(texts, shop, place), [accept], *others, words_row(texts, place, own_words=own_words))


def compose_keep_keyboard(texts: Texts, shop: Shop, story: str) -> InlineKeyboardMarkup:
    """Under the card with words that were just typed."""
    place = shop.story_place(story)
    return stack(
        [_button(texts.plain("words.keep"), Action.WORDS_KEEP, place)],
        [
            _button(texts.plain("words.again"), Action.WORDS, place),
            _button(texts.plain("words.drop"), Action.WORDS_DROP, place),
        ],
    )


def story_row(texts: Texts, shop: Shop, place: int) -> Row:
    """Turn to the story before or after, round and round; between them which one this is, and of what kind."""
    stories = shop.campaign.stories
    count = len(stories)
    if count == 1:
        return []
    number = str(place + 1) if count >= _MANY_STORIES else f"{place + 1}/{count}"
    label = texts.plain("story.place", kind=say_kind(texts, stories[place].kind), number=number)
    return [
        _button(texts.plain("button.before"), Action.STORY, (place - 1) % count),
        _button(label, Action.STORY, place),
        _button(texts.plain("button.after"), Action.STORY, (place + 1) % count),
    ]


def words_row(texts: Texts, place: int, *, own_words: bool) -> Row:
    """A line of one's own on the card with the story at this place."""
    if not own_words:
        return [_button(texts.plain("words.begin"), Action.WORDS, place)]
    return [
        _button(texts.plain("words.change"), Action.WORDS, place),
        _button(texts.plain("words.remove"), Action.WORDS_REMOVE, place),
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


def _button(label: str, action: Action, place: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=Callback(action, (place,)).encode())
