from __future__ import annotations

import json
from base64 import b64decode
from itertools import chain

import pytest
from sqlalchemy import select

from bot.core.conversions.keys import compute_key_secret, compute_pepper
from bot.core.privacy import FATES, Fate
from bot.services.audit import list_acts
from bot.services.conversions.keys import make_own_key
from bot.services.conversions.reporting import report
from bot.services.joining.joining import credit
from bot.services.members import note_owners
from bot.services.privacy import collect, forget
from storage import Store, Tx
from storage.checks import list_faults
from storage.conversion import MemberKey
from storage.handout import HandoutKind
from storage.idea import IdeaState
from storage.pulse import AskCause, Asking, PulseCause
from storage.records import Ban, Person, PersonId, Profile, ReferralId, ShareWay
from storage.review import MarkKind, ReviewRow, ReviewState
from storage.role import Role
from storage.schema.everything import metadata
from storage.tables import (
    askings,
    audit,
    broadcast_links,
    broadcasts,
    buyers,
    cards,
    chat_joins,
    chat_links,
    clicks,
    command_menus,
    conversations,
    faces,
    flood_waits,
    guesses,
    honours,
    ideas,
    inbox,
    labels,
    link_revocations,
    lists,
    marks,
    order_claims,
    outbox,
    people,
    polls,
    pulses,
    referrals,
    reviews,
    roles,
    shares,
    team_invitations,
    testimonials,
    ticket_words,
    tickets,
    visits,
    web_keys,
)
from storage.ticket import About, CopyRow, Said, Side
from storage.web_key import WebKeyKind
from tests.services.test_conversions import compose_report

TOKEN, DAY = "0123456789abcdef", 86_400_000_000
CANARY, NUMBER = "Canary", 7_777_777_001
PROFILE = Profile(
    telegram_id=NUMBER, first_name=f"{CANARY}a", last_name=f"{CANARY}b", username=f"{CANARY}c", telegram_language="cn"
)


def live(tx: Tx) -> Person:
    """Somebody leaves traces in every table that can hold any."""
    friend = people.add(tx, Profile(telegram_id=5, first_name="Friend"), "Friend0001")
    person = people.add(tx, PROFILE, f"{CANARY}dddd")
    for each in (friend, person):
        people.set_started(tx, each.id)
    person = people.get(tx, person.id)
    credit(tx, people.get(tx, friend.id), person, source="qr")
    people.set_own_words(tx, person.id, f"{CANARY}e")
    people.set_spoken(tx, person.id, f"{CANARY}f".lower(), chosen=True)
    people.set_language(tx, person.id, "id")
    people.set_zone(tx, person.id, f"{CANARY}zone")
    people.set_news_off(tx, person.id, [f"{CANARY}news"])
    shares.add(tx, person.id, ShareWay.CARD, "rye")
    faces.set_content(tx, person.id, f"{CANARY}photo", f"{CANARY}jpeg".encode())
    people.set_face(tx, person.id, f"{CANARY}photo")
    cards.set_file_id(tx, person.id, f"{CANARY}version", f"{CANARY}file")
    outbox.add_card(tx, person_id=person.id, kind=HandoutKind.VAULT, version=f"{CANARY}version", story=f"{CANARY}story")
    clicks.add(tx, person.id, "web")
    visits.add(tx, "visitor", person.code, 1)
    guesses.set(tx, NUMBER, tx.now, 2)
    conversations.open(tx, person.id, "words", "text", {"text": f"{CANARY}g"}, expires_at=tx.now + 1)
    chat_links.add(tx, person.id, -100, f"https://t.me/+{CANARY}")
    chat_joins.note_join(tx, -100, NUMBER)
    flood_waits.set_ban(tx, Ban(scope=f"chat:{NUMBER}", until_at=tx.now + 1, wait_seconds=1))
    roles.set(tx, NUMBER, Role.STAFF)
    command_menus.set(tx, NUMBER, "digest")
    web_keys.add(tx, TOKEN, WebKeyKind.SESSION, person_id=person.id, expires_at=tx.now + DAY)
    team_invitations.add(tx, TOKEN, role=Role.STAFF, made_by_id=person.id, expires_at=tx.now + DAY)
    honours.set_tier(tx, person.id, f"{CANARY}tier", None)
    buyers.tie_customer(tx, f"{CANARY}h", person.id)
    order_claims.add(tx, f"{CANARY}order", person.id)
    broadcast_links.note_opened(tx, broadcasts.add(tx, person.id).id, person.id)
    for order, key, member in (
        ("A-1", MemberKey.EXTERNAL_ID, f"{CANARY}h"),
        ("A-2", MemberKey.TELEGRAM_ID, str(NUMBER)),
    ):
        report(tx, compose_report(order, member, tx.now, member_key=key))
    ask_somebody(tx, person)
    labels.add(tx, person.id, f"{CANARY}label")
    take_part(tx, person)
    lists.add(tx, f"{CANARY}list", [person.id])
    marks.note(tx, [person.id], MarkKind.LEFT)
    referral = referrals.find_by_invitee(tx, person.id)
    assert referral is not None
    reviews.add(tx, referral.id, ReviewState.OPEN, risk=70, evidence=(), counted=False, due_at=tx.now)
    reviews.decide(tx, find_review(tx, referral.id), ReviewState.REFUSED)
    reviews.set_appeal(tx, referral.id, by=person.id, text=f"{CANARY}appeal")
    audit.add(tx, actor_id=person.id, act="role", subject="", person_id=person.id, before="member", after="staff")
    (first, *_) = inbox.add_batch(tx, [(1, NUMBER, CANARY.encode()), (2, NUMBER, CANARY.encode())])
    inbox.close(tx, first.seq)
    return person


