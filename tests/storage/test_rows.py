from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from storage import KeyReused, RowMissing, Store, Tx
from storage.broadcast import Action, Broadcast, News
from storage.campaign import CampaignState
from storage.contest import ContestId
from storage.conversion import SaleId
from storage.facts import EventId, EventKind, GrantId, GrantKind, GrantState, RedemptionId
from storage.pulse import AskCause, Asking, PulseCause
from storage.records import BroadcastId, BroadcastState, CampaignId, PersonId, ReferralId, Transfer, VersionId
from storage.review import Watch
from storage.tables import (
    askings,
    broadcasts,
    campaigns,
    contests,
    events,
    grants,
    inbox,
    ledgers,
    people,
    redemptions,
    referrals,
    sales,
    scores,
    watches,
)
from storage.tables.campaigns import CampaignRow
from tests.storage.cast import add_member, add_members, add_version
from tests.storage.clock import NOON, Clock

MISSING: list[tuple[Callable[[Tx], Any], str]] = [
    (partial(broadcasts.get, broadcast_id=BroadcastId(99)), "There is no broadcast 99."),
    (partial(campaigns.get, campaign_id=CampaignId(99)), "There is no campaign 99."),
    (partial(campaigns.get_content, version_id=VersionId(99)), "There is no campaign version 99."),
    (partial(campaigns.get_digest, version_id=VersionId(99)), "There is no campaign version 99."),
    (campaigns.get_first, "There is no campaign version yet."),
    (partial(contests.get, contest_id=ContestId(99)), "There is no contest 99."),
    (partial(events.get_by_key, kind=EventKind.GIVEN, key="99"), "Nothing given was noted as 99."),
    (partial(events.get_cause, event_id=EventId(99)), "There is no event 99."),
    (partial(events.get_id, kind=EventKind.QUALIFIED, key=ReferralId(99)), "Referral 99 was never qualified."),
    (partial(grants.get, grant_id=GrantId(99)), "There is no grant 99."),
    (partial(grants.lock, grant_id=GrantId(99)), "There is no grant 99."),
    (partial(ledgers.post_back, ledger_id=99), "There is no ledger line 99."),
    (partial(people.get, person_id=PersonId(99)), "There is no person 99."),
    (partial(redemptions.get, redemption_id=RedemptionId(99)), "There is no redemption 99."),
    (partial(redemptions.get_by_grant, grant_id=GrantId(99)), "There is no redemption of grant 99."),
    (partial(redemptions.lock, redemption_id=RedemptionId(99)), "There is no redemption 99."),
    (partial(referrals.get, referral_id=ReferralId(99)), "There is no referral 99."),
    (partial(sales.get, sale_id=SaleId(99)), "There is no sale 99."),
    (partial(sales.lock, sale_id=SaleId(99)), "There is no sale 99."),
    (partial(scores.lower_score, person_id=PersonId(99)), "There is no person 99."),
    (partial(scores.raise_score, person_id=PersonId(99)), "There is no person 99."),
    (partial(scores.lower_score, person_id=PersonId(99), on=(98,)), "Nobody stands on the board 98 there."),
]


async def test_whoever_asks_for_what_is_not_there_hears_what_it_was(store: Store) -> None:
    """By its number, so that a line of the log tells where to look."""
    for unit, words in MISSING:
        with pytest.raises(RowMissing) as refused:
            await store.write(unit)
        assert str(refused.value) == words


async def test_a_key_that_was_used_otherwise_is_named(store: Store) -> None:
    """Neither a transfer nor a payment is made under it once more, and of what is not there nothing is paid."""
    anna = await store.write(add_member, 1)
    account = await store.write(ledgers.open_account, anna.id)
    gift = Transfer(debit=ledgers.HOUSE_ACCOUNT, credit=account, amount=50, key="k1", reason="join", referral_id=None)
    await store.write(ledgers.post, gift)
    with pytest.raises(KeyReused) as refused:
        await store.write(ledgers.post, replace(gift, amount=51))
    assert str(refused.value) == "The key 'k1' belongs to another transfer."
    with pytest.raises(KeyReused) as refused:
        await store.write(ledgers.spend, anna.id, 5, key="k1", reason="item:bread")
    assert str(refused.value) == "The key 'k1' has been spent."
    assert await store.write(ledgers.spend, anna.id, 51, key="k2", reason="item:bread") is None
    assert await store.write(ledgers.spend, anna.id, 20, key="k2", reason="item:bread") is not None
    assert await store.read(ledgers.get_balance, anna.id) == 30
    line, _ = await store.read(ledgers.list_lines, anna.id, limit=2, offset=0)
    assert (line.amount, line.reason, line.posted_at) == (-20, "item:bread", NOON)


