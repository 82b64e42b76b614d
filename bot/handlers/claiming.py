"""Just say my name: a newcomer tells who recommended the shop, and the one who was named may say no."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Message, MessageEntity, Update

from bot.core.claiming import decide_named
from bot.core.links import compose_person_link
from bot.handlers.community.community import find_chat_id
from bot.handlers.deps import Context
from bot.handlers.guide import on_anything_else
from bot.handlers.reply import show
from bot.messages.claiming import render_claim, render_claim_prompt, render_disowned, render_nobody
from bot.messages.privacy import render_privacy
from bot.messages.texts import Texts
from bot.services.claiming import naming, window
from bot.services.claiming.disowning import disown
from bot.services.claiming.naming import ClaimView
from bot.services.guide import set_findable
from bot.updates.context import visitor_of
from bot.updates.flows import ANYTHING, Flow, Step
from storage.conversation import Conversation
from storage.records import PersonId, ReferralId


async def on_claim(update: Update, context: Context) -> None:
    """A friend told me: whose name shall it be?"""
    visitor, shop = visitor_of(update), context.deps.shop
    member, state = await context.write(window.ask_claim, visitor=visitor)
    await show(update, context, render_claim_prompt(Texts(member.language), shop, member, state))


async def on_nobody(update: Update, context: Context) -> None:
    """Nobody did: what is typed next is no name."""
    member = await context.write(window.name_nobody, visitor=visitor_of(update))
    await show(update, context, render_nobody(Texts(member.language), context.deps.shop, member))


async def on_claim_typed(update: Update, context: Context, _asked: Conversation) -> None:
    """The name that was asked for; what cannot be one is left to the usual pointer."""
    message = update.effective_message
    assert message is not None
    addresses = context.deps.shop.addresses
    text = next((each for each in _list_readings(message) if decide_named(each, addresses)), None)
    if text is None:
        await on_anything_else(update, context)
        return
    if context.deps.shop.campaign.rules.join_community:
        await find_chat_id(context)
    view = await context.write(naming.name_inviter, visitor=visitor_of(update), text=text, addresses=addresses)
    await _show(update, context, view)


async def on_claim_who(update: Update, context: Context, person_id: int) -> None:
    """One of those who were offered."""
    await _pick(update, context, partial(naming.pick_inviter, person_id=PersonId(person_id)))


async def on_claim_pick(update: Update, context: Context, number: int, place: int) -> None:
    """Likewise, by a button of an earlier version."""
    await _pick(update, context, partial(naming.pick_placed, number=number, place=place))


async def _pick(update: Update, context: Context, service: Callable[..., ClaimView]) -> None:
    if context.deps.shop.campaign.rules.join_community:
        await find_chat_id(context)
    await _show(update, context, await context.write(service, visitor=visitor_of(update)))


async def on_not_me(update: Update, context: Context, referral_id: int) -> None:
    """It was somebody else who recommended us to that friend."""
    shop = context.deps.shop
    view = await context.write(disown, visitor=visitor_of(update), referral_id=ReferralId(referral_id))
    await show(update, context, render_disowned(Texts(view.member.language), shop, view))


async def on_findable(update: Update, context: Context, findable: int) -> None:
    """Be found by name from now on (1), or not (0)."""
    member = await context.write(set_findable, visitor=visitor_of(update), findable=bool(findable))
    await show(update, context, render_privacy(Texts(member.language), member))


def _list_readings(message: Message) -> list[str]:
    """What was typed, or stands below a card, with the addresses behind its words; of what was passed on, also what it sets in bold.

    Somebody without a username is picked from the list of mentions, or sent as a contact.
    """
    said = message.parse_entities() if message.text else message.parse_caption_entities() if message.caption else {}
    hidden = [entity.url for entity in said if entity.url]
    picked = [entity.user.id for entity in said if entity.user]
    called = message.text or message.caption or ""
    if message.contact is not None:
        called, picked = message.contact.first_name, [message.contact.user_id or 0]
    bold = [words for entity, words in said.items() if entity.type == MessageEntity.BOLD and message.forward_origin]
    return ["\n".join([called, *hidden, *(compose_person_link(each) for each in picked if each)]).strip(), *bold]


async def _show(update: Update, context: Context, view: ClaimView) -> None:
    await show(update, context, render_claim(Texts(view.member.language), context.deps.shop, view))


FLOW = Flow(
    name=window.CLAIM,
    steps=[Step(name="name", takes=ANYTHING, takes_passed=True, on_answer=on_claim_typed)],
)
