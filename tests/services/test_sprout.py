from __future__ import annotations

from bot.core.durations import DAY
from bot.core.sprout import Part, Share
from bot.services.pulse.measuring import measure_pulse
from bot.services.sprout import measure_sprout
from bot.services.tickets import desk
from bot.services.tickets.tickets import say
from storage import Store, Tx
from storage.pulse import PulseCause
from storage.records import Profile
from storage.role import Role
from storage.tables import ideas, people, pulses, roles, shops
from storage.ticket import Said, TicketId
from tests.storage.clock import Clock

DAY_SECONDS = DAY // 1_000_000


def fill(tx: Tx) -> None:
    """Thirty members, of whom two in three answer: half of those with 5, the others with 2; some say more."""
    for number in range(30):
        profile = Profile(telegram_id=100 + number, first_name=f"P{number}")
        person_id = people.add(tx, profile, f"Code{number:06}").id
        people.set_started(tx, person_id, "en")
        pulse_id = pulses.add(tx, person_id, PulseCause.JOINED, "qr" if number % 2 else "")
        if number % 3:
            pulses.answer(tx, pulse_id, 5 if number % 3 == 1 else 2)
        if number < 2:
            pulses.set_words(tx, pulse_id, f"Line {number}")
        if number > 26:
            ideas.add(tx, person_id, text="Chairs", photo="")


async def test_the_sprout_is_measured(store: Store, clock: Clock) -> None:
    """By what members said and did in the last three months, and by nothing before that."""
    await store.write(fill)
    clock.advance(40 * DAY_SECONDS)
    shares = (await store.read(measure_sprout)).shares
    assert shares == {
        Part.SATISFACTION: Share(part=10, whole=20),
        Part.ACHIEVEMENT: Share(part=5, whole=30),
        Part.VOICE: Share(part=0, whole=3),
        Part.LOYALTY: Share(part=0, whole=30),
    }
    for number in range(4):
        await store.write(people.note_seen, (await store.read(people.find_by_code, f"Code{number:06}")).id)  # type: ignore[union-attr]
    assert (await store.read(measure_sprout)).shares[Part.LOYALTY] == Share(part=4, whole=30)
    clock.advance(60 * DAY_SECONDS)
    later = (await store.read(measure_sprout)).shares
    assert (later[Part.SATISFACTION], later[Part.LOYALTY]) == (Share(), Share(part=4, whole=4))


async def test_what_was_said_to_the_shop_was_answered_in_time_or_not(store: Store, clock: Clock) -> None:
    """To the second; a question that can still be answered in time says nothing yet."""
    await store.write(fill)
    asking = [Profile(telegram_id=100 + number, first_name=f"P{number}") for number in range(3)]
    wait = (await store.read(shops.find_desk))[1] * 3600

    wayan = Profile(telegram_id=900, first_name="Wayan")
    await store.write(roles.set, wayan.telegram_id, Role.STAFF)

    async def answer(number: TicketId) -> None:
        await store.write(desk.answer, visitor=wayan, ticket_id=number, said=Said(words="Sorry"))

    opened = [(await store.write(say, visitor=each, said=Said(words="Cold"))).ticket.id for each in asking]
    assert (await store.read(measure_sprout)).shares[Part.VOICE] == Share(part=0, whole=0)
    clock.advance(wait - 1)
    assert (await store.read(measure_sprout)).shares[Part.VOICE] == Share(part=0, whole=0)
    clock.advance(1)
    assert (await store.read(measure_sprout)).shares[Part.VOICE] == Share(part=0, whole=3)
    await answer(opened[0])
    assert (await store.read(measure_sprout)).shares[Part.VOICE] == Share(part=1, whole=3)
    clock.advance(1)
    await answer(opened[1])
    assert (await store.read(measure_sprout)).shares[Part.VOICE] == Share(part=1, whole=3)


async def test_how_it_was_is_measured_by_week_and_way(store: Store, clock: Clock) -> None:
    """A week in which nobody was asked is there as well; the latest lines stand first."""
    await store.write(fill)
    clock.advance(8 * DAY_SECONDS)
    view = await store.read(measure_pulse)
    assert (view.whole.asked, view.whole.answered, view.whole.average) == (30, 20, 3.5)
    assert [figures.asked for figures in view.weeks.values()][-3:] in ([0, 30, 0], [30, 0, 0])
    assert len(view.weeks) == 12
    assert all(day % 7 == 4 for day in view.weeks)
    assert {source: figures.asked for source, figures in view.sources.items()} == {"": 15, "qr": 15}
    assert [each.words for each in view.said] == ["Line 1", "Line 0"]
