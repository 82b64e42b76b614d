"""Buttons: the shortest way from liking something to a friend's chat."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, SwitchInlineQueryChosenChat

from bot.core.languages import LANGUAGES
from bot.messages.buttons import (
    APPEAR,
    BROADCAST_CONFIRM,
    CLAIM,
    COMMUNITY,
    FINDABLE,
    INVITES,
    LANGUAGE,
    MENU,
    MORE,
    NOBODY,
    QR,
    REWARDS,
    SET_LANGUAGE,
    SHARE,
    SPOKEN,
    TOP,
    Button,
    Value,
)
from bot.messages.outgoing import PRIMARY
from bot.messages.sharing.networks import CHAT_NETWORKS, compose_address, list_networks, name_network
from bot.messages.shop import Shop, Source
from bot.messages.texts import Html, Texts

Row = list[InlineKeyboardButton]

_DRAFT_LIMIT = 1200
"""Bytes of an encoded draft. Telegram names no limit for a button's address; this is well within what works."""


def make_button(
    texts: Texts, button: Button, *values: Value, label: str = "", style: str | None = None
) -> InlineKeyboardButton:
    """A declared button, with its usual text unless it is given another; arguments left out have their default."""
    return _make_tap(label or texts.plain(button.label), button.data(*values), style)


@lru_cache(maxsize=1024)
def _make_tap(label: str, data: str, style: str | None) -> InlineKeyboardButton:
    """Most taps are the same few in every keyboard; making one costs more than finding it."""
    return InlineKeyboardButton(label, callback_data=data, style=style)


def stack(*rows: Row) -> InlineKeyboardMarkup:
    """A keyboard of these rows; empty rows are left out."""
    return InlineKeyboardMarkup([row for row in rows if row])


def compose_share_keyboard(texts: Texts, shop: Shop, code: str) -> InlineKeyboardMarkup:
    """Every way to pass the card on."""
    return stack(*share_rows(texts, shop, code))


def compose_menu_keyboard(
    texts: Texts, shop: Shop, code: str, *first: Row, last: Row | None = None
) -> InlineKeyboardMarkup:
    """Passing on first, unless something goes before it; then everything else there is."""
    return stack(
        *first,
        send_row(texts, shop, code),
        [copy_button(texts, shop, code)],
        tap_row(texts, SHARE, QR, INVITES),
        tap_row(texts, REWARDS, TOP, LANGUAGE),
        tap_row(texts, COMMUNITY) if shop.community else [],
        last or [],
    )


def compose_send_keyboard(texts: Texts, shop: Shop, code: str, *first: Row) -> InlineKeyboardMarkup:
    """Passing on, unless something goes before it, and the way to the menu."""
    return stack(*first, send_row(texts, shop, code), [copy_button(texts, shop, code), make_button(texts, MENU)])


def compose_language_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    """One button a language, each in its own words; the present one is marked."""
    return stack(*([_language_button(texts, language)] for language in LANGUAGES))


def share_rows(texts: Texts, shop: Shop, code: str, story: str = "") -> list[Row]:
    """Send to a chat; share or copy the link; everything outside Telegram. The story is the one of this key, else the first."""
    url = [share_button(texts, shop, code, story)] if shop.inline_mode else []
    return [
        send_row(texts, shop, code, story),
        [*url, copy_button(texts, shop, code, story)],
        more_row(texts, shop, code),
    ]


def more_row(texts: Texts, shop: Shop, code: str) -> Row:
    """The share page where there is one that Telegram lets a button open, else the networks as buttons."""
    if shop.has_public_web:
        return [InlineKeyboardButton(texts.plain("button.more"), url=shop.page_address(code))]
    return [make_button(texts, MORE)]


def network_rows(texts: Texts, shop: Shop, code: str) -> list[Row]:
    """The networks that take a plain https address, two in a row."""
    buttons = [
        InlineKeyboardButton(name_network(texts, network), url=compose_address(texts, shop, code, network))
        for network in list_networks(texts.language)
        if network in CHAT_NETWORKS
    ]
    return [buttons[first : first + 2] for first in range(0, len(buttons), 2)]


def send_row(texts: Texts, shop: Shop, code: str, story: str = "") -> Row:
    """The button with the lowest launch cost: three taps and nothing typed. The first story needs no naming."""
    label = texts.plain("button.send")
    if not shop.inline_mode:
        return [InlineKeyboardButton(label, url=_share_address(texts, shop, code, story), style=PRIMARY)]
    query = story if story and shop.story_place(story) else ""
    return [_make_sender(label, query)]


