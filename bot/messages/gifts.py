"""Telegram gifts: what goes with one, why one takes longer, and what whoever runs the shop can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from telegram import InlineKeyboardMarkup

from bot.messages.buttons import GIFT_AGAIN, GIFT_ARRIVED, GIFTS, GIFTS_NOW, REWARDS
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.messages.tickets.buttons import support_row
from bot.services.gifts.notices import GiftDelayed, GiftDoubtful, GiftTroubled
from bot.services.gifts.settling import GiftsView
from storage.gift import GiftRow, GiftState, Trouble

_NAME_LIMIT = 32
_WORDS_LIMIT = 100
"""Of what Telegram said."""

_TEAM: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.DECLINED: "gift.team.declined",
        Trouble.BALANCE: "gift.team.balance",
        Trouble.GONE: "gift.team.gone",
        Trouble.UNREACHABLE: "gift.team.unreachable",
        Trouble.REFUSED: "gift.team.refused",
    }
)
_WHY: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.DECLINED: "gift.why.declined",
        Trouble.BALANCE: "gift.why.balance",
        Trouble.GONE: "gift.why.gone",
        Trouble.UNREACHABLE: "gift.why.unreachable",
        Trouble.REFUSED: "gift.why.refused",
    }
)


def say_gift_words(texts: Texts, shop: Shop) -> str:
    """What stands beside a gift in Telegram."""
    return texts.plain("gift.words", brand=shop.brand(texts.language))


def render_gifts(texts: Texts, shop: Shop, view: GiftsView) -> OutgoingMessage:
    """Gifts that somebody has to look at, and what can be done about each."""
    if not view.rows:
        none = texts.say("gift.next", count=view.next_up) if view.next_up else texts.say("gift.none")
        return OutgoingMessage(text=Html("\n\n".join([none, texts.say("gift.how")])))
    lines = [
        texts.say("gift.line", number=number, what=_say_row(texts, shop, view, row))
        for number, row in enumerate(view.rows, start=1)
    ]
    if view.total > len(view.rows):
        lines.append(texts.say("gift.more", count=view.total - len(view.rows)))
    blocks = [texts.say("gift.title"), Html("\n\n".join(lines))]
    doubtful = [row for row in view.rows if row.state is GiftState.UNKNOWN]
    if doubtful:
        blocks.append(texts.say("gift.ask"))
    rows = [_decide_row(texts, number, row) for number, row in enumerate(view.rows, start=1)]
    if len(doubtful) < len(view.rows):
        rows.append([make_button(texts, GIFTS_NOW)])
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows))


def _decide_row(texts: Texts, number: int, row: GiftRow) -> Row:
    doubtful = row.state is GiftState.UNKNOWN
    label = texts.plain("gift.arrived" if doubtful else "gift.settled", number=number)
    again = make_button(texts, GIFT_AGAIN, row.grant_id, label=texts.plain("gift.again", number=number))
    return [make_button(texts, GIFT_ARRIVED, row.grant_id, label=label), *([again] if doubtful else [])]


def _say_row(texts: Texts, shop: Shop, view: GiftsView, row: GiftRow) -> Html:
    name = show_name(texts, view.names.get(row.person_id, ""), limit=_NAME_LIMIT)
    date = texts.moment(row.tried_at, shop.zone)
    if row.state is GiftState.UNKNOWN:
        return texts.say("gift.doubt", name=name, date=date)
    return texts.say(_WHY[row.trouble], name=name, stars=row.stars, words=_say_words(row.error))


def _say_words(error: str) -> Html:
    return escape(error.removeprefix("Bad Request: ")[:_WORDS_LIMIT])


def _render_delayed(reader: Reader, notice: GiftDelayed) -> OutgoingMessage:
    key = "gift.declined" if notice.trouble is Trouble.DECLINED else "gift.late"
    text = reader.texts.say(key, brand=reader.shop.brand(reader.texts.language))
    wrong = support_row(reader.texts, "reward")
    return OutgoingMessage(text=text, keyboard=stack(wrong, tap_row(reader.texts, REWARDS)))


def _render_troubled(reader: Reader, notice: GiftTroubled) -> OutgoingMessage:
    text = reader.texts.say(_TEAM[notice.trouble], gift=notice.gift, stars=notice.stars, words=_say_words(notice.error))
    return OutgoingMessage(text=text, keyboard=_show_gifts(reader.texts))


def _render_doubtful(reader: Reader, notice: GiftDoubtful) -> OutgoingMessage:
    return OutgoingMessage(
        text=reader.texts.say("gift.doubtful", count=notice.count), keyboard=_show_gifts(reader.texts)
    )


def _show_gifts(texts: Texts) -> InlineKeyboardMarkup:
    return stack([make_button(texts, GIFTS, style=PRIMARY)])


NOTICES: Renderers = {
    GiftDelayed: each(_render_delayed),
    GiftTroubled: each(_render_troubled),
    GiftDoubtful: each(_render_doubtful),
}
