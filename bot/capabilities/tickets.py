"""Tickets: members ask people of the shop, who answer by replying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, TEAM
from bot.core.tickets import ANSWER_HOURS, STAFF_CHAT
from bot.handlers.tickets.replies import LISTENERS
from bot.late import late
from bot.messages.commands import Command
from bot.messages.tickets import buttons
from bot.services.tickets.notices import (
    TicketClosed,
    TicketEdited,
    TicketOpened,
    TicketPassed,
    TicketSolved,
    TicketTaken,
    TicketTopicShut,
    TicketUnsent,
    TicketWaits,
)
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers.tickets import desk, member, templates
    from bot.jobs import tickets as jobs
    from bot.messages.tickets import notices as messages
else:
    jobs = late("bot.jobs.tickets")
    desk = late("bot.handlers.tickets.desk")
    member = late("bot.handlers.tickets.member")
    templates = late("bot.handlers.tickets.templates")
    messages = late("bot.messages.tickets.notices")

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
    flows={"ticket": member.FLOW},
    listeners=LISTENERS,
    notices={
        kind: messages.NOTICES[kind]
        for kind in (
            TicketOpened,
            TicketPassed,
            TicketEdited,
            TicketUnsent,
            TicketClosed,
            TicketSolved,
            TicketTaken,
            TicketWaits,
            TicketTopicShut,
        )
    },
    jobs=[Job(name="tickets", every_seconds=30.0, run=jobs.watch)],
    settings=[STAFF_CHAT, ANSWER_HOURS],
)

DESK = Capability(
    name="ticket_desk",
    roles=TEAM,
    flows={"ticket_answer": desk.ANSWERING, "ticket_note": desk.NOTING, "ticket_template": templates.WRITING},
)
"""The dialogues of the team, which nobody else is in."""
