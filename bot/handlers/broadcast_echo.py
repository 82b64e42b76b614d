"""What was sent is edited, taken back, or sent again to those who are unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telegram import Update

from bot.core.broadcasts.content import (
    FIRST,
    BroadcastContent,
    ButtonMistake,
    Kind,
    Version,
    parse_buttons,
    read_content,
    write_content,
)
from bot.core.broadcasts.editing import EditFault, decide_edit
from bot.handlers.broadcasts.preview import show_preview
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.content import ContentMistake, Unfit, parse_version
from bot.messages.broadcasts.echo import (
    parse_version_name,
    render_delete_asked,
    render_edit_buttons,
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
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import BroadcastId

_FAULTS = {
    EditFault.KIND: Unfit.OTHER_KIND,
    EditFault.WORDS_ONLY: Unfit.WORDS_ONLY,
    EditFault.FIXED: Unfit.FIXED,
    EditFault.LONG: Unfit.CAPTION_TOO_LONG,
}

Render = Callable[[Texts, BroadcastView], OutgoingMessage]


async def on_edit(update: Update, context: Context, broadcast: int) -> None:
    """Ask for the new form."""
    await _ask(update, context, broadcast, render_edit_prompt)


async def on_edit_version(update: Update, context: Context, broadcast: int, language: str) -> None:
    """Ask for the new form of the version in another language."""
    named = parse_version_name(language)
    await _ask(update, context, broadcast, partial(render_edit_prompt, language=named), language=named)


async def on_edit_buttons(update: Update, context: Context, broadcast: int) -> None:
    """Ask for the buttons that shall stand below it."""
    await _ask(update, context, broadcast, render_edit_buttons, step="buttons")


async def on_edit_no_buttons(update: Update, context: Context, broadcast: int) -> None:
    """Take the buttons away."""
    ask = partial(echoing.ask_edit, broadcast_id=BroadcastId(broadcast), step="buttons")
    view = await context.write(ask, visitor=visitor_of(update))
    if view is None:
        await _show(update, context, None, render_progress)
    else:
        await _draft(update, context, view, replace(read_content(view.broadcast.content), buttons=()))


async def _ask(
    update: Update, context: Context, broadcast: int, render: Render, *, language: str = FIRST, step: str = "content"
) -> None:
    ask = partial(echoing.ask_edit, broadcast_id=BroadcastId(broadcast), language=language, step=step)
    view = await context.write(ask, visitor=visitor_of(update))
    if view is None:
        await _show(update, context, None, render_progress)
    else:
        await context.deliver(render(Texts(view.member.language), view))


async def on_new_form(update: Update, context: Context, asked: Conversation) -> None:
    """The new form of a version, shown as members will see it."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    of, language = BroadcastId(asked.data["broadcast_id"]), str(asked.data.get("language", FIRST))
    former = await context.read(view_broadcast, visitor=visitor, broadcast_id=of)
    if former is None:
        await _show(update, context, None, render_progress)
        return
    content = read_new_form(read_content(former.broadcast.content), language, parse_version(message))
    if isinstance(content, ContentMistake):
        await show(update, context, render_unfit(Texts(former.member.language), content))
        return
    await _draft(update, context, former, content, language)


def read_new_form(
    content: BroadcastContent, language: str, new: Version | ContentMistake
) -> BroadcastContent | ContentMistake:
    """What will be read instead, with the buttons as they were."""
    if isinstance(new, ContentMistake):
        return new
    decided = decide_edit(content.versions[language], new)
    if isinstance(decided, EditFault):
        return ContentMistake(_FAULTS[decided], length=len(new.parameters.get("text", "")))
    return replace(content, versions={**content.versions, language: decided})


async def on_new_buttons(update: Update, context: Context, asked: Conversation) -> None:
    """Lines that become the buttons."""
    message, visitor = update.effective_message, visitor_of(update)
    assert message is not None
    of = BroadcastId(asked.data["broadcast_id"])
    former = await context.read(view_broadcast, visitor=visitor, broadcast_id=of)
    if former is None:
        await _show(update, context, None, render_progress)
        return
    texts, buttons = Texts(former.member.language), parse_buttons(message.text or "")
    content = read_content(former.broadcast.content)
    if isinstance(buttons, ButtonMistake):
        await context.deliver(render_edit_buttons(texts, former, buttons))
    elif not has_room_for_buttons(content):
        await show(update, context, render_unfit(texts, ContentMistake(Unfit.NO_ROOM)))
    else:
        await _draft(update, context, former, replace(content, buttons=buttons))


def has_room_for_buttons(content: BroadcastContent) -> bool:
    """Whether buttons can come below it after it was sent: under an album only where there were some."""
    is_album = any(version.kind is Kind.ALBUM for version in content.versions.values())
    return bool(content.shares or content.buttons) or not is_album


async def _draft(
    update: Update, context: Context, former: BroadcastView, content: BroadcastContent, language: str = FIRST
) -> None:
    """Show the new form as members will see it, and keep it to be confirmed; what Telegram does not take is told."""
    shown = await show_preview(context, former.member, content, language)
    if isinstance(shown, ContentMistake):
        await show(update, context, render_unfit(Texts(former.member.language), shown))
        return
    draft = partial(echoing.draft_edit, broadcast_id=former.broadcast.id, content=write_content(content))
    view = await context.write(draft, visitor=visitor_of(update))
    if view is None:
        await _show(update, context, None, render_progress)
    else:
        await context.deliver(render_edit_preview(Texts(view.member.language), view))


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


FLOW = Flow(
    name=echoing.BROADCAST_EDIT,
    steps=[
        Step(name="content", takes=ANYTHING, takes_commands=True, on_answer=on_new_form),
        Step(name="buttons", on_answer=on_new_buttons),
    ],
    on_cancel=on_stop,
)
