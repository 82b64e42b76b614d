"""Coupons: what members read of theirs, what the counter sees, and what whoever brings a list hears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from telegram import CopyTextButton, InlineKeyboardButton

from bot.core.coupons.lines import FileMistake
from bot.core.coupons.rows import CODE_LIMIT, Problem, Refused
from bot.core.redeeming import Use
from bot.messages.buttons import COUPON_HAND_AGAIN, COUPON_HAND_IN, REWARDS
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.rewards import say_rule, say_what
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.messages.tickets.buttons import support_row
from bot.services.coupons.importing import Imported, PoolsView, PoolView
from bot.services.coupons.notices import (
    CouponAwaited,
    CouponGiven,
    CouponOver,
    CouponTaken,
    CouponUsed,
    Given,
    PoolLow,
)
from bot.services.redeeming.counter import Check
from bot.services.rewards.notices import read_rule
from storage.facts import CouponRow, CouponState, PoolLevel

MOST_FILE_MEGABYTES = 20
"""Telegram gives bots no larger files: Bot API, getFile."""

_GIVEN = {
    Given.AT_ONCE: "coupon.given.at_once",
    Given.WAITED: "coupon.given.waited",
    Given.REPLACED: "coupon.given.replaced",
}
_USES = {Use.READY: "coupon.check.ready", Use.USED: "coupon.check.used", Use.OVER: "coupon.check.over"}
_LEVELS = {PoolLevel.LOW: "coupon.pool.low", PoolLevel.EMPTY: "coupon.pool.empty"}
_PROBLEMS = {
    Problem.ROW: "coupon.wrong.row",
    Problem.NOTHING: "coupon.wrong.nothing",
    Problem.LONG: "coupon.wrong.long",
    Problem.SIGNS: "coupon.wrong.signs",
    Problem.SHORTENED: "coupon.wrong.shortened",
    Problem.DATE: "coupon.wrong.date",
    Problem.OVER: "coupon.wrong.over",
}


def say_coupon(texts: Texts, shop: Shop, row: CouponRow | None) -> Html:
    """A coupon in a list of rewards; None for one that is still awaited."""
    if row is None:
        return texts.say("coupon.state.waiting")
    if row.state is CouponState.USED:
        return texts.say("coupon.state.used", code=row.code)
    if row.expires_at is None:
        return texts.say("coupon.state.given", code=row.code)
    return texts.say("coupon.state.given_until", code=row.code, until=say_end(texts, shop, row.expires_at))


def copy_row(texts: Texts, code: str, *, named: bool = False) -> Row:
    """Copies the code by one tap; `named` where there are several on the screen."""
    label = texts.plain("coupon.copy")
    return [InlineKeyboardButton(f"{label}: {code}" if named else label, copy_text=CopyTextButton(code))]


def say_end(texts: Texts, shop: Shop, expires_at: int) -> str:
    """The last day of a coupon; with the time where it ends within a day."""
    at_midnight = _is_midnight(expires_at, shop.zone)
    return texts.date(expires_at - 1, shop.zone) if at_midnight else texts.moment(expires_at, shop.zone)


def render_coupon_check(texts: Texts, shop: Shop, view: Check[CouponRow]) -> OutgoingMessage:
    """Whose coupon it is, and whether it can be taken."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=texts.say("redeem.check.unknown"))
    text = texts.say(
        "coupon.check.text",
        code=row.code,
        pool=row.pool if view.rule is None else say_what(texts, shop, view.rule),
        holder=show_name(texts, view.holder, limit=32),
        verdict=_say_verdict(texts, shop, view, row),
    )
    hand_in = [make_button(texts, COUPON_HAND_IN, row.id, style=PRIMARY)] if view.use is Use.READY else []
    undo = [make_button(texts, COUPON_HAND_AGAIN, row.id)] if view.can_undo else []
    return OutgoingMessage(text=text, keyboard=stack(hand_in, undo) if hand_in or undo else None)


def render_pools(texts: Texts, view: PoolsView) -> OutgoingMessage:
    """What is left of each pool, and how to bring more."""
    lines = [_say_pool(texts, pool) for pool in view.pools]
    listed = [Html("\n".join([texts.say("coupon.pool.title"), *lines]))] if lines else []
    return OutgoingMessage(text=_stack([*listed, texts.say("coupon.pool.how")]))


def render_pool_question(texts: Texts, *, wrong: bool = False) -> OutgoingMessage:
    """Into which pool does a list go?"""
    hint = [texts.say("coupon.import.name")] if wrong else []
    return OutgoingMessage(text=Html("\n\n".join([*hint, texts.say("coupon.import.ask")])))


def render_imported(texts: Texts, pool: str, imported: Imported) -> OutgoingMessage:
    """How many codes were new, and what could not be taken."""
    counts: Mapping[str, int] = {"new": imported.new, "known": imported.known, "refused": imported.refused}
    blocks = [texts.say("coupon.import.done", pool=pool, **counts)]
    if imported.filled:
        blocks.append(texts.say("coupon.import.filled", count=imported.filled))
    lines = [_say_line(texts, row) for row in imported.told]
    if imported.refused > len(imported.told):
        lines.append(texts.say("coupon.import.more", more=imported.refused - len(imported.told)))
    return OutgoingMessage(text=_stack([*blocks, *([Html("\n".join(lines))] if lines else [])]))


