from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.pulse import FACES, WORDS_LIMIT, Mood
from bot.core.reminding import Ask
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.pulse.answering import AnswerView, add_words, answer, set_asked
from bot.services.pulse.asking import ask_due, expect_no_pulse, expect_pulse
from bot.services.reminding.nudges import nudge
from bot.services.reminding.offers import offer, offer_due
from bot.services.tickets.tickets import set_solved
from storage import Store
from storage.handout import HandoutKind
from storage.pulse import AskCause, PulseCause, PulseId
from storage.records import NoticeId, PersonId, Profile
from storage.tables import askings, conversations, ideas, outbox, pulses, ticket_words, tickets
from storage.ticket import TicketRow, TicketState
from tests.storage.clock import Clock

HOUR = 3600
DAY = 24 * HOUR
ANNA = Profile(telegram_id=11, first_name="Anna", telegram_language="id")
"""Telegram says that she reads Indonesian: seven hours before UTC."""


@pytest.fixture
async def asking(store: Store, campaign: Campaign) -> Campaign:
    """A shop that asks how it was, and writes to nobody at night."""
    asks = replace(campaign, pulse=PulseRules(), news=NewsRules(quiet="21-9"))
    await store.write(open_shop, Source(campaign=asks))
    return asks


async def join(store: Store) -> PersonId:
    """Anna starts the bot and has had her first card."""
    anna = (await store.write(start, visitor=ANNA, payload="")).member.id
    await store.write(outbox.delete_cards_of, anna)
    return anna


async def list_owed(store: Store, kind: str) -> list[dict[str, int | str]]:
    """What notices of a kind say."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    return [each.payload for each in owed if each.kind == kind]


async def be_asked(store: Store, clock: Clock, days: float = 3) -> PulseId:
    """Let days go by, and have her asked; returns by which question."""
    before = len(await list_owed(store, "pulse_asked"))
    clock.advance(days * DAY)
    await store.write(ask_due, limit=9)
    asked = await list_owed(store, "pulse_asked")
    assert len(asked) == before + 1
    return PulseId(int(asked[-1]["pulse"]))


async def say(store: Store, pulse_id: PulseId, said: int, visitor: Profile = ANNA) -> AnswerView:
    """Tap on a face."""
    return await store.write(answer, visitor=visitor, pulse_id=pulse_id, said=said)


async def is_card_owed(store: Store, person_id: PersonId) -> bool:
    """Whether her card is on its way; it is not any more afterwards."""
    owed = (HandoutKind.FIRST, "") in await store.read(outbox.list_card_states, person_id)
    await store.write(outbox.delete_cards_of, person_id)
    return owed


async def close(store: Store, person_id: PersonId) -> TicketRow:
    """The team has answered, and closes their ticket."""
    (ticket,) = await store.read(tickets.list_of, person_id, 9)
    closed = replace(ticket, state=TicketState.CLOSED, answered_at=ticket.opened_at, closed_at=ticket.opened_at)
    await store.write(tickets.save, closed)
    return closed


async def test_a_newcomer_is_asked_once_after_some_days(store: Store, clock: Clock, asking: Campaign) -> None:
    """Not a moment too early, and not again for what they did since, until the pause is over."""
    assert asking.pulse is not None
    anna = await join(store)
    clock.advance(3 * DAY - 1)
    await store.write(ask_due, limit=9)
    assert await list_owed(store, "pulse_asked") == []
    await be_asked(store, clock, 2 / DAY)
    await store.write(expect_pulse, anna, PulseCause.PURCHASED)
    clock.advance(29 * DAY)
    await store.write(ask_due, limit=9)
    assert [each["cause"] for each in await list_owed(store, "pulse_asked")] == ["joined"]
    await be_asked(store, clock, 1)
    assert [each["cause"] for each in await list_owed(store, "pulse_asked")] == ["joined", "purchased"]


async def test_nobody_is_asked_at_night(store: Store, clock: Clock, asking: Campaign) -> None:
    """Where they are: what is due in their night is asked in their morning."""
    assert asking.news.loud is not None
    await join(store)
    clock.advance(3 * DAY + 5 * HOUR)  # noon is 8:53 UTC: now it is nearly 21 in Jakarta
    clock.advance(2 * HOUR)
    await store.write(ask_due, limit=9)
    assert await list_owed(store, "pulse_asked") == []
    clock.advance(11 * HOUR)
    await store.write(ask_due, limit=9)
    assert len(await list_owed(store, "pulse_asked")) == 1


@pytest.mark.parametrize("said", [4, 5])
async def test_whoever_is_pleased_is_handed_their_card(store: Store, clock: Clock, asking: Campaign, said: int) -> None:
    """At once, and at most once in the shop's time; the first answer stands, whatever is tapped after it."""
    assert asking.asks == AskRules()
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    view = await say(store, pulse_id, said)
    assert (view.mood, view.ask, view.fresh) == (Mood.PLEASED, Ask.NOW, True)
    assert await is_card_owed(store, anna)
    again = await say(store, pulse_id, 1)
    assert (again.mood, again.ask, again.fresh) == (Mood.PLEASED, Ask.NEVER, False)
    assert await store.write(offer, anna, AskCause.REDEEMED) is Ask.NEVER
    assert not await is_card_owed(store, anna)
    clock.advance(30 * DAY)
    assert await store.write(offer, anna, AskCause.REDEEMED) is Ask.NOW


