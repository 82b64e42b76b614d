from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.core.retention import KEPT, Ends
from bot.core.visiting import compute_hour
from bot.jobs.cleaning import clean
from storage import Store, Tx, open_store
from storage.addresses import MemberAddress
from storage.broadcast import Outcome
from storage.facts import EventKind
from storage.handout import HandoutKind
from storage.records import Ban, BroadcastState, DeliveryState, NoticeId, NoticeState, Person, ShareWay
from storage.review import Captcha, MarkKind
from storage.role import Role
from storage.schema.everything import metadata
from storage.schema.messages import broadcast
from storage.tables import (
    api_keys,
    awaited,
    broadcast_links,
    broadcasts,
    captchas,
    cards,
    chat_joins,
    clicks,
    code_keys,
    conversations,
    conversions,
    deliveries,
    faces,
    flood_waits,
    guesses,
    inbox,
    link_revocations,
    marks,
    order_claims,
    outbox,
    referrals,
    sales,
    shares,
    team_invitations,
    ticket_words,
    tickets,
    visits,
    web_keys,
    webhooks,
)
from storage.ticket import About, CopyRow, Said, Side, TicketState
from storage.web_key import WebKeyKind
from storage.webhook import HookEventKind
from tests.services.test_conversions import compose_report
from tests.storage import cast
from tests.storage.cast import add_members, refer
from tests.storage.clock import Clock

DAY, DAYS = 24 * 3600, 730
CHAT = -100500
COUNTS = select(*(select(func.count()).select_from(table).scalar_subquery() for table in metadata.tables.values()))
"""Of all tables at once: it is asked every day of two years."""


def live(tx: Tx, people: list[Person], day: int) -> None:
    """A day in the life of a shop: a little of everything that leaves rows."""
    one = people[day % len(people)]
    shares.add(tx, one.id, ShareWay.CARD, "mina")
    code_keys.add_forgotten(tx, 30_000 + day)
    cards.set_file_id(tx, one.id, f"v{day}", "file")
    faces.set_content(tx, one.id, f"photo{day}", b"JPEG")
    outbox.add_card(tx, person_id=one.id, kind=HandoutKind.FIRST)
    clicks.add(tx, one.id, "web")
    visits.add(tx, f"visitor{day}", one.code, compute_hour(tx.now))
    guesses.set(tx, 10_000 + day, tx.now, 1)
    link_revocations.add(tx, CHAT, f"https://t.me/+{day}")
    conversations.open(tx, one.id, "words", "line", {}, expires_at=tx.now + 1_000_000)
    web_keys.add(tx, f"hash{day}", WebKeyKind.SESSION, person_id=one.id, expires_at=tx.now + 1_000_000)
    team_invitations.add(tx, f"hash{day}", role=Role.STAFF, made_by_id=one.id, expires_at=tx.now + 1_000_000)
    flood_waits.set_ban(tx, Ban(scope=f"chat:{day}", until_at=tx.now + 1_000_000, wait_seconds=1))
    chat_joins.note_join(tx, CHAT, 20_000 + day)
    chat_joins.note_left(tx, CHAT, 20_000 + day)
    write_to(tx, one, day)
    hear_of(tx, one, day)
    marks.note(tx, [one.id], MarkKind.LEFT)
    wait_for_stay(tx, people, day)
    ask_a_friend(tx, people)
    tell_others(tx, one, day)
    complain(tx, one, day)
    if day % 7 == 0:
        send_to_all(tx, one, len(people))


def complain(tx: Tx, one: Person, day: int) -> None:
    """A ticket is opened, answered and closed."""
    ticket = tickets.add(tx, one.id, About.ASKED, due_at=tx.now, look_at=tx.now)
    said = ticket_words.add(tx, ticket.id, author_id=one.id, side=Side.MEMBER, said=Said(words="cold"))
    copy = CopyRow(chat_id=day + 1, message_id=day + 1, ticket_id=ticket.id, said_id=said.id)
    ticket_words.add_copy(tx, copy)
    tickets.save(tx, replace(ticket, state=TicketState.CLOSED, closed_at=tx.now, due_at=None, look_at=None))


def hear_of(tx: Tx, one: Person, day: int) -> None:
    """A till asks the same once more, under an id of its own; a member says that an order is theirs."""
    sale = sales.lock_order(tx, "A-1")
    if day == 0:
        conversions.add(tx, sale.id, compose_report("A-1", one.code, tx.now), actor_id=None)
    (told,) = conversions.list_of(tx, sale.id)
    api_keys.note_request(tx, f"request{day}", fingerprint="", conversion_id=told.id)
    order_claims.add(tx, f"B-{day}", one.id)


def wait_for_stay(tx: Tx, people: list[Person], day: int) -> None:
    """A friend has stayed for as long as a rule asks, and another rule begins to wait."""
    if day == 0:
        refer(tx, people[0], people[1])
    (friend,) = referrals.list_invitations(tx, people[0].id, limit=1, offset=0)
    awaited.drop_of(tx, friend.referral_id)
    awaited.add(tx, friend.referral_id, EventKind.STAYED, 1, due_at=tx.now)


