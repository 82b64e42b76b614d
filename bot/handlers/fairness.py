"""Friends who are looked at: the team decides, friends show that they are people, and a no can be objected to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError

from bot.core.durations import DAY_SECONDS
from bot.core.fairness.asking import PICTURES, CaptchaKind
from bot.handlers.conversations import begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.stats.charts import draw_aside
from bot.messages.fairness import (
    compose_tree,
    render_appeal_ask,
    render_appealed,
    render_captcha,
    render_refuse,
    render_review,
)
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.conversations import finish
from bot.services.fairness import asking, deciding
from bot.services.fairness.asking import CaptchaView
from bot.services.fairness.deciding import APPEAL_LIMIT, Deciding, ReviewView
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step, read_text
from storage.records import ReferralId

CAPTION_LIMIT = 1024
"""Characters under a picture (https://core.telegram.org/bots/api#sendphoto); what is longer goes as text."""


async def on_review(update: Update, context: Context) -> None:
    """Who is to be decided about first."""
    await on_next(update, context, 0)


async def _ask_rating(context: Context, view: ReviewView) -> bool:
    """Whether Telegram says of the account what nobody has written down yet: asked when somebody looks, and of nobody else."""
    row = view.row
    if row is None or row.decided_at is not None or any(key == "rating" for key, _ in row.evidence):
        return False
    try:
        rating = (await context.bot.get_chat(view.telegram_id)).rating
    except TelegramError:
        return False
    if rating is None or rating.level >= 0:
        return False
    await context.bot_data.store.write(deciding.note_rating, referral_id=row.referral_id, level=rating.level)
    return True


async def on_next(update: Update, context: Context, after: int) -> None:
    """Somebody else."""
    view = await context.read(deciding.view_review, visitor=visitor_of(update), after=after)
    if await _ask_rating(context, view):
        view = await context.read(deciding.view_review, visitor=visitor_of(update), after=after)
    await _show(update, context, view)


async def on_approve(update: Update, context: Context, referral: int) -> None:
    """It counts."""
    visitor = visitor_of(update)
    await _show(
        update, context, await context.write(deciding.approve, visitor=visitor, referral_id=ReferralId(referral))
    )


async def on_refuse(update: Update, context: Context, referral: int) -> None:
    """Why not?"""
    view = await context.read(deciding.view_one, visitor=visitor_of(update), referral_id=ReferralId(referral))
    await show(update, context, render_refuse(Texts(view.member.language), view))


async def on_why(update: Update, context: Context, referral: int, reason: str) -> None:
    """It does not count, for this reason."""
    visitor = visitor_of(update)
    view = await context.write(deciding.refuse, visitor=visitor, referral_id=ReferralId(referral), reason=reason)
    await _show(update, context, view)


async def on_undo(update: Update, context: Context, referral: int) -> None:
    """Back into the queue."""
    visitor = visitor_of(update)
    await _show(update, context, await context.write(deciding.undo, visitor=visitor, referral_id=ReferralId(referral)))


async def on_captcha(update: Update, context: Context, referral: int, kind: str) -> None:
    """Ask, in this way."""
    way = CaptchaKind(kind) if kind in set(CaptchaKind) else CaptchaKind.PICTURE
    view = await context.write(asking.ask, visitor=visitor_of(update), referral_id=ReferralId(referral), kind=way)
    await _ask(update, context, view)


async def on_captcha_answer(update: Update, context: Context, referral: int, choice: int) -> None:
    """Is that right?"""
    visitor = visitor_of(update)
    view = await context.write(asking.answer, visitor=visitor, referral_id=ReferralId(referral), choice=choice)
    await _ask(update, context, view)


async def on_appeal(update: Update, context: Context, referral: int) -> None:
    """Ask for a few words."""
    member, may = await context.read(deciding.may_appeal, visitor=visitor_of(update), referral_id=ReferralId(referral))
    if may:
        await begin_at(update, context, OBJECTING, "words", {"referral": referral})
    else:
        await show(update, context, render_appealed(Texts(member.language), context.deps.shop, member, taken=False))


async def on_appealed(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Keep them for a person to read."""
    said = await context.write(finish, deciding.take_appeal, visitor=visitor_of(update), flow=OBJECTING.name, data=data)
    if said is not None:
        member, taken = said
        await show(update, context, render_appealed(Texts(member.language), context.deps.shop, member, taken=taken))


def read_words(message: Message) -> str | None:
    """A few words."""
    return (read_text(message) or "")[:APPEAL_LIMIT] or None


async def _show(update: Update, context: Context, view: ReviewView) -> None:
    """With the picture of who brought whom, where somebody is to be decided about."""
    texts, shop = Texts(view.member.language), context.deps.shop
    screen = render_review(texts, shop, view)
    if view.deciding in {Deciding.APPROVED, Deciding.REFUSED} or not view.lines or len(screen.text) > CAPTION_LIMIT:
        await show(update, context, screen)
        return
    png = await draw_aside("bot.cards.tree", compose_tree(texts, view))
    if png is None:
        await show(update, context, screen)
    else:
        await context.deliver(render_review(texts, shop, view, Photo(image=png, name="tree.png")))


async def _ask(update: Update, context: Context, view: CaptchaView) -> None:
    """A picture cannot take a text's place: it comes as a new message."""
    texts, captcha = Texts(view.member.language), view.captcha
    picture = None
    if captcha is not None and captcha.kind == CaptchaKind.PICTURE:
        picture = await draw_aside("bot.cards.riddle", {"signs": [PICTURES[each] for each in captcha.choices]})
        if picture is None:  # nothing to look at: then in words
            await on_captcha(update, context, captcha.referral_id, CaptchaKind.WORDS)
            return
    screen = render_captcha(texts, context.deps.shop, view, picture)
    await (show(update, context, screen) if picture is None else context.deliver(screen))


def _ask_words(texts: Texts, shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    return render_appeal_ask(texts, shop)


OBJECTING = Flow(
    name="objecting",
    steps=[Step(name="words", ask=_ask_words, read=read_words)],
    wait_seconds=DAY_SECONDS,
    on_done=on_appealed,
)