async def test_a_broadcast_keeps_each_of_its_values(store: Store, clock: Clock) -> None:
    """No two of them are alike here, and the broadcast beside it stays empty."""
    anna, ben = await store.write(add_members, 2)
    first, second = [await store.write(broadcasts.add, each.id) for each in (anna, ben)]
    expected = Broadcast(
        id=first.id,
        author_id=anna.id,
        state=BroadcastState.DRAFT,
        content=None,
        progress_message_id=None,
        audience_upto=None,
        filled_upto=first.filled_upto,
        created_at=NOON,
        started_at=None,
        finished_at=None,
    )
    assert first == expected
    clock.advance(1)
    await store.write(broadcasts.set_content, first.id, {"text": "Brot"})
    await store.write(broadcasts.set_progress_message, first.id, 77)
    await store.write(broadcasts.set_claimed_by, first.id, "run-1")
    await store.write(broadcasts.set_segment, first.id, "tier=gold")
    await store.write(broadcasts.set_plan, first.id, news=News.STORIES, timing={"at": 5}, paid=True)
    await store.write(broadcasts.set_started, first.id, due_at=NOON + 7, joined_upto=NOON - 3)
    await store.write(broadcasts.set_sample, first.id, 30)
    planned = replace(
        expected,
        content={"text": "Brot"},
        progress_message_id=77,
        claimed_by="run-1",
        segment="tier=gold",
        news=News.STORIES,
        timing={"at": 5},
        paid=True,
        started_at=clock.now,
        due_at=NOON + 7,
        joined_upto=NOON - 3,
        sample_percent=30,
        filled_upto=PersonId(0),
    )
    assert await store.read(broadcasts.get, first.id) == planned
    assert await store.read(broadcasts.get, second.id) == second
    assert [each.id for each in await store.read(broadcasts.list_started, claimed_by="run-1")] == [first.id]
    assert await store.read(broadcasts.list_started, claimed_by="run-2") == []


async def test_a_broadcast_ends_for_those_who_were_there(store: Store, clock: Clock) -> None:
    """It moves on from where it is expected alone, and whoever comes later is none of its audience."""
    anna, ben = await store.write(add_members, 2)
    first, second = [await store.write(broadcasts.add, each.id) for each in (anna, ben)]
    clock.advance(1)
    await store.write(broadcasts.fix_audience, first.id)
    began = clock.now
    await store.write(add_member, 3)
    clock.advance(1)
    await store.write(broadcasts.fix_audience, first.id)
    await store.write(broadcasts.set_due, first.id, NOON + 8)
    done, running, draft = BroadcastState.DONE, BroadcastState.RUNNING, BroadcastState.DRAFT
    moved = [await store.write(broadcasts.set_state, first.id, done, expected=[each]) for each in (running, draft)]
    assert moved == [False, True]
    assert await store.read(broadcasts.get, first.id) == replace(
        first, audience_upto=ben.id, started_at=began, due_at=NOON + 8, state=done, finished_at=clock.now
    )
    assert await store.read(broadcasts.get, second.id) == second


