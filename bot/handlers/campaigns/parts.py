"""Rules, items, tiers and contests of a campaign: listed, asked for step by step, kept, taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import unescape
from typing import Any

from telegram import Update
from telegram.error import TelegramError

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.contest_answers import list_contest_answers, order_contest, take_contest
from bot.core.campaigns.item_answers import list_item_answers, order_item, take_item
from bot.core.campaigns.part_answers import KEEP, list_spoken
from bot.core.campaigns.parts import Part, Piece, find_part
from bot.core.campaigns.reward_answers import list_reward_answers, order_reward, take_reward
from bot.core.campaigns.rewards import SIDE_NAMES, Rule, compose_rule
from bot.core.campaigns.tier_answers import list_tier_answers, order_tier, take_tier
from bot.core.pictures import Picture
from bot.handlers import conversations
from bot.handlers.campaigns.editing import read_picture
from bot.handlers.campaigns.screens import show_editor
from bot.handlers.campaigns.steps import make_step
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.campaign_parts import PAGE, list_changes, render_parts, render_preview, say_full, say_piece
from bot.messages.campaigns_panel import cut
from bot.messages.part_questions import PICTURE, QUESTIONS
from bot.messages.pictures import say_picture_mistake
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.campaigns import parts
from bot.services.campaigns.parts import PartsView
from bot.services.conversations import find_conversation, finish, leave
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation
from storage.records import CampaignId
from storage.tables.pictures import StoredPicture

LONGEST_CHOICE = 32
"""Of a key that a button of a dialogue can carry."""

MOST_GIFTS = 12
"""That are offered; the id of any other can be typed."""

_FIRST = {Part.REWARD: "when", Part.ITEM: "name_1", Part.TIER: "name_1", Part.CONTEST: "name_1"}
_LIST: Mapping[Part, Callable[[Any, Any], dict[str, Any]]] = {
    Part.REWARD: list_reward_answers,
    Part.ITEM: list_item_answers,
    Part.TIER: list_tier_answers,
    Part.CONTEST: list_contest_answers,
}
_ORDERS = {Part.REWARD: order_reward, Part.ITEM: order_item, Part.TIER: order_tier, Part.CONTEST: order_contest}
_TAKES = {Part.REWARD: take_reward, Part.ITEM: take_item, Part.TIER: take_tier, Part.CONTEST: take_contest}


async def on_list(update: Update, context: Context, number: int, said: str, page: int) -> None:
    """All of a kind."""
    await _show_parts(update, context, await _find_parts(update, context, number, said), page)


async def on_add(update: Update, context: Context, number: int, said: str) -> None:
    """Ask for one more, where there is room."""
    view = await _find_parts(update, context, number, said)
    if view is None:
        await _show_parts(update, context, None)
    elif len(view.pieces) >= view.part.most:
        texts = Texts(view.editor.member.language)
        await _show_parts(update, context, view, said=say_full(texts, view.part))
    else:
        data = await _compose_data(context, view, None)
        await conversations.begin_at(update, context, FLOWS[view.part], _FIRST[view.part], data)


async def on_edit(update: Update, context: Context, number: int, said: str, key: str) -> None:
    """Show one as it reads, with what of it can be changed."""
    view = await _find_parts(update, context, number, said)
    piece = None if view is None else find_part(view.editor.draft, view.part, key)
    if view is None or piece is None:
        await _show_parts(update, context, view)
        return
    await conversations.begin_at(update, context, FLOWS[view.part], KEEP, await _compose_data(context, view, piece))


async def on_drop(update: Update, context: Context, number: int, said: str, key: str) -> None:
    """Take one out."""
    before = await _find_parts(update, context, number, said)
    piece = None if before is None else find_part(before.editor.draft, before.part, key)
    if before is None or piece is None:
        await _show_parts(update, context, before)
        return
    texts, page = Texts(before.editor.member.language), [each.key for each in before.pieces].index(key) // PAGE
    remove = partial(parts.remove_part, campaign_id=CampaignId(number), part=before.part, key=key)
    view = await context.write(remove, visitor=visitor_of(update))
    gone = texts.say("part.gone", said=say_piece(texts, context.deps.shop, before.editor.draft, piece))
    await _show_parts(update, context, view, page, said=gone)


async def on_kept(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Into the draft, and the list it stands in now; a second tap finds it there."""
    visitor = visitor_of(update)
    view = await context.write(finish, parts.keep_part, visitor=visitor, flow=str(data["part"]), data=data)
    if view is None:
        view = await _find_parts(update, context, data["campaign"], data["part"])
    keys = [] if view is None else [piece.key for piece in view.pieces]
    place = keys.index(data["key"]) if data["key"] in keys else max(0, len(keys) - 1)
    await _show_parts(update, context, view, place // PAGE)


async def on_dropped(update: Update, context: Context, part: Part) -> None:
    """Nothing was kept: back to the list it was about."""
    visitor = visitor_of(update)
    place = await context.read(find_conversation, visitor=visitor)
    await context.write(leave, visitor=visitor, flow=str(part))
    if place is not None and place.flow == part:
        await _show_parts(update, context, await _find_parts(update, context, place.data["campaign"], part))
    else:
        await show_editor(update, context, None)


async def on_picture(update: Update, context: Context, _asked: Conversation) -> None:
    """A picture of an item: kept, and the dialogue goes on; or why it cannot be used."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    member = await context.read(open_home, visitor=visitor)
    texts, picture = Texts(member.language), await read_picture(context, message)
    if not isinstance(picture, Picture):
        said = texts.say("editor.wrong.picture") if picture is None else escape(say_picture_mistake(texts, picture))
        await conversations.ask_again(update, context, said)
        return
    stored = StoredPicture(sha256=picture.sha256, content=picture.data, width=picture.width, height=picture.height)
    await context.bot_data.store.write(parts.keep_picture, visitor=visitor, picture=stored)
    await conversations.go_on(update, context, picture.sha256)


async def _find_parts(update: Update, context: Context, number: int, said: str) -> PartsView | None:
    part = Part(said) if said in set(Part) else Part.REWARD
    return await context.read(parts.view_parts, visitor=visitor_of(update), campaign_id=CampaignId(number), part=part)


async def _show_parts(
    update: Update, context: Context, view: PartsView | None, page: int = 0, *, said: Html | None = None
) -> None:
    if view is None:
        await show_editor(update, context, None)
        return
    texts = Texts(view.editor.member.language)
    await show(update, context, render_parts(texts, context.deps.shop, view, page, said))


async def _compose_data(context: Context, view: PartsView, piece: Piece | None) -> dict[str, Any]:
    """What a dialogue has to know: where what it makes belongs, what there is to choose from, what it is about."""
    draft, part = view.editor.draft, view.part
    spoken = list_spoken(draft.languages, view.editor.member.language)
    data: dict[str, Any] = {
        "part": str(part),
        "campaign": int(view.editor.entry.id),
        "key": "",
        "languages": list(draft.languages),
        "spoken": spoken,
        "pools": list(view.pools),
        "tiers": {tier.key: tier.say(spoken[0]) for tier in draft.tiers},
        "gifts": {} if part in {Part.TIER, Part.CONTEST} else await _list_gifts(context),
        "others": _list_others(draft, piece),
        "labels": list(view.labels),
        "stories": {story.key: cut(story.headline.get(spoken[0], "")) or story.key for story in draft.stories},
        "rivals": _list_rivals(context, view, piece),
    }
    if piece is None:
        return data
    former = {"former": compose_rule(piece)} if isinstance(piece, Rule) else {}
    return {**data, **former, **list_answers(part, piece, spoken)}


def list_answers(part: Part, piece: Piece, spoken: Sequence[str]) -> dict[str, Any]:
    """One as the answers that say it, at the look at the whole."""
    return {**_LIST[part](piece, spoken), "only": _FIRST[part].removesuffix("_1")}


def _list_others(draft: Campaign, piece: Piece | None) -> list[int]:
    """What the other tiers take."""
    return [tier.friends for tier in draft.tiers if tier is not piece]


def _list_rivals(context: Context, view: PartsView, piece: Piece | None) -> list[dict[str, str]]:
    """The other rules, of which one more can stand in the place of one."""
    draft, texts = view.editor.draft, Texts(view.editor.member.language)
    return [
        {
            "key": rule.key,
            "when": rule.when,
            "who": SIDE_NAMES[rule.who],
            "said": cut(unescape(say_piece(texts, context.deps.shop, draft, rule))),
        }
        for rule in draft.rewards
        if rule is not piece and len(rule.key) <= LONGEST_CHOICE
    ]


async def _list_gifts(context: Context) -> dict[str, str]:
    """The gifts that Telegram lets bots send, by what can be told of them; none where it does not say now."""
    try:
        found = await context.bot.post_raw("getAvailableGifts", {})
    except TelegramError:
        return {}
    gifts = sorted(found["gifts"], key=lambda gift: gift["star_count"])[:MOST_GIFTS]
    return {str(gift["id"]): f"{gift['sticker'].get('emoji', '🎁')} {gift['star_count']} ⭐" for gift in gifts}


def _make_flow(part: Part) -> Flow:
    def list_kept(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
        return list_changes(texts, part)

    steps = [
        make_step(name, question, on_picture=on_picture if name == PICTURE else None)
        for name, question in QUESTIONS[part].items()
    ]
    return Flow(
        name=str(part),
        steps=[*steps, Step(name=KEEP, ask=render_preview, takes=frozenset(), choices=list_kept)],
        wait_seconds=3600,
        on_done=on_kept,
        on_cancel=partial(on_dropped, part=part),
        order=_ORDERS[part],
        take=_TAKES[part],
    )


FLOWS: Mapping[Part, Flow] = {part: _make_flow(part) for part in Part}
"""One for each kind; which question follows which lies in core."""
