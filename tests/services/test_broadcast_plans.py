from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.core.broadcasts.timing import Timing, When
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.news import NewsRules
from bot.services.audit import Act
from bot.services.broadcasts.authoring import BroadcastView, cancel, compose_view, confirm
from bot.services.broadcasts.delivering import Step, begin, proceed
from bot.services.broadcasts.echoing import ask_edit, draft_edit, send_again, take_back
from bot.services.broadcasts.planning import plan_on
from bot.services.broadcasts.scheduling import answer, ask, choose, go_back, view_when
from bot.services.news import set_wanted, set_zone, view_news
from storage import Store, Tx
from storage.broadcast import Action, News, Outcome, Page, Skip, Window
from storage.records import BroadcastId, BroadcastState, DeliveryState, NoticeId, PersonId, Profile
from storage.role import Role
from storage.tables import askings, broadcasts, conversations, deliveries, outbox, people, roles
from tests.owed import list_said
from tests.storage.clock import NOON, Clock
from tests.written import list_written

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
HOUR, DAY = 3600, 24 * 3600
SENT, SKIPPED, QUEUED = DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.QUEUED


@pytest.fixture
def campaign(campaign: Campaign) -> Campaign:
    """A shop that promises quiet nights and two messages a week."""
    return replace(campaign, news=NewsRules(quiet="21-9", per_week=2))


@pytest.fixture
def clock() -> Clock:
    """Shortly after nine in London in winter, on a Thursday."""
    return Clock(NOON + 600_000_000)


def move_in(tx: Tx, *languages: str) -> list[PersonId]:
    """A member for each of these languages; by them it is known where they are."""
    found = []
    for number, language in enumerate(languages, start=100):
        profile = Profile(telegram_id=number, first_name=f"P{number}", telegram_language=language)
        found.append(people.add(tx, profile, f"Code{number:06}").id)
        people.set_started(tx, found[-1])
    return found


def write_draft(tx: Tx) -> BroadcastId:
    """A message of Sari's, waiting for her tap."""
    roles.set(tx, SARI.telegram_id, Role.MANAGER)
    author = people.add(tx, SARI, "Code000900")
    draft = broadcasts.add(tx, author.id)
    broadcasts.set_content(tx, draft.id, {"text": "Fresh bread"})
    return draft.id


async def start(
    store: Store, timing: Timing | None = None, news: News | None = None, segment: str | None = None
) -> BroadcastId:
    """A confirmed broadcast, to everybody but its author, or to a segment of them."""
    of = await store.write(write_draft)
    await store.write(broadcasts.set_segment, of, segment)
    await store.write(partial(choose, visitor=SARI, broadcast_id=of, timing=timing, news=news))
    view = await store.write(confirm, visitor=SARI, broadcast_id=of, progress_message_id=5)
    assert view is not None
    await store.write(people.set_blocked, view.member.id, True)
    return of


async def count_sated(store: Store, segment: str | None = None) -> int:
    """How many would be left out of one more since they have had enough."""
    draft = await store.write(write_draft)
    await store.write(broadcasts.set_segment, draft, segment)
    seen = await store.write(view_when, visitor=SARI, broadcast_id=draft)
    assert seen is not None
    assert seen.plan is not None
    return seen.plan.skipped[Skip.WEEKLY]


async def send(store: Store, limit: int = 10, state: DeliveryState = SENT) -> tuple[list[int], Step]:
    """Everything that is due now, sent; the people it went to, by broadcast and in order."""
    step = await store.write(proceed, limit=limit)
    outcomes = [
        Outcome(broadcast_id=each.broadcast_id, person_id=each.person_id, state=state, message_id=each.person_id)
        for claim in step.claims
        for each in claim.recipients
    ]
    await store.write(proceed, outcomes=outcomes, limit=0)
    return [each.person_id for each in outcomes], step


async def see(store: Store, of: BroadcastId) -> BroadcastView:
    """A broadcast as its author sees it."""

    def view(tx: Tx) -> BroadcastView:
        found = broadcasts.get(tx, of)
        return compose_view(tx, people.get(tx, found.author_id), found)

    return await store.read(view)


