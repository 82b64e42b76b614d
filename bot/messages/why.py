"""Where is my reward? What somebody has by the rules, why, and what is missing for the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardMarkup

from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.rewards import JOIN
from bot.core.rewards.steps import Stage
from bot.messages.buttons import MENU, REDEEM_GIVE_UP, REDEMPTION, REDEMPTION_WHY, REWARDS, WHY, WHY_LIST
from bot.messages.coupons import copy_row, say_coupon
from bot.messages.keyboards import Row, make_button, page_row, say_page, send_row, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.redeeming import name_item
from bot.messages.rewards import say_rule, say_steps, say_what
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_listed_name
from bot.messages.tickets.buttons import support_row
from bot.services.redeeming.redeeming import ThingAnswer
from bot.services.rewards.stages import OwnWay
from bot.services.rewards.viewing import GrantAnswer, GrantView, WhyView
from storage.facts import FOR_DROP, EventKind, GrantKind, GrantState, RedemptionRow, RedemptionState

_NAME_LIMIT = 32
_STATES = {
    GrantState.PENDING: "why.state.pending",
    GrantState.HELD: "why.state.held",
    GrantState.WAITING: "why.state.waiting",
    GrantState.AVAILABLE: "why.state.available",
    GrantState.RESERVED: "why.state.available",
    GrantState.REDEEMED: "why.state.available",
    GrantState.USED: "why.state.used",
    GrantState.REVOKED: "why.state.revoked",
    GrantState.DECLINED: "why.state.declined",
    GrantState.EXPIRED: "why.state.expired",
}
_ANSWERS = {
    GrantState.PENDING: "why.answer.pending",
    GrantState.HELD: "why.answer.held",
    GrantState.WAITING: "why.answer.waiting",
    GrantState.USED: "why.answer.used",
    GrantState.REVOKED: "why.answer.revoked",
    GrantState.DECLINED: "why.answer.declined",
    GrantState.EXPIRED: "why.answer.expired",
}
_FACTS = {
    EventKind.QUALIFIED: "why.fact.qualified",
    EventKind.RESTORED: "why.fact.restored",
    EventKind.STAYED: "why.fact.stayed",
    EventKind.ACTIVE: "why.fact.active",
    EventKind.PURCHASED: "why.fact.purchased",
    EventKind.REFUNDED: "why.fact.refunded",
    EventKind.CARDS_GIVEN: "why.fact.cards_given",
    EventKind.ADOPTED: "why.fact.adopted",
    EventKind.DROPPED: "why.fact.dropped",
    EventKind.ANSWERED: "why.fact.answered",
    EventKind.REPORTED: "why.fact.reported",
    EventKind.HAD: "why.fact.had",
}
_THINGS = {
    RedemptionState.RESERVED: "why.thing.reserved",
    RedemptionState.REDEEMED: "why.thing.redeemed",
    RedemptionState.GRANTED: "why.thing.used",
    RedemptionState.USED: "why.thing.used",
    RedemptionState.DECLINED: "why.thing.declined",
    RedemptionState.EXPIRED: "why.thing.expired",
    RedemptionState.RETURNED: "why.thing.returned",
}
_STAGES = {
    EventKind.JOINED: ("why.stage.came", "why.stage.came"),
    EventKind.QUALIFIED: ("why.stage.community", "why.stage.community_done"),
    EventKind.STAYED: ("why.stage.stayed", "why.stage_done.stayed"),
    EventKind.ACTIVE: ("why.stage.active", "why.stage_done.active"),
    EventKind.PURCHASED: ("why.stage.purchases", "why.stage_done.purchases"),
}
"""What is ahead, and what is behind."""
_FIRST_PURCHASE = ("why.stage.first_purchase", "why.stage_done.first_purchase")


def render_why(texts: Texts, shop: Shop, view: WhyView) -> OutgoingMessage:
    """All that the rules ever gave, a page at a time, each with its why; and what comes next."""
    steps = say_steps(texts, shop, view.steps)
    if not view.lines:
        blocks = [texts.say("why.none"), *steps]
        return OutgoingMessage(text="\n\n".join(blocks), keyboard=_stack(texts, shop, view.member.code))
    lines = Html("\n".join(_say_line(texts, shop, number, each) for number, each in _number(view.lines)))
    page = say_page(texts, view.page, view.pages, is_cut=view.is_cut)
    rows = [why_row(texts, view.lines), page_row(texts, WHY_LIST, view.page, view.pages)]
    return OutgoingMessage(
        text="\n\n".join([texts.say("why.title"), lines, *steps, *page]),
        keyboard=_stack(texts, shop, view.member.code, *rows),
    )


def render_answer(texts: Texts, shop: Shop, view: GrantAnswer) -> OutgoingMessage:
    """The rule's sentence, the facts it saw, and what is still missing."""
    grant = view.grant
    if grant is None:
        return OutgoingMessage(text=texts.say("redeem.unknown"), keyboard=_stack(texts, shop, view.member.code))
    rule = [say_rule(texts, shop, grant.rule)] if grant.rule is not None else []
    title = texts.say("why.what", what=_say_what(texts, shop, grant))
    blocks = [Html("\n".join([title, *rule])), _say_facts(texts, shop, grant), _say_state(texts, shop, grant)]
    show = _offer_redemption(texts, grant)
    copy, back = copy_row(texts, code) if (code := _find_code(grant)) else [], [make_button(texts, WHY_LIST)]
    keyboard = _stack(texts, shop, view.member.code, copy, show, back)
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=keyboard)


