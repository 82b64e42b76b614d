from __future__ import annotations

import unicodedata
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.links import Payload, parse_payload
from bot.core.pulse import FACES
from bot.messages.buttons import INVITES, LANGUAGE, QR, SHARE, TOP
from bot.messages.keyboards import (
    compose_language_keyboard,
    compose_menu_keyboard,
    compose_share_keyboard,
    page_row,
)
from bot.messages.sharing.more import render_more
from bot.messages.shop import Shop
from bot.messages.standing import render_invites, render_rewards
from bot.messages.texts import LANGUAGES, Texts
from bot.messages.why import render_why
from bot.services.rewards.viewing import WhyView
from storage.facts import EventKind, GrantKind, GrantState
from tests.messages.pressing import read_data
from tests.messages.samples import (
    CODE,
    list_messages,
    make_invites,
    make_member,
    make_rewards,
    make_shop,
    render_admins,
    render_everybodys,
    render_owed,
)
from tests.messages.why_samples import make_grant

WIDTHS = {1: 34, 2: 17, 3: 10, 5: 4}
"""Latin letters that fit on a button of a phone 360 px wide, by buttons in the row."""


def list_buttons(keyboard: InlineKeyboardMarkup | None) -> list[InlineKeyboardButton]:
    """All buttons, row by row."""
    return [button for row in keyboard.inline_keyboard for button in row] if keyboard else []


def list_keyboards(texts: Texts, shop: Shop) -> list[InlineKeyboardMarkup]:
    """Every keyboard under every screen and notice."""
    screens = {**render_everybodys(texts, shop, "Rina"), **render_admins(texts, shop, "Rina")}
    owed = [each for rendered in render_owed(texts, shop, "Rina").values() for each in rendered]
    keyboards = [message.keyboard for message in [*screens.values(), *list_messages(owed)]]
    return [keyboard for keyboard in keyboards if keyboard]


