"""Contests: what there is to win and who has won; the team's look before the results, and the results."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.stats.charts import draw_chart
from bot.messages.contests import (
    compose_results,
    render_contests,
    render_draw,
    render_list,
    render_review,
    render_strike,
    render_sure,
)
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.texts import Texts
from bot.services.contests import contests
from bot.services.contests.contests import ContestsView, ContestView, ReviewView
from bot.updates.context import visitor_of
from storage.contest import ContestId, ContestState
from storage.records import PersonId

CAPTION_LIMIT = 1024
"""Characters under a picture (https://core.telegram.org/bots/api#sendphoto); what is longer goes as text."""


async def on_contests(update: Update, context: Context) -> None:
    """What there is to win, and the last results with their picture."""
    view = await context.read(contests.view_contests, visitor=visitor_of(update))
    texts, shop = Texts(view.member.language), context.deps.shop
    screen = render_contests(texts, shop, view)
    released = next((each for each in view.contests if each.row.state is ContestState.RELEASED), None)
    picture = await _draw_results(context, texts, released) if released else None
    if picture is None or len(screen.text) > CAPTION_LIMIT or not _is_last(view, released):
        await show(update, context, screen)
    else:
        await context.deliver(replace(screen, photo=picture))


async def on_draw(update: Update, context: Context, contest: int) -> None:
    """The proof of a draw, for everybody."""
    file = await context.read(contests.find_draw, contest_id=ContestId(contest))
    view = await context.read(contests.view_contests, visitor=visitor_of(update))
    texts = Texts(view.member.language)
    if file is None:
        await show(update, context, render_contests(texts, context.deps.shop, view))
    else:
        await context.deliver(render_draw(texts, file))


async def on_review(update: Update, context: Context, contest: int) -> None:
    """Who is in front, before the results."""
    view = await context.read(contests.review, visitor=visitor_of(update), contest_id=ContestId(contest))
    await show(update, context, _render(context, view))


async def on_strike(update: Update, context: Context, contest: int, person: int) -> None:
    """Why somebody is to be struck off."""
    view = await context.read(contests.review, visitor=visitor_of(update), contest_id=ContestId(contest))
    screen = render_strike(Texts(view.member.language), view, PersonId(person))
    await show(update, context, screen)


async def on_strike_why(update: Update, context: Context, contest: int, person: int, reason: str) -> None:
    """Strike somebody off."""
    view = await context.write(
        contests.strike,
        visitor=visitor_of(update),
        contest_id=ContestId(contest),
        person_id=PersonId(person),
        reason=reason,
    )
    await show(update, context, _render(context, view))


async def on_list(update: Update, context: Context, contest: int) -> None:
    """Everybody with the friends who count, as a file."""
    visitor, contest_id = visitor_of(update), ContestId(contest)
    view = await context.read(contests.review, visitor=visitor, contest_id=contest_id)
    file = await context.read(contests.list_all, visitor=visitor, contest_id=contest_id)
    if file is None:
        await show(update, context, _render(context, view))
    else:
        await context.deliver(render_list(Texts(view.member.language), context.deps.shop, file))


async def on_release(update: Update, context: Context, contest: int) -> None:
    """Ask once more."""
    view = await context.read(contests.review, visitor=visitor_of(update), contest_id=ContestId(contest))
    await show(update, context, render_sure(Texts(view.member.language), view))


async def on_sure(update: Update, context: Context, contest: int) -> None:
    """Let the results out, and show them with their picture."""
    view = await context.write(contests.release, visitor=visitor_of(update), contest_id=ContestId(contest))
    await show(update, context, _render(context, view))
    if view.done and view.view is not None:
        texts = Texts(view.member.language)
        picture = await _draw_results(context, texts, view.view)
        if picture is not None:
            await context.deliver(OutgoingMessage(text=texts.say("contests.picture"), photo=picture))


async def _draw_results(context: Context, texts: Texts, view: ContestView) -> Photo | None:
    logo = await context.deps.pictures.draw_chart_logo()
    png = await draw_chart(compose_results(texts, context.deps.shop, view), logo=logo)
    return None if png is None else Photo(image=png, name="results.png")


def _is_last(view: ContestsView, released: ContestView | None) -> bool:
    """Whether nothing newer is to be won: then the results are what the screen is about."""
    return bool(view.contests) and view.contests[0] is released


def _render(context: Context, view: ReviewView) -> OutgoingMessage:
    return render_review(Texts(view.member.language), context.deps.shop, view)