async def test_nobody_is_woken(store: Store, clock: Clock) -> None:
    """At nine in London it is four in the afternoon in Jakarta, and two in the morning in Mexico, where it arrives at nine."""
    anna, budi, maria = await store.write(move_in, "en-gb", "id", "es-mx")
    of = await start(store)
    got, step = await send(store)
    assert got == [anna, budi]
    assert step.finished == []
    assert step.compute_wait() == pytest.approx(6 * HOUR - 200)  # it is 3:03:20 there
    clock.advance(5 * HOUR)
    assert (await send(store))[0] == []
    clock.advance(HOUR)
    assert (await send(store))[0] == [maria]
    assert (await send(store))[1].finished == [of]


async def test_whoever_could_not_be_reached_in_time_gets_it_the_next_day(store: Store, clock: Clock) -> None:
    """A broadcast that is paused over the evening wakes nobody when it goes on."""
    (budi,) = await store.write(move_in, "id")
    of = await start(store)
    await store.write(proceed, limit=0)
    step = await store.write(proceed, limit=1)
    returned = [each for claim in step.claims for each in claim.recipients]
    await store.write(proceed, returned=returned, limit=0)
    clock.advance(8 * HOUR)  # midnight in Jakarta
    assert (await send(store))[0] == []
    clock.advance(10 * HOUR)
    assert (await send(store))[0] == [budi]
    assert (await see(store, of)).counts == {SENT: 1}


