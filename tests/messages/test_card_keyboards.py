from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from telegram import InlineKeyboardButton

from bot.core.campaigns.campaign import STORIES_LIMIT, StoryKind
from bot.core.campaigns.rules import WORDINGS
from bot.core.own_words import WORDS_LIMIT
from bot.core.trials import choose_wording
from bot.messages.buttons import STORY, STORY_HERE
from bot.messages.own_words import render_words_prompt
from bot.messages.sharing.screens import (
    compose_card_keyboard,
    render_inline_invitation,
    render_share,
    say_kind,
    story_row,
)
from bot.messages.texts import LANGUAGES, Html, Texts
from storage.records import PersonId
from tests.messages.samples import CAMPAIGN, CODE, PHOTO, make_member, make_shop
from tests.messages.telegram_html import read_html
from tests.messages.test_keyboards import WIDTHS, measure
from tests.messages.test_screens import make_full_shop

EN = Texts("en")
BRANDS = ["Oven", "The Old Harbour Bakery & Kitchen", "好" * 16]


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
    assert list_data(first) == [STORY.data(keys[4]), STORY_HERE.data(keys[0]), STORY.data(keys[1])]
    assert list_data(last) == [STORY.data(keys[3]), STORY_HERE.data(keys[4]), STORY.data(keys[0])]


def test_one_story_has_no_arrows() -> None:
    """There is nothing to turn to."""
    shop = make_shop()
    assert story_row(EN, replace(shop, campaign=replace(CAMPAIGN, stories=CAMPAIGN.stories[:1])), "") == []


def test_many_stories_keep_their_number_short() -> None:
    """The label of ten stories still fits, and each of them can be turned to."""
    stories = tuple(replace(CAMPAIGN.stories[0], key=f"story-{place}") for place in range(STORIES_LIMIT))
    row = story_row(EN, replace(make_shop(), campaign=replace(CAMPAIGN, stories=stories)), stories[-1].key)
    assert measure(row[1].text) <= WIDTHS[3]
    assert list_data(row)[1] == STORY_HERE.data(stories[-1].key)


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
    keyboard = compose_card_keyboard(EN, make_shop(), make_member("Anna"), CAMPAIGN.stories[story].key)
    chosen = keyboard.inline_keyboard[0][0].switch_inline_query_chosen_chat
    assert chosen is not None
    assert chosen.query == query


@pytest.mark.parametrize("shown", [{}, {"own_words": "Like home"}, {"face": "photo"}], ids=str)
def test_the_cards_owner_is_asked_to_pass_it_on_and_not_to_accept(shown: dict[str, str]) -> None:
    """Four rows at most, one button primary; what stays of a forwarded card begins with the friend's way in."""
    for shop in (make_shop(), make_full_shop()):
        rows = compose_card_keyboard(EN, shop, make_member("Anna", **shown), "").inline_keyboard
        buttons = [button for row in rows for button in row]
        assert len(rows) <= 4
        assert [button.text for button in buttons if button.style == "primary"] == ["Send to a friend"]
        assert not [button for button in buttons if button.text == "Accept the invitation"]
        assert next(button.url for button in buttons if button.url) == shop.link(CODE, "fwd")
        caption = render_share(EN, shop, make_member("Anna"), PHOTO).text
        assert shop.link(CODE, "fwd") in read_html(caption).text


def test_a_caption_names_the_shop_and_repeats_nothing_of_the_picture() -> None:
    """Headline, one line and the link; without a picture the story is told, the shop's name in its first line."""
    shop = make_shop()
    story, brand = shop.story("en"), shop.brand("en")
    invitation = render_inline_invitation(EN, shop, make_member("Anna"))
    assert brand in invitation.caption
    assert story.headline in invitation.caption
    assert story.text not in invitation.caption
    assert story.offer not in invitation.caption
    assert len(invitation.caption.splitlines()) <= 4
    assert brand in invitation.text.splitlines()[0]
    assert story.text in invitation.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wording", ["", *WORDINGS])
