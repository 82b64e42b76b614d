"""Owners say who runs the shop with them."""

from __future__ import annotations

from telegram import Update

from bot.handlers.bot_profile import settle_menu
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.team import (
    INVITED_ROLES,
    render_accepted,
    render_remove_ask,
    render_removed,
    render_team,
    render_team_link,
)
from bot.messages.texts import Texts
from bot.services.team import team
from bot.services.team.team import Acceptance, Removal
from bot.updates.context import visitor_of
from storage.records import PersonId
from storage.role import Role


async def on_team(update: Update, context: Context, page: int = 0) -> None:
    """Who runs the shop."""
    view = await context.read(team.view_team, visitor=visitor_of(update))
    await show(update, context, render_team(Texts(view.member.language), view, page))


async def on_invite(update: Update, context: Context, said: str) -> None:
    """Make a link that works once."""
    if said not in INVITED_ROLES:
        await on_team(update, context)
        return
    link = await context.write(team.invite, visitor=visitor_of(update), role=Role(said))
    await show(update, context, render_team_link(Texts(link.member.language), context.deps.shop, link))


async def on_remove(update: Update, context: Context, person_id: int) -> None:
    """Ask once more."""
    view = await context.read(team.view_team, visitor=visitor_of(update))
    found = next((each for each in view.team if each.person_id == person_id), None)
    texts = Texts(view.member.language)
    await show(update, context, render_team(texts, view) if found is None else render_remove_ask(texts, found))


async def on_remove_sure(update: Update, context: Context, person_id: int) -> None:
    """Remove somebody, menu included."""
    view = await context.read(team.view_team, visitor=visitor_of(update))
    if all(each.person_id != person_id for each in view.team):
        await show(update, context, render_team(Texts(view.member.language), view))
        return
    removed = await context.write(team.remove, visitor=visitor_of(update), person_id=PersonId(person_id))
    if removed.removal is Removal.DONE:
        _settle_menu(context, removed.telegram_id)
    await show(update, context, render_removed(Texts(removed.view.member.language), removed))


async def on_team_link(update: Update, context: Context, token: str) -> None:
    """Somebody has opened a link into the team."""
    accepted = await context.write(team.accept, visitor=visitor_of(update), token=token)
    deps, member = context.deps, accepted.member
    if accepted.acceptance is Acceptance.TAKEN:
        _settle_menu(context, member.telegram_id)
    await show(update, context, render_accepted(Texts(member.language), deps.shop, accepted))


def _settle_menu(context: Context, telegram_id: int) -> None:
    deps = context.deps
    context.run_aside(settle_menu(context.bot, context.bot_data.store, deps.shop, deps.registry, telegram_id))