def render_thing_answer(texts: Texts, shop: Shop, view: ThingAnswer) -> OutgoingMessage:
    """Of something out of the catalogue: what it was offered for, what was seen of it, and what is still missing."""
    row = view.row
    if row is None or view.grant is not None:
        return render_answer(texts, shop, GrantAnswer(member=view.member, grant=view.grant))
    title = texts.say("why.what", what=name_item(texts, shop, row.item))
    offer = [_say_offered(texts, shop, view.offered)] if view.offered is not None else []
    seen = texts.say("why.fact.aside", date=texts.date(row.reserved_at, shop.zone))
    stands = texts.say(
        _THINGS[row.state],
        until=texts.countdown(row.expires_at, shop.zone),
        date=texts.date(row.expires_at if row.used_at is None else row.used_at, shop.zone),
        points=shop.points(row.price, texts.language),
        brand=shop.brand(texts.language),
    )
    show = [make_button(texts, REDEMPTION, row.id)] if row.state is RedemptionState.REDEEMED else []
    keyboard = _stack(texts, shop, view.member.code, show)
    return OutgoingMessage(text="\n\n".join([Html("\n".join([title, *offer])), seen, stands]), keyboard=keyboard)


def _say_offered(texts: Texts, shop: Shop, item: CatalogueItem) -> Html:
    sentence = say_rule(texts, shop, item.rule)
    if item.per_member is None:
        return sentence
    return texts.say("why.offered", sentence=sentence, bound=texts.say("part.per_member", count=item.per_member))


def _offer_redemption(texts: Texts, grant: GrantView) -> Row:
    """The code for the counter; or the points back, while what was paid for has not come."""
    row = grant.redemption
    if row is not None and row.state is RedemptionState.REDEEMED:
        return [make_button(texts, REDEMPTION, row.id)]
    waits = grant.row.state is GrantState.WAITING
    if row is not None and waits and row.state is RedemptionState.GRANTED:
        return [make_button(texts, REDEEM_GIVE_UP, row.id)]
    return []


def say_live(texts: Texts, shop: Shop, live: Sequence[GrantView]) -> list[Html]:
    """What somebody has besides points, and what is on its way; nothing where there is nothing."""
    if not live:
        return []
    lines = (_say_line(texts, shop, number, each) for number, each in _number(live))
    return [Html("\n".join([texts.say("why.live"), *lines]))]


def live_rows(texts: Texts, live: Sequence[GrantView]) -> list[Row]:
    """A code is copied by a tap; and why each of them."""
    codes = [code for each in live if (code := _find_code(each))]
    copies = [copy_row(texts, code, named=len(live) > 1) for code in codes]
    return [*copies, why_row(texts, live)] if live else []


def had_rows(texts: Texts, shop: Shop, had: Iterable[RedemptionRow]) -> list[Row]:
    """Why each of what waits at the counter, or stands in the history, stands as it does, the last one first."""
    rows = sorted({row.id: row for row in had}.values(), key=lambda row: -row.id)
    labels = {row.id: texts.plain("redeem.why_item", item=name_item(texts, shop, row.item)) for row in rows}
    return [[make_button(texts, REDEMPTION_WHY, row.id, label=labels[row.id])] for row in rows]


def why_row(texts: Texts, lines: Sequence[GrantView]) -> Row:
    """One button a line, by its number; alone it needs none."""
    if len(lines) == 1:
        return [make_button(texts, WHY, lines[0].row.id)]
    return [
        make_button(texts, WHY, each.row.id, label=texts.plain("why.numbered", number=number))
        for number, each in _number(lines)
    ]


def say_stages(texts: Texts, stages: Iterable[Stage]) -> Html:
    """How far a friend has come: what is behind them is ticked off."""
    return Html(" · ".join(_say_stage(texts, each) for each in stages))


