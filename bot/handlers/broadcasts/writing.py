"""A message to all is written: sent by its author as it shall be, alone or as an album, in one language or several."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from telegram import Message, Update

from bot.core.broadcasts.content import (
    FIRST,
    BroadcastContent,
    ButtonMistake,
    Kind,
    Version,
    parse_buttons,
    read_content,
)
from bot.handlers.broadcasts.preview import show_others, show_panel, show_preview, take_away
from bot.handlers.broadcasts.running import show_gone
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.content import ContentMistake, compose_album, parse_version
from bot.messages.broadcasts.panel import render_ask_buttons
from bot.messages.broadcasts.screens import render_abandoned, render_prompt, render_unfit
from bot.messages.texts import Texts
from bot.services.broadcasts import composing
from bot.services.broadcasts.authoring import BROADCAST, BroadcastView
from bot.services.broadcasts.composing import Place, Written
from bot.services.members import open_home
from bot.updates.context import profile_of, visitor_of
from bot.updates.flows import ANYTHING, TEXT, Flow, Step
from storage.conversation import Conversation

ALBUM_SECONDS = 1.0
"""After the last picture of an album that has come, for the next one; they come within a moment of each other."""

REFUSED_ALBUM = "refused_album"
"""Key in the author's `user_data`: the album that was answered, since each of its pictures comes as a message."""


async def on_broadcast(update: Update, context: Context) -> None:
    """Ask for the message itself."""
    member = await context.write(composing.compose, visitor=visitor_of(update))
    await show(update, context, render_prompt(Texts(member.language), context.deps.shop))


async def on_abandon(update: Update, context: Context) -> None:
    """The author does not want to write after all."""
    member = await context.write(composing.abandon, visitor=visitor_of(update))
    await show(update, context, render_abandoned(Texts(member.language)))


async def on_story(update: Update, context: Context, story: str) -> None:
    """A story of the shop's goes to everybody, each on their own card."""
    version = Version(kind=Kind.STORY, parameters={"story": story})
    view, place = await context.read(composing.find_place, visitor=visitor_of(update))
    await _keep(update, context, view, place, Written(language=FIRST, version=version, message_ids=[]))


async def on_written(update: Update, context: Context, asked: Conversation) -> None:
    """What the author has sent: the message, its edited form, or the lines of its buttons."""
    message = update.effective_message
    assert message is not None
    view, place = await context.read(composing.find_place, visitor=visitor_of(update))
    language = place.message_ids.get(str(message.message_id))
    if language is not None and view is not None:
        await _take(update, context, view, place, language)
    elif asked.step == "buttons" and view is not None:
        await _take_buttons(update, context, view, place)
    elif asked.step in composing.ASKING:
        await _take(update, context, view, place, place.language)


async def _take(update: Update, context: Context, view: BroadcastView | None, place: Place, language: str) -> None:
    """A version in its first or edited form, shown as members will see it.

    It is kept before the panel is shown and this update ends after that: an attempt that breaks off is made again.
    """
    message = update.effective_message
    assert message is not None
    written = await _read_written(context, message, view, place, language)
    if written is None:
        return
    if isinstance(written, ContentMistake):
        await _refuse(update, context, written, is_edit=str(message.message_id) in place.message_ids)
        return
    await _keep(update, context, view, place, written)


async def _keep(update: Update, context: Context, view: BroadcastView | None, place: Place, written: Written) -> None:
    """Show it and keep it; what Telegram does not want to show is told, and not kept."""
    visitor = visitor_of(update)
    member = view.member if view is not None else await context.read(open_home, visitor=visitor)
    content = read_content(view.broadcast.content) if view is not None else BroadcastContent(versions={})
    content = replace(content, versions={**content.versions, written.language: written.version})
    shown = await show_preview(context, member, content, written.language)
    if isinstance(shown, ContentMistake):
        await _refuse(update, context, shown, is_edit=view is not None)
        return
    kept = await context.write(composing.keep, visitor=visitor, written=written, shown=shown)
    if kept is None:
        await take_away(context, shown)
        if update.callback_query is not None:
            await show_gone(update, context)
        return
    await take_away(context, [*place.shown])
    others = await show_others(context, member, content, written.language)
    await show_panel(context, visitor, kept, others + shown)


