"""Who recommended us? The question, what came of the answer, and what the one who was named hears of it."""

from __future__ import annotations

from bot.core.claiming import Outcome
from bot.core.links import Window
from bot.messages.buttons import CLAIM, CLAIM_WHO, MENU, NOT_ME
from bot.messages.joining.notices import say_deal, say_link
from bot.messages.joining.revoked import say_points_back
from bot.messages.keyboards import (
    compose_menu_keyboard,
    compose_send_keyboard,
    make_button,
    nobody_row,
    send_row,
    stack,
    tap_row,
)
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name, show_plain_name
from bot.messages.tickets.buttons import support_row
from bot.services.claiming.disowning import Disowning, DisownView
from bot.services.claiming.naming import ClaimView
from bot.services.claiming.notices import FriendClaimed
from bot.services.members import MemberView

_LABEL_LIMIT = 40
_TYPED_LIMIT = 64


def render_claim_prompt(texts: Texts, shop: Shop, member: MemberView, window: Window) -> OutgoingMessage:
    """Asks for a name, unless it is too late for that or known already."""
    if window is Window.OPEN:
        prompt = texts.say("claim.prompt", brand=shop.brand(texts.language))
        return OutgoingMessage(text=prompt, keyboard=stack(nobody_row(texts)))
    text = texts.say("claim.has_inviter") if window is Window.HAS_INVITER else _say_closed(texts, shop)
    return OutgoingMessage(text=text, keyboard=compose_send_keyboard(texts, shop, member.code))


def render_nobody(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """Nobody recommended us: then it is this member's turn."""
    text = "\n\n".join([texts.say("claim.nobody"), say_deal(texts, shop), say_link(texts, shop, member.code)])
    return OutgoingMessage(text=text, keyboard=compose_menu_keyboard(texts, shop, member.code))


def render_claim(texts: Texts, shop: Shop, view: ClaimView) -> OutgoingMessage:
    """What came of naming somebody."""
    if view.outcome is Outcome.CREDITED:
        text = "\n\n".join([_say_credited(texts, shop, view), say_deal(texts, shop)])
        return OutgoingMessage(text=text, keyboard=compose_menu_keyboard(texts, shop, view.member.code))
    if view.outcome is Outcome.SEVERAL:
        return _render_several(texts, view)
    if view.outcome in _FINAL:
        wrong = support_row(texts, "claim")
        keyboard = compose_send_keyboard(texts, shop, view.member.code, wrong)
        return OutgoingMessage(text=_say_final(texts, shop, view), keyboard=keyboard)
    keyboard = stack(nobody_row(texts), support_row(texts, "claim"), tap_row(texts, MENU))
    return OutgoingMessage(text=_say_again(texts, view), keyboard=keyboard)


def render_told(reader: Reader, notice: FriendClaimed) -> OutgoingMessage:
    """Somebody says that you recommended us; with the way to say that it was not you."""
    texts, member = reader.texts, reader.member
    points, friend = reader.shop.points(notice.points, reader.texts.language), reader.show(notice.friend, first=True)
    if notice.waits:
        text = texts.say("claim.told_waiting", friend=friend, points=points)
    else:
        text = texts.say("claim.told", friend=friend, points=points, balance=member.balance)
    not_me = make_button(texts, NOT_ME, notice.referral)
    return OutgoingMessage(text=text, keyboard=stack(send_row(texts, reader.shop, member.code), [not_me]))


def render_disowned(texts: Texts, shop: Shop, view: DisownView) -> OutgoingMessage:
    """It was not you: what went back, or why it stays."""
    keyboard = compose_send_keyboard(texts, shop, view.member.code, support_row(texts, "claim"))
    if view.disowning is not Disowning.REVOKED:
        key = "claim.kept" if view.disowning is Disowning.KEPT else "claim.settled"
        return OutgoingMessage(text=texts.say(key), keyboard=keyboard)
    thanks = texts.say("revoked.not_me", friend=show_name(texts, view.friend))
    text = "\n".join([thanks, *say_points_back(texts, shop, view.points, view.member.balance)])
    return OutgoingMessage(text=text, keyboard=keyboard)


_FINAL = {Outcome.HAS_INVITER, Outcome.CLOSED, Outcome.THROTTLED}


def _say_final(texts: Texts, shop: Shop, view: ClaimView) -> Html:
    if view.outcome is Outcome.CLOSED:
        return _say_closed(texts, shop)
    return texts.say("claim.has_inviter" if view.outcome is Outcome.HAS_INVITER else "claim.throttled")


def _say_closed(texts: Texts, shop: Shop) -> Html:
    return texts.say("claim.closed", count=shop.campaign.rules.claim_days)


def _say_again(texts: Texts, view: ClaimView) -> Html:
    """Why it was nobody, and that another name may be."""
    if view.outcome is Outcome.OWN_GUEST:
        return texts.say("claim.own_guest", friend=show_name(texts, view.inviter, first=True))
    if view.outcome is Outcome.ONESELF:
        return texts.say("claim.oneself")
    if view.outcome is Outcome.STALE:
        return texts.say("claim.stale")
    if view.like_code or not view.typed:
        return texts.say("claim.unknown_code")
    return texts.say("claim.unknown", typed=show_name(texts, view.typed, limit=_TYPED_LIMIT))


def _say_credited(texts: Texts, shop: Shop, view: ClaimView) -> Html:
    inviter, points = show_name(texts, view.inviter), shop.points(view.points, texts.language)
    if view.checked_until:
        until = texts.date(view.checked_until, shop.zone)
        return texts.say("fairness.held_friend", inviter=inviter, points=points, date=until)
    if view.waits:
        return texts.say("claim.waiting", inviter=inviter, points=points)
    return texts.say("claim.credited", inviter=inviter, points=points, balance=view.member.balance)


def _render_several(texts: Texts, view: ClaimView) -> OutgoingMessage:
    text = "\n\n".join([texts.say("claim.several"), *([texts.say("claim.more")] if view.more else [])])
    names = [
        [
            make_button(
                texts,
                CLAIM_WHO,
                person_id,
                label=show_plain_name(texts, label, first=True, limit=_LABEL_LIMIT),
            )
        ]
        for person_id, label in view.offered.items()
    ]
    none = [make_button(texts, CLAIM, label=texts.plain("claim.none_button"))]
    return OutgoingMessage(text=text, keyboard=stack(*names, none))


NOTICES: Renderers = {FriendClaimed: each(render_told)}