async def test_what_was_so_so_asks_nothing(store: Store, clock: Clock, asking: Campaign) -> None:
    """No card; what would make it better is kept with the answer."""
    assert asking.pulse is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    view = await say(store, pulse_id, 3)
    assert (view.mood, view.ask, view.free) == (Mood.BETWEEN, Ask.NEVER, True)
    await store.write(add_words, visitor=ANNA, data={"pulse": pulse_id, "words": " More chairs "})
    assert [each.text for each in await store.read(ideas.list_of, anna, limit=9)] == ["More chairs"]
    kept = await store.read(pulses.find, pulse_id)
    assert kept is not None
    assert (kept.answer, kept.words) == (3, "More chairs")
    assert not await is_card_owed(store, anna)
    assert await store.write(offer, anna, AskCause.TIER) is Ask.NOW


@pytest.mark.parametrize("said", [1, 2])
async def test_whoever_is_displeased_is_left_in_peace(store: Store, clock: Clock, asking: Campaign, said: int) -> None:
    """Nothing is asked of them for the shop's rest, neither in a good moment nor when they are quiet; then as of everybody."""
    assert asking.pulse is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    view = await say(store, pulse_id, said)
    assert (view.mood, view.ask) == (Mood.DISPLEASED, Ask.NEVER)
    assert not await is_card_owed(store, anna)
    await store.write(add_words, visitor=ANNA, data={"pulse": pulse_id, "words": "Cold"})
    (ticket,) = await store.read(tickets.list_of, anna, 9)
    assert [each.words for each in await store.read(ticket_words.list_of, ticket.id, 9)] == [
        f"{FACES[said]} {said}/5",
        "Cold",
    ]
    assert await store.write(offer, anna, AskCause.TIER) is Ask.NEVER
    await close(store, anna)
    clock.advance(29 * DAY)
    assert await store.write(offer, anna, AskCause.TIER) is Ask.NEVER
    assert await store.write(nudge, limit=9) == 0
    clock.advance(DAY + 1)
    assert await store.write(nudge, limit=9) == 1


async def test_what_was_put_right_is_over(store: Store, clock: Clock, asking: Campaign) -> None:
    """Once they say so themselves, they may be offered their card."""
    assert asking.pulse is not None
    anna = await join(store)
    await say(store, await be_asked(store, clock), 1)
    ticket = await close(store, anna)
    assert not await is_card_owed(store, anna)
    await store.write(set_solved, visitor=ANNA, ticket_id=ticket.id)
    assert await is_card_owed(store, anna)


async def test_a_good_moment_at_night_waits_for_the_morning(store: Store, clock: Clock, asking: Campaign) -> None:
    """With a word why the card comes; whoever turned displeased meanwhile gets none."""
    assert asking.news.loud is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    clock.advance(7 * HOUR)
    assert (await say(store, pulse_id, 5)).ask is Ask.MORNING
    assert not await is_card_owed(store, anna)
    await store.write(offer_due, limit=9)
    assert await list_owed(store, "card_offered") == []
    clock.advance(11 * HOUR)
    await store.write(offer_due, limit=9)
    await store.write(offer_due, limit=9)
    assert await list_owed(store, "card_offered") == [{"moment": "pulse"}]
    assert await is_card_owed(store, anna)
    asked = await store.read(askings.get, anna)
    assert (asked.ask_due_at, asked.ask_cause) == (None, None)


async def test_whoever_is_quiet_at_night_is_nudged_in_the_morning(store: Store, clock: Clock, asking: Campaign) -> None:
    """Once, and nobody behind them in the line waits for that."""
    assert asking.news.loud is not None
    await join(store)
    clock.advance(14 * DAY + 7 * HOUR)
    assert await store.write(nudge, limit=9) == 0
    clock.advance(11 * HOUR)
    await store.write(offer_due, limit=9)
    assert len(await list_owed(store, "nudge")) == 1
    clock.advance(100 * DAY)
    assert await store.write(nudge, limit=9) == 0


async def test_a_question_is_answered_by_whom_it_was_asked(store: Store, clock: Clock, asking: Campaign) -> None:
    """Nobody answers for another, no old question is open, and no face but the five says anything."""
    assert asking.pulse is not None
    anna = await join(store)
    first = await be_asked(store, clock)
    assert (await say(store, first, 5, replace(ANNA, telegram_id=12))).pulse is None
    assert [(await say(store, first, said)).pulse for said in (0, 6)] == [None, None]
    await store.write(expect_pulse, anna, PulseCause.REDEEMED)
    second = await be_asked(store, clock, 30)
    assert (await say(store, first, 5)).pulse is None
    assert (await say(store, second, 4)).fresh