@lru_cache(maxsize=256)
def _make_sender(label: str, query: str) -> InlineKeyboardButton:
    """The same for all members."""
    chosen = SwitchInlineQueryChosenChat(
        query=query, allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True, allow_bot_chats=False
    )
    return InlineKeyboardButton(label, switch_inline_query_chosen_chat=chosen, style=PRIMARY)


def share_button(texts: Texts, shop: Shop, code: str, story: str = "") -> InlineKeyboardButton:
    """Telegram's own share sheet with a draft."""
    return InlineKeyboardButton(texts.plain("button.share"), url=_share_address(texts, shop, code, story))


def copy_button(texts: Texts, shop: Shop, code: str, story: str = "") -> InlineKeyboardButton:
    """The link for any place outside Telegram."""
    return InlineKeyboardButton(
        texts.plain("button.copy"), copy_text=CopyTextButton(shop.link(code, Source.COPIED, story))
    )


def page_row(texts: Texts, button: Button, page: int, pages: int, *values: Value) -> Row:
    """Before and after, where there is a page; pages count from 0. `values` stand before the page in the button's data."""
    before, after = texts.plain("button.before"), texts.plain("button.after")
    return [
        *([make_button(texts, button, *values, page - 1, label=before)] if page > 0 else []),
        *([make_button(texts, button, *values, page + 1, label=after)] if page < pages - 1 else []),
    ]


def say_page(texts: Texts, page: int, pages: int, *, is_cut: bool = False) -> list[Html]:
    """Which page this is, where there are more; pages count from 0. `is_cut`: there is more behind the last than is listed."""
    return [texts.say("page.cut" if is_cut else "page.of", page=page + 1, pages=pages)] if pages > 1 else []


def appear_row(texts: Texts, *, anonymous: bool) -> Row:
    """Stand in the ranking with or without a name."""
    label = texts.plain("button.show_name" if anonymous else "button.hide_name")
    return [make_button(texts, APPEAR, int(anonymous), label=label)]


def tap_row(texts: Texts, *buttons: Button) -> Row:
    """Buttons that open screens."""
    return [*_make_taps(texts.locale, buttons)]


@lru_cache(maxsize=256)
def _make_taps(locale: str, buttons: tuple[Button, ...]) -> tuple[InlineKeyboardButton, ...]:
    """The same for all who read these sentences."""
    texts = Texts(locale)
    return tuple(make_button(texts, button) for button in buttons)


def nobody_row(texts: Texts) -> Row:
    """Nobody recommended us."""
    return tap_row(texts, NOBODY)


def home_row(texts: Texts, *, can_claim: bool) -> Row:
    """The code for the telephone, and for who can still say it: a friend told me."""
    return tap_row(texts, SPOKEN, *([CLAIM] if can_claim else []))


def findable_row(texts: Texts, *, findable: bool) -> Row:
    """Be found by name, or not."""
    label = texts.plain("claim.hide_button" if findable else "claim.show_button")
    return [make_button(texts, FINDABLE, int(not findable), label=label)]


def broadcast_row(texts: Texts, broadcast_id: int, buttons: Iterable[Button]) -> Row:
    """What an admin can do with a broadcast now."""
    return [make_button(texts, button, broadcast_id) for button in buttons]


def confirm_row(texts: Texts, broadcast_id: int, count: int) -> Row:
    """The one tap that sends, saying to how many."""
    label = texts.plain("button.broadcast", count=count)
    return [make_button(texts, BROADCAST_CONFIRM, broadcast_id, label=label, style=PRIMARY)]


def _language_button(texts: Texts, language: str) -> InlineKeyboardButton:
    mark = "✓ " if language == texts.locale else ""
    label = mark + Texts(language).plain("locale.name")
    return make_button(texts, SET_LANGUAGE, language, label=label)


def _share_address(texts: Texts, shop: Shop, code: str, story_key: str) -> str:
    """Telegram puts the link, a line break and the text into the chosen chat as a draft."""
    story = shop.story(texts.language, story_key)
    brand = shop.brand(texts.language)
    draft = quote(texts.plain("share.draft", brand=brand, headline=story.headline, offer=story.offer), safe="")
    if len(draft) > _DRAFT_LIMIT:
        draft = quote(f"{brand}: {story.headline}", safe="")
    return f"https://t.me/share/url?url={quote(shop.link(code, Source.SHARED, story_key), safe='')}&text={draft}"
