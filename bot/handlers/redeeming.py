"""Having something for points, and handing it out at the counter."""

from __future__ import annotations

from telegram import Update

from bot.core.redeeming import parse_reference
from bot.core.roles import TEAM
from bot.handlers.deps import Context
from bot.handlers.reply import show, show_photo
from bot.messages.coupons import render_coupon_check
from bot.messages.outgoing import Photo
from bot.messages.redeeming import (
    render_check,
    render_check_help,
    render_counter_code,
    render_redemption,
    render_reserved,
    render_strangers_code,
    say_code_caption,
    say_counter_link,
)
from bot.messages.standing import render_rewards
from bot.messages.texts import Texts
from bot.messages.why import render_thing_answer
from bot.services.coupons.counter import check_coupon
from bot.services.redeeming import redeeming
from bot.services.redeeming.counter import Check
from bot.services.redeeming.given import list_given
from bot.services.redeeming.redeeming import RedemptionView
from bot.services.standing import list_rewards
from bot.updates.context import visitor_of
from bot.updates.routing import is_allowed
from storage.facts import RedemptionId, RedemptionRow, RedemptionState


async def on_redeem(update: Update, context: Context, item: str) -> None:
    """Put it aside, and ask."""
    view = await context.write(redeeming.reserve, visitor=visitor_of(update), item=item)
    await _show_item(update, context, view)


async def on_redeem_sure(update: Update, context: Context, redemption_id: int) -> None:
    """Pay for it, and show the code."""
    number = RedemptionId(redemption_id)
    view = await context.write(redeeming.confirm, visitor=visitor_of(update), redemption_id=number)
    await _show_item(update, context, view)
    if view.refusal is None:
        await _show_code(context, view)


async def on_redeem_give_up(update: Update, context: Context, redemption_id: int) -> None:
    """Rather the points than to wait."""
    number = RedemptionId(redemption_id)
    view = await context.write(redeeming.give_up, visitor=visitor_of(update), redemption_id=number)
    await _show_item(update, context, view)


async def on_redeem_drop(update: Update, context: Context, redemption_id: int) -> None:
    """Not this."""
    visitor = visitor_of(update)
    await context.write(redeeming.decline, visitor=visitor, redemption_id=RedemptionId(redemption_id))
    rewards = await context.read(list_rewards, visitor=visitor)
    await show(update, context, render_rewards(Texts(rewards.member.language), context.deps.shop, rewards))


async def on_redemption(update: Update, context: Context, redemption_id: int) -> None:
    """Show the code once more, or how it stands."""
    number = RedemptionId(redemption_id)
    view = await context.read(redeeming.look, visitor=visitor_of(update), redemption_id=number)
    await _show_own(update, context, view)


async def on_redemption_why(update: Update, context: Context, redemption_id: int) -> None:
    """Why it stands as it does."""
    number = RedemptionId(redemption_id)
    view = await context.read(redeeming.explain_thing, visitor=visitor_of(update), redemption_id=number)
    await show(update, context, render_thing_answer(Texts(view.member.language), context.deps.shop, view))


async def on_check(update: Update, context: Context) -> None:
    """The counter looks up a reference."""
    typed = " ".join(context.args or ())
    if not typed:
        view = await context.read(list_given, visitor=visitor_of(update))
        await show(update, context, render_check_help(Texts(view.member.language), context.deps.shop, view))
        return
    await _show_check(update, context, typed)


async def on_check_thing(update: Update, context: Context, redemption_id: int) -> None:
    """It stands beside a member who was looked up."""
    number = RedemptionId(redemption_id)
    view = await context.read(redeeming.check_number, visitor=visitor_of(update), redemption_id=number)
    await _answer(update, context, view)


async def on_use_link(update: Update, context: Context, reference: str) -> None:
    """Somebody has scanned the code at the counter: the team looks it up, its member sees it, nobody else."""
    if await is_allowed(context, visitor_of(update).telegram_id, TEAM):
        await _show_check(update, context, reference)
        return
    found = parse_reference(reference)
    view = await context.read(redeeming.look_up, visitor=visitor_of(update), reference=found)
    if view.row is None:
        await show(update, context, render_strangers_code(Texts(view.member.language), context.deps.shop))
        return
    await _show_own(update, context, view)


async def on_hand_out(update: Update, context: Context, redemption_id: int) -> None:
    """It is handed out."""
    number = RedemptionId(redemption_id)
    await _answer(
        update, context, await context.write(redeeming.hand_out, visitor=visitor_of(update), redemption_id=number)
    )


async def on_hand_back(update: Update, context: Context, redemption_id: int) -> None:
    """It was not, after all."""
    number = RedemptionId(redemption_id)
    await _answer(
        update, context, await context.write(redeeming.take_back, visitor=visitor_of(update), redemption_id=number)
    )


async def _show_check(update: Update, context: Context, typed: str) -> None:
    """What was had for points by its reference, else a coupon by its code."""
    visitor, reference = visitor_of(update), parse_reference(typed)
    view = await context.read(redeeming.check, visitor=visitor, reference=reference)
    coupon = await context.read(check_coupon, visitor=visitor, typed=typed) if view.row is None else None
    if coupon is None or coupon.row is None:
        await _answer(update, context, view)
        return
    await show(update, context, render_coupon_check(Texts(coupon.member.language), context.deps.shop, coupon))


async def _answer(update: Update, context: Context, view: Check[RedemptionRow]) -> None:
    await show(update, context, render_check(Texts(view.member.language), context.deps.shop, view))


async def _show_item(update: Update, context: Context, view: RedemptionView) -> None:
    """With its picture, which stays where it is while one goes on from there."""
    pictures = context.deps.pictures
    photo = await pictures.find_item_photo(view.item)
    screen = render_reserved(Texts(view.member.language), context.deps.shop, view, photo)
    if photo is None:
        await show(update, context, screen)
    elif (sent := await show_photo(update, context, screen)) is not None:
        pictures.note_item_photo(view.item, sent)


async def _show_own(update: Update, context: Context, view: RedemptionView) -> None:
    if view.row is not None and view.row.state is RedemptionState.REDEEMED:
        await _show_code(context, view)
        return
    await show(update, context, render_redemption(Texts(view.member.language), context.deps.shop, view))


async def _show_code(context: Context, view: RedemptionView) -> None:
    row, texts, shop = view.row, Texts(view.member.language), context.deps.shop
    if row is None or row.state is not RedemptionState.REDEEMED:
        return
    link, caption = say_counter_link(shop, row), say_code_caption(texts, shop, row)
    image = await context.deps.pictures.draw_counter_code(link, caption)
    await context.deliver(render_counter_code(texts, shop, row, Photo(image=image)))
