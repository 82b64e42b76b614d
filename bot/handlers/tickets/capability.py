"""Tickets: members ask people of the shop, who answer by replying."""

from __future__ import annotations

from bot.core.roles import EVERYBODY, TEAM
from bot.core.tickets import ANSWER_HOURS, STAFF_CHAT
from bot.handlers.tickets import desk, member, templates
from bot.handlers.tickets.replies import LISTENERS
from bot.messages.commands import Command
from bot.messages.tickets import buttons
from bot.messages.tickets.notices import NOTICES
from bot.services.tickets import templates as sentences
from bot.services.tickets import watching
from bot.services.tickets.desk import ANSWER, NOTE
from bot.services.tickets.tickets import TICKET, WAIT_SECONDS
from bot.updates.capability import Capability
from bot.updates.flows import ANYTHING, Flow, Step
from bot.updates.job import Job
from storage.store import Store


async def watch(store: Store) -> None:
    """Remind the team, and tell owners; look, and write only where somebody waits too long."""
    if await store.read(watching.is_due):
        await store.write(watching.watch)


CAPABILITY = Capability(
    name="tickets",
    roles=EVERYBODY,
    commands={
        Command(name="support", text="command.support", place=85): member.on_support,
        Command(name="tickets", text="command.tickets", place=7, roles=TEAM): desk.on_tickets,
        Command(name="templates", text="command.templates", place=8, roles=TEAM): templates.on_templates,
    },
    buttons={
        buttons.SUPPORT: member.on_support,
        buttons.COMPLAINT: member.on_complaint,
        buttons.OWN_TICKETS: member.on_own_tickets,
        buttons.OWN_TICKET: member.on_own_ticket,
        buttons.TICKET_MORE: member.on_more,
        buttons.TICKET_YES: member.on_yes,
        buttons.TICKET_NO: member.on_no,
        buttons.TICKETS: desk.on_tickets,
        buttons.TICKET: desk.on_ticket,
        buttons.TICKET_TAKE: desk.on_take,
        buttons.TICKET_HAND: desk.on_hand,
        buttons.TICKET_HAND_TO: desk.on_hand_to,
        buttons.TICKET_CLOSE: desk.on_close,
        buttons.TICKET_NOTE: desk.on_note,
        buttons.TICKET_SIGN: desk.on_sign,
        buttons.TICKET_WORDS: templates.on_ticket_templates,
        buttons.TICKET_FILL: templates.on_fill,
        buttons.TICKET_SEND: templates.on_send,
        buttons.TEMPLATES: templates.on_templates,
        buttons.TEMPLATE: templates.on_template,
        buttons.TEMPLATE_EDIT: templates.on_edit,
        buttons.TEMPLATE_NEW: templates.on_new,
        buttons.TEMPLATE_DROP: templates.on_drop,
    },
    flows=[
        Flow(
            name=TICKET,
            steps=[Step(name="words", takes=ANYTHING, on_answer=member.on_words)],
            wait_seconds=WAIT_SECONDS,
            on_cancel=member.on_enough,
        ),
    ],
    listeners=LISTENERS,
    notices=NOTICES,
    jobs=[Job(name="tickets", every_seconds=30.0, run=watch)],
    settings=[STAFF_CHAT, ANSWER_HOURS],
)

DESK = Capability(
    name="ticket_desk",
    roles=TEAM,
    flows=[
        Flow(name=ANSWER, steps=[Step(name="words", takes=ANYTHING, on_answer=desk.on_answer_words)]),
        Flow(name=NOTE, steps=[Step(name="words", on_answer=desk.on_note_words)]),
        Flow(
            name=sentences.WRITING,
            steps=[
                Step(name="name", on_answer=templates.on_name),
                Step(name="words", on_answer=templates.on_words),
            ],
        ),
    ],
)
"""The dialogues of the team, which nobody else is in."""