async def test_what_is_made_of_a_broadcast_is_found_by_it(store: Store, clock: Clock) -> None:
    """A week's has what it says and to whom, and runs at once; the newest is named first."""
    anna, ben = await store.write(add_members, 2)
    first = await store.write(broadcasts.add, anna.id)
    await store.write(broadcasts.set_content, first.id, {"text": "Brot"})
    await store.write(broadcasts.set_segment, first.id, "tier=gold")
    await store.write(broadcasts.set_plan, first.id, news=News.STORIES, timing={"at": 5}, paid=True)
    await store.write(broadcasts.set_sample, first.id, 30)
    clock.advance(1)
    edit = await store.write(broadcasts.add, ben.id, action=Action.EDIT, of_id=first.id)
    assert (edit.author_id, edit.action, edit.of_id) == (ben.id, Action.EDIT, first.id)
    again = await store.write(broadcasts.repeat, first.id)
    assert (again.content, again.segment, again.news, again.sample_percent, again.paid, again.author_id) == (
        *({"text": "Brot"}, "tier=gold", News.STORIES, 30, True),
        anna.id,
    )
    assert (again.state, again.of_id, again.started_at) == (BroadcastState.RUNNING, first.id, clock.now)
    assert [each.id for each in await store.read(broadcasts.list_of, first.id)] == [again.id, edit.id]
    assert [each.id for each in await store.read(broadcasts.list_of, first.id, limit=1)] == [again.id]


async def test_broadcasts_are_listed_by_when_they_went_out(store: Store, clock: Clock) -> None:
    """Those that run count as recent, edits never; what was never confirmed is forgotten."""
    anna = await store.write(add_member, 1)
    old, running, draft = [(await store.write(broadcasts.add, anna.id)).id for _ in range(3)]
    edit = (await store.write(broadcasts.add, anna.id, action=Action.EDIT, of_id=old)).id
    for each in (old, running, edit):
        await store.write(broadcasts.set_started, each, due_at=0, joined_upto=None)
    await store.write(broadcasts.set_state, old, BroadcastState.DONE, expected=[BroadcastState.DRAFT])
    assert await store.read(broadcasts.list_recent, since=NOON) == [old, running]
    assert await store.read(broadcasts.list_recent, since=NOON + 1) == [running]
    assert [each.id for each in await store.read(broadcasts.list_sent, limit=9)] == [running, old]
    assert [each.id for each in await store.read(broadcasts.list_sent, limit=1)] == [running]
    assert [await store.write(broadcasts.delete_unconfirmed, before=NOON + late) for late in (0, 1)] == [0, 1]
    assert await store.read(broadcasts.find, draft) is None


async def test_a_campaign_keeps_each_of_its_values(store: Store, clock: Clock) -> None:
    """The one beside it stays as it is, and what it ended at goes when it goes on."""
    version_id = await store.write(add_version)
    other = await store.write(campaigns.add, "autumn")
    assert await store.write(campaigns.add, "autumn") == other
    assert (other.version_id, other.digest, other.state) == (None, "", CampaignState.RUNNING)
    (first, _) = await store.read(campaigns.list_all)
    clock.advance(1)
    await store.write(campaigns.set_draft, first.id, "draft")
    await store.write(campaigns.set_file, first.id, "file")
    await store.write(campaigns.set_start, first.id, NOON + 5)
    await store.write(campaigns.set_end, first.id, NOON + 9, 700)
    await store.write(campaigns.set_state, first.id, CampaignState.ENDED)
    expected = CampaignRow(
        id=first.id,
        slug="welcome",
        state=CampaignState.ENDED,
        starts_at=NOON + 5,
        ends_at=NOON + 9,
        ended_at=clock.now,
        budget_points=700,
        draft="draft",
        file="file",
        version_id=version_id,
        digest="d",
    )
    assert await store.read(campaigns.get, first.id) == expected
    assert await store.read(campaigns.find_by_slug, "welcome") == expected
    assert await store.read(campaigns.list_all) == [expected, other]
    await store.write(campaigns.set_state, first.id, CampaignState.PAUSED)
    assert await store.read(campaigns.get, first.id) == replace(expected, state=CampaignState.PAUSED, ended_at=None)
    assert await store.read(campaigns.get_first) == (version_id, "d")


