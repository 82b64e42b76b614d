"""The first message: what it is about, what both sides get, and the way to pass it on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.keyboards import Row, compose_menu_keyboard, home_row, nobody_row
from bot.messages.naming import show_name
from bot.messages.outgoing import OutgoingMessage
from bot.messages.sharing.keyboards import back_row
from bot.messages.shop import Shop, Source
from bot.messages.texts import Html, Texts, escape
from bot.services.members import MemberView


def render_welcome(
    texts: Texts,
    shop: Shop,
    *,
    name: str,
    code: str,
    unknown_code: bool = False,
    from_inline: bool = False,
    asks: bool = False,
) -> OutgoingMessage:
    """For a newcomer whom nobody invited, or who came by a code that nobody has, or out of another chat.

    With `asks` the last thing said is the question who recommended us, so that a name typed next is the answer.
    """
    extra = [texts.say("welcome.unknown_code")] if unknown_code else []
    paragraphs = [_say_hello(texts, shop, name), *extra, say_deal(texts, shop)]
    first = [back_row(texts)] if from_inline else []
    if not asks:
        return _compose(texts, shop, code, paragraphs, *first)
    return _compose(texts, shop, code, paragraphs, *first, below=[texts.say("claim.ask")], last=nobody_row(texts))


def render_welcome_invited(
    texts: Texts, shop: Shop, *, name: str, code: str, inviter: str, points: int
) -> OutgoingMessage:
    """For a newcomer who came by a friend's link and has earned `points` by it."""
    gift = texts.say(
        "welcome.invited",
        inviter=show_name(texts, inviter, first=True),
        points=shop.points(points, texts.language),
    )
    return _compose(texts, shop, code, [_say_hello(texts, shop, name), gift, say_deal(texts, shop)])


def render_welcome_waiting(
    texts: Texts, shop: Shop, *, name: str, code: str, inviter: str, points: int
) -> OutgoingMessage:
    """For a newcomer who came by a friend and will earn `points` once in the community chat."""
    gift = texts.say(
        "waiting.gift",
        inviter=show_name(texts, inviter, first=True),
        points=shop.points(points, texts.language),
    )
    return _compose(texts, shop, code, [_say_hello(texts, shop, name), gift, say_deal(texts, shop)])


def render_home(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """For a member who comes back, and behind every button called Menu."""
    key = "welcome.back" if member.name else "welcome.back_nobody"
    back = texts.say(key, name=show_name(texts, member.name), brand=shop.brand(texts.language))
    balance = shop.points(member.balance, texts.language)
    standing = texts.say("welcome.friends", count=member.score, balance=balance)
    below = [texts.say("spoken.line", code=member.spoken_code)] if member.spoken_code else []
    last = home_row(texts, can_claim=member.can_claim)
    return _compose(texts, shop, member.code, [back, standing, say_deal(texts, shop)], below=below, last=last)


def say_deal(texts: Texts, shop: Shop) -> Html:
    """What both sides get."""
    campaign = shop.campaign
    return texts.say(
        "welcome.deal",
        inviter_points=shop.points(campaign.inviter_points, texts.language),
        invitee_points=shop.points(campaign.invitee_points, texts.language),
    )


def say_link(texts: Texts, shop: Shop, code: str) -> Html:
    """The member's own link, to be seen and copied."""
    return texts.say("welcome.link", link=escape(shop.link(code, Source.PLAIN)))


def _say_hello(texts: Texts, shop: Shop, name: str) -> Html:
    key = "welcome.hello" if name else "welcome.hello_nobody"
    return texts.say(key, name=show_name(texts, name), brand=shop.brand(texts.language))


def _compose(
    texts: Texts,
    shop: Shop,
    code: str,
    paragraphs: list[Html],
    *first: Row,
    below: Sequence[Html] = (),
    last: Row | None = None,
) -> OutgoingMessage:
    """The link stands under the paragraphs, and what is `below` under the link."""
    text = "\n\n".join([*paragraphs, say_link(texts, shop, code), *below])
    return OutgoingMessage(text=text, keyboard=compose_menu_keyboard(texts, shop, code, *first, last=last))
