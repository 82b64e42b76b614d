"""Part `voice` of chaos: members say how it was and what could be better, the team answers, and all of it is killed again and again.

Whoever said that it was bad has a request before the team, who says so once is heard once, and an adopted idea is honoured once.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sqlalchemy import Select, exists, func, select

from storage import open_store
from storage.schema.ideas import idea
from storage.schema.messages import outbox
from storage.schema.pulse import asking, pulse
from storage.schema.rewards import event
from storage.schema.team import audit
from storage.schema.tickets import ticket
from storage.tx import Tx
from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.order import Order
from tests.chaos.writers import kill_again_and_again, list_wrong
from tests.storage.server import migrate

_BAD = pulse.c.answer <= 2
_COUNTS: dict[str, Select[Any]] = {
    "answers": select(func.count()).select_from(pulse).where(pulse.c.answer.is_not(None)),
    "bad ones": select(func.count()).select_from(pulse).where(_BAD),
    "bad ones nobody hears of": select(func.count())
    .select_from(pulse)
    .where(_BAD, ~exists().where(ticket.c.person_id == pulse.c.person_id)),
    "answers that were not taken in": select(func.count())
    .select_from(pulse)
    .where(pulse.c.answer.is_not(None), ~exists().where(asking.c.person_id == pulse.c.person_id)),
    "requests that were not told": select(func.count())
    .select_from(ticket)
    .where(~exists().where(outbox.c.kind == "ticket_opened")),
    "ideas": select(func.count()).select_from(idea),
    "adopted": select(func.count()).select_from(idea).where(idea.c.state == "adopted"),
    "told to authors": select(func.count()).select_from(audit).where(audit.c.act == "idea", audit.c.after == "adopted"),
    "honoured twice": select(func.count()).select_from(
        select(event.c.key).where(event.c.kind == "adopted").group_by(event.c.key).having(func.count() > 1).subquery()
    ),
}
"""What there is in the end."""


async def run_voice(order: Order) -> Report:
    """Kill so often, and count."""
    began = time.monotonic()
    with lend_database(order.engine, order.folder) as url:
        await asyncio.to_thread(migrate, url)
        clock = await asyncio.to_thread(kill_again_and_again, url, kills=order.kills, seed=order.seed, name="voice")
        async with open_store(url, clock=clock) as store:
            counts = await store.read(_count_all)
        wrong, _ = await list_wrong(url, clock)
    wrong += [f"{name}: {number}" for name, number in counts.items() if number and name in _NOTHING]
    if counts["adopted"] != counts["told to authors"]:
        wrong.append(f"otherwise than once: {counts}")
    found, seconds = Findings(others=wrong), time.monotonic() - began
    return Report(order=order, findings=found, seconds=seconds, kills=order.kills, figures=counts)


_NOTHING = {
    "bad ones nobody hears of",
    "answers that were not taken in",
    "requests that were not told",
    "honoured twice",
}


def _count_all(tx: Tx) -> dict[str, int]:
    return {name: int(tx.scalar(statement)) for name, statement in _COUNTS.items()}
