from __future__ import annotations

from dataclasses import replace

import pytest
from telegram import InlineKeyboardButton

from bot.core.campaigns.campaign import STORIES_LIMIT, StoryKind
from bot.core.own_words import WORDS_LIMIT
from bot.messages.buttons import STORY
from bot.messages.sharing.keyboards import compose_card_keyboard, say_kind, story_row, words_row
from bot.messages.sharing.screens import render_share
from bot.messages.texts import LANGUAGES, Texts
from tests.messages.samples import CAMPAIGN, CODE, PHOTO, make_member, make_shop
from tests.messages.telegram_html import read_html
from tests.messages.test_keyboards import WIDTHS, measure
from tests.messages.test_screens import make_full_shop

EN = Texts("en")


def list_data(row: list[InlineKeyboardButton]) -> list[object]:
    """What the buttons of a row say."""
    return [button.callback_data for button in row]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", StoryKind)
def test_a_kind_fits_between_the_arrows(language: str, kind: StoryKind) -> None:
    """With its number, on a narrow phone."""
    label = Texts(language).plain("story.place", kind=say_kind(Texts(language), kind), number="5/9")
    assert measure(label) <= WIDTHS[3]


def test_the_arrows_go_round() -> None:
    """Before the first comes the last, behind the last the first."""
    keys = [story.key for story in CAMPAIGN.stories]
    first, last = (story_row(EN, make_shop(), keys[place]) for place in (0, 4))
    assert list_data(first) == [f"story:{keys[place]}" for place in (4, 0, 1)]
    assert list_data(last) == [f"story:{keys[place]}" for place in (3, 4, 0)]


def test_one_story_has_no_arrows() -> None:
    """There is nothing to turn to."""
    shop = make_shop()
    assert story_row(EN, replace(shop, campaign=replace(CAMPAIGN, stories=CAMPAIGN.stories[:1])), "") == []


def test_many_stories_keep_their_number_short() -> None:
    """The label of ten stories still fits, and each of them can be turned to."""
    stories = tuple(replace(CAMPAIGN.stories[0], key=f"story-{place}") for place in range(STORIES_LIMIT))
    row = story_row(EN, replace(make_shop(), campaign=replace(CAMPAIGN, stories=stories)), stories[-1].key)
    assert measure(row[1].text) <= WIDTHS[3]
    assert list_data(row)[1] == STORY.data(stories[-1].key)


def test_a_button_leads_to_its_story_or_nowhere() -> None:
    """The list may be edited: a key is the same story for ever."""
    shop = make_shop()
    first, second, *_ = CAMPAIGN.stories
    turned = replace(shop, campaign=replace(CAMPAIGN, stories=(second, first)))
    assert turned.tells(first.key)
    assert not any(shop.tells(said) for said in ("1", "9", "gone"))
    assert shop.story_place("gone") == 0


@pytest.mark.parametrize(("story", "query"), [(0, ""), (1, CAMPAIGN.stories[1].key), (4, CAMPAIGN.stories[4].key)])
def test_the_card_is_sent_with_the_story_it_shows(story: int, query: str) -> None:
    """The first story asks for nothing; another one by its key, so that it is the first result."""
    keyboard = compose_card_keyboard(EN, make_shop(), CODE, CAMPAIGN.stories[story].key, own_words=False)
    chosen = keyboard.inline_keyboard[0][0].switch_inline_query_chosen_chat
    assert chosen is not None
    assert chosen.query == query


def test_what_survives_forwarding_begins_with_the_way_in() -> None:
    """Addresses stay with a forwarded card; the first of them leads to the bot with the owner's code."""
    keyboard = compose_card_keyboard(EN, make_shop(), CODE, "", own_words=False)
    kept = [button for row in keyboard.inline_keyboard for button in row if button.url]
    assert kept[0].url == make_shop().link(CODE, "fwd")
    assert [button.text for button in kept] == ["Accept the invitation", "Share the link"]


def test_own_words_can_be_begun_changed_and_removed() -> None:
    """One button without them, two with them, each for the story that shows."""
    assert list_data(words_row(EN, "a", own_words=False)) == ["words:a"]
    assert list_data(words_row(EN, "a", own_words=True)) == ["words:a", "words_remove:a"]


@pytest.mark.parametrize("char", ["W", "好", "\U0001f525"])
def test_the_longest_words_fit_beside_the_longest_story(char: str) -> None:
    """A caption holds 1,024; nothing of it is cut."""
    member = make_member("W" * 64, own_words=char * WORDS_LIMIT)
    shown = read_html(render_share(EN, make_full_shop(), member, PHOTO).text)
    assert char * WORDS_LIMIT in shown.text
    assert shown.utf16 <= 1024
