"""Members say what could be better; the team answers; everybody sees what was done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telegram import Message, Update

from bot.core.durations import HOUR_SECONDS
from bot.core.ideas import WORDED, clean_answer, clean_idea
from bot.handlers.conversations import begin, begin_at
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.ideas import (
    ask_answer,
    ask_idea,
    ask_picture,
    render_gone,
    render_idea,
    render_ideas,
    render_pictured,
    render_taken,
    render_telling,
)
from bot.messages.texts import Texts
from bot.services.conversations import finish
from bot.services.ideas import answering, ideas
from bot.services.ideas.answering import IdeaView
from bot.services.ideas.ideas import IdeasView, Taken
from bot.updates.context import visitor_of
from bot.updates.flows import Answer, Flow, Step
from storage.idea import IdeaId, IdeaState

Data = Mapping[str, Any]


async def on_idea(update: Update, context: Context) -> None:
    """`/idea more rye, please`; without words they are asked for."""
    text = clean_idea(" ".join(context.args or ()))
    if not text:
        await begin(update, context, IDEA)
        return
    await _show_taken(
        update, context, await context.write(ideas.take_idea, visitor=visitor_of(update), data={"text": text})
    )


async def on_words(update: Update, context: Context, data: Data) -> None:
    """Keep it."""
    said: Data = data["idea"]
    taken = await context.write(finish, ideas.take_idea, visitor=visitor_of(update), flow=IDEA.name, data=said)
    if taken is not None:
        await _show_taken(update, context, taken)


async def on_picture(update: Update, context: Context, idea: int) -> None:
    """Ask for one."""
    member, own = await context.read(ideas.find_own, visitor=visitor_of(update), idea_id=IdeaId(idea))
    if own:
        await begin_at(update, context, PICTURE, "photo", {"idea": idea})
    else:
        await show(update, context, render_gone(Texts(member.language), member))


async def on_photo(update: Update, context: Context, data: Data) -> None:
    """Put it to the idea."""
    visitor = visitor_of(update)
    done = await context.write(finish, ideas.add_picture, visitor=visitor, flow=PICTURE.name, data=data)
    if done is not None:
        await show(update, context, render_pictured(Texts(done[0].language), kept=done[1]))


async def on_ideas(update: Update, context: Context, page: int = 0) -> None:
    """What was thought of here."""
    await _show_ideas(update, context, await context.read(ideas.view_ideas, visitor=visitor_of(update), page=page))


async def on_want(update: Update, context: Context, idea: int, wanted: int, page: int) -> None:
    """One more who wants it, or one fewer."""
    want = partial(ideas.support, idea_id=IdeaId(idea), wanted=bool(wanted), page=page)
    await _show_ideas(update, context, await context.write(want, visitor=visitor_of(update)))


async def on_tell(update: Update, context: Context, idea: int, agreed: int) -> None:
    """All may be told, or not."""
    let = partial(ideas.let_tell, idea_id=IdeaId(idea), agreed=bool(agreed))
    view = await context.write(let, visitor=visitor_of(update))
    await show(update, context, render_telling(Texts(view.member.language), context.deps.shop, view))


async def on_look(update: Update, context: Context, idea: int) -> None:
    """One idea, for the team."""
    view = await context.read(answering.view_idea, visitor=visitor_of(update), idea_id=IdeaId(idea))
    await _show_idea(update, context, view)


async def on_next(update: Update, context: Context, idea: int) -> None:
    """The one behind it."""
    view = await context.read(answering.view_next, visitor=visitor_of(update), after=IdeaId(idea))
    await _show_idea(update, context, view)


async def on_mark(update: Update, context: Context, idea: int, mark: str) -> None:
    """Answer with a tap; what was done, or why not, is asked for first."""
    if mark not in set(IdeaState) - {IdeaState.OPEN}:
        return
    visitor, idea_id, state = visitor_of(update), IdeaId(idea), IdeaState(mark)
    if state in WORDED:
        await context.read(answering.view_idea, visitor=visitor, idea_id=idea_id)
        await begin_at(update, context, ANSWER, "words", {"idea": idea, "state": mark})
        return
    view = await context.write(answering.answer, visitor=visitor, idea_id=idea_id, state=state)
    await _show_idea(update, context, view)


async def on_answered(update: Update, context: Context, data: Data) -> None:
    """Answer, once."""
    visitor = visitor_of(update)
    view = await context.write(finish, answering.answer_asked, visitor=visitor, flow=ANSWER.name, data=data)
    if view is not None:
        await _show_idea(update, context, view)


def read_idea(message: Message) -> Data | None:
    """Words, perhaps under a picture."""
    text = clean_idea(message.text or message.caption or "")
    return {"text": text, "photo": read_photo(message) or ""} if text else None


def read_photo(message: Message) -> str | None:
    """Telegram's name of the largest size of a picture."""
    return message.photo[-1].file_id if message.photo else None


def read_answer(message: Message) -> str | None:
    """A line."""
    return clean_answer(message.text or "") or None


async def _show_taken(update: Update, context: Context, taken: Taken) -> None:
    await show(update, context, render_taken(Texts(taken.member.language), context.deps.shop, taken))


async def _show_ideas(update: Update, context: Context, view: IdeasView) -> None:
    await show(update, context, render_ideas(Texts(view.member.language), context.deps.shop, view))


async def _show_idea(update: Update, context: Context, view: IdeaView) -> None:
    """A picture cannot take a text's place: it comes as a new message."""
    screen = render_idea(Texts(view.member.language), context.deps.shop, view)
    await (show(update, context, screen) if screen.photo is None else context.deliver(screen))


IDEA = Flow(
    name="idea",
    steps=[Step(name="idea", ask=ask_idea, takes=frozenset({Answer.TEXT, Answer.PHOTO}), read=read_idea)],
    wait_seconds=HOUR_SECONDS,
    on_done=on_words,
)
PICTURE = Flow(
    name="idea_photo",
    steps=[Step(name="photo", ask=ask_picture, takes=frozenset({Answer.PHOTO}), read=read_photo)],
    on_done=on_photo,
)
ANSWER = Flow(
    name="idea_reply",
    steps=[Step(name="words", ask=ask_answer, read=read_answer)],
    on_done=on_answered,
)
