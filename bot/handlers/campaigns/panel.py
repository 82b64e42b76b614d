"""The panel: which campaigns there are, one of them, one story of it, and everything that is one tap."""

from __future__ import annotations

from functools import partial

from telegram import Update

from bot.core.campaigns.campaign import StoryKind
from bot.core.campaigns.checking import Fault
from bot.core.campaigns.drafting import (
    add_story,
    drop_story,
    list_differences,
    set_languages,
    set_story_kind,
)
from bot.core.campaigns.running import Change
from bot.core.campaigns.templates import load_template
from bot.core.languages import LANGUAGES
from bot.core.roles import OWNERS
from bot.handlers.campaigns.editing import ask_for
from bot.handlers.campaigns.look import show_card
from bot.handlers.campaigns.posting import POSTING, ask_posting
from bot.handlers.campaigns.preview import show_preview
from bot.handlers.campaigns.screens import change, change_and_show, find_view, show_editor, show_story
from bot.handlers.campaigns.terms import TERMS, ask_terms
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_editor import (
    render_differences,
    render_editor,
    render_languages,
)
from bot.messages.campaign_findings import render_findings, render_looking
from bot.messages.campaign_look import render_look
from bot.messages.campaign_parts import FROM_REWARDS
from bot.messages.campaigns_panel import TEMPLATES, render_admin, render_campaigns, render_new, render_shop
from bot.messages.texts import Texts
from bot.services.campaigns import editing
from bot.services.campaigns.editing import EditorView
from bot.services.campaigns.profile import view_shop
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.routing import is_allowed
from storage.records import CampaignId

ASKED = ("inviter", "invitee", "photo", "main", "accent", "starts", "ends", "budget")
"""Fields whose value is typed or sent."""
MANY_CARDS = 6
"""From here on looking at them takes long enough for a word."""
ANYWAY = "-anyway"
"""Behind a change in a button's data: what was found is meant so."""
SHOP_ASKED = ("brand", "unit", "logo", "announce", "community", "zone")
STORY_ASKED = ("headline", "text", "offer", "picture")


async def on_admin(update: Update, context: Context) -> None:
    """The door to everything."""
    member = await context.read(open_home, visitor=visitor_of(update))
    owns = await is_allowed(context, visitor_of(update).telegram_id, OWNERS)
    await show(update, context, render_admin(Texts(member.language), context.deps.shop, owns=owns))


async def on_shop(update: Update, context: Context) -> None:
    """What the shop says of itself."""
    profile = await context.read(view_shop, visitor=visitor_of(update))
    await show(update, context, render_shop(Texts(profile.member.language), profile))


async def on_shop_edit(update: Update, context: Context, field: str) -> None:
    """Ask for the shop's name, its word for points, its logo, a chat of it or its time zone."""
    if field not in SHOP_ASKED:
        await on_shop(update, context)
        return
    profile = await context.read(view_shop, visitor=visitor_of(update))
    await ask_for(update, context, profile.main, field=field)


async def on_campaigns(update: Update, context: Context) -> None:
    """All campaigns."""
    view = await context.read(editing.view_panel, visitor=visitor_of(update))
    await show(update, context, render_campaigns(Texts(view.member.language), context.deps.shop, view))


