"""The share card and the QR code: one message that suffices to be forwarded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import InputFile, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.gateway.fates import classify
from bot.gateway.pictures import Pictures
from bot.handlers.kit import Context, visitor_of
from bot.messages.screen import Photo, Screen
from bot.messages.screens.share import render_qr, render_share
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.members import MemberView
from bot.services.sharing import ComputeVersion, ShareView, forget_card, look_up_card, note_share
from storage.records import ShareWay


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of picture a member can be handed."""

    way: ShareWay
    version: Callable[[Pictures], Awaitable[ComputeVersion]]
    draw: Callable[[Pictures, MemberView], Awaitable[bytes]]
    render: Callable[[Texts, Shop, MemberView, Photo], Screen]


CARD = Sort(way=ShareWay.CARD, version=Pictures.card_version, draw=Pictures.draw_card, render=render_share)
QR = Sort(way=ShareWay.QR, version=Pictures.qr_version, draw=Pictures.draw_qr, render=render_qr)


async def on_share(update: Update, context: Context) -> None:
    """Hand the member their share card."""
    await _hand_over(update, context, CARD)


async def on_qr(update: Update, context: Context) -> None:
    """Hand the member their QR code alone."""
    await _hand_over(update, context, QR)


async def _hand_over(update: Update, context: Context, sort: Sort) -> None:
    compute_version = await sort.version(context.kit.pictures)
    view = await context.read(look_up_card, visitor=visitor_of(update), compute_version=compute_version)
    message = await _send(context, sort, view)
    uploaded = message.photo[-1].file_id if view.file_id is None or message.photo[-1].file_id != view.file_id else None
    await context.write(note_share, person_id=view.member.id, way=sort.way, version=view.version, file_id=uploaded)


async def _send(context: Context, sort: Sort, view: ShareView) -> Message:
    """Send the picture Telegram has; where it has none, or has lost it, draw and upload."""
    if view.file_id is not None:
        try:
            return await _send_photo(context, sort, view.member, Photo(file_id=view.file_id))
        except BadRequest as error:
            if not classify(error).is_lost_file:
                raise
            await context.bot_data.store.write(forget_card, file_id=view.file_id)
    jpeg = await sort.draw(context.kit.pictures, view.member)
    return await _send_photo(context, sort, view.member, Photo(jpeg=jpeg))


async def _send_photo(context: Context, sort: Sort, member: MemberView, photo: Photo) -> Message:
    screen = sort.render(Texts(member.language), context.kit.shop, member, photo)
    return await context.bot.send_photo(
        member.telegram_id,
        photo.file_id or InputFile(photo.jpeg or b"", filename="card.jpg"),
        caption=screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=screen.keyboard,
    )