def take_part(tx: Tx, person: Person) -> None:
    """Somebody says how it was, says something for all to read, chooses, and has an idea, which is done."""
    testimonials.set_words(tx, person.id, words=f"{CANARY}words", name=f"{CANARY}a")
    polls.set_vote(tx, polls.add(tx, {"en": "?"}, [{"en": "a"}, {"en": "b"}]), person.id, 1)
    pulses.set_words(tx, pulses.add(tx, person.id, PulseCause.JOINED, f"{CANARY}way"), f"{CANARY}pulse")
    askings.set_all(tx, Asking(person_id=person.id, pulse_cause=PulseCause.JOINED, ask_cause=AskCause.PULSE))
    idea = ideas.add(tx, person.id, text=f"{CANARY}idea", photo=f"{CANARY}picture")
    ideas.set_answer(tx, idea, IdeaState.ADOPTED, answer=f"for {CANARY}", before=list(IdeaState))


def ask_somebody(tx: Tx, person: Person) -> None:
    """A ticket with words in it, and a message of the bot that stands for them; one of another's answered."""
    said = Said(words=f"{CANARY}words", chat_id=NUMBER, message_id=NUMBER)
    for asks in (person.id, PersonId(1)):
        ticket = tickets.add(tx, asks, About.ASKED, due_at=tx.now + DAY, look_at=tx.now + DAY)
        side = Side.MEMBER if asks == person.id else Side.STAFF
        row = ticket_words.add(
            tx, ticket.id, author_id=person.id, side=side, said=said if asks == person.id else Said()
        )
        copy = CopyRow(chat_id=NUMBER, message_id=NUMBER + asks, ticket_id=ticket.id, said_id=row.id)
        ticket_words.add_copy(tx, copy)
    ticket_words.set_signs(tx, person.id, signs=True)


def find_review(tx: Tx, referral_id: ReferralId) -> ReviewRow:
    """What is noted of a friend who is looked at."""
    row = reviews.find(tx, referral_id)
    assert row is not None
    return row


def dump(tx: Tx) -> str:
    """Every value of every row."""
    tables = metadata.tables.values()
    return "\n".join(repr(row) for row in chain.from_iterable(tx.rows(select(table)) for table in tables))


async def test_everything_of_a_person_is_told_and_then_gone(store: Store) -> None:
    """Wherever a trace was, it is in the file before, and nowhere in the database after; the books balance."""
    person = await store.write(live)
    data = await store.write(collect, visitor=PROFILE)
    told = {f"{table}.{name}" for table, rows in data.rows.items() for row in rows for name in row}
    assert {name for name, fate in FATES.items() if fate is Fate.GOES} - told <= UNTOLD
    assert "Friend" not in json.dumps(data.rows)
    assert await store.write(forget, telegram_id=NUMBER, by_letter=True)
    assert await store.read(link_revocations.list_owed, 9) == [(-100, f"https://t.me/+{CANARY}")]
    await store.write(link_revocations.delete_link, f"https://t.me/+{CANARY}")
    after = await store.read(dump)
    for trace in (CANARY, CANARY.lower(), str(NUMBER)):
        assert trace not in after
    assert await list_faults(store) == []
    assert await store.read(shares.count_by_way) == {"card": 1}
    assert await store.read(clicks.count_by_source) == {"web": 1}
    assert not (await store.read(people.get, person.id)).is_member
    assert not await store.write(forget, telegram_id=NUMBER)