async def on_new(update: Update, context: Context) -> None:
    """What a campaign can begin with."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_new(Texts(member.language)))


async def on_new_from(update: Update, context: Context, name: str) -> None:
    """Begin one."""
    if name not in TEMPLATES:
        await on_new(update, context)
        return
    template = load_template(name)
    wished = template.slug
    view = await context.write(editing.begin_campaign, visitor=visitor_of(update), template=template, wished=wished)
    await show_editor(update, context, view)


async def on_campaign(update: Update, context: Context, number: int) -> None:
    """One campaign."""
    await show_editor(update, context, await find_view(update, context, number))


async def on_edit(update: Update, context: Context, number: int, field: str) -> None:
    """A field of a campaign: asked for, chosen from a list, or done at once."""
    view = await find_view(update, context, number)
    if view is None:
        await show_editor(update, context, None)
    elif field.removeprefix(FROM_REWARDS) in ASKED:
        await ask_for(update, context, view.draft, field=field, campaign=number)
    elif field == TERMS:
        await ask_terms(update, context, view)
    elif field == POSTING:
        await ask_posting(update, context, view)
    elif field == "story":
        await change_and_show(update, context, number, add_story)
    elif field == "copy":
        copied = partial(editing.begin_campaign, template=view.draft, wished=view.entry.slug)
        await show_editor(update, context, await context.write(copied, visitor=visitor_of(update)))
    elif field == "preview":
        await show_preview(update, context, view)
    elif field == "card":
        await show_card(context, view)
    else:
        await _show_list(update, context, view, field)


async def on_do(update: Update, context: Context, number: int, said: str) -> None:
    """Start, pause, go on, end, make it the main one; let its changes hold, or drop them."""
    visitor, campaign_id = visitor_of(update), CampaignId(number)
    wanted, anyway = said.removesuffix(ANYWAY), said.endswith(ANYWAY)
    if wanted in {"publish", Change.START} and await _show_findings(update, context, number, wanted, anyway=anyway):
        return
    if wanted == "publish":
        view = await context.write(editing.publish_campaign, visitor=visitor, campaign_id=campaign_id)
    elif wanted == "drop":
        view = await context.write(editing.drop_changes, visitor=visitor, campaign_id=campaign_id)
    elif wanted in set(Change):
        move = partial(editing.move_campaign, change=Change(wanted))
        view = await context.write(move, visitor=visitor, campaign_id=campaign_id)
    else:
        view = await find_view(update, context, number)
    await show_editor(update, context, view)


async def on_speak(update: Update, context: Context, number: int, language: str) -> None:
    """One language more, or less; the last one stays."""
    view = await find_view(update, context, number)
    if view is None:
        await show_editor(update, context, None)
        return
    spoken = list(view.draft.languages)
    if language in spoken and len(spoken) > 1:
        spoken.remove(language)
    elif language not in spoken and language in LANGUAGES:
        spoken.append(language)
    changed = await change(update, context, number, lambda draft: set_languages(draft, spoken))
    if changed is not None:
        await show(update, context, render_languages(Texts(changed.member.language), changed))


async def on_story(update: Update, context: Context, number: int, key: str) -> None:
    """One story."""
    await show_story(update, context, await find_view(update, context, number), key)


async def on_story_edit(update: Update, context: Context, number: int, key: str, field: str) -> None:
    """Ask for a text of a story, language by language, or for its picture."""
    view = await find_view(update, context, number)
    if view is None or field not in STORY_ASKED or key not in {story.key for story in view.draft.stories}:
        await show_story(update, context, view, key)
        return
    await ask_for(update, context, view.draft, field=field, campaign=number, story=key)


async def on_story_kind(update: Update, context: Context, number: int, key: str, said: str) -> None:
    """Why people would tell it on."""
    kinds = {kind.replace(" ", "-"): kind for kind in StoryKind}
    if said in kinds:
        view = await change(update, context, number, lambda draft: set_story_kind(draft, key, kinds[said]))
    else:
        view = await find_view(update, context, number)
    await show_story(update, context, view, key)


async def on_story_drop(update: Update, context: Context, number: int, key: str) -> None:
    """One story less; the last one stays."""
    await change_and_show(update, context, number, lambda draft: drop_story(draft, key))


async def _show_findings(update: Update, context: Context, number: int, change: str, *, anyway: bool) -> bool:
    """Whether something is not as it should be, which is then said instead; `anyway`: what may be meant so is."""
    view = await find_view(update, context, number)
    if view is None or view.gaps:
        return False
    texts, cards = Texts(view.member.language), len(view.draft.stories) * len(view.draft.languages)
    if cards > MANY_CARDS:
        await show(update, context, render_looking(texts, cards))
    findings = await context.deps.pictures.check(view.draft)
    if not findings or (anyway and all(each.fault is Fault.POINTS for each in findings)):
        return False
    await show(update, context, render_findings(texts, view, findings, change))
    return True


async def _show_list(update: Update, context: Context, view: EditorView, field: str) -> None:
    texts = Texts(view.member.language)
    if field == "theme":
        screen = render_look(texts, view)
    elif field == "languages":
        screen = render_languages(texts, view)
    elif field == "difference" and view.holds is not None:
        screen = render_differences(texts, context.deps.shop, view, list_differences(view.holds, view.draft))
    else:
        screen = render_editor(texts, context.deps.shop, view)
    await show(update, context, screen)
