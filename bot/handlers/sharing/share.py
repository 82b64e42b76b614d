"""The share card and the QR code: one message that suffices to be forwarded."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from telegram import Update
from telegram.error import BadRequest, TelegramError

from bot.handlers.deps import Context
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import render_qr, render_share
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.face import claim_look, find_due_look, follow_face
from bot.services.members import MemberView
from bot.services.sharing.cards import ShareView, forget_cards, look_up_card, look_up_qr, note_share
from bot.services.spoken import open_spoken
from bot.services.trials import find_first_card
from bot.updates.context import visitor_of
from bot.wire.errors import classify
from bot.wire.pictures import Pictures
from bot.wire.profile_photos import ProfilePhoto, fetch_profile_photo
from bot.wire.telegram_bot import find_file_id
from storage.frozen import frozen
from storage.records import ShareWay

logger = logging.getLogger(__name__)


@frozen
class Sort:
    """One sort of picture a member can be handed; of its functions the last argument is a story's key."""

    way: ShareWay
    look_up: Callable[..., ShareView]
    """The service that finds it."""
    draw: Callable[[Pictures, MemberView, str], Awaitable[bytes]]
    render: Callable[[Texts, Shop, MemberView, Photo, str], OutgoingMessage]


CARD = Sort(way=ShareWay.CARD, look_up=look_up_card, draw=Pictures.draw_card, render=render_share)
QR = Sort(
    way=ShareWay.QR,
    look_up=look_up_qr,
    draw=lambda pictures, member, _story: pictures.draw_qr(member),
    render=lambda texts, shop, member, photo, _story: render_qr(texts, shop, member, photo),
)


async def on_share(update: Update, context: Context) -> None:
    """Hand the member their share card, with the story that is theirs to have first."""
    shop, story = context.deps.shop, ""
    if shop.campaign.rules.try_stories:
        story = await context.read(find_first_card, visitor=visitor_of(update))
    await hand_over(update, context, CARD, story or shop.story_key(0))


async def on_share_story(update: Update, context: Context, story: str) -> None:
    """Hand the member a fresh card with a story."""
    await hand_over(update, context, CARD, story)


async def on_qr(update: Update, context: Context) -> None:
    """Hand the member their QR code alone, with the code to say under it."""
    await context.read(open_spoken, visitor=visitor_of(update))
    await hand_over(update, context, QR)


async def hand_over(update: Update, context: Context, sort: Sort, story: str = "") -> None:
    """Send a picture to be passed on, and count it as taken."""
    visitor = visitor_of(update)
    async with context.deps.pictures.turns.alone(visitor.telegram_id):
        versions = context.deps.pictures.versions
        view = await context.read(sort.look_up, visitor=visitor, versions=versions, story=story)
        file_id = await send_picture(context, sort, view, story)
        await context.write(
            note_share,
            person_id=view.member.id,
            way=sort.way,
            version=view.version,
            file_id=find_upload(file_id, view),
            story=story,
        )
    follow_photo(context, view)


def follow_photo(context: Context, view: ShareView) -> None:
    """Have a face on the card looked at again, beside the card and once a day: the next one shows what it is then."""
    if view.member.face:
        context.run_aside(_follow_photo(context, view.member))


async def _follow_photo(context: Context, member: MemberView) -> None:
    store = context.bot_data.store
    due = await store.read(find_due_look, person_id=member.id)
    shown = await store.write(claim_look, person_id=member.id) if due else ""
    if not shown:
        return
    try:
        photo = await fetch_profile_photo(context.bot, context.deps.pictures, member.telegram_id, {shown})
    except TelegramError as error:
        logger.info("A face was not looked at again: %s", error)
        return
    found = photo or ProfilePhoto(photo_id="")
    await store.write(follow_face, person_id=member.id, shown=shown, photo_id=found.photo_id, content=found.content)


async def send_picture(context: Context, sort: Sort, view: ShareView, story: str) -> str | None:
    """Send a picture as a new message, and return Telegram's name for it."""

    async def put(photo: Photo) -> str | None:
        screen = sort.render(Texts(view.member.language), context.deps.shop, view.member, photo, story)
        return find_file_id(await context.deliver(screen))

    return await put_picture(context, sort, view, story, put)


async def put_picture(
    context: Context, sort: Sort, view: ShareView, story: str, put: Callable[[Photo], Awaitable[str | None]]
) -> str | None:
    """Put the picture Telegram has where it belongs; what it does not have, or has lost, is drawn and uploaded."""
    if view.file_id is not None:
        try:
            return await put(Photo(file_id=view.file_id))
        except BadRequest as error:
            if not classify(error).is_lost_file:
                raise
            forgotten = [view.version]
            await context.bot_data.store.write(forget_cards, person_id=view.member.id, versions=forgotten)
    image = await sort.draw(context.deps.pictures, view.member, story)
    return await put(Photo(image=image))


def find_upload(file_id: str | None, view: ShareView) -> str | None:
    """Telegram's name for the picture, where it is not the one we know."""
    return file_id if file_id != view.file_id else None
