"""What there is for points: asked for, shown at the counter, handed out."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

from telegram import InlineKeyboardMarkup

from bot.core.redeeming import USE_PREFIX, Use, show_reference
from bot.core.rewards.rules import FOR_RULE
from bot.messages.buttons import (
    HAND_BACK,
    HAND_OUT,
    REDEEM,
    REDEEM_DROP,
    REDEEM_GIVE_UP,
    REDEEM_SURE,
    REDEMPTION,
    REDEMPTION_WHY,
    REWARDS,
)
from bot.messages.coupons import copy_row, say_end
from bot.messages.keyboards import Row, make_button, send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage, Photo
from bot.messages.rewards import say_what
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.messages.tickets.buttons import support_row
from bot.services.redeeming.counter import Check
from bot.services.redeeming.given import CounterList
from bot.services.redeeming.notices import HandedBack, HandedOut, RedemptionExpired, RedemptionReturned
from bot.services.redeeming.redeeming import CounterView, Offer, RedemptionView, Refusal
from bot.services.rewards.viewing import GrantView
from storage.facts import GrantKind, GrantState, RedemptionRow, RedemptionState
from storage.gift import Trouble

_EXAMPLE = "K7F39QXM"
_REFUSALS = {
    Refusal.GONE: "redeem.gone",
    Refusal.POINTS: "redeem.points",
    Refusal.STOCK: "redeem.stock",
    Refusal.ENOUGH: "redeem.enough",
    Refusal.LATE: "redeem.late",
}
_WHY_NOT = {Refusal.STOCK: "redeem.why.stock", Refusal.ENOUGH: "redeem.why.enough"}
_USES = {
    Use.READY: "redeem.check.ready",
    Use.USED: "redeem.check.used",
    Use.OVER: "redeem.check.over",
    Use.UNPAID: "redeem.check.unpaid",
}
_HOW = {GrantKind.GIFT: "redeem.how.gift", GrantKind.CODE: "redeem.how.code", GrantKind.COUPON: "redeem.how.code"}
"""What becomes of it that is not handed out at the counter."""
_HAD_LINES = {
    RedemptionState.REDEEMED: "redeem.line_had.waits",
    RedemptionState.USED: "redeem.line_had.used",
    RedemptionState.EXPIRED: "redeem.line_had.expired",
    RedemptionState.RETURNED: "redeem.line_had.returned",
}

_GRANTED = {
    (GrantKind.COUPON, GrantState.AVAILABLE): "redeem.had.code",
    (GrantKind.CODE, GrantState.AVAILABLE): "redeem.had.code",
    (GrantKind.PERCENT, GrantState.AVAILABLE): "redeem.had.percent",
    (GrantKind.COUPON, GrantState.WAITING): "redeem.had.waits",
    (GrantKind.GIFT, GrantState.WAITING): "redeem.had.gift",
}
_GRANTED_STATES = {
    GrantState.USED: "redeem.state.used",
    GrantState.EXPIRED: "redeem.given_state.expired",
    GrantState.DECLINED: "redeem.given_state.expired",
}
_GIVEN_STATES = {
    RedemptionState.USED: "redeem.state.used",
    RedemptionState.DECLINED: "redeem.given_state.declined",
    RedemptionState.EXPIRED: "redeem.given_state.expired",
}
_STATES = {
    RedemptionState.RETURNED: "redeem.state.returned",
    RedemptionState.USED: "redeem.state.used",
    RedemptionState.DECLINED: "redeem.state.declined",
    RedemptionState.EXPIRED: "redeem.state.expired",
}


def name_item(texts: Texts, shop: Shop, key: str) -> str:
    """What something is called; without a name where it is not on offer any more."""
    if key.startswith(FOR_RULE):
        rule = shop.campaign.find_rule(key.removeprefix(FOR_RULE))
        return texts.plain("redeem.something") if rule is None else unescape(say_what(texts, shop, rule))
    item = shop.campaign.find_item(key)
    return texts.plain("redeem.something") if item is None else item.say(shop.campaign.find_language(texts.language))


def say_had(texts: Texts, shop: Shop, row: RedemptionRow) -> Html:
    """What became of something that was paid, in a line of the history."""
    key, item = _HAD_LINES.get(row.state), name_item(texts, shop, row.item)
    return texts.say(key, item=item, date=_say_date(texts, shop, row)) if key else escape(item)


def _say_date(texts: Texts, shop: Shop, row: RedemptionRow) -> str:
    """When it was handed out, or its state ended."""
    return texts.date(row.expires_at if row.used_at is None else row.used_at, shop.zone)


def say_counter(texts: Texts, shop: Shop, view: CounterView) -> list[Html]:
    """What waits for the member, and what there is for points; nothing where there is nothing."""
    blocks = []
    if view.waiting:
        lines = [_say_waiting(texts, shop, row) for row in view.waiting]
        blocks.append(Html("\n".join([texts.say("redeem.waiting"), *lines])))
    if view.offers:
        lines = [_say_offer(texts, shop, offer, view.balance) for offer in view.offers]
        title = texts.say("redeem.title", brand=shop.brand(texts.language))
        blocks.append(Html("\n".join([title, *lines])))
    return blocks


def counter_rows(texts: Texts, shop: Shop, view: CounterView) -> list[Row]:
    """A button for what waits, and for what can be had now."""
    waiting = [_show_row(texts, shop, row) for row in view.waiting]
    return [*waiting, *(_offer_row(texts, shop, offer) for offer in view.offers if _can_be_opened(offer))]


def _can_be_opened(offer: Offer) -> bool:
    """Whoever is short of points can look at it where there is a picture to look at."""
    return offer.refusal is None or (offer.refusal is Refusal.POINTS and bool(offer.item.picture))


def render_reserved(texts: Texts, shop: Shop, view: RedemptionView, photo: Photo | None = None) -> OutgoingMessage:
    """Shall it be this? Or why it cannot be; with its picture, where it has one."""
    if view.row is None or view.refusal is not None:
        return replace(_render_refused(texts, shop, view), photo=photo)
    if view.row.state is not RedemptionState.RESERVED:
        return render_redemption(texts, shop, view, photo)
    ask = texts.say(
        "redeem.ask",
        item=name_item(texts, shop, view.row.item),
        points=shop.points(view.row.price, texts.language),
        balance=shop.points(view.member.balance, texts.language),
    )
    item = shop.campaign.find_item(view.row.item)
    key = "redeem.how.waits" if view.waits else _HOW.get(item.kind) if item is not None else None
    how = [texts.say(key, brand=shop.brand(texts.language))] if key else []
    aside = texts.say("redeem.ask_until", until=texts.countdown(view.row.expires_at, shop.zone))
    number = view.row.id
    rows = [[make_button(texts, REDEEM_SURE, number, style=PRIMARY)], [make_button(texts, REDEEM_DROP, number)]]
    return OutgoingMessage(text=Html("\n\n".join([ask, *how, aside])), photo=photo, keyboard=stack(*rows))


def render_redemption(texts: Texts, shop: Shop, view: RedemptionView, photo: Photo | None = None) -> OutgoingMessage:
    """How something stands that this member has; the code for the counter is a picture of its own."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=texts.say("redeem.unknown"), keyboard=stack(tap_row(texts, REWARDS)))
    if row.state is RedemptionState.RESERVED:
        return render_reserved(texts, shop, view, photo)
    item = name_item(texts, shop, row.item)
    if view.grant is not None and row.state is RedemptionState.GRANTED:
        return _render_granted(texts, shop, view, view.grant, photo)
    if row.state in _STATES and not row.price:
        text = texts.say(_GIVEN_STATES[row.state], item=item, date=_say_date(texts, shop, row))
        return OutgoingMessage(text=text, keyboard=_stack(texts, row))
    if row.state in _STATES:
        points, date = shop.points(row.price, texts.language), _say_date(texts, shop, row)
        text = texts.say(_STATES[row.state], item=item, points=points, date=date)
        return OutgoingMessage(text=text, photo=photo, keyboard=_stack(texts, row))
    balance = shop.points(view.member.balance, texts.language)
    key = "redeem.yours" if row.grant_id is None else "redeem.given"
    text = texts.say(key, item=item, brand=shop.brand(texts.language), balance=balance)
    return OutgoingMessage(
        text=text, photo=photo, keyboard=_stack(texts, row, [make_button(texts, REDEMPTION, row.id)])
    )


