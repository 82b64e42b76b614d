from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from bot.core.campaigns.campaign import Campaign
from bot.core.links import Attribution
from bot.services.joining.joining import credit, qualify, start
from bot.services.joining.notices import FriendWaiting, RevokeReason, WelcomeWaiting
from bot.services.joining.revoking import revoke
from bot.services.notices import view_notices
from bot.services.rewards.granting import note_revoked
from bot.services.standing import list_invites
from storage import Store, Tx
from storage.checks import list_faults
from storage.records import NoticeId, OutboxRow, Person, PersonId, Profile, Referral, ReferralState
from storage.schema.referrals import ledger
from storage.tables import chat_joins, ledgers, outbox, people, referrals, scores
from tests.owed import find_member
from tests.services.conftest import CHAT
from tests.thinning import BOTH_ENGINES

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi", telegram_language="id")
MEI = Profile(telegram_id=103, first_name="Mei", telegram_language="zh-hans")
CODE = "Code000001"


def add_pair(tx: Tx, *, started: bool = True) -> tuple[Person, Person]:
    """Add Anna, a member, and Budi, who may have started the bot."""
    anna, budi = people.add(tx, ANNA, CODE), people.add(tx, BUDI, "Code000002")
    people.set_started(tx, anna.id)
    if started:
        people.set_started(tx, budi.id)
    return people.get(tx, anna.id), people.get(tx, budi.id)


async def pair(store: Store, *, started: bool = True) -> tuple[Person, Person]:
    """Anna and Budi."""
    return await store.write(lambda tx: add_pair(tx, started=started))


def credited(tx: Tx, people: tuple[Person, Person]) -> Referral | None:
    """Credit the first for the second."""
    return credit(tx, *people, source="chat")


def credit_two(tx: Tx) -> list[Referral | None]:
    """Anna is credited for Budi and for Mei."""
    anna, budi = add_pair(tx)
    mei = people.add(tx, MEI, "Code000003")
    people.set_started(tx, mei.id)
    return [credit(tx, anna, friend, source="chat") for friend in (budi, people.get(tx, mei.id))]


async def list_owed(store: Store) -> list[OutboxRow]:
    """All notices, in order."""
    return await store.read(outbox.list_owed, after=NoticeId(0), limit=100)


async def list_kinds(store: Store) -> list[tuple[PersonId | None, str, int | str]]:
    """Whom all notices are for, of which kind they are and which points they name."""
    return [(find_member(notice), notice.kind, notice.payload.get("points", 0)) for notice in await list_owed(store)]


async def list_balances(store: Store, *members: Person) -> list[int]:
    """The balance of each."""
    return [await store.read(ledgers.get_balance, member.id) for member in members]


async def test_a_friend_counts_at_once_where_nothing_more_is_asked(store: Store, campaign: Campaign) -> None:
    """Referral, both rewards, score and three notices; a second time nothing."""
    anna, budi = await pair(store)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    assert (referral.state, referral.source) == (ReferralState.QUALIFIED, "chat")
    assert await store.write(credited, (anna, budi)) is None
    assert await list_balances(store, anna, budi) == [campaign.inviter_points, campaign.invitee_points]
    assert await store.read(scores.find_rank, anna.id) == 1
    assert await list_kinds(store) == [
        (budi.id, "welcome_invited", campaign.invitee_points),
        (anna.id, "friend_joined", campaign.inviter_points),
        (None, "join_announced", 0),
    ]
    assert await store.write(qualify, referral.id) is None
    assert await list_faults(store) == []


async def test_nobody_is_credited_for_themselves(store: Store) -> None:
    """Not even where a caller did not look."""
    anna, _ = await pair(store)
    assert await store.write(credited, (anna, anna)) is None
    assert await list_owed(store) == []


async def test_a_friend_who_must_join_the_community_waits(store: Store, strict: Campaign) -> None:
    """Nothing is earned or announced yet; both are told what will be, and by whom."""
    anna, budi = await pair(store)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    assert referral.state is ReferralState.WAITING
    assert await list_balances(store, anna, budi) == [0, 0]
    assert await store.read(scores.find_rank, anna.id) is None
    assert await list_kinds(store) == [
        (budi.id, "welcome_waiting", strict.invitee_points),
        (anna.id, "friend_waiting", strict.inviter_points),
    ]
    told, _ = await list_owed(store)
    view = await store.read(
        view_notices, address=told.address, ids=[told.id], kinds={WelcomeWaiting.kind: WelcomeWaiting}
    )
    assert view.member is not None
    assert (view.member.name, view.names[anna.id]) == ("Budi", "Anna")
    invites = await store.read(list_invites, visitor=ANNA)
    assert (invites.total, invites.earned) == (1, 0)
    assert [(line.name, line.state) for line in invites.lines] == [("Budi", ReferralState.WAITING)]


@BOTH_ENGINES
async def test_a_waiting_friend_qualifies_once(store: Store, strict: Campaign) -> None:
    """However many tell at the same moment that the friend is in, both sides are rewarded and told once."""
    anna, budi = await pair(store)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    waiting = len(await list_owed(store))
    told = await asyncio.gather(*(store.write(qualify, referral.id) for _ in range(10)))
    assert [each.state for each in told if each] == [ReferralState.QUALIFIED]
    assert await list_balances(store, anna, budi) == [strict.inviter_points, strict.invitee_points]
    assert (await list_kinds(store))[waiting:] == [
        (budi.id, "qualified", strict.invitee_points),
        (anna.id, "friend_joined", strict.inviter_points),
        (None, "join_announced", 0),
    ]
    assert await list_faults(store) == []


