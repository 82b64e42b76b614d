"""What was sent is edited, taken back, or sent again to those who are unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telegram import Message, Update

from bot.core.broadcasts.content import FIRST, BroadcastContent, Kind, read_content, write_content
from bot.core.roles import MANAGERS
from bot.handlers.broadcasts.preview import show_preview
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.buttons import (
    BROADCAST_DELETE,
    BROADCAST_DELETE_SURE,
    BROADCAST_EDIT,
    BROADCAST_PROGRESS,
    BROADCAST_RESEND,
    BROADCAST_RESEND_SURE,
)
from bot.messages.broadcasts.content import ContentMistake, Unfit, parse_version
from bot.messages.broadcasts.echo import (
    NOTICES,
    render_delete_asked,
    render_edit_preview,
    render_edit_prompt,
    render_edit_stopped,
    render_resend_asked,
)
from bot.messages.broadcasts.screens import render_gone, render_progress, render_unfit
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.broadcasts import echoing
from bot.services.broadcasts.authoring import BroadcastView, view_broadcast
from bot.services.members import open_home
from bot.updates.capability import Capability
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import BroadcastId

UNEDITABLE = frozenset({Kind.ALBUM, Kind.POLL, Kind.VIDEO_NOTE, Kind.VOICE, Kind.STORY})
"""Telegram shows nothing else in their place."""

Render = Callable[[Texts, BroadcastView], OutgoingMessage]


async def on_edit(update: Update, context: Context, broadcast: int) -> None:
    """Ask for the new form."""
    ask = partial(echoing.ask_edit, broadcast_id=BroadcastId(broadcast))
    view = await context.write(ask, visitor=visitor_of(update))
    if view is None:
        await _show(update, context, None, render_progress)
    else:
        await context.deliver(render_edit_prompt(Texts(view.member.language)))


async def on_new_form(update: Update, context: Context, asked: Conversation) -> None:
    """The new form, shown as members will see it."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    of = BroadcastId(asked.data["broadcast_id"])
    former = await context.read(view_broadcast, visitor=visitor, broadcast_id=of)
    content = await _read_new_form(context, message, former)
    if isinstance(content, ContentMistake):
        member = await context.read(open_home, visitor=visitor)
        await show(update, context, render_unfit(Texts(member.language), content))
        return
    drafted = partial(echoing.draft_edit, broadcast_id=of, content=write_content(content))
    await _show(update, context, await context.write(drafted, visitor=visitor), render_edit_preview)


async def _read_new_form(
    context: Context, message: Message, former: BroadcastView | None
) -> BroadcastContent | ContentMistake:
    """What will be read instead, with the buttons as they were; shown as members will see it."""
    version = parse_version(message)
    if isinstance(version, ContentMistake) or former is None:
        return version if isinstance(version, ContentMistake) else ContentMistake(Unfit.OTHER_KIND)
    content = read_content(former.broadcast.content)
    if version.kind is not content.versions[FIRST].kind or version.kind in UNEDITABLE:
        return ContentMistake(Unfit.OTHER_KIND)
    content = replace(content, versions={**content.versions, FIRST: version})
    shown = await show_preview(context, former.member, content)
    return shown if isinstance(shown, ContentMistake) else content


async def on_delete(update: Update, context: Context, broadcast: int) -> None:
    """Is it really meant?"""
    await _show_now(update, context, broadcast, render_delete_asked)


async def on_delete_sure(update: Update, context: Context, broadcast: int) -> None:
    """Taken back from everybody; the tapped message becomes the progress."""
    await _begin(update, context, echoing.take_back, broadcast)


async def on_resend(update: Update, context: Context, broadcast: int) -> None:
    """Is it really meant? Somebody may get it twice."""
    await _show_now(update, context, broadcast, render_resend_asked)


async def on_resend_sure(update: Update, context: Context, broadcast: int) -> None:
    """Once more to those who are unknown."""
    await _begin(update, context, echoing.send_again, broadcast)


async def on_progress(update: Update, context: Context, broadcast: int) -> None:
    """How it stands."""
    await _show_now(update, context, broadcast, render_progress)


async def on_stop(update: Update, context: Context) -> None:
    """The message stays as it is."""
    await context.write(echoing.stop_edit, visitor=visitor_of(update))
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_edit_stopped(Texts(member.language)))


async def _begin(
    update: Update, context: Context, service: Callable[..., BroadcastView | None], broadcast: int
) -> None:
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    begin = partial(service, broadcast_id=BroadcastId(broadcast), progress_message_id=query.message.message_id)
    await _show(update, context, await context.write(begin, visitor=visitor_of(update)), render_progress)


async def _show_now(update: Update, context: Context, broadcast: int, render: Render) -> None:
    view = await context.read(view_broadcast, visitor=visitor_of(update), broadcast_id=BroadcastId(broadcast))
    await _show(update, context, view, render)


async def _show(update: Update, context: Context, view: BroadcastView | None, render: Render) -> None:
    if view is None:
        language = context.deps.shop.choose_language(visitor_of(update).telegram_language)
        await show(update, context, render_gone(Texts(language)))
    else:
        await show(update, context, render(Texts(view.member.language), view))


CAPABILITY = Capability(
    name="broadcast_echo",
    roles=MANAGERS,
    buttons={
        BROADCAST_EDIT: on_edit,
        BROADCAST_DELETE: on_delete,
        BROADCAST_DELETE_SURE: on_delete_sure,
        BROADCAST_RESEND: on_resend,
        BROADCAST_RESEND_SURE: on_resend_sure,
        BROADCAST_PROGRESS: on_progress,
    },
    flows=[
        Flow(
            name=echoing.BROADCAST_EDIT,
            steps=[Step(name="content", takes=ANYTHING, takes_commands=True, on_answer=on_new_form)],
            on_cancel=on_stop,
        )
    ],
    notices=NOTICES,
)
