"""Looking at friends after they came: who is looked at when, with whom around them, and what comes of what was noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.campaigns.fairness import Fairness
from bot.core.fairness.looking import (
    AROUND,
    HOUR_SECONDS,
    OTHERS,
    USUAL,
    Usual,
    measure_usual,
    parse_usual,
)
from bot.core.fairness.signals import SIGNALS, STRONG, Sign, find_signal
from bot.services.campaigns.opening import Source, open_shop
from bot.services.fairness.watching import (
    GREETED_SECONDS,
    KNOWN_SECONDS,
    LINE,
    MEASURED_SECONDS,
    PAGE,
    SETTLED_SECONDS,
    Due,
    act,
    compose_look,
    find_quiet,
    has_more,
    is_stale,
    list_line,
    look_again,
    look_over,
    measure,
)
from bot.services.joining.joining import credit
from storage.checks import find_faults
from storage.records import Person, Profile, Referral, ReferralState
from storage.review import MarkKind, ReviewState, Trace
from storage.tables import inbox, marks, people, referrals, reviews, watches
from tests.services.selling import sell
from tests.storage.cast import add_member

if TYPE_CHECKING:
    from bot.core.campaigns.campaign import Campaign
    from storage import Store, Tx
    from tests.storage.clock import Clock

HOUR = HOUR_SECONDS
DAY = 24 * HOUR


@pytest.fixture
async def anna(store: Store, campaign: Campaign) -> Person:
    """A member of a shop that looks at nobody by itself."""
    await store.write(open_shop, Source(campaign=replace(campaign, fairness=Fairness(watch=False))))
    return await store.write(add_member, 1, "Anna")


def bring(tx: Tx, inviter: Person, number: int) -> Referral:
    """Somebody of their own name comes, who never started the bot."""
    friend = people.add(tx, Profile(telegram_id=100 + number, first_name=f"F{number}"), f"Came{number:06}")
    referral = credit(tx, inviter, friend, source="qr")
    assert referral is not None
    return referral


async def bring_some(store: Store, inviter: Person, count: int, first: int = 0) -> list[Referral]:
    """So many come, one after the other."""

    def bring_all(tx: Tx) -> list[Referral]:
        return [bring(tx, inviter, first + number) for number in range(count)]

    return await store.write(bring_all)


async def find_trace(store: Store, referral: Referral) -> Trace:
    """A friend as signals see them."""
    found = await store.read(reviews.find_trace, referral.invitee_id)
    assert found is not None
    return found


async def test_each_friend_is_looked_at_once_and_a_second_time_a_day_later(
    store: Store, anna: Person, clock: Clock
) -> None:
    """A page at a time, in the order in which they came; nobody a second time before they were looked at once."""
    assert not await store.read(has_more, again=False)
    assert [await store.write(look) for look in (look_over, look_again)] == [0, 0]
    came = await bring_some(store, anna, PAGE + 2)
    assert [await store.read(has_more, again=again) for again in (False, True)] == [True, False]
    clock.advance(SETTLED_SECONDS)
    assert not await store.read(has_more, again=True)
    assert await store.write(look_again) == 0
    assert await store.write(look_over) == PAGE
    assert (await store.read(watches.get)).looked_upto == came[PAGE - 1].id
    assert [await store.read(has_more, again=again) for again in (False, True)] == [True, True]
    assert await store.write(look_again) == PAGE
    assert (await store.read(watches.get)).settled_upto == came[PAGE - 1].id
    assert not await store.read(has_more, again=True)
    assert [await store.write(look_over) for _ in range(2)] == [2, 0]
    assert [await store.read(has_more, again=again) for again in (False, True)] == [False, True]
    assert [await store.write(look_again) for _ in range(2)] == [2, 0]
    assert [await store.read(has_more, again=again) for again in (False, True)] == [False, False]
    seen = await store.read(watches.get)
    assert (seen.looked_upto, seen.settled_upto) == (came[-1].id, came[-1].id)


async def test_a_second_look_waits_to_the_second(store: Store, anna: Person, clock: Clock) -> None:
    """Before that nobody can say what a friend did since."""
    await bring_some(store, anna, 2)
    await store.write(look_over)
    clock.now += SETTLED_SECONDS * 1_000_000 - 1
    assert (await store.read(has_more, again=True), await store.write(look_again)) == (False, 0)
    clock.now += 1
    assert (await store.read(has_more, again=True), await store.write(look_again)) == (True, 2)


async def test_what_is_usual_is_measured_once_a_day(store: Store, anna: Person, clock: Clock) -> None:
    """By those who were looked at twice and of whom it is known what they did: whose updates are kept still."""
    assert await store.read(is_stale)
    await bring_some(store, anna, 60)
    clock.advance(KNOWN_SECONDS)
    later = await bring_some(store, anna, 50, first=60)
    clock.advance(SETTLED_SECONDS)
    for look in (look_over, look_again):
        while await store.write(look):
            pass
    await store.write(measure)
    measured = await store.read(watches.get)
    assert measured.measured_at == clock.now
    traces = [await find_trace(store, each) for each in later]
    everybody = await store.read(reviews.list_unreviewed, upto=later[-1].id, limit=999)
    assert len(everybody) == 110
    expected = measure_usual(everybody, traces, frozenset(each.telegram_id for each in traces))
    assert (parse_usual(measured.measured), expected.known) == (expected, True)
    assert expected.quiet_percent == 85
    clock.now += MEASURED_SECONDS * 1_000_000 - 1
    assert not await store.read(is_stale)
    clock.now += 1
    assert await store.read(is_stale)


async def test_who_comes_at_the_edge_of_what_is_known_is_known(store: Store, anna: Person, clock: Clock) -> None:
    """To the microsecond; those before did something, and are not asked."""
    await bring_some(store, anna, 60)
    clock.now += 1
    later = await bring_some(store, anna, 45, first=60)
    await store.write(inbox.add_batch, [(number, 100 + number, b"{}") for number in (*range(30, 60), *range(65, 105))])
    clock.now += (GREETED_SECONDS + 1) * 1_000_000
    await store.write(inbox.add_batch, [(1000 + number, 100 + number, b"{}") for number in range(65, 105)])
    clock.now = later[0].joined_at + KNOWN_SECONDS * 1_000_000
    for look in (look_over, look_again):
        while await store.write(look):
            pass
    await store.write(measure)
    usual = parse_usual((await store.read(watches.get)).measured)
    assert (usual.known, usual.quiet_percent) == (True, USUAL.quiet_percent), (
        "five of forty-five have done nothing more"
    )


async def test_who_does_nothing_more_is_quiet(store: Store, anna: Person, clock: Clock) -> None:
    """START belongs to coming, and so does all within ten minutes; who passed something on is not."""
    assert await store.read(find_quiet, []) == frozenset()
    came = await bring_some(store, anna, 4)
    late = came[0].joined_at + GREETED_SECONDS * 1_000_000
    for number, at in enumerate((late, late + 1), start=1):
        clock.now = at
        await store.write(inbox.add_batch, [(number, 100 + number, b"{}")])
    traces = [await find_trace(store, each) for each in came]
    traces[3] = replace(traces[3], shared=True)
    assert await store.read(find_quiet, traces) == {100, 101}
    assert await store.read(find_quiet, traces[2:]) == frozenset()


async def test_a_friend_is_looked_at_among_those_around(store: Store, anna: Person, clock: Clock) -> None:
    """As many before as after in the order of coming; of the same member's likewise, more of one side where the other has few."""
    budi = await store.write(add_member, 2, "Budi")
    friends = []
    for number in range(OTHERS + 8):
        friends += [await store.write(bring, anna, 2 * number), await store.write(bring, budi, 2 * number + 1)]
    traces = [await find_trace(store, each) for each in friends]
    mine = [each for each in traces if each.inviter_id == anna.id]

    async def look(trace: Trace, around: list[Trace]) -> tuple[list[int], list[int]]:
        due = Due(friends=[trace], around=around, quiet=frozenset({7}))
        found = await store.read(compose_look, due, 0, Usual(known=True, per_hour=99))
        assert (found.friend, found.quiet, found.usual.per_hour) == (trace, frozenset({7}), 99)
        return [each.referral_id for each in found.around], [each.referral_id for each in found.others]

    around, others = await look(mine[20], traces)
    place = traces.index(mine[20])
    near = traces[place - AROUND // 2 : place + AROUND // 2 + 1]
    assert around == [each.referral_id for each in near if each != mine[20]]
    assert others == [each.referral_id for each in reversed(mine[4:37]) if each != mine[20]]
    first = await look(mine[0], traces)
    assert first[0] == [each.referral_id for each in traces[1 : AROUND + 1]]
    assert first[1] == [each.referral_id for each in reversed(mine[1 : OTHERS + 1])]
    last = await look(mine[-1], traces)
    assert last[1] == [each.referral_id for each in reversed(mine[-OTHERS - 1 : -1])]


async def test_what_was_noticed_before_is_looked_at_too(store: Store, anna: Person) -> None:
    """Rounds that both sides tried to close, and how often the friend has left the chat."""
    (referral,) = await bring_some(store, anna, 1)
    trace = await find_trace(store, referral)

    async def look() -> tuple[int, int, int]:
        due = Due(friends=[trace], around=[trace], quiet=None)
        found = await store.read(compose_look, due, 0, USUAL)
        assert (list(found.line), found.quiet) == ([trace], None)
        return found.pairs, found.rings, found.departures

    assert await look() == (0, 0, 0)
    await store.write(marks.note, [anna.id], MarkKind.PAIR)
    await store.write(marks.note, [referral.invitee_id], MarkKind.RING)
    assert await look() == (0, 0, 0), "one of them alone says nothing"
    for kind in (MarkKind.PAIR, MarkKind.RING):
        await store.write(marks.note, [anna.id, referral.invitee_id], kind)
    for _ in range(3):
        await store.write(marks.note, [referral.invitee_id], MarkKind.LEFT)
    assert await look() == (1, 1, 3)


async def extend(store: Store, inviter: Person, number: int) -> tuple[Person, Trace]:
    """Somebody comes by the last one who came."""
    referral = await store.write(bring, inviter, number)
    person = await store.read(people.get, referral.invitee_id)
    return person, await find_trace(store, referral)


async def test_a_line_is_who_brought_whom_within_an_hour(store: Store, anna: Person, clock: Clock) -> None:
    """Above a friend and below, from the top down; who waited longer ends it, and so does its length."""
    last, line = anna, []
    for number in range(LINE + 3):
        clock.advance(HOUR)
        last, trace = await extend(store, last, number)
        line.append(trace)
    assert await store.read(list_line, line[0]) == line
    assert await store.read(list_line, line[2]) == line
    assert await store.read(list_line, line[-1]) == line[-LINE:]
    clock.now += HOUR * 1_000_000 + 1
    last, late = await extend(store, last, 50)
    assert await store.read(list_line, line[0]) == line
    assert await store.read(list_line, late) == [late]
    clock.advance(1)
    _, behind = await extend(store, last, 51)
    assert await store.read(list_line, late) == [late, behind]
    assert await store.read(list_line, behind) == [late, behind]


async def test_a_line_is_looked_at_only_so_far(store: Store, anna: Person, clock: Clock) -> None:
    """So many above, and below as many as make twice that; of whom somebody brought the first."""
    last, line = anna, []
    for number in range(3 * LINE):
        last, trace = await extend(store, last, number)
        line.append(trace)
        if number == 5:
            others = last
    await store.write(bring, others, 900)
    assert await store.read(list_line, line[0]) == line[: 2 * LINE]
    assert await store.read(list_line, line[LINE + 2]) == line[3 : 3 + 2 * LINE]


def list_strong() -> list[str]:
    """Strong signals, each of which looks at something else."""
    found: dict[object, str] = {}
    for each in SIGNALS:
        if each.weight >= STRONG:
            found.setdefault(each.about, each.key)
    return list(found.values())


def sign(*keys: str) -> list[Sign]:
    """What was noticed."""
    found = [find_signal(key) for key in keys]
    return [Sign(signal, (3,)) for signal in found if signal is not None]


async def open_fair(store: Store, campaign: Campaign, *, refuse_at: int) -> None:
    """The shop looks at friends from now on."""
    fairness = Fairness(hold_at=50, refuse_at=refuse_at)
    await store.write(open_shop, Source(campaign=replace(campaign, fairness=fairness)))


async def test_what_was_noticed_holds_a_friend_or_refuses(store: Store, anna: Person, campaign: Campaign) -> None:
    """By the terms that the friend came under; two signals that see different things, or more; what was decided stays so."""
    strong = list_strong()
    (before,) = await bring_some(store, anna, 1)
    await open_fair(store, campaign, refuse_at=0)
    held, refused, bought = await bring_some(store, anna, 3, first=1)

    async def state(referral: Referral) -> tuple[ReferralState, ReviewState | None]:
        row = await store.read(reviews.find, referral.id)
        return (await store.read(referrals.get, referral.id)).state, None if row is None else row.state

    await store.write(act, before.id, sign(*strong))
    assert await state(before) == (ReferralState.QUALIFIED, None), "its terms look at nobody"
    await store.write(act, held.id, sign(strong[0]))
    assert await state(held) == (ReferralState.QUALIFIED, None), "one signal alone holds nobody"
    await store.write(act, held.id, sign(*strong[:2]))
    assert await state(held) == (ReferralState.WAITING, ReviewState.OPEN)
    await store.write(act, held.id, sign(strong[2]))
    row = await store.read(reviews.find, held.id)
    assert row is not None
    assert {key for key, _ in row.evidence} == set(strong[:3])
    await store.write(people.set_started, bought.invitee_id)
    await store.write(sell, bought.invitee_id, amount=1000, order_id="A-1")
    await store.write(act, bought.id, sign(*strong))
    assert await state(bought) == (ReferralState.QUALIFIED, None), "whoever has bought something is a person"
    await open_fair(store, campaign, refuse_at=60)
    (worst,) = await bring_some(store, anna, 1, first=9)
    await store.write(act, worst.id, sign(*strong))
    assert await state(worst) == (ReferralState.REVOKED, ReviewState.REFUSED)
    decided = await store.read(reviews.find, worst.id)
    await store.write(act, worst.id, sign(strong[0]))
    assert await store.read(reviews.find, worst.id) == decided
    assert (await state(refused))[1] is None
    assert await store.read(find_faults) == []
