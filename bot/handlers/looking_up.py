"""The team looks up a member."""

from __future__ import annotations

from telegram import Message, MessageEntity, MessageOriginUser, Update

from bot.handlers.conversations import begin
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.looking_up import ask_who, render_found, render_hidden
from bot.messages.texts import Texts
from bot.services import looking_up
from bot.services.looking_up import LookUpView
from bot.services.members import open_home
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import PersonId


async def on_find(update: Update, context: Context) -> None:
    """Whoever is named behind the command; else the question whom."""
    typed = " ".join(context.args or ())
    if typed:
        await _look_up(update, context, typed)
    else:
        await begin(update, context, FINDING)


async def on_who(update: Update, context: Context, _asked: Conversation) -> None:
    """What was typed, picked or passed on."""
    message = update.effective_message
    assert message is not None
    number = find_number(message)
    if number is None and message.forward_origin is not None and not message.via_bot:
        member = await context.read(open_home, visitor=visitor_of(update))
        await show(update, context, render_hidden(Texts(member.language)))
        return
    await _look_up(update, context, message.text or message.caption or "", number)


async def on_member(update: Update, context: Context, person_id: int) -> None:
    """One of several."""
    view = await context.write(looking_up.open_member, visitor=visitor_of(update), person_id=PersonId(person_id))
    await _show(update, context, view)


async def _look_up(update: Update, context: Context, text: str, number: int | None = None) -> None:
    view = await context.write(
        looking_up.look_up,
        visitor=visitor_of(update),
        text=text,
        telegram_id=number,
        addresses=context.deps.shop.addresses,
    )
    await _show(update, context, view)


async def _show(update: Update, context: Context, view: LookUpView) -> None:
    await show(update, context, render_found(Texts(view.member.language), context.deps.shop, view))


def find_number(message: Message) -> int | None:
    """Whose message was passed on, whose contact was sent, or who was picked from the list of mentions."""
    if isinstance(message.forward_origin, MessageOriginUser):
        return message.forward_origin.sender_user.id
    if message.contact is not None:
        return message.contact.user_id
    picked = message.parse_entities([MessageEntity.TEXT_MENTION]) if message.text else {}
    return next((entity.user.id for entity in picked if entity.user is not None), None)


FINDING = Flow(
    name=looking_up.FLOW,
    steps=[Step(name="who", ask=ask_who, takes=ANYTHING, takes_passed=True, on_answer=on_who)],
)