def render_file_mistake(texts: Texts, mistake: FileMistake) -> OutgoingMessage:
    """What was sent is no list."""
    return OutgoingMessage(text=escape(say_file_mistake(texts, mistake)))


def render_too_large(texts: Texts) -> OutgoingMessage:
    """What was sent cannot be fetched."""
    return OutgoingMessage(text=texts.say("coupon.import.large", limit=MOST_FILE_MEGABYTES))


def render_file_gone(texts: Texts) -> OutgoingMessage:
    """What was sent cannot be fetched any more."""
    return OutgoingMessage(text=texts.say("coupon.import.gone"))


def say_file_mistake(texts: Texts, mistake: FileMistake) -> str:
    """Why a file cannot be read at all."""
    return texts.plain("coupon.wrong.spreadsheet" if mistake.is_spreadsheet else "coupon.wrong.binary")


def say_problem(texts: Texts, row: Refused) -> str:
    """Why a row was refused."""
    return texts.plain(_PROBLEMS[row.problem], said=row.said, limit=CODE_LIMIT)


def _say_line(texts: Texts, row: Refused) -> Html:
    return texts.say("coupon.import.line", number=row.number, problem=escape(say_problem(texts, row)))


def _say_pool(texts: Texts, pool: PoolView) -> Html:
    if pool.waiting:
        return texts.say("coupon.pool.line_waiting", pool=pool.name, left=pool.ready, waiting=pool.waiting)
    return texts.say("coupon.pool.line", pool=pool.name, left=pool.ready)


def _say_verdict(texts: Texts, shop: Shop, view: Check[CouponRow], row: CouponRow) -> Html:
    if view.done:
        return texts.say("coupon.check.done")
    if view.use is Use.READY and row.expires_at is not None:
        return texts.say("coupon.check.ready_until", until=say_end(texts, shop, row.expires_at))
    return texts.say(_USES[view.use], date=texts.moment(row.used_at or 0, shop.zone))


def _is_midnight(at_us: int, zone: tzinfo) -> bool:
    moment = datetime.fromtimestamp(at_us // 1_000_000, zone)
    return (moment.hour, moment.minute) == (0, 0)


def _stack(blocks: Iterable[Html]) -> Html:
    return Html("\n\n".join(blocks))


def _render_given(reader: Reader, notice: CouponGiven) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    brand = shop.brand(texts.language)
    ends = notice.expires_at
    until = (
        texts.say("coupon.until", until=say_end(texts, shop, ends)) if ends else texts.say("coupon.stays", brand=brand)
    )
    if notice.rule and notice.given is Given.AT_ONCE:
        news = texts.say("reward.code", what=_say_what(reader, notice.rule), code=notice.code)
    else:
        news = texts.say(_GIVEN[notice.given], brand=brand, code=notice.code)
    text = _stack([Html(f"{news}\n{until}"), *_say_rule(reader, notice.rule)])
    return OutgoingMessage(text=text, keyboard=stack(copy_row(texts, notice.code), tap_row(texts, REWARDS)))


def _render_awaited(reader: Reader, notice: CouponAwaited) -> OutgoingMessage:
    if notice.rule and notice.given is Given.AT_ONCE:
        news = reader.texts.say("reward.waiting", what=_say_what(reader, notice.rule))
        text = _stack([news, *_say_rule(reader, notice.rule)])
        return OutgoingMessage(text=text, keyboard=stack(tap_row(reader.texts, REWARDS)))
    key = "coupon.awaited_anew" if notice.given is Given.REPLACED else "coupon.awaited"
    return _render_news(reader, key, rule=notice.rule)


def _render_over(reader: Reader, notice: CouponOver) -> OutgoingMessage:
    return _render_news(reader, "coupon.over", notice.code)


def _render_taken(reader: Reader, notice: CouponTaken) -> OutgoingMessage:
    return _render_news(reader, "coupon.taken", notice.code)


def _render_used(reader: Reader, notice: CouponUsed) -> OutgoingMessage:
    return _render_news(reader, "coupon.back" if notice.undone else "coupon.used", notice.code)


def _render_news(reader: Reader, key: str, code: str = "", rule: str = "") -> OutgoingMessage:
    news = reader.texts.say(key, brand=reader.shop.brand(reader.texts.language), code=code)
    keyboard = stack(support_row(reader.texts, "reward"), tap_row(reader.texts, REWARDS))
    return OutgoingMessage(text=_stack([news, *_say_rule(reader, rule)]), keyboard=keyboard)


def _say_rule(reader: Reader, rule: str) -> list[Html]:
    """What it is for."""
    return [say_rule(reader.texts, reader.shop, read_rule(rule))] if rule else []


def _say_what(reader: Reader, rule: str) -> Html:
    return say_what(reader.texts, reader.shop, read_rule(rule))


def _render_low(reader: Reader, notice: PoolLow) -> OutgoingMessage:
    return OutgoingMessage(text=reader.texts.say(_LEVELS[notice.level], pool=notice.pool, left=notice.left))


NOTICES: Renderers = {
    CouponGiven: each(_render_given),
    CouponAwaited: each(_render_awaited),
    CouponOver: each(_render_over),
    CouponTaken: each(_render_taken),
    CouponUsed: each(_render_used),
    PoolLow: each(_render_low),
}