async def test_whoever_is_planned_anew_is_so_where_they_said_they_are(store: Store, clock: Clock) -> None:
    """Not where their language is spoken: nine in the morning in Mexico is the evening in Jakarta."""
    (budi,) = await store.write(move_in, "id")
    there = Profile(telegram_id=100, first_name="P100", telegram_language="id")
    await store.write(set_zone, visitor=there, zone="America/Mexico_City")
    await start(store)
    assert (await send(store))[0] == []
    clock.advance(6 * HOUR)
    step = await store.write(proceed, limit=1)
    returned = [each for claim in step.claims for each in claim.recipients]
    assert [each.person_id for each in returned] == [budi]
    await store.write(proceed, returned=returned, limit=0)
    clock.advance(12 * HOUR + HOUR // 2)  # past nine in the evening there
    got, step = await send(store)
    assert got == []
    assert step.compute_wait() == pytest.approx(11 * HOUR + HOUR // 2, abs=HOUR // 2)
    clock.advance(12 * HOUR)
    assert (await send(store))[0] == [budi]


async def test_before_it_is_sent_it_is_said_who_is_left_out_and_who_waits(store: Store) -> None:
    """By their own wish, by what they have had this week, and by the hour; then it is as it was said."""
    anna, _, maria = await store.write(move_in, "en-gb", "id", "es-mx")
    await store.write(set_wanted, visitor=Profile(telegram_id=100, first_name="P100"), kind=News.OFFERS, wanted=False)
    draft = await store.write(write_draft)
    seen = await store.write(view_when, visitor=SARI, broadcast_id=draft)
    assert seen is not None
    assert seen.plan is not None
    assert (seen.plan.skipped[Skip.NEWS], seen.plan.skipped[Skip.WEEKLY], seen.plan.held) == (1, 0, 1)
    of = await start(store)
    got, _ = await send(store)
    assert anna not in got
    assert maria not in got
    view = await see(store, of)
    assert (view.counts[SKIPPED], view.skipped) == (1, {Skip.NEWS: 1})
    other = await start(store, news=News.RESULTS)
    assert anna in (await send(store))[0]
    assert SKIPPED not in (await see(store, other)).counts


async def test_of_whom_is_meant_it_is_said_who_is_left_out(store: Store) -> None:
    """One for each reason, and one who waits; as many of those who are not meant are not counted."""
    await store.write(move_in, *["en-gb", "id"] * 5)
    english, other = [Profile(telegram_id=0, first_name="P", telegram_language=each) for each in ("en-gb", "id")]
    for number, each in ((100, english), (101, other)):
        declining = replace(each, telegram_id=number)
        await store.write(set_wanted, visitor=declining, kind=News.OFFERS, wanted=False)
    for number, each in ((102, english), (103, other)):
        await store.write(set_zone, visitor=replace(each, telegram_id=number), zone="America/Mexico_City")

    def displease(tx: Tx) -> None:
        for each in (104, 105):
            person = people.find_by_telegram_id(tx, each)
            assert person is not None
            askings.set_all(tx, replace(askings.get(tx, person.id), displeased_at=tx.now))

    await store.write(displease)
    draft = await store.write(write_draft)
    for segment, of_each in (("language:en", 1), (None, 2)):
        await store.write(broadcasts.set_segment, draft, segment)
        seen = await store.write(view_when, visitor=SARI, broadcast_id=draft)
        assert seen is not None
        assert seen.plan is not None
        assert seen.plan.skipped == {Skip.NEWS: of_each, Skip.WEEKLY: 0, Skip.DISPLEASED: of_each}, segment
        assert seen.plan.held == of_each
    for _ in range(2):
        await start(store)
    await send(store, 99)
    all_of_them = await count_sated(store)
    assert (all_of_them, await count_sated(store, "language:en")) == (6, 3)


async def test_nobody_gets_more_in_a_week_than_the_shop_promised(store: Store, clock: Clock) -> None:
    """What waits for a member counts too; after a week they get the next."""
    await store.write(move_in, "id")
    for _ in range(2):
        await start(store)
    assert len((await send(store))[0]) == 2
    third = await start(store)
    assert (await send(store))[0] == []
    assert (await see(store, third)).skipped == {Skip.WEEKLY: 1}
    assert await count_sated(store) == 1
    clock.advance(7 * DAY)
    assert await count_sated(store) == 1
    clock.advance(1)
    assert await count_sated(store) == 0
    await start(store)
    assert len((await send(store))[0]) == 1


async def test_whoever_is_at_a_place_that_was_not_told_apart_is_decided_for_as_they_are_claimed(
    store: Store, clock: Clock
) -> None:
    """Of a page with more places than a statement has room for; at the same hour as everybody else there."""
    anna, budi, maria = await store.write(move_in, "en-gb", "id", "es-mx")
    of = await start(store)

    def plan(tx: Tx) -> None:
        broadcasts.fix_audience(tx, of)
        found = broadcasts.get(tx, of)
        assert found.audience_upto is not None
        deliveries.queue_page(tx, found, Page(upto=found.audience_upto, windows={(None, "id"): Window(0, 2**62)}))

    await store.write(plan)
    assert set((await send(store))[0]) == {anna, budi}
    clock.advance(6 * HOUR)
    assert (await send(store))[0] == [maria]


async def test_some_of_all_are_planned_beside_the_sender(store: Store) -> None:
    """Page after page, whoever is meant; the sender waits for them a moment, and finishes after the last."""
    anna, _, carl = await store.write(move_in, "en-gb", "id", "en-gb")
    of = await start(store, segment="language:en")
    got, step = await send(store)
    assert (got, step.ahead, step.more, step.finished) == ([], [of], set(), [])
    assert step.compute_wait() == pytest.approx(0.1)
    assert await store.write(plan_on, broadcast_id=of, limit=2) == 1
    assert (await send(store))[0] == [anna]
    assert await store.write(plan_on, broadcast_id=of, limit=2) == 1
    assert await store.write(plan_on, broadcast_id=of, limit=2) is None
    assert (await send(store))[0] == [carl]
    assert (await send(store))[1].finished == [of]
    assert await store.write(plan_on, broadcast_id=of, limit=2) is None


async def test_news_that_waits_is_not_sent_to_whoever_declines_it(store: Store, clock: Clock) -> None:
    """And somebody who moves gets it at a good hour of where they are now."""
    maria, luis = await store.write(move_in, "es-mx", "es-mx")
    of = await start(store)
    assert (await send(store))[0] == []
    await store.write(set_wanted, visitor=Profile(telegram_id=100, first_name="P100"), kind=News.OFFERS, wanted=False)
    moved = await store.write(set_zone, visitor=Profile(telegram_id=101, first_name="P101"), zone="Asia/Jakarta")
    assert (moved.zone, moved.is_chosen) == ("Asia/Jakarta", True)
    assert (await send(store))[0] == [luis]
    clock.advance(DAY)
    assert (await send(store))[0] == []
    assert (await see(store, of)).counts == {SENT: 1, SKIPPED: 1}
    assert maria != luis


async def test_a_time_of_the_shops_is_waited_for(store: Store, clock: Clock) -> None:
    """Nobody is looked for before; whoever joins until then is among its audience."""
    of = await start(store, Timing(when=When.AT, at=clock.now + 2 * HOUR * 1_000_000))
    got, step = await send(store)
    assert (got, step.compute_wait()) == ([], 2 * HOUR)
    (budi,) = await store.write(move_in, "id")
    clock.advance(2 * HOUR)
    assert (await send(store))[0] == [budi]
    assert (await see(store, of)).total == 1


async def test_every_week_brings_a_broadcast_of_its_own(store: Store, clock: Clock) -> None:
    """On its day, until it is cancelled, and then what was begun of it ends too."""
    (budi,) = await store.write(move_in, "id")
    of = await start(store, Timing(when=When.WEEKLY, weekday=4, minute=10 * 60))  # tomorrow, a Friday
    assert (await send(store))[0] == []
    due_at = (await store.read(broadcasts.get, of)).due_at
    before = clock.now
    clock.advance((due_at - clock.now) // 1_000_000 - 1)
    assert (await send(store))[1].compute_wait() == 1
    assert await store.read(broadcasts.list_of, of) == []
    clock.advance(1)
    assert (await send(store))[1].compute_wait() == 0
    assert len(await store.read(broadcasts.list_of, of)) == 1
    assert (await store.read(broadcasts.get, of)).due_at == due_at + 7 * DAY * 1_000_000
    clock.advance(7 * DAY - (clock.now - before) // 1_000_000)
    assert (await send(store))[0] == [budi]
    for _ in range(2):
        clock.advance(DAY + HOUR + HOUR // 2)
        assert (await send(store))[0] == []  # it begins
        assert (await send(store))[0] == [budi]
        assert (await send(store))[0] == []
        clock.advance(6 * DAY - HOUR - HOUR // 2)
    weeks = await store.read(broadcasts.list_of, of)
    assert [each.state for each in weeks] == [BroadcastState.DONE] * 3
    assert (await see(store, of)).week is not None
    await store.write(cancel, visitor=SARI, broadcast_id=of)
    clock.advance(14 * DAY)
    assert (await send(store))[0] == []


async def test_drip_reaches_each_member_once_so_long_after_joining(store: Store, clock: Clock) -> None:
    """Who joined long before it began is past it; who joins later has it coming."""
    await store.write(move_in, "id")
    clock.advance(4 * DAY)
    of = await start(store, Timing(when=When.DRIP, days=3))
    assert (await send(store))[0] == []

    def join(tx: Tx) -> PersonId:
        late = people.add(tx, Profile(telegram_id=500, first_name="L", telegram_language="id"), "Code000500")
        people.set_started(tx, late.id)
        return late.id

    late = await store.write(join)
    clock.advance(3 * DAY - HOUR)
    for _ in range(2):
        clock.advance(60)
        assert (await send(store))[0] == []
        due_at = (await store.read(broadcasts.get, of)).due_at
        assert due_at == clock.now + 60 * 1_000_000, "then somebody is looked for again, to the second"
    clock.advance(2 * HOUR)
    assert (await send(store, limit=1))[0] == [late]
    assert (await store.read(broadcasts.get, of)).due_at == due_at, "there may be more of them"
    step = (await send(store))[1]
    assert step.compute_wait() == 60
    assert (await store.read(broadcasts.get, of)).due_at == clock.now + 60 * 1_000_000
    clock.advance(DAY)
    assert (await send(store))[0] == []
    assert (await see(store, of)).broadcast.state is BroadcastState.RUNNING


async def test_an_edit_reaches_whoever_has_the_message_and_nobody_else(store: Store) -> None:
    """Also whoever is being written to at that moment; whoever has not got it yet gets the new form."""
    anna, budi, carl = await store.write(move_in, "id", "id", "id")
    of = await start(store)
    (first,) = (await store.write(proceed, limit=2)).claims
    sent = Outcome(broadcast_id=of, person_id=anna, state=SENT, message_id=71, more_ids=(72,))
    await store.write(proceed, outcomes=[sent], limit=0)
    await store.write(ask_edit, visitor=SARI, broadcast_id=of)
    view = await store.write(draft_edit, visitor=SARI, broadcast_id=of, content={"text": "Warm bread"})
    assert view is not None
    assert (view.broadcast.action, view.total) == (Action.EDIT, 2)
    echo = view.broadcast.id
    await store.write(confirm, visitor=SARI, broadcast_id=echo, progress_message_id=6)
    claims = {claim.broadcast.id: claim for claim in (await store.write(proceed, limit=9)).claims}
    assert claims[of].broadcast.content == {"text": "Warm bread"}
    assert carl in {each.person_id for each in claims[of].recipients}
    assert [(each.person_id, each.message_id, each.more_ids) for each in claims[echo].recipients] == [(anna, 71, (72,))]
    assert len(first.recipients) == 2
    assert budi not in {each.person_id for each in claims[echo].recipients}
    await store.write(proceed, outcomes=[replace(sent, person_id=budi, message_id=81, more_ids=())], limit=0)


async def test_an_edit_of_what_was_on_its_way_waits_for_it(store: Store, clock: Clock) -> None:
    """As long as nobody knows its number; if it never arrives, there is nothing to edit."""
    anna, budi = await store.write(move_in, "id", "id")
    of = await start(store)
    await store.write(proceed, limit=9)
    await store.write(ask_edit, visitor=SARI, broadcast_id=of)
    view = await store.write(draft_edit, visitor=SARI, broadcast_id=of, content={"text": "Warm bread"})
    assert view is not None
    echo = view.broadcast.id
    await store.write(confirm, visitor=SARI, broadcast_id=echo, progress_message_id=6)
    step = await store.write(proceed, limit=9)
    assert (step.claims, step.compute_wait()) == ([], 1)
    outcomes = [
        Outcome(broadcast_id=of, person_id=anna, state=SENT, message_id=71),
        Outcome(broadcast_id=of, person_id=budi, state=DeliveryState.BLOCKED),
    ]
    await store.write(proceed, outcomes=outcomes, limit=0)
    assert (await store.write(proceed, limit=9)).claims == []
    clock.advance(1)
    (claim,) = (await store.write(proceed, limit=9)).claims
    assert [each.message_id for each in claim.recipients] == [71]
    assert (await see(store, echo)).skipped == {Skip.GONE: 1}


async def test_what_a_killed_process_was_editing_is_edited_again(store: Store) -> None:
    """Done twice, it is the same: nobody is in doubt."""
    await store.write(move_in, "id")
    of = await start(store)
    await send(store)
    view = await store.write(take_back, visitor=SARI, broadcast_id=of, progress_message_id=7)
    assert view is not None
    await store.write(proceed, limit=9)
    await store.write(begin)
    assert (await see(store, view.broadcast.id)).counts == {QUEUED: 1}


async def test_taking_back_ends_the_sending_and_leaves_what_is_too_old(store: Store, clock: Clock) -> None:
    """Telegram takes nothing back after 48 hours; a second tap takes nothing back twice."""
    await store.write(move_in, "id", "id", "id")
    of = await start(store)
    await send(store, limit=1)
    clock.advance(49 * HOUR - 7 * HOUR)
    await send(store, limit=1)
    clock.advance(7 * HOUR)
    views = [
        await store.write(take_back, visitor=SARI, broadcast_id=of, progress_message_id=number) for number in (7, 8)
    ]
    assert views[0] is not None
    assert views[1] is not None
    assert views[0].broadcast.id == views[1].broadcast.id
    assert (await see(store, of)).broadcast.state is BroadcastState.CANCELLED
    assert len((await send(store))[0]) == 1
    assert (await see(store, views[0].broadcast.id)).skipped == {Skip.OLD: 1}
    sari = views[0].member.id
    assert await store.read(list_written, Act.BROADCAST) == [
        (Act.BROADCAST, sari, str(of), None, "draft", "running"),
        (Act.BROADCAST, sari, str(of), None, "running", "deleted"),
    ]


async def test_the_unknown_are_written_to_again_only_by_hand(store: Store) -> None:
    """It runs again for them alone."""
    await store.write(move_in, "id", "id")
    of = await start(store)
    await send(store, limit=1)
    await send(store, state=DeliveryState.UNKNOWN)
    assert (await send(store))[1].finished == [of]
    await store.write(send_again, visitor=SARI, broadcast_id=of, progress_message_id=9)
    view = await see(store, of)
    assert (view.broadcast.state, view.counts) == (BroadcastState.RUNNING, {SENT: 1, QUEUED: 1})
    assert view.broadcast.progress_message_id == 9
    assert (await store.read(list_written, Act.BROADCAST))[1:] == [
        (Act.BROADCAST, view.member.id, str(of), None, "done", "again"),
    ]


async def test_what_goes_wrong_for_too_many_waits_for_its_author(store: Store) -> None:
    """It is paused once, and its author is told with the figures."""
    await store.write(move_in, "id", "id")
    of = await start(store)
    await send(store, state=DeliveryState.FAILED)
    for _ in range(2):
        await store.write(proceed, stopped=[of], limit=0)
    assert (await see(store, of)).broadcast.state is BroadcastState.PAUSED
    (told,) = [
        each
        for each in await store.read(outbox.list_owed, after=NoticeId(0), limit=9)
        if each.kind == "broadcast_stopped"
    ]
    assert told.payload == {"broadcast": of, "troubled": 2, "sent": 0}


async def test_a_time_is_typed_and_then_what_was_asked_before_is_asked_again(store: Store) -> None:
    """The dialogue in which the message was written goes on where it was."""
    of = await store.write(write_draft)

    def wait(tx: Tx) -> None:
        author = people.find_by_telegram_id(tx, SARI.telegram_id)
        assert author is not None
        conversations.open(tx, author.id, "broadcast", "confirm", {"broadcast_id": of}, expires_at=tx.now + 1_000_000)

    await store.write(wait)
    for _ in range(2):
        await store.write(ask, visitor=SARI, broadcast_id=of, step="drip")
    author = (await see(store, of)).member.id
    asked = await store.read(conversations.find, author)
    assert asked is not None
    view = await store.write(answer, visitor=SARI, asked=asked, timing=Timing(when=When.DRIP, days=3))
    assert view is not None
    assert view.plan is not None
    assert view.plan.timing.days == 3
    back = await store.read(conversations.find, author)
    assert back is not None
    assert (back.flow, back.step, back.data) == ("broadcast", "confirm", {"broadcast_id": of})
    await store.write(go_back, visitor=SARI)
    assert await store.read(conversations.find, author) == back


async def test_a_member_reads_where_they_are_taken_to_be(store: Store) -> None:
    """By their language, by what they said, or as the shop."""
    await store.write(move_in, "id", "en")
    views = [
        await store.write(view_news, visitor=Profile(telegram_id=n, first_name="x", telegram_language=tongue))
        for n, tongue in ((100, "id"), (101, "en"))
    ]
    assert [(each.zone, each.by_language, each.is_chosen) for each in views] == [
        ("Asia/Jakarta", True, False),
        ("UTC", False, False),
    ]
    assert await store.read(deliveries.count_skipped, BroadcastId(1)) == {}


async def test_the_author_hears_that_it_was_stopped_or_goes_slower(store: Store) -> None:
    """With how many have it and how many nobody knows of; once, and not of what does not run."""
    await store.write(move_in, "id", "id", "id", "id")
    of = await start(store)
    step = await store.write(proceed, limit=4)
    states = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.FAILED)
    outcomes = [
        Outcome(broadcast_id=of, person_id=each.person_id, state=state, message_id=1 if state is SENT else None)
        for each, state in zip(step.claims[0].recipients, states, strict=True)
    ]
    author = (await see(store, of)).member.id
    for _ in range(2):
        await store.write(proceed, outcomes=outcomes, limit=0, stopped=[of])
        outcomes = []
    assert (await see(store, of)).broadcast.state is BroadcastState.PAUSED
    assert await store.read(list_said, "broadcast_stopped") == [
        ("broadcast_stopped", author, {"broadcast": of, "troubled": 3, "sent": 1})
    ]
    await store.write(broadcasts.set_plan, of, news=News.OFFERS, timing=None, paid=True)
    for _ in range(2):
        await store.write(proceed, limit=0, unpaid=[of])
    assert not (await see(store, of)).broadcast.paid
    assert await store.read(list_said, "broadcast_slowed") == [("broadcast_slowed", author, {"broadcast": of})]