def test_a_caption_leaves_room_for_the_picture(language: str, wording: str) -> None:
    """Whatever shop, story and member are called, three lines on a phone, in which the shop is named, and the whole link."""
    worded = replace(CAMPAIGN, rules=replace(CAMPAIGN.rules, wording=wording))
    headlines, names = ("Meet Mina", "Try it " * 8, "好" * 30), ("Anna", "王小明", "W" * 64)
    for brand, headline, name in product(BRANDS, headlines, names):
        story = replace(CAMPAIGN.stories[0], headline=dict.fromkeys(LANGUAGES, headline))
        shop = replace(make_shop(), campaign=replace(worded, brand=dict.fromkeys(LANGUAGES, brand), stories=(story,)))
        *lines, link = read_html(render_share(Texts(language), shop, make_member(name), PHOTO).text).text.splitlines()
        assert brand in lines[-1]
        assert link == shop.link(CODE, "fwd")
        assert count_phone_lines(lines) <= 3
        assert len(name) > 60 or len(brand + headline) > 20 or name in lines[-1]


def count_phone_lines(lines: list[str]) -> int:
    """How many they are on a phone that shows forty letters in each, or twenty of those that are wide."""
    widths = [sum(1 + (letter > "\u2e80") for letter in line) for line in lines]
    return sum(-(-width // 40) for width in widths)


def test_words_under_a_card_give_or_get_as_the_member_tries() -> None:
    """For ever the same of two, wherever a card is handed to them; where a friend gets nothing, plainly."""
    tried = replace(CAMPAIGN, rules=replace(CAMPAIGN.rules, try_wordings=True))
    shop, gain = replace(make_shop(), campaign=tried), CAMPAIGN.say_points(CAMPAIGN.invitee_points, "en")
    seen = set()
    for number in range(1, 20):
        member = make_member("Anna", id=PersonId(number))
        wording = choose_wording(tried.rules, number)
        way_in = f"Anna would like to give you {gain} at" if wording == "give" else f"Get {gain} at"
        invitation = render_inline_invitation(EN, shop, member)
        for text in (render_share(EN, shop, member, PHOTO).text, invitation.caption, invitation.text):
            assert way_in in read_html(Html(text)).text
        seen.add(wording)
    assert seen == set(WORDINGS)
    plain = replace(shop, campaign=replace(tried, invitee_points=0))
    assert "Anna invites you to" in read_html(render_share(EN, plain, make_member("Anna"), PHOTO).text).text


def test_own_words_can_be_begun_changed_and_removed() -> None:
    """One button for the story that shows; what asks for other words offers to take those away that there are."""
    key = CAMPAIGN.stories[1].key
    for own_words in ("", "Like home"):
        member = make_member("Anna", own_words=own_words)
        rows = compose_card_keyboard(EN, make_shop(), member, key).inline_keyboard
        assert list_data(list(rows[-1]))[-1] == f"words:{key}"
    offered = render_words_prompt(EN, make_member(own_words="Mine"), key).keyboard
    assert offered is not None
    assert list_data(list(offered.inline_keyboard[0])) == [f"words_remove:{key}"]


@pytest.mark.parametrize("char", ["W", "好", "\U0001f525"])
def test_the_longest_words_fit_beside_the_longest_story(char: str) -> None:
    """Where no picture shows them, a message holds 1,024; nothing of it is cut."""
    member = make_member("W" * 64, own_words=char * WORDS_LIMIT)
    shown = read_html(Html(render_inline_invitation(EN, make_full_shop(), member).text))
    assert char * WORDS_LIMIT in shown.text
    assert shown.utf16 <= 1024


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words", ["Mine!", "So good that I come back. " * 4, "word " * 24, "W" * 120, "好" * 120, "แดด" * 40]
)
def test_own_words_leave_room_for_the_picture(language: str, words: str) -> None:
    """However long they are: three lines on a phone with the shop's name, and the link; few words stand there whole."""
    for brand, headline in product(BRANDS, ("Meet Mina", "好" * 30)):
        story = replace(CAMPAIGN.stories[0], headline=dict.fromkeys(LANGUAGES, headline))
        campaign = replace(CAMPAIGN, brand=dict.fromkeys(LANGUAGES, brand), stories=(story,))
        shop, member = replace(make_shop(), campaign=campaign), make_member("Anna", own_words=words.strip())
        *lines, link = read_html(render_share(Texts(language), shop, member, PHOTO).text).text.splitlines()
        assert count_phone_lines(lines) <= 3
        assert brand in lines[-1]
        assert link == shop.link(CODE, "fwd")
        assert any(words.strip()[:20] in line for line in lines)
        assert words != "Mine!" or any(words in line for line in lines)
