"""A member says how it was."""

from __future__ import annotations

from bot.services.notices import owe
from bot.services.pulse.notices import PulseAsked
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.pulse import PulseCause
from storage.tables import people, pulses
from tests.journeys.dialogues import ADMIN_ID, Act, Script, Walk


def ask(tx: Tx, _telegram_id: int) -> None:
    """Whoever walks is asked how it was."""
    walker = people.find_by_telegram_id(tx, ADMIN_ID + 1)
    assert walker is not None
    pulse_id = pulses.add(tx, walker.id, PulseCause.JOINED, "")
    owe(tx, MemberAddress(walker.id), PulseAsked(pulse=pulse_id, cause=PulseCause.JOINED), key=pulse_id)


async def check(walk: Walk, store: Store) -> None:
    """It was answered once, with the words."""
    walker = await store.read(people.find_by_telegram_id, walk.person.id)
    assert walker is not None
    last = await store.read(pulses.find_last, walker.id)
    pulse = None if last is None else await store.read(pulses.find, last)
    assert pulse is not None
    assert (pulse.answer, pulse.words) == (3, "More chairs")


PULSE = Script(
    acts=(
        Act(say="/help", shows="How is it so far?"),
        Act(tap="😐", shows="what would make it better?"),
        Act(say="More chairs", shows="Our team can read now", may_be_silent=True),
    ),
    check=check,
    others=("Ben",),
    before=ask,
)
