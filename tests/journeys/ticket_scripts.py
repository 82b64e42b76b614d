"""The dialogues of tickets: a member says what is wrong, the team answers, notes, and writes sentences of its own."""

from __future__ import annotations

from collections import Counter

from storage import Store, Tx
from storage.tables import ticket_templates, ticket_words, tickets
from storage.ticket import SaidRow, TicketId
from tests.journeys.dialogues import Act, Script, Walk


def list_said(tx: Tx) -> list[SaidRow]:
    """All that was said, in the one ticket there is."""
    (ticket,) = tickets.list_waiting(tx, limit=9)
    return ticket_words.list_of(tx, ticket.id, 9)


async def check_ticket(_: Walk, store: Store) -> None:
    """One ticket, with each message in it once."""
    assert [each.words for each in await store.read(list_said)] == ["Cold bread", "And late"]


async def check_answer(walk: Walk, store: Store) -> None:
    """It was answered once, and the member has it."""
    assert Counter(each.side for each in await store.read(list_said)) == {"member": 1, "staff": 1}
    assert [each for each in walk.list_shown() if each.text == "So sorry"]


async def check_note(_: Walk, store: Store) -> None:
    """It is noted once."""
    assert [each.words for each in await store.read(list_said) if each.side == "note"] == ["Comes every day"]


async def check_template(_: Walk, store: Store) -> None:
    """It says what was written."""
    assert await store.read(ticket_templates.list_all) == {"delivery": {"en": "On its way, {name}"}}


async def check_end(_: Walk, store: Store) -> None:
    """One answer, and the member's word that it is solved."""
    ticket = await store.read(tickets.get, TicketId(1))
    assert ticket.solved_at is not None
    said = await store.read(ticket_words.list_of, ticket.id, 9)
    found = [(each.side, each.words) for each in said]
    assert found == [("member", "Cold bread"), ("staff", "Here is a new one")], found


SAID = (
    Act(say="/support", shows="What is wrong?"),
    Act(say="Cold bread", shows="Thank you for telling us", may_be_silent=True),
)
WAITING = (
    *SAID,
    Act(tap="That\u2019s all", shows="All right. The answer comes here", may_be_silent=True),
)
"""A ticket waits, and no dialogue."""

TICKET_SCRIPTS = {
    "ticket": Script(
        acts=[*SAID, Act(say="And late", shows="It\u2019s with your request", may_be_silent=True)],
        check=check_ticket,
    ),
    "ticket_answer": Script(
        admin=True,
        acts=[
            *WAITING,
            Act(tap="Sentences", shows="What shall we say in request"),
            Act(tap="Thank you", shows="Shall Sari get this?"),
            Act(say="So sorry", shows="On its way to Sari", may_be_silent=True),
        ],
        check=check_answer,
        deadly=3,
    ),
    "ticket_note": Script(
        admin=True,
        acts=[
            *WAITING,
            Act(tap="Note", shows="What should the team know"),
            Act(say="Comes every day", shows="Comes every day", may_be_silent=True),
        ],
        check=check_note,
        deadly=2,
    ),
    "ticket_template": Script(
        admin=True,
        acts=[
            Act(say="/templates", shows="Sentences for answers"),
            Act(tap="New sentence", shows="What shall the sentence be called?"),
            Act(say="delivery", shows="What shall \u201cdelivery\u201d say"),
            Act(say="On its way, {name}", shows="On its way, Anna", may_be_silent=True),
        ],
        check=check_template,
    ),
}

TO_ITS_END = Script(
    admin=True,
    acts=[
        *WAITING,
        Act(say="Here is a new one", to="Cold bread", shows="On its way to Sari", may_be_silent=True),
        Act(tap="Close", under="They would like to talk", shows="Is it solved for you?"),
        Act(tap="Yes, it\u2019s solved", shows="We are glad", may_be_silent=True),
    ],
    check=check_end,
    deadly=3,
)
"""A ticket that is answered by replying, closed, and called solved."""