def _stack(texts: Texts, row: RedemptionRow, *rows: Row) -> InlineKeyboardMarkup:
    """Beneath something that somebody has, or had."""
    return stack(*rows, [make_button(texts, REDEMPTION_WHY, row.id), *tap_row(texts, REWARDS)])


def _render_granted(
    texts: Texts, shop: Shop, view: RedemptionView, grant: GrantView, photo: Photo | None
) -> OutgoingMessage:
    """What was had without the counter: with its code, or on its way."""
    given, row = grant.row, view.row
    code = "" if given.state is not GrantState.AVAILABLE else grant.coupon.code if grant.coupon else given.what
    copied = code if given.kind in {GrantKind.COUPON, GrantKind.CODE} else ""
    text = texts.say(
        _GRANTED.get((given.kind, given.state)) or _GRANTED_STATES[given.state],
        item=name_item(texts, shop, view.item),
        date=texts.date(given.changed_at, shop.zone),
        code=copied,
        balance=shop.points(view.member.balance, texts.language),
    )
    if grant.coupon is not None and grant.coupon.expires_at is not None and copied:
        text = Html(f"{text}\n{texts.say('coupon.until', until=say_end(texts, shop, grant.coupon.expires_at))}")
    waits = row is not None and given.kind is GrantKind.COUPON and given.state is GrantState.WAITING
    back = [make_button(texts, REDEEM_GIVE_UP, row.id)] if row is not None and waits else []
    copy = copy_row(texts, copied) if copied else []
    return OutgoingMessage(text=text, photo=photo, keyboard=stack(copy, back, tap_row(texts, REWARDS)))