UNTOLD = {
    "flood_wait.scope", "inbox.error", "link_revocation.link", "outbox.error", "profile.search_first_name", "profile.search_name",
    "profile.search_username", "visit.code", "visit.visitor",
}  # fmt: skip
"""What goes without being told: it repeats something else, is owed from then on alone, or says no more than that nothing was wrong."""


async def test_what_is_no_text_is_told_in_base64(store: Store) -> None:
    """A picture comes out of the file as it went in."""
    person, jpeg = await store.write(live), b"\xff\xd8\xff\xe0 a face"
    await store.write(faces.set_content, person.id, "photo", jpeg)
    data = await store.write(collect, visitor=PROFILE)
    told = {row["photo_id"]: str(row["content"]) for row in data.rows["face"]}
    assert told[f"{CANARY}photo"] == f"{CANARY}jpeg"
    assert b64decode(told["photo"]) == jpeg


async def test_a_friend_goes_on_seeing_that_somebody_came(store: Store) -> None:
    """The referral and its points stay as they were, without a name."""
    person = await store.write(live)
    referral = await store.read(referrals.find_by_invitee, person.id)
    assert referral is not None
    await store.write(forget, telegram_id=NUMBER)
    (line,) = await store.read(referrals.list_invitations, referral.inviter_id, limit=9, offset=0)
    assert (line.name, line.state) == ("", referral.state)
    assert line.earned > 0


async def test_what_was_done_in_the_shop_stays_without_a_name(store: Store) -> None:
    """The record says what somebody did and to whom, and no longer who they were; nobody comes by their links any more."""
    await store.write(live)
    (line, *_) = await store.read(list_acts, most=9)
    assert line.actor == line.subject == "Canarya Canaryb"
    await store.write(forget, telegram_id=NUMBER)
    (line, *_) = await store.read(list_acts, most=9)
    assert (line.actor, line.subject, line.by_command) == ("", "", False)
    assert (line.before, line.after) == ("member", "staff")
    assert await store.read(team_invitations.find, TOKEN) is None
    assert await store.read(web_keys.find, TOKEN, WebKeyKind.SESSION) is None


async def test_who_comes_back_is_new_and_nobody_is_rewarded_twice(store: Store) -> None:
    """Another row, another code, no friends; the friend who brought them gets nothing for bringing them once more."""
    person = await store.write(live)
    await store.write(forget, telegram_id=NUMBER)
    again = await store.write(people.add, PROFILE, "Again00001")
    assert again.id != person.id
    assert not again.is_member
    friend = await store.read(people.find_by_code, "Friend0001")
    assert friend is not None
    assert await store.write(credit, friend, again, source="qr") is None


@pytest.mark.parametrize("by_letter", [False, True])
async def test_what_was_sent_after_asking_is_still_handled(store: Store, *, by_letter: bool) -> None:
    """An update that waits is answered, as a newcomer's; where somebody asks by letter, nothing is left to wait."""
    await store.write(live)
    await store.write(forget, telegram_id=NUMBER, by_letter=by_letter)
    assert await store.read(inbox.count_open) == (0 if by_letter else 1)


async def test_a_stranger_can_be_forgotten_too(store: Store) -> None:
    """Somebody of whom only the number is known, from the community chat or from guessing."""
    await store.write(guesses.set, NUMBER, 1, 2)
    await store.write(chat_joins.note_join, -100, NUMBER)
    assert not await store.write(forget, telegram_id=NUMBER, by_letter=True)
    assert str(NUMBER) not in await store.read(dump)


async def test_a_key_and_its_secret_are_told_once_and_are_nowhere_after(store: Store) -> None:
    """Neither in any row nor in what its maker is told of themselves; nor is the hash there, which is the shop's."""
    await store.write(live)
    await store.write(note_owners, telegram_ids=[NUMBER])
    view = await store.write(make_own_key, visitor=PROFILE, name="till")
    assert view.made is not None
    secret = compute_key_secret(compute_pepper("123:token"), view.made.key_hash)
    kept, told = await store.read(dump), json.dumps((await store.write(collect, visitor=PROFILE)).rows)
    assert view.made.key_hash in kept
    for hidden in (view.made.key, secret, secret.removeprefix("whsec_")):
        assert hidden not in kept
        assert hidden not in told
    assert view.made.key_hash not in told
