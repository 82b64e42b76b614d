"""What the sprout is measured by: four shares of the last three months."""

from __future__ import annotations

from bot.core.durations import DAY, HOUR
from bot.core.pulse import add_up, gather
from bot.core.sprout import Part, Share, Sprout
from storage.tables import loyalty, pulses, shops, tickets
from storage.tx import Tx

DAYS = 90
"""What is longer ago says nothing of today."""

MONTH = 30 * DAY

IDEA_DAYS = 7
"""For so long an idea may wait for its answer."""


def measure_sprout(tx: Tx) -> Sprout:
    """The score as it is now; reads what is kept of the last three months."""
    since = tx.now - DAYS * DAY
    answers = add_up(gather(pulses.count_by_source(tx, since=since, until=tx.now)).values())
    active = loyalty.count_active(tx, since=since)
    return Sprout(
        shares={
            Part.SATISFACTION: Share(part=answers.pleased, whole=answers.answered),
            Part.ACHIEVEMENT: Share(part=loyalty.count_took_part(tx, since=since), whole=active),
            Part.VOICE: _measure_voice(tx, since),
            Part.LOYALTY: Share(part=loyalty.count_loyal(tx, since=since, month=MONTH), whole=active),
        }
    )


def _measure_voice(tx: Tx, since: int) -> Share:
    """Of what people said to the shop, what was answered: tickets within the hours it promises, ideas within some days."""
    wait = shops.find_desk(tx)[1] * HOUR
    told = [times[:2] for times in tickets.list_times(tx, since=since)]
    over = [(opened, at) for opened, at in told if at is not None or opened + wait <= tx.now]
    in_time = sum(at is not None and at - opened <= wait for opened, at in over)
    came, answered = loyalty.count_ideas(tx, since=since, until=tx.now - IDEA_DAYS * DAY)
    return Share(part=in_time + answered, whole=len(over) + came)