def render_counter_code(texts: Texts, shop: Shop, row: RedemptionRow, photo: Photo) -> OutgoingMessage:
    """What is shown at the counter."""
    text = texts.say(
        "redeem.code" if row.grant_id is None else "redeem.code_given",
        item=name_item(texts, shop, row.item),
        brand=shop.brand(texts.language),
        reference=show_reference(row.reference),
        until=texts.countdown(row.expires_at, shop.zone),
    )
    return OutgoingMessage(text=text, photo=photo, keyboard=_stack(texts, row))


def say_counter_link(shop: Shop, row: RedemptionRow) -> str:
    """What the code at the counter leads to."""
    return f"{shop.address}?start={USE_PREFIX}{row.reference}"


def say_code_caption(texts: Texts, shop: Shop, row: RedemptionRow) -> str:
    """What stands under the code."""
    return f"{show_reference(row.reference)} · {name_item(texts, shop, row.item)}"


def render_strangers_code(texts: Texts, shop: Shop) -> OutgoingMessage:
    """Somebody has scanned a code that is for the counter."""
    return OutgoingMessage(text=texts.say("redeem.strangers", brand=shop.brand(texts.language)))


def render_check_help(texts: Texts, shop: Shop, view: CounterList) -> OutgoingMessage:
    """How the counter looks something up, and what it has ready for somebody."""
    text = texts.say("redeem.check.help", example=f"/check {show_reference(_EXAMPLE)}")
    if not view.given:
        return OutgoingMessage(text=text)
    lines = [_say_given(texts, shop, row, holder) for row, holder in view.given]
    return OutgoingMessage(text=Html("\n\n".join([text, Html("\n".join([texts.say("redeem.check.list"), *lines]))])))


def _say_given(texts: Texts, shop: Shop, row: RedemptionRow, holder: str) -> Html:
    return texts.say(
        "redeem.check.line",
        item=name_item(texts, shop, row.item),
        holder=show_name(texts, holder, limit=32),
        reference=show_reference(row.reference),
    )


