"""Tickets to be looked at, as both sides see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.tickets import TEMPLATES
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.messages.tickets import desk, screens, templates
from bot.services.members import MemberView
from bot.services.tickets.desk import NOTE, Colleagues, DeskView
from bot.services.tickets.templates import TemplatesView, TemplateView
from bot.services.tickets.tickets import OwnTickets, TicketView
from storage.records import PersonId
from storage.role import Role
from storage.ticket import (
    About,
    SaidId,
    SaidRow,
    SaidState,
    Shape,
    Side,
    TicketId,
    TicketRow,
    TicketState,
)

MARCH = 1_773_273_600_000_000
NUMBER = TicketId(123_456)

TICKET_VALUES: Mapping[str, object] = {
    "ticket": NUMBER,
    "about": About.COMPLAINT,
    "due": MARCH,
    "words_id": SaidId(5),
    "from_chat": 7,
    "source": 8,
    "message": 9,
    "shape": Shape.TEXT,
    "words": "<b>Cold</b> & late",
    "by": PersonId(1000),
    "shut": True,
}


def _make_ticket(state: TicketState, *, solved: bool = False) -> TicketRow:
    waits = state in {TicketState.OPEN, TicketState.TAKEN, TicketState.REOPENED}
    return TicketRow(
        id=NUMBER,
        person_id=PersonId(1),
        about=About.REWARD,
        state=state,
        opened_at=MARCH,
        taken_by_id=PersonId(2),
        due_at=MARCH if waits else None,
        solved_at=MARCH if solved else None,
    )


def _make_said(name: str) -> Sequence[SaidRow]:
    def make(number: int, side: Side, shape: Shape, state: SaidState = SaidState.SAID) -> SaidRow:
        return SaidRow(
            id=SaidId(number),
            ticket_id=NUMBER,
            author_id=PersonId(1),
            side=side,
            shape=shape,
            words=(name * 60)[:300],
            state=state,
            chat_id=1,
            message_id=number,
            said_at=MARCH,
        )

    rows = [make(number, Side.MEMBER, shape) for number, shape in enumerate(Shape)]
    answers = [make(7 + number, Side.STAFF, Shape.TEXT, state) for number, state in enumerate(SaidState)]
    return [*rows, *answers, make(11, Side.NOTE, Shape.TEXT)]


def render_tickets(texts: Texts, shop: Shop, member: MemberView, name: str) -> dict[str, OutgoingMessage]:
    """Every screen there is."""
    every = [_make_ticket(state) for state in TicketState] + [_make_ticket(TicketState.CLOSED, solved=True)]
    views = [
        TicketView(member=member, ticket=each, name=name, taken_by=name, said=_make_said(name), fresh=bool(number))
        for number, each in enumerate(every)
    ]
    none = DeskView(member=member, tickets=(), waiting=0, page=0, signs=True, now=MARCH)
    full = DeskView(
        member=member, tickets=[(each, name) for each in every], waiting=1000, page=1, signs=False, now=MARCH
    )
    own = OwnTickets(member=member, tickets=every, hours=24)
    shown = {
        "ticket support": screens.render_support(texts, shop, own),
        "ticket support, first": screens.render_support(texts, shop, OwnTickets(member=member, tickets=(), hours=1)),
        "ticket unfit": screens.render_unfit(texts),
        "ticket enough": screens.render_enough(texts),
        "ticket none": screens.render_none(texts),
        "ticket more": screens.render_more(texts, views[0]),
        "ticket reopened": screens.render_reopened(texts, views[0]),
        "ticket thanks": screens.render_thanks(texts),
        "tickets, none": desk.render_desk(texts, shop, none),
        "tickets": desk.render_desk(texts, shop, full),
        "ticket answered": desk.render_answered(texts, views[0]),
        "ticket answered, closed": desk.render_answered(texts, views[3]),
        "ticket to whom": desk.render_colleagues(
            texts, Colleagues(member=member, ticket=every[0], people=[(PersonId(2), name)])
        ),
        "ticket to nobody": desk.render_colleagues(texts, Colleagues(member=member, ticket=every[0], people=())),
        "ticket note": desk.render_note_asked(texts, views[0], NOTE),
        "no ticket": desk.render_no_ticket(texts),
        "ticket not yours": desk.render_not_yours(texts),
        "ticket replaced": desk.render_replaced(texts),
    }
    for number, view in enumerate(views):
        shown[f"ticket {number}, own"] = screens.render_own(texts, shop, view)
        shown[f"ticket {number}, said"] = screens.render_said(texts, shop, view)
        shown[f"ticket {number}, private"] = desk.render_ticket(texts, shop, view, private=True)
        shown[f"ticket {number}, group"] = desk.render_ticket(texts, shop, view, private=False)
    return shown | _render_templates(texts, shop, member, name, every[0])


def _render_templates(
    texts: Texts, shop: Shop, member: MemberView, name: str, ticket: TicketRow
) -> dict[str, OutgoingMessage]:
    names = [*TEMPLATES, "a-name-of-twenty-sig"]
    shown = {
        "templates": templates.render_templates(texts, TemplatesView(member=member, names=names, may_write=True)),
        "templates, staff": templates.render_templates(texts, TemplatesView(member=member, names=names)),
        "templates of a ticket": templates.render_templates(
            texts, TemplatesView(member=member, names=names, ticket=ticket)
        ),
        "template name": templates.render_ask_name(texts),
        "template bad name": templates.render_bad_name(texts),
        "templates full": templates.render_full(texts),
    }
    for each in names:
        own = {} if each in TEMPLATES else {"en": "Hello {name}, {shop} answers {hours}"}
        view = TemplateView(
            member=member,
            name=each,
            own=own,
            languages=("en", "id", "zh"),
            may_write=member.role is not Role.STAFF,
            ticket=ticket,
            reader=name,
            reader_language=texts.language,
        )
        shown[f"template {each}"] = templates.render_template(texts, shop, view)
        shown[f"template words {each}"] = templates.render_ask_words(texts, each, "en")
        shown[f"template filled {each}"] = templates.render_filled(texts, shop, view, private=True)
        shown[f"template filled here {each}"] = templates.render_filled(texts, shop, view, private=False)
    return shown