async def test_what_may_be_asked_of_somebody_is_kept(store: Store, clock: Clock) -> None:
    """Each value under its own name; who has waited longest is asked first, and nobody before their time."""
    anna, ben, cleo = await store.write(add_members, 3)
    assert await store.read(askings.get, anna.id) == Asking(person_id=anna.id)
    full = Asking(
        person_id=anna.id,
        pulse_due_at=NOON + 2,
        pulse_cause=PulseCause.PURCHASED,
        pulse_asked_at=NOON - 3,
        pulse_off=True,
        answer=4,
        displeased_at=NOON - 5,
        ask_due_at=NOON + 1,
        ask_cause=AskCause.TIER,
    )
    await store.write(askings.set_all, Asking(person_id=anna.id, answer=2))
    await store.write(askings.set_all, full)
    await store.write(askings.set_all, Asking(person_id=ben.id, pulse_due_at=NOON + 1, ask_due_at=NOON + 2))
    await store.write(askings.set_all, Asking(person_id=cleo.id, pulse_due_at=NOON + 3, ask_due_at=NOON + 3))
    assert await store.read(askings.get, anna.id) == full
    clock.now = NOON + 2
    for listed, ids in (
        (askings.list_due_pulses, [ben.id, anna.id]),
        (askings.list_due_asks, [anna.id, ben.id]),
    ):
        assert await store.read(listed, limit=9) == ids
        assert await store.read(listed, limit=1) == ids[:1]
    await store.write(askings.delete_of, anna.id)
    assert await store.read(askings.get, anna.id) == Asking(person_id=anna.id)
    assert (await store.read(askings.get, ben.id)).pulse_due_at == NOON + 1


async def test_what_is_usual_is_kept_beside_what_signals_said(store: Store, clock: Clock) -> None:
    """Both add up or are written over; who was heard of is asked from a moment on."""
    assert await store.read(watches.get) == Watch()
    for number in (1, 5):
        watch = Watch(looked_upto=number, settled_upto=number + 1, measured=f"m{number}", measured_at=number + 2)
        await store.write(watches.set_watch, watch)
        assert await store.read(watches.get) == watch
    await store.write(watches.count, ["ring", "pair"], right=2)
    await store.write(watches.count, ["ring"], wrong=1)
    assert await store.read(watches.list_counts) == {"ring": (2, 1), "pair": (2, 0)}
    for update_id, sender_id in ((1, 7), (2, 8), (3, 7), (4, 9)):
        await store.write(inbox.add_batch, [(update_id, sender_id, b"{}")])
        clock.advance(1)
    seen = {7: NOON + 2_000_000, 8: NOON + 1_000_000}
    assert await store.read(watches.list_last_seen, [7, 8], since=NOON) == seen
    assert await store.read(watches.list_last_seen, [7, 8], since=NOON + 1_000_001) == {7: seen[7]}
    assert await store.read(watches.list_last_seen, [], since=NOON) == {}


async def test_who_waits_is_counted_by_what_for(store: Store) -> None:
    """A coupon and a gift of one name are two things, and so are two names."""
    (anna,) = await store.write(add_members, 1)
    version = await store.write(add_version)
    for kind, what in (
        (GrantKind.COUPON, "oven"),
        (GrantKind.COUPON, "oven"),
        (GrantKind.GIFT, "oven"),
        (GrantKind.COUPON, "bread"),
    ):
        await store.write(wait_for, anna.id, version, kind, what)
    asked = (
        (GrantKind.COUPON, "oven"),
        (GrantKind.GIFT, "oven"),
        (GrantKind.COUPON, "bread"),
        (GrantKind.GIFT, "bread"),
    )
    assert [await store.read(grants.count_waiting, *each) for each in asked] == [2, 1, 1, 0]


def wait_for(tx: Tx, person_id: PersonId, version_id: VersionId, kind: GrantKind, what: str) -> None:
    """Have somebody wait for one more of it."""
    rule = f"{kind} {what} {grants.count_waiting(tx, kind, what)}"
    event_id = events.add_fact(tx, EventKind.CARDS_GIVEN, person_id, key=rule, version_id=version_id)
    assert event_id is not None
    state = GrantState.WAITING
    grants.add(tx, rule=rule, person_id=person_id, event_id=event_id, side=None, state=state, kind=kind, what=what)