def say_own_way(texts: Texts, way: OwnWay) -> list[Html]:
    """How far the reader themselves has come; nothing where there is nothing to say."""
    if not way.stages:
        return []
    stages = say_stages(texts, way.stages)
    if not way.inviter:
        return [texts.say("why.stage.own_nobody", stages=stages)]
    inviter = show_listed_name(texts, way.inviter, limit=_NAME_LIMIT)
    return [texts.say("why.stage.own", inviter=inviter, stages=stages)]


def _say_stage(texts: Texts, stage: Stage) -> Html:
    first = stage.kind is EventKind.PURCHASED and stage.wanted == 1
    ahead, behind = _FIRST_PURCHASE if first else _STAGES[stage.kind]
    return texts.say(behind if stage.done else ahead, have=stage.have, count=stage.wanted)


def _find_code(grant: GrantView) -> str:
    """What is shown or typed where it is used; empty for what has none, or none that is good."""
    if grant.row.state is not GrantState.AVAILABLE:
        return ""
    if grant.coupon is not None:
        return grant.coupon.code
    return grant.row.what if grant.row.kind is GrantKind.CODE else ""


def _number(lines: Sequence[GrantView]) -> list[tuple[int, GrantView]]:
    return list(enumerate(lines, start=1))


def _say_line(texts: Texts, shop: Shop, number: int, grant: GrantView) -> Html:
    row = grant.row
    date = row.matures_at if row.state is GrantState.HELD and row.matures_at else row.changed_at
    key = "why.state.returned" if _is_returned(grant) else _STATES[row.state]
    state = texts.say(key, date=texts.date(date, shop.zone))
    if grant.coupon is not None and row.state is GrantState.AVAILABLE:
        state = say_coupon(texts, shop, grant.coupon)
    elif code := _find_code(grant):
        state = texts.say("why.state.code", code=code)
    return texts.say("why.line", number=number, what=_say_what(texts, shop, grant), state=state)


def _is_returned(grant: GrantView) -> bool:
    return grant.redemption is not None and grant.redemption.state is RedemptionState.RETURNED


def _say_what(texts: Texts, shop: Shop, grant: GrantView) -> Html:
    row, rule = grant.row, grant.rule
    if row.points and (rule is None or not rule.name):
        return Html(texts.say("why.points", points=shop.points(row.points, texts.language)))
    if row.rule.startswith(FOR_DROP):
        return escape(row.rule.removeprefix(FOR_DROP))
    return texts.say("rewards.by_rule") if rule is None else say_what(texts, shop, rule)


def _say_facts(texts: Texts, shop: Shop, grant: GrantView) -> Html:
    """What the rule saw."""
    date, row = texts.date(grant.happened_at, shop.zone), grant.row
    friend = show_listed_name(texts, grant.friend, limit=_NAME_LIMIT)
    if row.threshold is not None:
        return texts.say("why.fact.milestone", count=row.threshold, friend=friend, date=date)
    if row.rule == JOIN and row.side == "invitee":
        return texts.say("why.fact.came", friend=friend, date=date)
    number = grant.rule.number if grant.rule is not None else 0
    return texts.say(_FACTS.get(grant.happened, "why.fact.given"), friend=friend, date=date, count=number)


def _say_state(texts: Texts, shop: Shop, grant: GrantView) -> Html:
    """Where it is, and what is missing."""
    row = grant.row
    if row.state is GrantState.AVAILABLE:
        return _say_available(texts, shop, grant)
    at = row.matures_at if row.state is GrantState.HELD and row.matures_at else row.changed_at
    key = _ANSWERS.get(row.state, "why.answer.counter")
    if row.state is GrantState.REVOKED and row.reason == "score":
        key = "why.answer.fewer"
    elif _is_returned(grant):
        key = "why.answer.returned"
    elif row.state is GrantState.WAITING and row.kind is GrantKind.GIFT:
        key = "why.answer.gift"
    return texts.say(key, date=texts.date(at, shop.zone), brand=shop.brand(texts.language))


_AVAILABLE = {GrantKind.PERCENT: "why.answer.percent", GrantKind.LABEL: "why.answer.label"}


def _say_available(texts: Texts, shop: Shop, grant: GrantView) -> Html:
    """How it is used."""
    row = grant.row
    if row.points:
        return texts.say("why.answer.points", date=texts.date(row.changed_at, shop.zone))
    if code := _find_code(grant):
        return texts.say("why.answer.code", code=code)
    key = _AVAILABLE.get(row.kind, "why.answer.counter")
    date = texts.date(row.changed_at, shop.zone)
    return texts.say(key, brand=shop.brand(texts.language), label=row.what, date=date)


def _stack(texts: Texts, shop: Shop, code: str, *rows: Row) -> InlineKeyboardMarkup:
    return stack(*rows, send_row(texts, shop, code), support_row(texts, "reward"), tap_row(texts, REWARDS, MENU))