def render_check(texts: Texts, shop: Shop, view: Check[RedemptionRow]) -> OutgoingMessage:
    """Who has what, and whether it can be handed out."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=texts.say("redeem.check.unknown"))
    ready = _USES[view.use] if row.grant_id is None or view.use is not Use.READY else "redeem.check.given"
    verdict = texts.say(
        "redeem.check.done" if view.done else ready,
        points=shop.points(row.price, texts.language),
        date=texts.moment(row.used_at or row.expires_at, shop.zone),
    )
    text = texts.say(
        "redeem.check.text",
        item=name_item(texts, shop, row.item),
        holder=show_name(texts, view.holder, limit=32),
        reference=show_reference(row.reference),
        verdict=verdict,
    )
    hand_out = [make_button(texts, HAND_OUT, row.id, style=PRIMARY)] if view.use is Use.READY else []
    undo = [make_button(texts, HAND_BACK, row.id)] if view.can_undo else []
    return OutgoingMessage(text=text, keyboard=stack(hand_out, undo) if hand_out or undo else None)


def _render_refused(texts: Texts, shop: Shop, view: RedemptionView) -> OutgoingMessage:
    if view.refusal is None:
        return OutgoingMessage(text=texts.say("redeem.unknown"), keyboard=stack(tap_row(texts, REWARDS)))
    missing = max(0, view.price - view.member.balance)
    text = texts.say(_REFUSALS[view.refusal], points=shop.points(missing, texts.language))
    if view.refusal is Refusal.POINTS and view.item:
        price = shop.points(view.price, texts.language)
        title = texts.say("redeem.named", item=name_item(texts, shop, view.item), points=price)
        text = Html(f"{title}\n\n{text}")
    rows = [send_row(texts, shop, view.member.code)] if view.refusal is Refusal.POINTS else []
    return OutgoingMessage(text=text, keyboard=stack(*rows, support_row(texts, "reward"), tap_row(texts, REWARDS)))


def _say_waiting(texts: Texts, shop: Shop, row: RedemptionRow) -> Html:
    key = "redeem.line_aside" if row.state is RedemptionState.RESERVED else "redeem.line_waiting"
    until, item = texts.countdown(row.expires_at, shop.zone), name_item(texts, shop, row.item)
    return texts.say(key, item=item, until=until)


def _say_offer(texts: Texts, shop: Shop, offer: Offer, balance: int) -> Html:
    name, price = (
        offer.item.say(shop.campaign.find_language(texts.language)),
        shop.points(offer.item.price, texts.language),
    )
    if offer.refusal in _WHY_NOT:
        return texts.say("redeem.line_not", item=name, points=price, why=texts.say(_WHY_NOT[offer.refusal]))
    if offer.refusal is Refusal.POINTS:
        missing = texts.number(offer.item.price - balance)
        return texts.say("redeem.line_short", item=name, points=price, missing=missing)
    if offer.waits:
        return texts.say("redeem.line_waits", item=name, points=price)
    if offer.left is not None:
        return texts.say("redeem.line_left", item=name, points=price, left=offer.left)
    return texts.say("redeem.line", item=name, points=price)


def _offer_row(texts: Texts, shop: Shop, offer: Offer) -> Row:
    name, price = (
        offer.item.say(shop.campaign.find_language(texts.language)),
        shop.points(offer.item.price, texts.language),
    )
    return [make_button(texts, REDEEM, offer.item.key, label=texts.plain("redeem.get", item=name, points=price))]


def _show_row(texts: Texts, shop: Shop, row: RedemptionRow) -> Row:
    label = texts.plain("redeem.show_item", item=name_item(texts, shop, row.item))
    return [make_button(texts, REDEMPTION, row.id, label=label)]


def _render_handed(reader: Reader, notice: HandedOut | HandedBack) -> OutgoingMessage:
    key = "redeem.handed_out" if isinstance(notice, HandedOut) else "redeem.handed_back"
    return _render_news(reader, key, notice.item)


def _render_returned(reader: Reader, notice: RedemptionReturned) -> OutgoingMessage:
    points = reader.shop.points(notice.points, reader.texts.language)
    key = "redeem.not_taken" if notice.trouble is Trouble.DECLINED else "redeem.not_sent"
    return _render_news(reader, key, notice.item, points=points)


def _render_expired(reader: Reader, notice: RedemptionExpired) -> OutgoingMessage:
    points = reader.shop.points(notice.points, reader.texts.language)
    key = "redeem.expired" if notice.points else "redeem.given_expired"
    return _render_news(reader, key, notice.item, points=points)


def _render_news(reader: Reader, key: str, item: str, points: str = "") -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    text = texts.say(key, item=name_item(texts, shop, item), brand=shop.brand(texts.language), points=points)
    return OutgoingMessage(text=text, keyboard=stack(support_row(texts, "reward"), tap_row(texts, REWARDS)))


NOTICES: Renderers = {
    HandedOut: each(_render_handed),
    HandedBack: each(_render_handed),
    RedemptionExpired: each(_render_expired),
    RedemptionReturned: each(_render_returned),
}