async def test_what_was_taken_back_does_not_qualify(store: Store, strict: Campaign) -> None:
    """A revoked referral stays revoked."""
    anna, budi = await pair(store)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    await store.write(referrals.set_state, referral.id, ReferralState.REVOKED, expected=ReferralState.WAITING)
    assert await store.write(qualify, referral.id) is None
    assert await list_balances(store, anna, budi) == [0, 0]


async def test_who_is_in_the_community_already_need_not_wait(store: Store, strict: Campaign) -> None:
    """What was seen in the chat is looked up."""
    anna, budi = await pair(store)
    await store.write(chat_joins.note_join, CHAT, BUDI.telegram_id)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    assert referral.state is ReferralState.QUALIFIED
    assert "join_announced" in {kind for _, kind, _ in await list_kinds(store)}


async def test_callers_choose_how_both_are_told(store: Store) -> None:
    """A friend who is answered directly gets no notice; the inviter's may be of another kind."""
    anna, budi = await pair(store)
    await store.write(
        lambda tx: credit(
            tx,
            anna,
            budi,
            source="name",
            tell_invitee=False,
            inviter_notice=lambda referral: FriendWaiting(friend=referral.invitee_id, points=7),
        )
    )
    assert await list_kinds(store) == [(anna.id, "friend_waiting", 7), (None, "join_announced", 0)]


@pytest.mark.parametrize("payload", ["", CODE, "MeisCode01"])
async def test_who_was_credited_before_starting_is_greeted_as_invited(
    store: Store, campaign: Campaign, payload: str
) -> None:
    """They cannot be written to before; whatever link they open then, the first inviter stays and is named."""
    anna, budi = await pair(store, started=False)
    mei = await store.write(people.add, MEI, "MeisCode01")
    await store.write(people.set_started, mei.id)
    await store.write(credited, (anna, budi))
    assert budi.id not in {recipient for recipient, _, _ in await list_kinds(store)}
    arrival = await store.write(start, visitor=BUDI, payload=payload)
    assert (arrival.attribution, arrival.greeted_by_notice) == (Attribution.CREDITED, True)
    greeting = (await list_owed(store))[-1]
    assert (find_member(greeting), greeting.kind) == (budi.id, "welcome_invited")
    assert (greeting.payload["inviter"], greeting.payload["points"]) == (anna.id, campaign.invitee_points)
    assert await list_balances(store, anna, budi, mei) == [campaign.inviter_points, campaign.invitee_points, 0]


async def test_who_left_again_before_starting_is_greeted_as_anybody(store: Store) -> None:
    """A referral that was taken back neither greets nor makes room for another."""
    anna, budi = await pair(store, started=False)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    await store.write(referrals.set_state, referral.id, ReferralState.REVOKED, expected=ReferralState.QUALIFIED)
    arrival = await store.write(start, visitor=BUDI, payload=CODE)
    assert arrival.attribution is Attribution.UNINVITED
    assert (await list_owed(store))[-1].kind == "welcome"


async def test_a_newcomer_by_link_waits_likewise(store: Store, strict: Campaign) -> None:
    """/start follows the same rule, and greets with what is missing."""
    anna = await store.write(people.add, ANNA, CODE)
    await store.write(people.set_started, anna.id)
    arrival = await store.write(start, visitor=BUDI, payload=f"{CODE}-qr")
    assert (arrival.attribution, arrival.member.balance) == (Attribution.CREDITED, 0)
    assert [kind for _, kind, _ in await list_kinds(store)] == ["welcome_waiting", "friend_waiting"]


async def test_every_friend_is_told_of_and_greeted(store: Store) -> None:
    """Two friends of one inviter are two posts, two messages and two greetings."""
    await store.write(credit_two)
    kinds = Counter(kind for _, kind, _ in await list_kinds(store))
    assert kinds == {"friend_joined": 2, "welcome_invited": 2, "join_announced": 2}


async def test_every_friend_who_qualifies_and_leaves_is_told_of(store: Store, strict: Campaign) -> None:
    """Each that waits, each that counts and each that is taken back, to both sides."""
    for referral in await store.write(credit_two):
        assert referral is not None
        assert await store.write(qualify, referral.id) is not None
        await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    waited, counted = ("friend_waiting", "welcome_waiting"), ("friend_joined", "qualified", "join_announced")
    kinds = Counter(kind for _, kind, _ in await list_kinds(store))
    assert kinds == dict.fromkeys([*waited, *counted, "friend_revoked", "gift_revoked"], 2)


async def test_transfers_name_their_referral(store: Store) -> None:
    """Both of a credit, and both of its end: the books say what each was for."""
    anna, budi = await pair(store)
    referral = await store.write(credited, (anna, budi))
    assert referral is not None
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    rows = await store.read(lambda tx: tx.rows(select(ledger.c.referral_id, ledger.c.key)))
    assert [referral_id for referral_id, _ in rows] == [referral.id] * 4
    assert len({key for _, key in rows}) == 4
    assert await store.write(note_revoked, referral) == []