def ask_a_friend(tx: Tx, people: list[Person]) -> None:
    """A friend is asked to show that they are a person, and does not answer."""
    (friend,) = referrals.list_invitations(tx, people[0].id, limit=1, offset=0)
    asked = Captcha(
        referral_id=friend.referral_id,
        kind="words",
        question="1+2",
        choices=("3",),
        answer=0,
        tries=3,
        expires_at=tx.now + 1,
    )
    captchas.set_question(tx, asked)


def tell_others(tx: Tx, one: Person, day: int) -> None:
    """Another system is told what happens."""
    if day == 0:
        webhooks.add(tx, url="https://till.example", kinds=["joined"], secret="s", allow_private=False)
    webhooks.owe(tx, HookEventKind.JOINED, person_id=one.id, data="{}")


def write_to(tx: Tx, one: Person, day: int) -> None:
    """An update comes in and is handled; a message is owed and sent."""
    (row,) = inbox.add_batch(tx, [(day, one.profile.telegram_id, b"{}")])
    inbox.close(tx, row.seq)
    outbox.add(tx, address=MemberAddress(one.id), kind="nudge", payload={}, key=f"nudge:{day}")
    owed = [notice.id for notice in outbox.list_owed(tx, after=NoticeId(0), limit=10)]
    outbox.settle(tx, owed, NoticeState.SENT)


def send_to_all(tx: Tx, author: Person, recipients: int) -> None:
    """One that is sent to all, and one that is never confirmed."""
    broadcasts.add(tx, author.id)
    sent = broadcasts.add(tx, author.id)
    broadcasts.fix_audience(tx, sent.id)
    cast.fill(tx, sent.id, limit=recipients)
    claimed = cast.claim(tx, sent.id, recipients)
    deliveries.settle(
        tx, [Outcome(broadcast_id=sent.id, person_id=each.person_id, state=DeliveryState.SENT) for each in claimed]
    )
    for each in claimed:
        broadcast_links.note_opened(tx, sent.id, each.person_id)
    broadcasts.set_state(tx, sent.id, BroadcastState.DONE, expected=list(BroadcastState))


def count_rows(tx: Tx) -> Counter[str]:
    """How many rows each table has."""
    ((*counts,),) = tx.rows(COUNTS)
    return Counter(dict(zip(metadata.tables, counts, strict=True)))


def count_figures(tx: Tx) -> tuple[object, ...]:
    """What /stats says of it, and how the broadcasts ended that were sent."""
    sent = tx.rows(select(broadcast.c.id).where(broadcast.c.finished_at.is_not(None)).order_by(broadcast.c.id))
    ends = [deliveries.count_by_state(tx, each) for (each,) in sent]
    return shares.count_all(tx), shares.count_by_way(tx), clicks.count_by_source(tx), ends


@pytest.mark.long
async def test_two_years_leave_nothing_but_history(sqlite_url: str, clock: Clock) -> None:
    """Each table whose rows end by time has as many after two years as after one, while every figure goes on counting."""
    sizes: list[Counter[str]] = []
    async with open_store(sqlite_url, clock=clock) as store:
        people = await store.write(add_members, 20)
        for day in range(DAYS):
            await store.write(live, people, day)
            sizes.append(await store.read(count_rows))
            clock.advance(DAY)
            await clean(store)
        for table in (name for name, keeping in KEPT.items() if keeping.ends is Ends.TIME):
            most = max(size[table] for size in sizes[: DAYS // 2 + 30])
            assert most, f"nothing ever lay in {table}: let a day leave something there"
            assert max(size[table] for size in sizes[DAYS // 2 + 30 :]) <= most, table
        ends = [{DeliveryState.SENT: 20}] * (1 + DAYS // 7)
        assert await store.read(count_figures) == (DAYS, {"card": DAYS}, {"web": DAYS}, ends)
        assert (await store.read(count_rows))["broadcast"] < len(ends) + 10


async def test_sums_count_like_the_rows_they_stand_for(store: Store, clock: Clock) -> None:
    """Before, between and after cleaning /stats says the same, on both engines; and so does an old broadcast."""
    people = await store.write(add_members, 5)
    for day in range(10):
        await store.write(live, people, day)
        clock.advance(DAY)
    before = await store.read(count_figures)
    rows = (await store.read(count_rows))["share"]
    clock.advance(85 * DAY)
    await clean(store, page=2)
    assert 0 < (await store.read(count_rows))["share"] < rows
    assert await store.read(count_figures) == before
    clock.advance(30 * DAY)
    await clean(store, page=2)
    after = await store.read(count_rows)
    assert (after["share"], after["click"], after["delivery"], after["card"]) == (0, 0, 0, 0)
    assert await store.read(count_figures) == before


async def test_friends_in_the_community_chat_are_remembered(store: Store, clock: Clock) -> None:
    """Who is inside, and who left less than a year ago, is no newcomer; who left before that may come as one."""
    for each in (1, 2):
        await store.write(chat_joins.note_join, CHAT, each)
    await store.write(chat_joins.note_left, CHAT, 1)
    clock.advance(364 * DAY)
    await clean(store)
    assert await store.read(chat_joins.find, CHAT, 1) is not None
    clock.advance(2 * DAY)
    await clean(store)
    assert await store.read(chat_joins.find, CHAT, 1) is None
    assert await store.read(chat_joins.find, CHAT, 2) is not None