async def test_whoever_does_not_want_to_be_asked_is_not(store: Store, clock: Clock, asking: Campaign) -> None:
    """One tap ends it, also for what is due already; another lets it begin with what happens from then on."""
    assert asking.pulse is not None
    anna = await join(store)
    await store.write(set_asked, visitor=ANNA, wanted=False)
    clock.advance(4 * DAY)
    assert await store.write(ask_due, limit=9) == 0
    await store.write(expect_pulse, anna, PulseCause.PURCHASED)
    assert (await store.read(askings.get, anna)).pulse_due_at is None
    await store.write(set_asked, visitor=ANNA, wanted=True)
    await store.write(expect_pulse, anna, PulseCause.PURCHASED)
    await be_asked(store, clock, 1)


async def test_a_shop_that_asks_no_more_asks_nobody(
    store: Store, clock: Clock, asking: Campaign, campaign: Campaign
) -> None:
    """Not even whom it was to ask by what it said before."""
    assert asking.pulse is not None
    anna = await join(store)
    await store.write(open_shop, Source(campaign=campaign))
    clock.advance(4 * DAY)
    await store.write(ask_due, limit=9)
    assert await list_owed(store, "pulse_asked") == []
    assert (await store.read(askings.get, anna)).pulse_due_at is None


@pytest.mark.parametrize(("said", "displeased"), [(1, True), (3, False), (5, False)])
async def test_what_somebody_said_last_is_known_of_them(
    store: Store, clock: Clock, asking: Campaign, said: int, *, displeased: bool
) -> None:
    """For segments, and until when they are left in peace; a card that was to be offered is not, where it was bad."""
    assert asking.pulse is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    due = replace(await store.read(askings.get, anna), ask_due_at=clock.now + HOUR, ask_cause=AskCause.TIER)
    await store.write(askings.set_all, due)
    await say(store, pulse_id, said)
    known = await store.read(askings.get, anna)
    assert (known.answer, known.displeased_at) == (said, clock.now if displeased else None)
    if said != 5:
        waits = (None, None) if displeased else (clock.now + HOUR, AskCause.TIER)
        assert (known.ask_due_at, known.ask_cause) == waits


async def test_nobody_is_asked_about_what_has_not_happened_after_all(
    store: Store, clock: Clock, asking: Campaign
) -> None:
    """What else they are to be asked about stays."""
    assert asking.pulse is not None
    anna = await join(store)
    await store.write(expect_no_pulse, anna, PulseCause.REDEEMED)
    before = await store.read(askings.get, anna)
    assert (before.pulse_due_at, before.pulse_cause) == (clock.now + 3 * DAY * 1_000_000, PulseCause.JOINED)
    await store.write(expect_pulse, anna, PulseCause.REDEEMED)
    expected = await store.read(askings.get, anna)
    assert (expected.pulse_due_at, expected.pulse_cause) == (clock.now + HOUR * 1_000_000, PulseCause.REDEEMED)
    await store.write(expect_no_pulse, anna, PulseCause.REDEEMED)
    after = await store.read(askings.get, anna)
    assert (after.pulse_due_at, after.pulse_cause) == (None, None)


async def test_words_belong_to_an_answer(store: Store, clock: Clock, asking: Campaign) -> None:
    """Cut where they are long; none where nothing was said, and none of nobody's; a complaint opens a request once."""
    assert asking.pulse is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)

    async def add(words: str | None, number: int = pulse_id, visitor: Profile = ANNA) -> AnswerView:
        return await store.write(add_words, visitor=visitor, data={"pulse": number, "words": words})

    assert (await add("Too early")).pulse is None
    assert (await say(store, pulse_id, 5)).pulse is not None
    for empty in (" ", None):
        nothing = await add(empty)
        assert nothing.pulse is not None
        assert (nothing.fresh, nothing.pulse.words, nothing.mood) == (False, "", Mood.PLEASED)
    kept = await add(" " + "x" * (WORDS_LIMIT + 1))
    assert kept.pulse is not None
    assert (kept.fresh, kept.pulse.words, kept.member.id) == (True, "x" * WORDS_LIMIT, anna)
    assert await store.read(pulses.find, pulse_id) == kept.pulse
    assert (await add("x", 99)).pulse is None
    assert (await add("x", pulse_id, replace(ANNA, telegram_id=12))).pulse is None
    assert await store.read(tickets.list_of, anna, 9) == []
    assert await store.read(ideas.list_of, anna, limit=9) == []


async def test_words_are_asked_for_where_nothing_else_is(store: Store, clock: Clock, asking: Campaign) -> None:
    """Nobody loses the question they were in the middle of."""
    assert asking.pulse is not None
    anna = await join(store)
    pulse_id = await be_asked(store, clock)
    for flow, free in (("ticket", False), ("pulse", True), ("claim", True)):
        await store.write(conversations.open, anna, flow, "x", {}, expires_at=clock.now + 1_000_000)
        view = await say(store, pulse_id, 5)
        assert (view.free, view.mood) == (free, Mood.PLEASED)
