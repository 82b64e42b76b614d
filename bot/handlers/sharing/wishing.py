"""Pictures that Telegram does not have yet, made ready for the next time somebody opens the picker."""

from __future__ import annotations

from bot.handlers.deps import Context
from bot.services.sharing.cards import InlineView, find_cards
from bot.services.sharing.handouts import find_unwished, wish
from storage.handout import HandoutKind


async def wish_pictures(context: Context, view: InlineView) -> None:
    """Ask nothing of the member: into the vault go all, without one the first story's card into their own chat, silently.

    Where Telegram can fetch cards from the web side there is nothing to wish for.
    """
    shop, vault = context.deps.shop, context.deps.vault
    if shop.has_public_web:
        return
    first = shop.choose_first_story(view.member.id)
    told = view.versions if vault else {key: view.versions[key] for key in [first] if key in view.versions}
    missing = {version: story for story, version in told.items() if story not in view.file_ids}
    kind = HandoutKind.VAULT if vault else HandoutKind.FIRST
    wished = await context.read(find_unwished, person_id=view.member.id, kind=kind, stories=missing) if missing else {}
    if wished:
        await context.bot_data.store.write(wish, person_id=view.member.id, kind=kind, stories=wished)


async def wish_card(context: Context, telegram_id: int) -> None:
    """For a member who comes back: their own card as it is now, where Telegram does not have it."""
    campaign, versions = context.deps.shop.campaign, context.deps.pictures.versions
    stories = [story.key for story in campaign.stories[: max(1, campaign.rules.try_stories)]]
    view = await context.read(find_cards, telegram_id=telegram_id, versions=versions, stories=stories)
    if view is not None:
        await wish_pictures(context, view)