def measure(label: str) -> int:
    """Width in Latin letters; Chinese characters and emoji take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


@pytest.mark.parametrize("inline_mode", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_keyboard_fits_a_phone(language: str, *, inline_mode: bool) -> None:
    """At most three buttons in a row, or five that are a face each, and no label is cut on a narrow phone."""
    for keyboard in list_keyboards(Texts(language), make_shop(inline_mode=inline_mode)):
        for row in keyboard.inline_keyboard:
            assert 1 <= len(row) <= (5 if all(button.text in FACES.values() for button in row) else 3)
            for button in row:
                assert 1 <= measure(button.text) <= WIDTHS[len(row)], button.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_does_something_telegram_takes(language: str) -> None:
    """One action each; data that we read back, addresses on https, copied text of at most 256."""
    for keyboard in list_keyboards(Texts(language), make_shop()):
        for button in list_buttons(keyboard):
            actions = [button.callback_data, button.url, button.copy_text, button.switch_inline_query_chosen_chat]
            assert sum(action is not None for action in actions) == 1
            if isinstance(button.callback_data, str):
                assert read_data(button.callback_data) is not None
            if button.url:
                parts = urlsplit(button.url)
                assert parts.scheme == "https"
                assert "." in (parts.hostname or "")
            if button.copy_text:
                assert 1 <= len(button.copy_text.text) <= 256


@pytest.mark.parametrize("language", LANGUAGES)
def test_sharing_takes_three_ways(language: str) -> None:
    """Into a chat with the card, as a draft with the link, or copied; each link says how it travelled."""
    buttons = list_buttons(compose_share_keyboard(Texts(language), make_shop(), CODE))
    chosen = buttons[0].switch_inline_query_chosen_chat
    assert chosen is not None
    assert (chosen.query, chosen.allow_user_chats, chosen.allow_group_chats, chosen.allow_channel_chats) == (
        "",
        True,
        True,
        True,
    )
    draft = parse_qs(urlsplit(buttons[1].url or "").query, strict_parsing=True)
    story, brand = make_shop().story(language), make_shop().brand(language)
    [text] = draft["text"]
    assert text.startswith(brand)
    assert text.endswith(f"{story.headline}\n{story.offer}")
    assert buttons[2].copy_text is not None
    payloads = [parse_payload(link.split("?start=")[1]) for link in (draft["url"][0], buttons[2].copy_text.text)]
    assert payloads == [Payload(CODE, "share"), Payload(CODE, "copy")]


def test_without_inline_mode_the_share_sheet_leads() -> None:
    """Where inline mode is off no button pretends it is on, and none is there twice."""
    buttons = list_buttons(compose_share_keyboard(Texts("en"), make_shop(inline_mode=False), CODE))
    assert [button.text for button in buttons] == ["Send to a friend", "Copy the link", "More ways"]
    assert (buttons[0].url or "").startswith("https://t.me/share/url?url=")
    assert all(button.switch_inline_query_chosen_chat is None for button in buttons)


@pytest.mark.parametrize("public_url", ["", "http://127.0.0.1:8080", "https://localhost", "https://share.example.org"])
def test_more_ways_lead_to_the_share_page_or_to_the_networks(public_url: str) -> None:
    """Telegram opens the page of a shop on https; without one, and while trying, the networks are buttons."""
    shop = replace(make_shop(), public_url=public_url)
    button = list_buttons(compose_share_keyboard(Texts("en"), shop, CODE))[-1]
    assert button.text == "More ways"
    if "example" in public_url:
        assert button.url == f"https://share.example.org/s/{CODE}"
    else:
        assert button.callback_data == "more"
    labels = {button.text for button in list_buttons(render_more(Texts("en"), shop, make_member()).keyboard)}
    assert labels == {"WhatsApp", "X", "Facebook", "VK", "LINE", "Menu"}


def test_a_long_story_keeps_the_draft_short() -> None:
    """Chinese triples and more when encoded; a story at its limits still gives a reasonable address."""
    shop = make_shop()
    story = replace(shop.campaign.stories[0], headline={"zh": "\U0001f525" * 60}, offer={"zh": "\U0001f525" * 120})
    long = replace(shop, campaign=replace(shop.campaign, stories=(replace(story, text={"zh": "文"}),)))
    button = list_buttons(compose_share_keyboard(Texts("zh"), long, CODE))[1]
    assert len(button.url or "") < 1500


def test_the_menu_reaches_everything() -> None:
    """Share, QR code, invitations, rewards, ranking and language are one tap away."""
    buttons = list_buttons(compose_menu_keyboard(Texts("en"), make_shop(), CODE))
    data = {button.callback_data for button in buttons if button.callback_data}
    actions = {SHARE, QR, TOP, LANGUAGE}
    assert data == {*(action.data() for action in actions), "invites:0", "rewards:0"}


@pytest.mark.parametrize(
    ("page", "pages", "data"),
    [(0, 1, []), (0, 3, ["invites:1"]), (1, 3, ["invites:0", "invites:2"]), (2, 3, ["invites:1"])],
)
def test_pages_turn_only_where_there_are_some(page: int, pages: int, data: list[str]) -> None:
    """No button leads nowhere."""
    row = page_row(Texts("en"), INVITES, page, pages)
    assert [button.callback_data for button in row] == data


def test_the_last_page_of_a_list_that_is_cut_says_where_the_rest_is() -> None:
    """Whichever list it is; others say nothing of it."""
    texts, shop = Texts("en"), make_shop()
    grant = make_grant("Rina", GrantState.AVAILABLE, GrantKind.POINTS, EventKind.QUALIFIED, None)
    invites, rewards = make_invites("Rina", page=2), replace(make_rewards("Rina"), page=1)
    why = WhyView(member=make_member(), page=1, pages=2, lines=[grant])
    for whole, cut in (
        (render_invites(texts, shop, invites), render_invites(texts, shop, replace(invites, is_cut=True))),
        (render_rewards(texts, shop, rewards), render_rewards(texts, shop, replace(rewards, is_cut=True))),
        (render_why(texts, shop, why), render_why(texts, shop, replace(why, is_cut=True))),
    ):
        assert "/mydata" not in whole.text
        assert "/mydata" in cut.text


def test_the_present_language_is_marked() -> None:
    """Each language is found by its own name, whichever one landed in."""
    labels = [button.text for button in list_buttons(compose_language_keyboard(Texts("id")))]
    assert labels == ["English", "✓ Bahasa Indonesia", "简体中文"]


def test_buttons_fit_any_number_of_members() -> None:
    """Ten million members still fit on the button that sends."""
    for language in LANGUAGES:
        assert measure(Texts(language).plain("button.broadcast", count=10_000_000)) <= WIDTHS[1]