async def _read_written(
    context: Context, message: Message, view: BroadcastView | None, place: Place, language: str
) -> Written | ContentMistake | None:
    """What was sent; None while more of its album is to come."""
    version = parse_version(message)
    if isinstance(version, ContentMistake):
        return version
    if str(message.message_id) in place.message_ids and view is not None:
        return _replace_written(message.message_id, version, view, place, language)
    if message.media_group_id is None:
        return Written(language=language, version=version, message_ids=[message.message_id])
    return await _gather(context, message, version, place, language)


def _replace_written(message_id: int, version: Version, view: BroadcastView, place: Place, language: str) -> Written:
    """The edited form of a message, or of one picture of an album."""
    ids = sorted(int(number) for number, of in place.message_ids.items() if of == language)
    former = read_content(view.broadcast.content).versions[language]
    if former.kind is not Kind.ALBUM:
        return Written(language=language, version=version, message_ids=[message_id])
    items = [*former.parameters["items"]]
    (items[ids.index(message_id)],) = compose_album([version]).parameters["items"]
    return Written(language=language, version=replace(former, parameters={"items": items}), message_ids=ids)


async def _gather(context: Context, message: Message, version: Version, place: Place, language: str) -> Written | None:
    """All of an album once the last of it is there; what comes before that is kept, and its update ends."""
    assert message.media_group_id is not None
    assert message.from_user is not None
    group, mine = message.media_group_id, {message.message_id: version}
    gathered: Mapping[int, Version] = {**place.list_gathered(group), **mine}
    if await _is_more_to_come(context, group):
        await context.write(composing.gather, visitor=profile_of(message.from_user), group=group, items=gathered)
        return None
    in_order = [gathered[number] for number in sorted(gathered)]
    whole = compose_album(in_order) if len(in_order) > 1 else in_order[0]
    return Written(language=language, version=whole, message_ids=sorted(gathered))


async def _is_more_to_come(context: Context, group: str) -> bool:
    """Whether more of an album is here, or comes within a moment."""
    if await _has_more(context, group):
        return True
    await asyncio.sleep(ALBUM_SECONDS)
    return await _has_more(context, group)


async def _has_more(context: Context, group: str) -> bool:
    row = context.row
    if row is None or row.sender_id is None:
        return False
    return await context.read(composing.has_more, telegram_id=row.sender_id, after=row.seq, group=group)


async def _refuse(update: Update, context: Context, mistake: ContentMistake, *, is_edit: bool) -> None:
    """Say once why it cannot go to everybody."""
    message = update.effective_message
    assert message is not None
    if not _is_of_refused_album(message, context):
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_unfit(Texts(member.language), mistake, is_edit=is_edit))


def _is_of_refused_album(message: Message, context: Context) -> bool:
    """Whether this picture is of the album that was answered last."""
    remembered = context.user_data
    if remembered is None or message.media_group_id is None:
        return False
    known = remembered.get(REFUSED_ALBUM) == message.media_group_id
    remembered[REFUSED_ALBUM] = message.media_group_id
    return bool(known)


async def _take_buttons(update: Update, context: Context, view: BroadcastView, place: Place) -> None:
    """Lines that become buttons, if Telegram takes them."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    texts, buttons = Texts(view.member.language), parse_buttons(message.text or "")
    if isinstance(buttons, ButtonMistake):
        await context.deliver(render_ask_buttons(texts, view, buttons))
        return
    content = replace(read_content(view.broadcast.content), buttons=buttons)
    shown = await show_preview(context, view.member, content, FIRST)
    if isinstance(shown, ContentMistake):
        await context.deliver(render_unfit(texts, shown, is_edit=True))
        return
    kept = await context.write(composing.set_buttons, visitor=visitor, broadcast_id=view.broadcast.id, buttons=buttons)
    if kept is None:
        await show_gone(update, context)
        return
    await take_away(context, [*place.shown])
    await show_panel(context, visitor, kept, [*await show_others(context, view.member, content, FIRST), *shown])


FLOW = Flow(
    name=BROADCAST,
    steps=[
        Step(name="content", takes=ANYTHING, takes_commands=True, takes_edits=True, on_answer=on_written),
        Step(name="version", takes=ANYTHING, takes_commands=True, takes_edits=True, on_answer=on_written),
        Step(name="buttons", takes=TEXT, takes_edits=True, on_answer=on_written),
        Step(name="confirm", takes=frozenset(), takes_edits=True, on_answer=on_written),
    ],
    on_cancel=on_abandon,
)
