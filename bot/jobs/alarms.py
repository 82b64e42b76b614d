"""Looking after the bot itself: beside the supervisor, whose standing still is one of the things looked for."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable

from bot.core.alarms import find_troubles
from bot.core.setting import Setting
from bot.messages.alarms import NOTICES
from bot.services.alarms import note_vitals
from bot.updates.capability import Capability
from bot.updates.vitals import VitalSigns
from storage.store import Store

logger = logging.getLogger(__name__)


async def watch_vitals(
    store: Store, signs: VitalSigns, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Look at the figures for ever, and tell the owners what is wrong and what is over; a store that is away is another's alarm."""
    while True:
        await sleep(signs.senses.look_seconds)
        try:
            vitals = await signs.take()
            troubles = find_troubles(vitals)
            if signs.senses.watcher is not None:
                signs.senses.watcher.on_look(troubles, again_seconds=signs.senses.look_seconds)
            if signs.told:
                troubles = find_troubles(vitals, signs.told)
            if troubles.keys() != signs.told:
                await store.write(note_vitals, vitals)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next look may tell
            logger.warning("How the bot is doing cannot be looked at: %s", error)


def _parse_token(value: str) -> str:
    """A word that can be sent in a header."""
    if not re.fullmatch(r"[!-~]*", value):
        raise ValueError("holds what no header can carry")
    return value


METRICS_TOKEN = Setting(
    name="METRICS_TOKEN",
    default="",
    parse=_parse_token,
    right="Give a secret of letters and digits, such as what openssl rand -hex 32 says",
)
"""Whoever sends it reads /metrics; without one only this machine does."""

CAPABILITY = Capability(name="alarms", notices=NOTICES, settings=[METRICS_TOKEN])
